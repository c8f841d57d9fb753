"""``linli demo``: one street with a month of work, built through services, served on this machine."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from .ground import django_ready, home_default, linli

STAMP = "demo.json"
WAIT_SECONDS = 30
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "linli demo", description="演示：建好数据、打开网站和后台作业（Ctrl-C 停止）"
    )
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
    parser.add_argument("--rebuild", action="store_true", help="丢掉现有演示数据，重新生成")
    parser.add_argument("--build-only", action="store_true", help="只生成数据，不打开网站")
    return parser.parse_args(arguments)


def _edition() -> dict[str, str]:
    """Say which demo belongs to today: the date, and a digest of what shapes its tables and contents."""
    from django.conf import settings

    from linli.core import clock

    package: Path = settings.PACKAGE
    sources = [*package.glob("*/*/migrations/*.py"), *package.glob("portal/demo/**/*.*")]
    digest = sha256()
    for source in sorted(path for path in sources if path.suffix != ".pyc"):
        digest.update(source.read_bytes())
    return {"date": str(clock.today()), "source": digest.hexdigest()[:16]}


def _built(folder: Path) -> dict[str, str] | None:
    try:
        stamp: dict[str, str] = json.loads((folder / STAMP).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return stamp


def _database(folder: Path) -> list[Path]:
    return [path for suffix in ("", "-wal", "-shm") if (path := folder / f"linli.sqlite3{suffix}").exists()]


def _build(folder: Path, edition: dict[str, str]) -> None:
    from django.core.management import call_command
    from django.db import connection

    began = time.monotonic()
    connection.close()
    for path in [*_database(folder), folder / "anchors.jsonl"]:
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / "files", ignore_errors=True)
    (folder / STAMP).write_text("{}")  # a half-built demo is known as one, and may be replaced
    print("正在生成演示数据（约一分钟）…", flush=True)
    call_command("migrate", verbosity=0)
    call_command("demo_build")
    connection.close()
    (folder / STAMP).write_text(json.dumps(edition))
    print(f"演示数据已生成，用时 {time.monotonic() - began:.0f} 秒。", flush=True)


def prepare(*, rebuild: bool) -> bool:
    """Build the demo unless today's is there; False when the folder holds somebody's real data."""
    from django.conf import settings

    folder: Path = settings.HOME
    folder.mkdir(parents=True, exist_ok=True)
    stamp, edition = _built(folder), _edition()
    if stamp is None and _database(folder):
        print(
            f"没有启动：{folder} 里的数据库不是演示数据，不会动它。请用 LINLI_HOME 指定另一个文件夹。",
            file=sys.stderr,
        )
        return False
    if rebuild or stamp != edition or not _database(folder):
        _build(folder, edition)
    return True


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_open(port: int, children: Sequence[subprocess.Popen[Any]]) -> bool:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until and all(child.poll() is None for child in children):
        if _is_taken(port):
            return True
        time.sleep(0.1)
    return False


def _stop(children: Sequence[subprocess.Popen[Any]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=25)
        except subprocess.TimeoutExpired:
            child.kill()


def _child(*words: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches the parent only, which then stops its children in order.
    return subprocess.Popen(linli(*words), start_new_session=True)  # noqa: S603


def _serve(port: int) -> int:
    from linli.portal.demo import accounts_table

    children = [_child("serve", "--port", str(port))]
    # The second signal may come while stopping; it must not leave a child behind.
    for number in STOPPING:
        signal.signal(number, _interrupt)
    try:
        if not _wait_until_open(port, children):
            print("网站没有启动成功，原因见上面的提示。", file=sys.stderr)
            return 1
        children.append(_child("worker"))
        print(f"\n{accounts_table()}\n\n打开 http://127.0.0.1:{port}/    Ctrl-C 停止", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        print("网站或后台作业意外停止了。", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        _stop(children)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """Build today's demo if needed and serve it on 127.0.0.1 until Ctrl-C."""
    chosen = _arguments(arguments)
    os.environ["LINLI_DEMO"] = "1"
    os.environ.pop("DATABASE_URL", None)  # the demo never touches a database that somebody works in
    os.environ.setdefault("LINLI_BASE_URL", f"http://127.0.0.1:{chosen.port}")
    os.environ.setdefault("LINLI_PLACE", "310110015001")  # 敦化路居委会: where the demo's people live
    home_default("var/demo")
    if not chosen.build_only and _is_taken(chosen.port):
        print(f"端口 {chosen.port} 已被占用，请换一个：linli demo --port {chosen.port + 1}", file=sys.stderr)
        return 1
    django_ready()
    if not prepare(rebuild=chosen.rebuild):
        return 1
    return 0 if chosen.build_only else _serve(chosen.port)
