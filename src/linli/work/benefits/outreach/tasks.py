"""What happens by itself: runs become leads, waves fill up, visits are dealt; each step can be broken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from linli.core import clock
from linli.foundation.accounts.selectors import Holders

from ..engine import matching
from ..engine.matching import Matched, RunBroken
from ..models import Lead, Policy, PolicyVersion, Run, RunCount, Wave
from ..running.force import MACHINE
from ..running.selectors import run_before, run_latest, runs_unled
from ..running.tasks import Told, matched_of, runs_follow
from ..snapshots.making import RunBusy
from .found import Found, Taken, Whom, whom
from .selectors import is_known_who_lacks
from .services.dealing import wave_deal
from .services.lapsing import MOST, leads_ended, leads_lapse, run_led
from .services.leads import leads_take
from .services.waves import wave_filled, wave_run_out
from .workflow import NEW

BATCH = 5_000
LOOKED_AT = 500  # households that are read and judged again in one transaction


def follow() -> None:
    """Carry out the run that waits and look through it; fill waves that were released since, and deal."""
    with suppress(RunBusy):
        runs_follow()
    for run in runs_unled():
        leads_of_run(run)
    waves_follow()


def follow_told(tell: Told) -> tuple[Run, Taken] | None:
    """Do the same for somebody who waits: tell how far it is, return the run and what came of it.

    Raises ``RunBusy`` where another process is at it.
    """
    run, taken = runs_follow(tell), Taken()
    for one in runs_unled():
        made = leads_of_run(one)
        taken = made if run is not None and one.pk == run.pk else taken
    waves_follow()
    return (run, taken) if run is not None else None


def leads_of_run(run: Run) -> Taken:
    """Make leads of whom a run finds (``found.whom``), and let those go whom it finds no more."""
    taken = Taken()
    counts = run.counts.select_related("version__policy").order_by("version_id")
    for count in {count.version_id: count for count in counts}.values():
        earlier = _earlier(run, count.version)
        for batch in _found(run, count, earlier):
            taken.add(leads_take(actor=MACHINE, version=count.version, found=batch, on=run.as_of, run=run))
        if earlier is not None:
            _let_go(run, count.version, earlier)
    run_led(actor=MACHINE, run=run)
    return taken


def _earlier(run: Run, version: PolicyVersion) -> Matched | None:
    before = run_before(run, version.policy)
    try:
        return matched_of(before) if before is not None else None
    except RunBroken:  # its files are gone
        return None


def _found(run: Run, count: RunCount, earlier: Matched | None) -> Iterator[list[Found]]:
    policy = count.version.policy
    wanted = whom(
        is_first=count.is_baseline,
        is_compared=earlier is not None,
        is_known_who_lacks=is_known_who_lacks(policy, run),
    )
    if wanted is Whom.NOBODY:
        return
    compared = earlier if wanted is Whom.NEW else None
    for rows in matching.found(matched_of(run), policy.code, compared, BATCH):
        yield [_plain(row) for row in rows if row.is_new]


def _let_go(run: Run, version: PolicyVersion, earlier: Matched) -> None:
    if not Lead.objects.filter(policy=version.policy_id, state__in=NEW).exists():
        return
    for rows in matching.gone(matched_of(run), version.policy.code, earlier, LOOKED_AT):
        leads_lapse(actor=MACHINE, version=version, gone=rows, run=run)


def _plain(row: matching.Found) -> Found:
    return Found(row.household_id, row.resident_id, row.is_eligible, row.amount, row.missing)


def policies_follow() -> None:
    """End the waves and let the leads go of policies that have ended."""
    today = clock.today()
    ended = Policy.objects.filter(ended_on__lte=today)
    for wave in Wave.objects.exclude(state=Wave.State.DONE).filter(policy__in=ended):
        wave_run_out(actor=MACHINE, wave=wave)
    for policy in ended.filter(leads__state__in=NEW).distinct():
        while leads_ended(actor=MACHINE, policy=policy) == MOST:
            continue


def waves_follow() -> None:
    """End waves whose day has passed, fill those no run was looked through for, hand out what each allows."""
    policies_follow()
    for wave in Wave.objects.exclude(state=Wave.State.DONE).filter(until_on__lt=clock.today()):
        wave_run_out(actor=MACHINE, wave=wave)
    for wave in Wave.objects.filter(state=Wave.State.OPEN, filled_at__isnull=True).select_related("policy"):
        wave_fill(wave)
    holders = Holders()
    for wave in Wave.objects.filter(state=Wave.State.OPEN).select_related("policy").order_by("pk"):
        for committee in _committees(wave):
            while wave_deal(actor=MACHINE, wave=wave, committee=committee, holders=holders).did_anything:
                continue


def wave_fill(wave: Wave) -> Taken:
    """Make leads of everybody whom the latest run found in a wave's area; waits where there is no run yet."""
    taken, run = Taken(), run_latest(wave.policy)
    if run is None:
        return taken
    count = run.counts.filter(version__policy=wave.policy).select_related("version__policy").first()
    if count is None:
        return taken
    try:
        matched = matched_of(run)
    except RunBroken:  # its files are gone: the next run fills it
        return taken
    for rows in matching.found(matched, wave.policy.code, None, BATCH):
        batch = [_plain(row) for row in rows]
        said = {"version": count.version, "found": batch, "on": clock.today(), "run": run}
        taken.add(leads_take(actor=MACHINE, area=wave.area_path, **said))
    wave_filled(actor=MACHINE, wave=wave, run_id=run.pk)
    return taken


def _committees(wave: Wave) -> list[str]:
    """Return the places in which somebody waits for a wave."""
    rows = Lead.objects.filter(policy=wave.policy_id, state=Lead.State.WAITING)
    inside = rows.filter(area_path__startswith=wave.area_path)
    return list(inside.order_by("area_path").values_list("area_path", flat=True).distinct())
