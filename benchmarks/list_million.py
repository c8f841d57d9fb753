"""scratch"""
import os
import sys
import time

sys.path.insert(0,"benchmarks")
kind,home=sys.argv[1:3]
os.environ["LINLI_DEMO"]="1"; os.environ["LINLI_HOME"]=home
import contextlib
from datetime import date
from pathlib import Path

from linli.cli import postgres

cm = postgres.kept(Path(home)/"pg",durable=True) if kind=="postgresql" else contextlib.nullcontext(f"sqlite:///{home}/bench.sqlite3")
def t(f,n=5):
    best=[]
    for _ in range(n):
        a=time.perf_counter(); r=f(); best.append((time.perf_counter()-a)*1000)
    return sorted(best), r
with cm as url:
    os.environ["DATABASE_URL"]=url
    from linli.cli.ground import django_ready
    django_ready()
    from django.db.models import Q

    from linli.foundation.accounts.models import Account, Role
    from linli.foundation.accounts.selectors import actor_of_role
    from linli.work.matters.desk.selectors import TABS, tab_condition
    from linli.work.matters.selectors.found import *
    def actor(u):
        a=Account.objects.get(username=u); return actor_of_role(a, Role.objects.filter(person=a.person).order_by("pk")[0])
    print(Matter.objects.count())
    cases=[
     ("state+cat+1y+word", dict(state="closed",category="safety",from_on=date(2025,1,1),to_on=date(2025,12,31),q="电梯")),
     ("state+cat+3y+word", dict(state="closed",category="safety",from_on=date(2023,12,1),q="电梯")),
     ("handling+cat+1y+word", dict(state="handling",category="property",from_on=date(2025,12,1),q="车位")),
     ("rare", dict(q="隆昌路23弄")),
     ("word only", dict(q="电梯")),
     ("closed+word", dict(q="电梯",state="closed")),
     ("plain", dict()),
     ("cat", dict(category="safety")),
     ("state+cat+1y", dict(state="closed",category="safety",from_on=date(2025,1,1),to_on=date(2025,12,31))),
     ("date", dict(from_on=date(2025,1,1),to_on=date(2025,3,31))),
    ]
    only=sys.argv[3:] 
    for u in ("city","district","street","worker"):
        a=actor(u)
        for name,f in cases:
            if only and name not in only: continue
            w=MatterFilters(**f)
            ml=lambda: MatterList(a,w)
            tabs={k:tab_condition(k) for k in TABS}
            r={}
            r["p1"]=t(lambda: ml().page(Q(),0,25))
            r["p50"]=t(lambda: ml().page(Q(),1225,25))
            r["cnt"]=t(lambda: ml().counts({"all":Q()}))
            r["tabs"]=t(lambda: ml().counts(tabs),3)
            def whole():
                m=ml(); m.counts(tabs); return m.page(Q(),0,25)
            r["whole"]=t(whole,3)
            print(f"{u:9}{name:22}", " ".join(f"{k}={v[0][len(v[0])//2]:.0f}" for k,v in r.items()), len(r["p50"][1]), {k:str(v) for k,v in r["tabs"][1].items()}, flush=True)
