"""What happens by itself: runs become leads, waves fill up, visits are dealt; each step can be broken off."""

from __future__ import annotations

from collections.abc import Iterator

from linli.core import clock
from linli.foundation.accounts.selectors import Holders
from linli.registers.residents.holding import holds_on
from linli.registers.residents.models import Receipt

from ..engine import matching
from ..models import Lead, PolicyVersion, Run, Wave
from ..models.runs import JobState
from ..running.force import MACHINE
from ..running.selectors import run_latest
from ..running.tasks import matched_of, runs_follow
from .found import Found, Taken
from .services.dealing import wave_deal
from .services.leads import leads_take
from .services.waves import wave_filled

BATCH = 5_000


def follow() -> None:
    """Carry out the run that waits, then make leads of it; fill waves that were released since, and deal."""
    run = runs_follow()
    if run is not None:
        leads_of_run(run)
    waves_follow()


def leads_of_run(run: Run) -> Taken:
    """Make leads of a run: none of a baseline, all where receipts tell who lacks it, else the new."""
    taken = Taken()
    counts = run.counts.select_related("version__policy").order_by("version_id")
    versions = {count.version_id: count for count in counts}
    for count in versions.values():
        for batch in _found(run, count.version, is_first=count.is_baseline):
            taken.add(leads_take(actor=MACHINE, version=count.version, found=batch, on=run.as_of, run=run))
    return taken


def _found(run: Run, version: PolicyVersion, *, is_first: bool) -> Iterator[list[Found]]:
    policy = version.policy
    receipts = Receipt.objects.filter(holds_on(run.as_of), policy=policy.name)
    is_known_who_lacks = receipts.exists() and not Lead.objects.filter(policy=policy).exists()
    if is_first and not is_known_who_lacks:
        return
    before = run.before if run.before and not is_known_who_lacks else None
    earlier = matched_of(before) if before and before.state == JobState.DONE else None
    for rows in matching.found(matched_of(run), policy.code, earlier, BATCH):
        yield [_plain(row) for row in rows if row.is_new]


def _plain(row: matching.Found) -> Found:
    return Found(row.household_id, row.resident_id, row.is_eligible, row.amount, row.missing)


def waves_follow() -> None:
    """Fill waves that no run was looked through for yet, then hand out what each allows."""
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
    for rows in matching.found(matched_of(run), wave.policy.code, None, BATCH):
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
