"""``linli check``: everything that can be said about the code without running the suite."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .ground import linli, root

AT_ONCE = 2
# A lock that names hosts would tie every installation to somebody's mirror.
HOST = re.compile(r"https?://(?!localhost|127\.0\.0\.1)", re.IGNORECASE)
LOCKS = (
    "requirements.lock",
    "requirements-cluster.lock",
    "requirements-node.lock",
    "frontend/package-lock.json",
    "tests/oidc/package-lock.json",
)
RESOLVED = re.compile(r'"(resolved)":\s*"https?://|^\s*(--(extra-)?index-url|--find-links)')


def _python(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


def _steps() -> list[tuple[str, list[str]]]:
    importlinter = str(Path(sys.executable).with_name("lint-imports"))
    return [
        ("mypy", _python("mypy", "--no-error-summary")),  # the longest first
        ("conventions", _python("pytest", "-q", "tests/test_conventions.py")),
        ("ruff check", _python("ruff", "check", "-q", ".")),
        ("ruff format", _python("ruff", "format", "-q", "--check", ".")),
        ("lint-imports", [importlinter]),
        ("migrations", linli("manage", "makemigrations", "--check", "--dry-run")),
        ("django check", linli("manage", "check")),
    ]


def lock_faults(folder: Path) -> list[str]:
    """Name the lines of the lock files that name a package host."""
    found = []
    for name in LOCKS:
        path = folder / name
        lines = path.read_text().splitlines() if path.exists() else []
        pattern = RESOLVED if name.endswith(".json") else HOST
        found += [
            f"{name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if pattern.search(line)
        ]
    return found


def _say(name: str, began: float, output: str) -> bool:
    is_good = not output
    first = f"{'ok    ' if is_good else 'failed'}  {name:<14} {time.monotonic() - began:5.1f} s"
    print("\n".join([first, *(f"    {line}" for line in output.splitlines()[-60:])]), flush=True)
    return is_good


def _step(step: tuple[str, list[str]]) -> bool:
    name, command = step
    began = time.monotonic()
    return _say(name, began, _run_step(command))


def _run_step(command: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="linli-check-") as home:
        environment = {**os.environ, "LINLI_HOME": home}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(  # noqa: S603
            command, cwd=root(), env=environment, capture_output=True, text=True, check=False
        )
    return (
        "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"
    )


def run(arguments: Sequence[str]) -> int:
    """Run every check, print one line each, and return 1 if any failed."""
    parser = argparse.ArgumentParser(
        "linli check", description="检查代码：格式、类型、分层、迁移、约定、锁文件"
    )
    parser.parse_args(arguments)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        results = list(threads.map(_step, _steps()))
    results.append(_say("lock hosts", time.monotonic(), "\n".join(lock_faults(root()))))
    return 0 if all(results) else 1
