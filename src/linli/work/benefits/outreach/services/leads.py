"""Leads as a machine makes and ends them: taken from a run, let go by an objection."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Model, Q

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.errors import NotAllowed
from linli.core.fields import uuid7
from linli.core.rows import rows_insert
from linli.core.service import record, require_service, service
from linli.foundation.duties.models import Duty
from linli.registers.residents.models import Membership, Resident

from ...models import Lead, LeadEvent, Outreach, Policy, PolicyVersion, Run
from ..found import Found, Known, Taken, sifted
from ..known import known_of
from ..permissions import can_take_leads
from ..workflow import LEADS
from .closing import outreaches_settle

S = Lead.State
COLUMNS = (
    *("public_id", "policy", "policy_version", "run", "wave", "batch", "outreach", "household", "resident"),
    *("area_path", "verdict", "missing", "amount", "trace_sealed", "state", "reason", "found_on"),
    *("contacted_at", "decided_at", "version"),
)


@service
def leads_take(
    *,
    actor: Actor,
    version: PolicyVersion,
    found: Sequence[Found],
    on: date,
    run: Run | None = None,
    area: str = "",
) -> Taken:
    """Write down whom a run found under one version of a policy, as leads that wait for a wave.

    One batch is one transaction, some thousands of ``found``; the same batch again makes nothing new. Left
    out are those outside ``area`` (a path), who have gone, object to matching by machine, receive it
    already, or were asked. Each batch takes the same number of queries, however many people it holds.
    """
    if not can_take_leads(actor):
        raise NotAllowed
    policy = Policy.objects.select_for_update().get(pk=version.policy_id)  # batches of a policy in turn
    taken = Taken()
    known = known_of(policy, found, on, area)
    kept = list(sifted(found, version.pk, known, taken))
    taken.households = {one.household_id for one in kept}
    rows_insert(Lead, COLUMNS, (_row(one, policy, version, run, known, on) for one in kept))
    digest = key_ring().digest("audit-values", json.dumps([one.key for one in kept]))[:16]
    told = f"新线索{taken.made}条（摘要 {digest}）；反对{taken.objecting}、已享受{taken.receiving}"
    record("lead.take", version, touched=[Lead], purpose=f"{told}、已问过{taken.asked}、不在{taken.gone}")
    return taken


def _row(
    one: Found, policy: Policy, version: PolicyVersion, run: Run | None, known: Known, on: date
) -> tuple[Any, ...]:
    verdict = Lead.Verdict.ELIGIBLE if one.is_eligible else Lead.Verdict.UNKNOWN
    missing = json.dumps(list(one.missing))
    return (
        *(uuid7().hex, policy.pk, version.pk, run.pk if run else None, None, None, None),
        *(one.household_id, one.resident_id, known.places[one.household_id], str(verdict), missing),
        *(one.amount, "", str(S.WAITING), "", on.isoformat(), None, None, 1),
    )


@require_service
def leads_objected(*, resident: Resident) -> list[type[Model]]:
    """End the leads of somebody who objects to matching by machine, and those of their household."""
    homes = Membership.objects.filter(resident=resident, to_on__isnull=True).values("household_id")
    about = Q(resident=resident) | Q(resident__isnull=True, household__in=homes)
    sources = LEADS.moves["object"].sources
    rows = list(Lead.objects.select_for_update().filter(about, state__in=sources).order_by("pk"))
    leads_moved(leads=rows, to_state=S.OBJECTED, reason="本人反对由机器匹配")
    outreaches_settle(outreach_ids={row.outreach_id for row in rows if row.outreach_id})
    return [Lead, LeadEvent, Outreach, Duty]


@require_service
def leads_moved(*, leads: Sequence[Lead], to_state: str, reason: str, by: int | None = None) -> None:
    """Move leads that were checked to a state, each with its event (two statements)."""
    now = clock.now()
    events = [
        LeadEvent(lead=lead, at=now, by_id=by, from_state=lead.state, to_state=to_state, reason=reason)
        for lead in leads
    ]
    for lead in leads:
        lead.state, lead.reason, lead.version = to_state, reason, lead.version + 1
        lead.decided_at = now
    Lead.objects.bulk_update(leads, ["state", "reason", "version", "decided_at"], batch_size=500)
    LeadEvent.objects.bulk_create(events, batch_size=500)
