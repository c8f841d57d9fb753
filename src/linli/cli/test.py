"""``linli test``: the suite on SQLite, or on a throwaway PostgreSQL; journeys in Chromium after the rest."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from . import postgres
from .ground import apt_missing, chromium, root

NOTHING_COLLECTED = 5
# A module's first test makes what the rest of it stands on: a worker gets modules in a row, and takes from
# the other when it has no more.
TWO_AT_ONCE = ("-n", "2", "--dist", "worksteal")
# What PostgreSQL has to prove besides SQLite is all that uses a table but this, where the same few are read;
# `--slow` runs everything there.
ON_POSTGRES = ("src/**/test_*.py", "tests/races/**/test_*.py")
BUT = ("test_rules*.py", "test_workflow*.py", "test_permissions*.py", "test_*pages.py", "test_desk_*.py")


def _arguments(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser("linli test", description="运行测试；其余参数交给 pytest")
    parser.add_argument("--postgres", action="store_true", help="在临时的 PostgreSQL 上运行")
    parser.add_argument("--slow", action="store_true", help="连同耗时长的测试")
    parser.add_argument("--all", action="store_true", help="SQLite 和 PostgreSQL 上的全部测试")
    return parser.parse_known_args(arguments)


def _chromium_missing() -> list[str]:
    has_font = any(Path("/usr/share/fonts").glob("opentype/noto/NotoSans*CJK*"))
    missing = apt_missing({"fonts-noto-cjk": has_font})
    apt_missing({"chromium-headless-shell": bool(shutil.which("chromium-headless-shell"))})
    return missing if chromium() else ["chromium-headless-shell", *missing]


def _pytest(environment: dict[str, str], *words: str) -> int:
    command = [sys.executable, "-m", "pytest", *words]
    code = subprocess.run(command, cwd=root(), env=environment, check=False).returncode  # noqa: S603
    return 0 if code == NOTHING_COLLECTED else code


def _marks(*unwanted: str, only: str = "") -> str:
    return " and ".join([*filter(None, [only]), *(f"not {name}" for name in unwanted)])


def _need_spark() -> None:
    """Fetch what the test on a Spark cluster needs; it is skipped where that cannot be had."""
    missing = apt_missing({"default-jre-headless": bool(shutil.which("java"))})
    if not missing and find_spec("pyspark") is None:
        print("安装测试要用的 Spark", flush=True)
        lock = ["--require-hashes", "--no-deps", "-r", str(root() / "requirements-cluster.lock")]
        code = subprocess.run([sys.executable, "-m", "pip", "install", "-q", *lock], check=False).returncode  # noqa: S603
        missing = ["pyspark"] if code else []
    if missing:
        print(f"跳过 Spark 集群测试：缺少 {' '.join(missing)}", flush=True)


def _has_browser() -> bool:
    if missing := _chromium_missing():
        print(f"跳过浏览器测试：缺少 {' '.join(missing)}（请用 apt 安装）", flush=True)
    return not missing


def _journeys(environment: dict[str, str], marks: str) -> int:
    if not _has_browser():
        return 0
    if not (root() / "tests/journeys").is_dir():
        print("没有浏览器测试（tests/journeys）", flush=True)
        return 0
    return _pytest(environment, *TWO_AT_ONCE, "tests/journeys", "-m", marks)


def _on_sqlite(environment: dict[str, str], unwanted: list[str]) -> int:
    print("== 测试：SQLite", flush=True)
    environment = {key: value for key, value in environment.items() if key != "DATABASE_URL"}
    first = _pytest(environment, *TWO_AT_ONCE, "-m", _marks("journey", "race", *unwanted))
    return _journeys(environment, _marks(*unwanted, only="journey")) or first


def _for_postgres() -> list[str]:
    found = [path for pattern in ON_POSTGRES for path in sorted(root().glob(pattern))]
    return [str(path) for path in found if not any(path.match(pattern) for pattern in BUT)]


def _on_postgres(environment: dict[str, str], unwanted: list[str]) -> int:
    print("== 测试：PostgreSQL", flush=True)
    everything = not unwanted
    chosen = [] if everything else ["--tables-only", *_for_postgres()]
    try:
        with postgres.throwaway() as url:
            environment = {**environment, "DATABASE_URL": url}
            first = _pytest(environment, *TWO_AT_ONCE, "-m", _marks("journey", *unwanted), *chosen)
            only = "journey" if everything else "journey and postgres"
            return _journeys(environment, _marks(*unwanted, only=only)) or first
    except postgres.PostgresMissing as reason:
        print(f"跳过 PostgreSQL 测试：{reason}", flush=True)
        return 0


def _as_asked(environment: dict[str, str], chosen: argparse.Namespace, more: list[str]) -> int:
    if any("journeys" in word for word in more):
        _has_browser()
    if not chosen.postgres:
        return _pytest(environment, *more)
    with postgres.throwaway() as url:
        return _pytest({**environment, "DATABASE_URL": url}, *more)


def run(arguments: Sequence[str]) -> int:
    """Run the chosen tests; named files or further pytest arguments run as given, in one go."""
    chosen, more = _arguments(arguments)
    unwanted = [] if chosen.slow or chosen.all else ["slow"]
    with tempfile.TemporaryDirectory(prefix="linli-test-") as home:
        environment = {**os.environ, "LINLI_HOME": home}
        if more:
            return _as_asked(environment, chosen, more)
        if not unwanted:
            _need_spark()
        codes = []
        if chosen.all or not chosen.postgres:
            codes.append(_on_sqlite(environment, unwanted))
        if chosen.all or chosen.postgres:
            codes.append(_on_postgres(environment, unwanted))
        return max(codes)
