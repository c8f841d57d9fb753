"""``linli bench``: run the scripts in benchmarks/, each printing one JSON line."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .ground import root

NOT_A_BENCHMARK = {
    *("bulk", "city", "fisca_oracle", "frame", "match_city", "measured", "plain_city", "registry_city"),
    *("ten_rules", "__init__"),
}


def scripts() -> dict[str, Path]:
    """Return the benchmarks by name: ``report_chain.py`` is ``report-chain``."""
    found = sorted((root() / "benchmarks").glob("*.py"))
    return {path.stem.replace("_", "-"): path for path in found if path.stem not in NOT_A_BENCHMARK}


def run(arguments: Sequence[str]) -> int:
    """Run all benchmarks or the named one; further arguments go to its script."""
    parser = argparse.ArgumentParser("linli bench", description="运行性能基准，每个打印一行 JSON")
    parser.add_argument("name", nargs="?", help="基准名称；不写则全部运行")
    chosen, more = parser.parse_known_args(arguments)
    known = scripts()
    if chosen.name and chosen.name not in known:
        print(f"没有“{chosen.name}”这个基准。现有：{' '.join(known) or '（无）'}", file=sys.stderr)
        return 2
    codes = [_run(path, more) for name, path in known.items() if chosen.name in (None, name)]
    return max(codes, default=0)


def _run(path: Path, more: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as home:
        environment = {**os.environ, "LINLI_HOME": home, "PYTHONPATH": str(root())}
        command = [sys.executable, str(path), *more]
        return subprocess.run(command, cwd=root(), env=environment, check=False).returncode  # noqa: S603
