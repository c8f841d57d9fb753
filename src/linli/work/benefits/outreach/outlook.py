"""What a wave would mean before it is released: how many households, for how many workers; why for nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.fields import in_areas
from linli.foundation.places.models import Division
from linli.registers.residents.rounding import SMALL, Rounded, rounded

from ..authoring.previewing import workers_count
from ..engine.matching import RunBroken
from ..models import Lead, Policy, PolicyVersion, Run
from ..running.selectors import run_latest
from ..running.tasks import matched_of
from .found import Taken, sifted
from .known import known_of
from .permissions import can_see_leads
from .within import Within

BATCH, MOST_READ = 5_000, 20_000


@dataclass(slots=True)
class Outlook:
    """Whom a wave would be for: ``people`` (of a policy for households: one a household) and households.

    ``worth`` are those of whom only asking is worth it where the wave leaves them out. ``is_rough``: there
    are so many that who objects, receives it or was asked has not been taken off.
    """

    run: Run | None = None
    is_kept: bool = True  # whether the run's files are still there
    people: int = 0
    households: int = 0
    worth: int = 0
    workers: int = 0
    per_worker_week: int = 1
    is_rough: bool = False
    left_out: Taken = field(default_factory=Taken)

    @property
    def found_on(self) -> date | None:
        """The day as of which was matched."""
        return self.run.as_of if self.run else None


@dataclass(frozen=True, slots=True)
class OutlookShown:
    """An outlook as its reader may see it: small numbers are hidden from those who do not go to people.

    ``nobody`` says why the wave would be for nobody (or for fewer than may be told), empty where it is not.
    """

    people: Rounded
    households: Rounded
    worth: Rounded
    workers: int
    weeks: int
    per_worker_week: int
    is_rough: bool
    found_on: date | None
    left_out: tuple[tuple[str, Rounded], ...]
    nobody: str
    todo: str


def wave_outlook(
    policy: Policy, area_path: str, *, per_worker_week: int, includes_unknown: bool = False
) -> Outlook:
    """Reckon a wave over the latest run of a policy, with whoever waits there already."""
    place = Division.objects.get(path=area_path, valid_to__isnull=True)
    waiting = _waiting(policy, area_path, includes_unknown)
    found = Outlook(
        run=run_latest(policy),
        people=len(waiting),
        households=len({home for _who, home in waiting}),
        workers=workers_count(area_path),
        per_worker_week=per_worker_week,
    )
    if found.run is not None:
        try:
            _looked_through(found, policy, place, includes_unknown, waiting)
        except RunBroken:
            found.is_kept = False
    return found


def _waiting(policy: Policy, area_path: str, includes_unknown: bool) -> set[tuple[int | None, int]]:
    """Return whom earlier waves left waiting: the person (``None`` for the household's) and the household."""
    rows = Lead.objects.filter(in_areas("area_path", (area_path,)), policy=policy, state=Lead.State.WAITING)
    if not includes_unknown:
        rows = rows.filter(verdict=Lead.Verdict.ELIGIBLE)
    return set(rows.values_list("resident_id", "household_id"))


def _looked_through(
    found: Outlook,
    policy: Policy,
    place: Division,
    includes_unknown: bool,
    waiting: set[tuple[int | None, int]],
) -> None:
    """Count whom the run found, without those who would be left out where there are not too many."""
    version = PolicyVersion.objects.filter(policy=policy, pk__in=_versions(found.run)).first()
    if found.run is None or version is None:
        return
    within = Within(matched_of(found.run), policy.code, place)
    counted = within.counted(includes_unknown=includes_unknown)
    found.worth = 0 if includes_unknown else counted.worth
    if counted.found > MOST_READ:
        found.people, found.households, found.is_rough = counted.found, counted.households, True
        return
    homes = {home for _who, home in waiting}
    for batch in within.read(includes_unknown=includes_unknown, size=BATCH):
        known = known_of(policy, batch, clock.today(), place.path)
        homes |= {one.household_id for one in sifted(batch, version.pk, known, found.left_out)}
        found.left_out.asked -= sum((one.resident_id, one.household_id) in waiting for one in batch)
    found.people, found.households = found.people + found.left_out.made, len(homes)


def _versions(run: Run | None) -> list[int]:
    return list(run.counts.values_list("version_id", flat=True)) if run else []


def outlook_shown(actor: Actor, found: Outlook) -> OutlookShown:
    """Return an outlook as an actor may see it."""
    show, least = (Rounded, 1) if can_see_leads(actor) else (rounded, SMALL)
    households = show(found.households)
    each = found.workers * found.per_worker_week
    nobody, todo = _nobody(found, least)
    return OutlookShown(
        people=show(found.people),
        households=households,
        worth=show(found.worth),
        workers=found.workers,
        weeks=max(-(-households.drawn // each), 1) if each else 0,
        per_worker_week=found.per_worker_week,
        is_rough=found.is_rough,
        found_on=found.found_on,
        left_out=tuple((words, show(n)) for words, n in _left_out(found.left_out) if n >= least),
        nobody=nobody,
        todo=todo,
    )


def _left_out(taken: Taken) -> list[tuple[str, int]]:
    return [
        (_("已经享受"), taken.receiving),
        (_("已经派出或问过"), taken.asked),
        (_("本人反对自动匹配"), taken.objecting),
        (_("已经搬走、注销"), taken.gone),
    ]


def _nobody(found: Outlook, least: int) -> tuple[str, str]:
    """Return why a wave would be for nobody (fewer than ``least``) and what to do; empty where it is not."""
    if not found.workers:
        return _("这个区域里还没有居委会工作人员或网格员，派不出去。"), _("请先在“设置”里登记他们的岗位。")
    if found.households >= least:
        return "", ""
    if found.run is None:
        why = _("这项政策还没有匹配过，不知道是哪些人。")
        return why, _("每天夜里自动匹配；急用的，由区或市在政策页按“重新匹配”。")
    if not found.is_kept:
        return _("上次匹配的结果已过保存期。"), _("等今夜自动匹配，或由区、市在政策页按“重新匹配”。")
    why = _("没有要去的人家。") if least == 1 else _("要去的不到5户。")
    if found.worth >= least:
        return why, _("有人缺情况、值得核实：勾上“包括缺情况、值得上门核实的”才派。")
    return why, _("换一个区域，或等以后的匹配找到新的人。")
