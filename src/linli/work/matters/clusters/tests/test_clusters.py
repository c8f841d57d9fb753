"""One case of many: all or none, everybody's own receipt and result; hot issues and their pages."""

import csv
import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.notices.models import Notice
from linli.foundation.places.selectors import Place
from linli.work.matters import services as matters
from linli.work.matters.clusters.models import Cluster, Receipt
from linli.work.matters.clusters.selectors import hot_issues, receipt_rows
from linli.work.matters.clusters.services import (
    cluster_add,
    cluster_dissolve,
    cluster_make,
    receipt_tell,
)
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, compound_of

from .conftest import WORDS, close, made, reported

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def test_everybody_keeps_their_number_and_gets_the_result(life: Life) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows)
    assert [r.matter.number for r in cluster.receipts.all()] == [row.number for row in rows]
    joined = Notice.objects.get(kind="matter.merge", person=life.cast.person("neighbour"))
    assert "一起办" in joined.title
    close(life, rows[0])
    for name, row in (("resident", rows[0]), ("neighbour", rows[1])):
        ended = Notice.objects.get(kind="matter.verify_pass", person=life.cast.person(name))
        assert str(row.public_id) in ended.url
    cluster.refresh_from_db()
    assert [row.is_told for row in receipt_rows(cluster)] == [True, True, False, False]
    life.rate(rows[1], by="neighbour")
    assert [row.is_rated for row in receipt_rows(cluster)] == [False, True, False, False]
    receipt_tell(actor=life.who("worker"), cluster_id=cluster.pk, matter_id=rows[2].pk, how="phone")
    assert [row.is_told for row in receipt_rows(cluster)] == [True, True, True, False]


def test_what_was_merged_before_comes_along(life: Life) -> None:
    rows = reported(life, 4)
    matters.matter_merge(actor=life.who("worker"), **life.on(rows[3]), target_id=rows[1].pk)
    cluster = made(life, rows[:2])
    assert cluster.receipts.count() == 3
    rows[3].refresh_from_db()
    assert rows[3].merged_into_id == rows[0].pk


@pytest.mark.parametrize(
    ("case", "error", "words"),
    [
        ("one", InvalidInput, "至少选择两件"),
        ("no title", InvalidInput, "共同的是什么事"),
        ("ended", InvalidInput, "不能并入"),
        ("ended head", InvalidInput, "已经结束"),
        ("other street", NotFound, "没找到"),
        ("district", NotAllowed, "."),
        ("other committee", NotFound, "."),
        ("many", InvalidInput, "最多并200件"),
        ("twice", Conflict, "已经是一案多回执"),
    ],
)
def test_all_or_none(
    life: Life,
    unchanged: Unchanged,
    case: str,
    error: type[Exception],
    words: str,
) -> None:
    rows, more = reported(life, 3), {}
    if case == "one":
        rows = rows[:1]
    elif case == "no title":
        more = {"title": " "}
    elif case in ("ended", "ended head"):
        chosen = rows[1] if case == "ended" else rows[0]
        actor = life.who("neighbour" if case == "ended" else "resident")
        matters.matter_withdraw(actor=actor, **life.on(chosen))
    elif case == "other street":
        place = Place(life.cast.places["other_committee_place"], "chosen")
        rows.append(matters.matter_report(actor=life.who("resident"), text=WORDS[0], place=place))
    elif case == "district":
        more = {"by": "district"}
    elif case == "other committee":
        more = {"by": "worker_b"}
    elif case == "many":
        more = {"matter_ids": list(range(1, 202))}
    else:
        made(life, rows[:2])
        rows = [rows[0], rows[2]]
    unchanged()
    with pytest.raises(error, match=words):
        made(life, rows, **more)
    unchanged()
    assert Cluster.objects.count() == (case == "twice")


def test_adding_and_telling_are_refused_when_they_make_no_sense(life: Life, unchanged: Unchanged) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows[:3])
    unchanged()
    with pytest.raises(Conflict, match="已经并入"):
        cluster_add(actor=life.who("worker"), cluster_id=cluster.pk, matter_ids=[rows[1].pk])
    with pytest.raises(InvalidInput, match="至少选择一件"):
        cluster_add(actor=life.who("worker"), cluster_id=cluster.pk, matter_ids=[])
    with pytest.raises(Conflict, match="还没有办结"):
        receipt_tell(actor=life.who("worker"), cluster_id=cluster.pk, matter_id=rows[2].pk, how="phone")
    with pytest.raises(NotFound):
        cluster_add(actor=life.who("worker_b"), cluster_id=cluster.pk, matter_ids=[rows[3].pk])
    unchanged()
    cluster_add(actor=life.who("street"), cluster_id=cluster.pk, matter_ids=[rows[3].pk])
    assert Receipt.objects.count() == 4
    close(life, rows[0])
    for matter, how, words in ((rows[1], "phone", "有账号"), (rows[2], "pigeon", "怎样告知")):
        with pytest.raises((Conflict, InvalidInput), match=words):
            receipt_tell(actor=life.who("worker"), cluster_id=cluster.pk, matter_id=matter.pk, how=how)


# -- hot issues -------------------------------------------------------------------
def test_hot_issues_by_area_and_period(life: Life) -> None:
    compound = compound_of(life)
    old = reported(life, 2)
    time.clock_forward(timedelta(days=8))
    new = reported(life, 4)
    Matter.objects.filter(pk=new[0].pk).update(compound=compound)
    life.report(text="电梯关门太快夹到老人")
    today = time.today()
    found = hot_issues(life.who("street"), "", today - timedelta(days=6), today)
    (issue,) = found.issues
    assert (issue.heat.messages, issue.heat.before, issue.heat.growth) == (4, 2, 2)
    assert issue.heat.people == 4
    assert issue.points == [(121.45, 31.2)]
    assert {row["pk"] for row in issue.matters} == {row.pk for row in new}
    assert found.looked_at == len(old) + len(new) + 1
    assert hot_issues(life.who("other_street"), "", today - timedelta(days=6), today).issues == []
    assert hot_issues(life.who("worker_b"), "", today - timedelta(days=6), today).issues == []
    with pytest.raises(NotAllowed):
        hot_issues(life.who("department"), "", today, today)


def test_likes_count_as_people_affected_and_a_cluster_stays_one_issue(life: Life) -> None:
    rows = reported(life, 3)
    matters.matter_publish(actor=life.who("worker"), matter_id=rows[0].pk, title="烧烤油烟", text="正在办")
    matters.affected_add(actor=life.who("neighbour"), public_id=rows[0].public_version.public_id)
    far = life.report(text="完全不同的话：垃圾桶满了没人收")
    cluster = made(life, [*rows, far])
    today = time.today()
    (issue,) = hot_issues(life.who("street"), "", today, today).issues
    assert (issue.heat.likes, issue.heat.messages, issue.cluster) == (1, 4, cluster)


def test_nothing_about_who_reported_leaves_the_pages(life: Life) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows)
    client = life.cast.client("street")
    for address in (
        reverse("clusters:hot"),
        reverse("clusters:list"),
        reverse("clusters:record", args=[cluster.public_id]),
        reverse("clusters:receipts", args=[cluster.public_id]),
        reverse("clusters:hot_places"),
        f"/api/v1/clusters/{cluster.public_id}",
        f"/api/v1/hot-issues?from_on={time.today()}&to_on={time.today()}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        for hidden in ("刘先生", "13800000002", "王阿姨"):
            assert hidden not in answer.content.decode(), address


def test_the_list_is_narrowed_and_sorted_and_its_file_holds_the_same(life: Life) -> None:
    rows = reported(life, 5)
    few, many = made(life, rows[:2], title="油烟"), made(life, rows[2:], title="垃圾")
    client, where = life.cast.client("street"), reverse("clusters:list")
    file = reverse("exports:make", args=["clusters"])

    def titles(query: str) -> list[str]:
        """Return the titles that the page shows, in its order, and that the file holds."""
        shown = [row.title for row in client.get(f"{where}?{query}").context["rows"]]
        answer = client.post(f"{file}?{query}", {"format": "csv"})
        lines = b"".join(answer.streaming_content).decode().splitlines()[1:-1] if shown else []
        assert [line.split(",")[1] for line in lines] == shown
        return shown

    assert titles("") == titles("sort=many") == titles("stage=open&sort=x") == ["垃圾", "油烟"]
    assert titles("sort=oldest") == ["油烟", "垃圾"]
    assert titles("q=油") == titles(f"q={few.number}") == ["油烟"]
    close(life, rows[0])
    assert (titles("stage=open"), titles("stage=ended")) == (["垃圾"], ["油烟"])
    cluster_dissolve(actor=life.who("worker"), cluster_id=many.pk, reason="不是一回事")
    assert (titles("stage=open"), titles("stage=dissolved")) == ([], ["垃圾"])
    assert "没有符合条件" in client.get(f"{where}?stage=open").content.decode()
    assert not life.cast.client("other_street").get(where).context["rows"]


def test_from_a_hot_issue_to_one_case_to_a_whistle(life: Life) -> None:
    rows = reported(life, 3)
    client = life.cast.client("worker")
    text = client.get(reverse("clusters:hot")).content.decode()
    assert "并为一案" in text
    keys = [str(row.public_id) for row in rows]
    shown = client.get(reverse("clusters:new"), {"m": keys, "title": "油烟"}).content.decode()
    assert shown.count('type="checkbox"') == 3
    body = {"m": keys, "title": "油烟", "head": keys[1], "then": "whistle"}
    answer = client.post(reverse("clusters:new"), body)
    assert answer["Location"] == f"/desk/matters/{keys[1]}/do/whistle/"
    cluster = Cluster.objects.get()
    assert cluster.head == rows[1]
    rows[1].refresh_from_db()
    assert rows[1].state == "accepted"
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(reverse("clusters:new"), {"m": keys[:1], "title": "油烟"}).status_code == 422
    record = client.get(reverse("matters:record", args=[rows[1].public_id])).content.decode()
    assert reverse("clusters:record", args=[cluster.public_id]) in record
    assert "看回执" in client.get(reverse("clusters:hot")).content.decode()
    life.hand_over(rows[1])
    life.sign(rows[1])
    life.result(rows[1])
    life.verify(rows[1], by="worker2")
    papers = client.get(reverse("clusters:receipts", args=[cluster.public_id])).content.decode()
    assert papers.count("办理结果回执</h1>") == 3
    assert papers.count("桂花街道城管中队") == papers.count("办结时间") == 3  # also those that were merged
    assert papers.count("核查通过") == 3
    address = reverse("clusters:tell", args=[cluster.public_id, rows[2].public_id])
    assert "已记下" in client.post(address, {"how": "visit"}, follow=True).content.decode()
    assert cluster.receipts.get(matter=rows[2]).told_how == "visit"


def test_over_the_interface(life: Life) -> None:
    rows = reported(life, 3)
    client = life.cast.client("worker")
    body = {"title": "油烟", "head": str(rows[0].public_id), "matters": [str(row.public_id) for row in rows]}
    answer = client.post("/api/v1/clusters", json.dumps(body), content_type="application/json")
    assert (answer.status_code, len(answer.json()["receipts"])) == (201, 3)
    today = time.today()
    found = client.get(f"/api/v1/hot-issues?from_on={today}&to_on={today}").json()
    assert found["issues"][0]["cluster"] == answer.json()["public_id"]
    assert client.get(f"/api/v1/hot-issues?from_on={today}&to_on=2020-01-01").status_code == 422
    path = f"/api/v1/clusters/{answer.json()['public_id']}"

    def send(act: str, body: dict[str, Any]) -> Any:
        return client.post(f"{path}/{act}", json.dumps(body), content_type="application/json")

    said = send("release", {"matters": [str(rows[2].public_id)], "reason": "另一件"})
    assert (said.status_code, len(said.json()["receipts"])) == (200, 2)
    assert send("release", {"matters": [], "reason": "另一件"}).status_code == 422
    assert send("dissolve", {"reason": "各是各的"}).json()["dissolved_at"] is not None
    assert send("dissolve", {"reason": "各是各的"}).status_code == 409


def test_real_messages_of_one_cause_become_one_case(life: Life, shared_data: Path) -> None:
    """The messages about one housing estate, among others of those months, found and handled as one."""
    path = shared_data / "messages" / "hot_issue_messages.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
        said = [row["subject"] for row in csv.DictReader(lines)]
    wanted = [title for title in said if "伊景园滨河苑" in title][:12]
    others = [title for title in said if "伊景园" not in title and "滨河苑" not in title][:40]
    place = Place(life.cast.places["committee_a_place"], "chosen")
    for title in [*wanted, *others]:
        matters.matter_report(
            actor=life.who("worker"), text=title, place=place, channel="telephone", on_behalf=True
        )
    today = time.today()
    issue = hot_issues(life.who("street"), "", today, today).issues[0]
    assert issue.heat.messages >= 10
    assert all("伊景园" in row["title"] for row in issue.matters)
    keys = [row["pk"] for row in issue.matters]
    cluster = cluster_make(actor=life.who("street"), title="车位", head_id=keys[0], matter_ids=keys)
    assert cluster.receipts.count() == len(keys)
