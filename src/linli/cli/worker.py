"""``linli worker``: queued tasks in one thread, the schedule in another, until it is told to stop."""

import argparse
import fcntl
import json
import logging
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from . import schedule
from .ground import django_ready

log = logging.getLogger("linli.worker")
ADVISORY_LOCK = 73_115_469
HEARTBEAT = "worker.json"


class Turn:
    """Only one worker keeps the schedule at a time: a file lock here, an advisory lock on PostgreSQL.

    An advisory lock belongs to the connection: a pooler between must be in session mode.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "worker.lock"
        self._file: IO[str] | None = None

    def is_mine(self) -> bool:
        """Take the turn if it is free, and tell whether this worker has it."""
        from django.db import connection

        if connection.vendor != "postgresql":
            return self._file_lock()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS(SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                " AND pid = pg_backend_pid()) OR pg_try_advisory_lock(%s)",
                [ADVISORY_LOCK, ADVISORY_LOCK],
            )
            return bool(cursor.fetchone()[0])

    def _file_lock(self) -> bool:
        if self._file is None:
            handle = self._path.open("w")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.close()
                return False
            self._file = handle
        return True


def heartbeat_write(folder: Path, jobs: list[schedule.Job]) -> None:
    """Leave a note for ``linli doctor``: when each job last ran, and what failed."""
    rows = {job.name: {"ran_at": job.ran_at, "failure": job.failure} for job in jobs}
    draft = folder / f"{HEARTBEAT}.new"
    draft.write_text(json.dumps({"at": time.time(), "jobs": rows}, ensure_ascii=False))
    draft.replace(folder / HEARTBEAT)


def _keep_schedule(stop: threading.Event, folder: Path) -> None:
    from django.db import close_old_connections

    turn, jobs, complained = Turn(folder), schedule.jobs(), set[str]()
    while not stop.is_set():
        close_old_connections()
        try:
            if turn.is_mine():
                _one_round(jobs, complained)
                heartbeat_write(folder, jobs)
        except Exception:
            log.exception("the schedule could not run; trying again")
        stop.wait(1)


def _one_round(jobs: list[schedule.Job], complained: set[str]) -> None:
    for job in schedule.round_once(jobs):
        if job.failure and job.name not in complained:
            complained.add(job.name)
            log.error("%s failed: %s", job.name, job.failure)
        elif not job.failure and job.name in complained:
            complained.discard(job.name)
            log.warning("%s works again", job.name)


def _queue() -> Any:
    from django_tasks_db.management.commands.db_worker import Worker

    return Worker(
        queue_names=["*"],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"linli-{time.time_ns()}",
        excluded_queue_names=[],
    )


def _keep_queue(stop: threading.Event, queue: Any) -> None:
    while not stop.is_set():
        try:
            queue.run()
        except Exception:
            log.exception("the queue stopped; starting it again")
            stop.wait(5)


def run(arguments: Sequence[str]) -> int:
    """Work until SIGTERM or Ctrl-C; the task in hand is finished first."""
    parser = argparse.ArgumentParser(
        "linli worker", description="后台作业：排队的任务和定时的工作（Ctrl-C 停止）"
    )
    parser.parse_args(arguments)
    django_ready()
    from django.conf import settings

    stop, queue = threading.Event(), _queue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings.HOME.mkdir(parents=True, exist_ok=True)
    threads = [
        threading.Thread(target=_keep_schedule, args=(stop, settings.HOME), name="schedule"),
        threading.Thread(target=_keep_queue, args=(stop, queue), name="queue"),
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        pass
    queue.running = False
    for thread in threads:
        thread.join(timeout=20)
    return 0
