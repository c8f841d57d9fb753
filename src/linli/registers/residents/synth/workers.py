"""Shards in two processes: each is made by itself, and what is finished is told as it comes."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def _ready() -> None:
    """Prepare a fresh process; nothing of the rooms is imported before."""
    import django
    import pyarrow

    django.setup()
    pyarrow.set_cpu_count(1)


def worked(make: Callable[[Task], Result], tasks: Sequence[Task], processes: int) -> Iterator[Result]:
    """Yield the results of the tasks in the order in which they are ready; the first fault ends all."""
    if processes <= 1 or len(tasks) <= 1:
        for task in tasks:
            yield make(task)
        return
    context = multiprocessing.get_context("spawn")  # a copy of this process would hold its locks
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_ready) as pool:
        waiting = [pool.submit(make, task) for task in tasks]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()
