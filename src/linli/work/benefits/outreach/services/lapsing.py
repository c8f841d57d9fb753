"""What a run says of leads that stand: whom it finds no more; that all it found is taken."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.fields import in_areas
from linli.core.service import changes_of, record, service
from linli.foundation.duties.models import Duty
from linli.registers.residents.models import Household, Resident

from ...models import Lead, LeadEvent, Outreach, Policy, PolicyVersion, Run, RunCount
from ..permissions import can_take_leads
from ..workflow import NEW
from .closing import outreaches_settle
from .judging import leads_judged
from .leads import leads_moved

MOST = 1_000


@service
def leads_lapse(
    *, actor: Actor, version: PolicyVersion, gone: Sequence[tuple[int | None, int]], run: Run
) -> int:
    """Let those go whom a run finds no more and to whom nobody has spoken; returns how many.

    ``gone`` is resident (``None`` for a household's) and household. The run is of its day: each is looked at
    again with what is known now, and stays where that says so.
    """
    if not can_take_leads(actor):
        raise NotAllowed
    people = [resident for resident, _home in gone if resident is not None]
    homes = [home for resident, home in gone if resident is None]
    about = Q(resident__in=people) | Q(resident__isnull=True, household__in=homes)
    rows = Lead.objects.select_for_update(of=("self",)).filter(about, policy=version.policy_id, state__in=NEW)
    leads = list(rows.select_related("policy", "resident", "household").order_by("pk"))
    because = _("%s的匹配不再找到；") % run.as_of.isoformat()
    let_go = leads_judged(leads=leads, because=because) if leads else []
    outreaches_settle(outreach_ids={lead.outreach_id for lead in let_go if lead.outreach_id})
    touched = [Lead, LeadEvent, Outreach, Duty, Resident, Household]
    record("lead.lapse", version, touched=touched, purpose=f"不再找到{len(gone)}，结束线索{len(let_go)}条")
    return len(let_go)


@service
def leads_ended(*, actor: Actor, policy: Policy) -> int:
    """Let those go to whom nobody has spoken of a policy that has ended, some at a time; returns how many.

    Whoever was told or has applied is settled by hand: the authority still decides.
    """
    if not can_take_leads(actor) or policy.ended_on is None or policy.ended_on > clock.today():
        raise NotAllowed
    rows = Lead.objects.select_for_update().filter(policy=policy, state__in=NEW).order_by("pk")
    leads = list(rows[:MOST])
    why = f"政策自{policy.ended_on.isoformat()}起停办：{policy.ending_reason}"[:200]
    leads_moved(leads=leads, to_state=Lead.State.GONE, reason=why)
    outreaches_settle(outreach_ids={lead.outreach_id for lead in leads if lead.outreach_id})
    record(
        "lead.lapse",
        policy,
        touched=[Lead, LeadEvent, Outreach, Duty],
        purpose=f"{len(leads)}条；{why}"[:200],
    )
    return len(leads)


@service
def run_led(*, actor: Actor, run: Run) -> Run:
    """Note that a run is looked through, and how many leads came of it by policy and district."""
    if not can_take_leads(actor):
        raise NotAllowed
    counts = list(run.counts.select_related("version"))
    for count in counts:
        made = Lead.objects.filter(in_areas("area_path", (count.area_path,)), policy=count.version.policy_id)
        count.new = made.filter(run=run).count() if count.area_path else 0
    RunCount.objects.bulk_update(counts, ["new"], batch_size=500)
    record("run.led", run, changes_of(run, led_at=clock.now()), touched=[RunCount])
    return run
