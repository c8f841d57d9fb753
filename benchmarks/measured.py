"""How long a process takes and how much memory it holds together with all below it."""

import re
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path


def family(root: int) -> list[int]:
    """Return a process and all below it."""
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for tasks in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in tasks.read_text().split()]
            except OSError:
                continue  # it ended meanwhile
    return found


def held(root: int) -> float:
    """Return what the processes hold together, in GB; what they share counts once."""
    kilobytes = 0
    for process in family(root):
        try:
            words = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", words, re.MULTILINE)
        kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024**2


def measured(words: Sequence[str]) -> tuple[float, float, str]:
    """Run a command and return its seconds, its peak in GB and what it printed; raises where it fails."""
    began, peak = time.perf_counter(), 0.0
    command = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    ended = threading.Event()

    def wait() -> None:
        out, err = command.communicate()
        said.extend((out, err))
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    while not ended.wait(0.1):
        peak = max(peak, held(command.pid))
    if command.returncode:
        raise RuntimeError(said[1][-2000:])
    return time.perf_counter() - began, peak, said[0]
