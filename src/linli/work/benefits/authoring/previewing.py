"""The figures of a preview: people by district, the cost of a year, who gains and loses, what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from django.db.models import Q

from linli.core import clock
from linli.core.actor import Function
from linli.foundation.accounts.models import Role
from linli.foundation.places.models import Level
from linli.foundation.places.rules import division_level
from linli.registers.residents.rounding import rounded_sum

from ..engine.matching import Tally
from ..engine.previewing import Paid, Previewed, previewed
from ..engine.snapshot import snapshot_open
from ..language.policy import Pays, PolicyText
from ..language.tree import Column, Every, Holds, Members, Of, OneOf, Over, Rule
from ..models import Policy, PolicyVersion, Preview
from . import selectors
from .checked import kinds_known, rules_on, text_read

PER_WEEK = 10  # households that a worker goes to in a week, as a wave has it by itself
TIMES_A_YEAR = {Pays.MONTH: 12, Pays.VOUCHER: 12}


def preview_figures(preview: Preview) -> dict[str, Any]:
    """Return what a preview shows; raises ``Refusal`` where the snapshot or the rule cannot be used."""
    version, day = preview.version, clock.today()
    kinds = kinds_known()
    says = text_read(version.text, kinds)
    if says is None:
        raise ValueError(version.pk)
    rule = rule_within(says, version.policy)
    before = selectors.version_on(version.policy, day)
    said = text_read(before.text, kinds) if before is not None else None  # one that cannot be read any more
    in_force = rule_within(said, version.policy) if said is not None else None
    others = [one for one in rules_on(day) if one.policy != version.policy.code]
    standards = selectors.standards_on(day, version.policy.area_path)
    snapshot = snapshot_open(preview.snapshot.path, on=day)
    found = previewed(snapshot, rule, others, day, standards, in_force)
    shown = _shown(version.policy, says, found)
    return {**shown, **_against(before, said, shown, found)}


def _against(
    before: PolicyVersion | None, said: PolicyText | None, shown: dict[str, Any], found: Previewed
) -> dict[str, Any]:
    """Return how the draft compares with the version in force; ``before`` is 0 without one to read."""
    if before is None or said is None:
        return {"before": 0}
    return {
        "before": before.number,
        **{name: getattr(found, name) for name in ("gain", "lose", "more", "less")},
        "was_eligible": shown["eligible"] - found.gain + found.lose,
        "was_year": _of_a_year(said, found.was),
    }


def rule_within(says: PolicyText, policy: Policy) -> Rule:
    """Return the rule of a version; a district's is for those who are registered there."""
    rule = says.rule(policy.code, "")
    if not policy.place_code or division_level(policy.place_code) < Level.COUNTY:
        return rule
    here: OneOf | Holds = OneOf(Column("district", Of.PERSON), (int(policy.place_code[:6]),))
    if rule.of is Of.HOUSEHOLD:
        here = Holds(Members(Over.ANY, where=here))
    return replace(rule, when=Every((here, rule.when)))


def _shown(policy: Policy, says: PolicyText, found: Previewed) -> dict[str, Any]:
    here = [tally for tally in found.tallies if str(tally.district or "").startswith(policy.place_code[:6])]
    missing = Counter[str]()
    for tally in here:
        missing.update(tally.missing)
    total = {name: sum(getattr(tally, name) for tally in here) for name in ("eligible", "unknown", "worth")}
    paid = Paid()
    for tally in here:
        paid.add(found.paid[tally.district].total, found.paid[tally.district].highest)
    leads, workers = total["eligible"] + total["worth"], workers_count(policy.area_path)
    per_worker = -(-leads // workers) if workers else 0
    return {
        **total,
        "year": _of_a_year(says, paid),
        "areas": [_area(tally, _cost(says, found.paid[tally.district])) for tally in here],
        "missing": missing.most_common(12),
        "leads": leads,
        "workers": workers,
        "per_worker": per_worker,
        "weeks": -(-per_worker // PER_WEEK),
    }


def _area(tally: Tally, cost: int | None) -> dict[str, Any]:
    counts = {name: getattr(tally, name) for name in ("eligible", "unknown", "worth", "refused")}
    return {"code": str(tally.district or ""), **counts, "cost": cost}


def _cost(says: PolicyText, paid: Paid) -> int | None:
    """Return what is paid in a period as it may be shown (fen); ``None`` where it is too few people's."""
    return 0 if says.amount is None else rounded_sum(paid.total, paid.highest)


def _of_a_year(says: PolicyText, paid: Paid) -> int | None:
    cost = _cost(says, paid)
    return None if cost is None else cost * TIMES_A_YEAR.get(says.pays, 1)


def workers_count(area_path: str) -> int:
    """Return how many people go from door to door in an area."""
    inside = Q(areas__path__startswith=area_path) | Q(
        areas__isnull=True, unit__areas__path__startswith=area_path
    )
    roles = Role.objects.valid_on(clock.today()).filter(
        inside, function__in=(Function.GRID_WORKER, Function.COMMITTEE)
    )
    return roles.values("person_id").distinct().count()
