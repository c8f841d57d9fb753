"""An empty database with every migration applied, made once and copied by each worker of a run.

Applying all migrations takes longer than most modules of tests. What the migrations themselves do is tested
by those that walk them (``test_*_migration.py``, ``migrate`` in tests of the installation).
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
IN_SERVER = "linli_template"


def _digest() -> str:
    """Say by what the tables are made: every migration, and the versions of all packages."""
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted((ROOT / "src").glob("**/migrations/*.py")):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(url: str, home: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "LINLI_HOME": str(home)}
    environment["DJANGO_SETTINGS_MODULE"] = "linli.config.settings"
    command = [sys.executable, "-m", "tests.migrating"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def sqlite_template(folder: Path) -> Path:
    """Return the file of a migrated database, making it in ``folder`` if this state has none."""
    template = folder / f"{_digest()}.sqlite3"
    with _one_at_a_time(folder):
        if not template.exists():
            for old in folder.glob("*.sqlite3*"):
                old.unlink()
            fresh = template.with_suffix(".sqlite3.part")
            _migrate(f"sqlite:///{fresh}", folder)
            fresh.rename(template)
    return template


def filled(kept: Path, fill: Callable[[], object]) -> None:
    """Fill the empty database with what ``fill`` makes; made once, then taken from the file ``kept``.

    Only for SQLite is it kept, and only for the process that made it: its keys belong to it.
    """
    if connection.vendor != "sqlite":
        fill()
        return
    connection.ensure_connection()
    here: sqlite3.Connection = connection.connection
    is_new = not kept.exists()
    if is_new:
        fill()
    with closing(sqlite3.connect(kept)) as file:
        source, target = (here, file) if is_new else (file, here)
        source.backup(target)


def server_template(folder: Path, url: str, settings: dict[str, str]) -> str:
    """Return the name of a migrated database of the server at ``url``, making it if it is not there."""
    name = f"{IN_SERVER}_{_digest()}"
    where = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
    known = {key: value for key, value in {**where, "password": settings["PASSWORD"]}.items() if value}
    with (
        _one_at_a_time(folder),
        psycopg.connect(dbname="postgres", autocommit=True, **known) as server,
    ):
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f'CREATE DATABASE "{name}"')
            _migrate(url.rpartition("/")[0] + f"/{name}", folder)
    return name


def server_emptied(operations: Any, _style: Any, tables: list[str], **_more: Any) -> list[str]:
    """Return what empties all tables that hold rows; truncating every one takes more than a second."""
    has_rows = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    with operations.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(has_rows))
        deletes = [f'DELETE FROM "{table}"' for (table,) in cursor.fetchall()]
    return ["SET LOCAL session_replication_role = replica", *deletes]
