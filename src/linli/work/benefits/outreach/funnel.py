"""How far outreach has come: found, told, applied, granted, by policy and area; numbers alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed, NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_children, division_trail
from linli.registers.residents.rounding import Rounded, rounded

from ..models import Lead
from .permissions import can_see_funnel

S = Lead.State
SPOKEN = (S.TOLD, S.APPLIED, S.GRANTED, S.REFUSED, S.HAS, S.DECLINED)
APPLIED = (S.APPLIED, S.GRANTED, S.REFUSED)
EXACT = frozenset({Function.COMMITTEE, Function.STREET, Function.SYSTEM})  # they read the rows anyway


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One policy, or one area: found so far, never contacted, told, applied, granted."""

    name: str
    path: str
    found: Rounded
    never: Rounded
    told: Rounded
    applied: Rounded
    granted: Rounded
    order: int = 0
    code: str = ""  # of the policy


@dataclass(frozen=True, slots=True)
class Funnel:
    """An area's funnel: in all, by policy (most never contacted first), by the areas below it."""

    division: Division
    trail: tuple[Division, ...]
    whole: FunnelRow
    policies: tuple[FunnelRow, ...]
    areas: tuple[FunnelRow, ...]


def funnel_area(actor: Actor, path: str) -> Division:
    """Return the area that is looked at: the asked one inside the actor's areas, else their first."""
    if not can_see_funnel(actor):
        raise NotAllowed(_("进度由居委会、街镇、区和市查看。"))
    inside = Division.objects.filter(in_areas("path", actor.areas), valid_to__isnull=True)
    found = inside.filter(path=path).first() if path else inside.order_by("level", "path").first()
    if found is None:
        raise NotFound(_("没有找到这个区域。"))
    return found


def funnel(actor: Actor, division: Division) -> Funnel:
    """Return how far it has come in an area; district and city read rounded numbers, small ones hidden."""
    rows = Lead.objects.countable_by(actor).filter(in_areas("area_path", (division.path,)))
    is_exact = actor.function in EXACT
    children = [child for child in division_children(division.path) if child.level <= Level.COMMITTEE]
    by_area = [
        _row(child.name, child.path, _states(rows.filter(in_areas("area_path", (child.path,)))), is_exact)
        for child in children
    ]
    counts = defaultdict[tuple[str, str], dict[str, int]](dict)
    grouped = rows.order_by().values_list("policy__name", "policy__code", "state").annotate(n=Count("pk"))
    for name, code, state, number in grouped:
        counts[name, code][state] = number
    policies = [
        replace(_row(name, "", states, is_exact), code=code) for (name, code), states in counts.items()
    ]
    return Funnel(
        division=division,
        trail=tuple(division_trail(actor, division)),
        whole=_row(division.name, division.path, _states(rows), is_exact),
        policies=tuple(sorted(policies, key=lambda row: (-row.order, row.name))),
        areas=tuple(sorted(by_area, key=lambda row: (-row.order, row.path))),
    )


def _states(rows: QuerySet[Lead]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def _row(name: str, path: str, states: dict[str, int], is_exact: bool) -> FunnelRow:
    def number(*wanted: str) -> Rounded:
        count = sum(states.get(state, 0) for state in wanted)
        return Rounded(count) if is_exact else rounded(count)

    never = sum(states.get(state, 0) for state in (S.WAITING, S.OPEN))
    return FunnelRow(
        name=name,
        path=path,
        found=number(*S.values),
        never=number(S.WAITING, S.OPEN),
        told=number(*SPOKEN),
        applied=number(*APPLIED),
        granted=number(S.GRANTED, S.HAS),
        order=never,
    )
