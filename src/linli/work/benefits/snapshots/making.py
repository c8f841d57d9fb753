"""A snapshot is made, or gone on with where it was broken off, by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Conflict
from linli.core.words import gettext_lazy

from ..engine.snapshot import Progress, snapshot_make, snapshot_open, snapshot_size
from ..engine.snapshot import Snapshot as OnDisk
from ..engine.sources import Registry
from ..language.tree import Rule
from ..models import Snapshot
from ..models.runs import JobState
from .services import snapshot_note

MACHINE = system("benefits")


class RunBusy(Conflict):
    """Another process holds the folder."""

    code = "run.busy"
    message = gettext_lazy("另一个进程正在做快照或匹配。")
    hint = gettext_lazy("请等它完成，或先停掉它。")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the folder for one process: two that reckon the same parts would write over each other."""
    folder = Path(settings.HOME) / "benefits"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "turn.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunBusy from None
        yield


def snapshot_made(
    row: Snapshot,
    rules: Iterable[Rule],
    standards: Mapping[str, int],
    progress: Progress = lambda done, all_: None,
) -> OnDisk:
    """Return a snapshot's files, made where they are not whole; what ``rules`` say of households is reckoned
    along. Raises ``SnapshotTooOld``."""
    if row.state == JobState.DONE:
        return snapshot_open(row.path, clock.today())

    def noted(done: int, all_: int) -> None:
        snapshot_note(actor=MACHINE, snapshot=row, parts_done=done, parts_all=all_)
        progress(done, all_)

    started = row.started_at or clock.now()
    snapshot_note(actor=MACHINE, snapshot=row, state=JobState.RUNNING, started_at=started)
    row.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = snapshot_make(row.path, Registry(MACHINE, row.day), row.day, rules, standards, noted, row.facts)
    size = sum(path.stat().st_size for path in row.path.rglob("*.parquet"))
    persons, households = snapshot_size(made)
    counted = {"persons": persons, "households": households, "size": size}
    snapshot_note(actor=MACHINE, snapshot=row, state=JobState.DONE, ready_at=clock.now(), **counted)
    return made
