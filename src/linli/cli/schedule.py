"""What the worker does by itself, and how often; the work is the rooms' (``tasks.py``)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import cast


@dataclass(slots=True)
class Job:
    """One recurring task; ``failure`` is the last run's error, empty when it went well."""

    name: str
    every_seconds: int
    target: str
    due_at: float = 0.0
    ran_at: float = 0.0
    failure: str = field(default="")

    def call(self) -> None:
        """Run the task once."""
        module, _, function = self.target.rpartition(".")
        cast(Callable[[], object], getattr(import_module(module), function))()


TABLE = (
    ("notices.send", 5, "linli.foundation.notices.tasks.send_due"),
    ("notices.broadcasts", 5, "linli.foundation.notices.tasks.carry_broadcasts"),
    ("audit.seal", 30, "linli.foundation.audit.tasks.seal_rows"),
    ("places.changes", 60, "linli.foundation.places.tasks.changes_carry_out"),
    ("keys.renew", 30, "linli.foundation.keys.tasks.renew"),
    ("residents.retoken", 30, "linli.registers.residents.tasks.tokens_renew"),
    ("residents.tokens", 300, "linli.registers.residents.tasks.tokens_keep"),
    ("residents.alikes", 120, "linli.registers.residents.tasks.alikes_look"),
    ("residents.counts", 300, "linli.registers.residents.tasks.counts_ahead"),
    ("residents.care", 86_400, "linli.registers.residents.care.tasks.care_nightly"),
    ("duties.overdue", 60, "linli.foundation.duties.tasks.mark_overdue"),
    ("webhooks.deliver", 5, "linli.doors.webhooks.tasks.deliver"),
    ("webhooks.forget", 3600, "linli.doors.webhooks.tasks.forget_old"),
    ("matters.lapse", 300, "linli.work.matters.tasks.lapse_guided"),
    ("matters.resume", 300, "linli.work.matters.tasks.resume_paused"),
    ("residents.links", 3600, "linli.registers.residents.linking.tasks.links_follow"),
    ("privacy.late", 3600, "linli.foundation.privacy.tasks.urge_late"),
    ("retention.apply", 300, "linli.foundation.retention.tasks.let_go"),
    ("files.sweep", 3600, "linli.foundation.files.tasks.sweep_unused"),
    ("exports.sweep", 3600, "linli.foundation.exports.tasks.sweep"),
    ("audit.keys", 3600, "linli.foundation.audit.tasks.forget_request_keys"),
    ("accounts.hits", 3600, "linli.foundation.accounts.tasks.forget_rate_hits"),
    ("imports.resume", 60, "linli.foundation.imports.tasks.resume_silent"),
    ("imports.forget", 3600, "linli.foundation.imports.tasks.forget_old"),
    ("clients.uses", 3600, "linli.foundation.clients.tasks.forget_uses"),
    ("routing.watch", 60, "linli.work.matters.routing.tasks.tables_watch"),
    ("matters.likeness", 3600, "linli.work.matters.tasks.likeness_renew"),
    ("benefits.previews", 3, "linli.work.benefits.authoring.tasks.previews_reckon"),
    ("rollup.follow", 60, "linli.work.matters.rollup.tasks.follow"),
    ("rollup.check", 3600, "linli.work.matters.rollup.tasks.check"),
    ("matters.visits", 3600, "linli.work.matters.tasks.forget_visits"),
    ("matters.editions", 60, "linli.work.matters.tasks.begin_editions"),
    ("assessments.dates", 3600, "linli.work.deliberation.assessments.tasks.dates_watch"),
    ("bodies.dates", 3600, "linli.work.deliberation.bodies.tasks.dates_watch"),
    ("secret.follow", 30, "linli.work.deliberation.secret.tasks.follow"),
    ("ballots.clock", 10, "linli.work.deliberation.ballots.tasks.follow_clock"),
    ("benefits.nightly", 86_400, "linli.work.benefits.running.tasks.nightly"),
    ("benefits.follow", 60, "linli.work.benefits.outreach.tasks.follow"),
    ("matters.drafts", 3600, "linli.work.matters.tasks.forget_drafts"),
)


def jobs() -> list[Job]:
    """Return the table as jobs that are all due at once."""
    return [Job(*row) for row in TABLE]


def round_once(jobs: list[Job], clock: Callable[[], float] = time.time) -> Iterator[Job]:
    """Run every job that is due and yield it; a job that fails is noted and does not stop the others."""
    for job in jobs:
        now = clock()
        if now < job.due_at:
            continue
        job.due_at, job.ran_at, job.failure = now + job.every_seconds, now, ""
        try:
            job.call()
        except Exception as error:
            job.failure = f"{type(error).__name__}: {error}"
        yield job
