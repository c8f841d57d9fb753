"""A throwaway PostgreSQL for tests and benchmarks: own folder, own socket, no network, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .ground import apt_missing

# Nothing need last; how small new tables are the planner does not know, and would compile for them in vain.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "jit=off"]
# What docs/operations.md advises for a city; the defaults are for a small machine.
SIZED = ["-c", "shared_buffers=1GB", "-c", "max_wal_size=8GB", "-c", "checkpoint_timeout=15min"]
SOCKET_ONLY = ["-c", "listen_addresses=", "-c", "max_connections=60"]


class PostgresMissing(Exception):
    """No PostgreSQL server programs on this machine, and none could be installed."""


def _binaries() -> Path | None:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def binaries() -> Path:
    """Return the folder of the newest server programs, installing them when that is allowed."""
    if _binaries() is None:
        apt_missing({"postgresql": False})
    folder = _binaries()
    if folder is None:
        raise PostgresMissing("没有 PostgreSQL（可用 apt install postgresql 安装）")
    return folder


def _as_server(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    # The server refuses to run as root; Debian's package brings the user postgres.
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]  # noqa: S603
        command, check=True, text=True, cwd="/", capture_output=True, **who, **options
    )


@contextmanager
def throwaway(*, durable: bool = False) -> Iterator[str]:
    """Start a fresh cluster and yield its DATABASE_URL; ``durable`` loses nothing and is sized for a city.

    Raises PostgresMissing when there are no server programs.
    """
    with tempfile.TemporaryDirectory(prefix="linli-pg-") as name, kept(Path(name), durable=durable) as url:
        yield url


@contextmanager
def kept(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Start the cluster of a folder, making it on first use, and yield its DATABASE_URL.

    The folder's path must be short: it holds the socket. Raises PostgresMissing.
    """
    tools = binaries()
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    cluster, is_new = str(folder / "data"), not (folder / "data").exists()
    if is_new:
        _as_server([str(tools / "initdb"), "-D", cluster, "-U", "linli", "-A", "trust", "-E", "UTF8", "-N"])
    options = " ".join([*SOCKET_ONLY, *(SIZED if durable else FAST), "-k", str(folder)])
    control = [str(tools / "pg_ctl"), "-D", cluster, "-w", "-s"]
    # pg_ctl's child keeps a captured pipe open for ever, so the server writes to a file.
    _as_server([*control, "-l", str(folder / "log"), "-o", options, "start"])
    try:
        if is_new:
            _as_server([str(tools / "createdb"), "-h", str(folder), "-U", "linli", "linli"])
        yield f"postgres://linli@/{folder}/linli"  # a path before the name is the socket's folder
    finally:
        _as_server([*control, "-m", "fast", "stop"])
