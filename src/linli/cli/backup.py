"""``linli backup``: database and uploads in one folder with a list of what is in it; keys apart from them."""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from linli.core.crypto.files import CURRENT

from .digests import database_digests
from .ground import django_ready

MANIFEST = "manifest.json"
FORMAT = 1
SQLITE_FILE, POSTGRES_FILE = "database.sqlite3", "database.dump"
CHUNK = 1 << 20


class BackupFault(Exception):
    """A backup or a restore that cannot go on; the message says what to do."""


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def postgres_words(settings: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Return how a client program of PostgreSQL reaches the database: options, and the environment."""
    named = {"-h": settings.get("HOST"), "-p": settings.get("PORT"), "-U": settings.get("USER")}
    words = [word for option, value in named.items() if value for word in (option, str(value))]
    secret = {"PGPASSWORD": settings["PASSWORD"]} if settings.get("PASSWORD") else {}
    return words, {**os.environ, **secret}


def client_program(name: str) -> str:
    """Return the newest of PostgreSQL's client programs of that name, or say what to install."""
    folders = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = sorted(folders, key=lambda path: int(path.parts[-3].split(".")[0]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise BackupFault(f"没有找到 {name}。请安装 PostgreSQL 客户端（apt install postgresql-client）。")
    return program


def client_run(words: list[str], environment: dict[str, str]) -> None:
    """Run a client program; its own words come back in the fault."""
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupFault(f"{Path(words[0]).name} 没有成功：{done.stderr.strip()[-400:]}")


def _sqlite_copy(connection: Any, target: Path) -> dict[str, Any]:
    """Copy a live SQLite database page by page, then read the digests off the copy."""
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
    with opened(target) as copied:
        return database_digests(copied)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a SQLite file beside the installation's own database."""
    from django.db import connections
    from django.db.backends.sqlite3.base import DatabaseWrapper

    settings = {**connections["default"].settings_dict, "NAME": str(path), "OPTIONS": {}}
    wrapper = DatabaseWrapper(settings, alias="copy")
    try:
        yield wrapper
    finally:
        wrapper.close()


def _postgres_dump(connection: Any, target: Path) -> dict[str, Any]:
    """Dump and read the digests in one snapshot, so that both speak of the same rows."""
    from django.db import transaction

    options, environment = postgres_words(connection.settings_dict)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        words = [client_program("pg_dump"), "-Fc", *options, f"--snapshot={snapshot}", "-f", str(target)]
        client_run([*words, connection.settings_dict["NAME"]], environment)
        return database_digests(connection)


def _files(source: Path, target: Path) -> dict[str, str]:
    """Copy the uploads; their names are digests of their bytes, so that a present one is not copied again."""
    found = {}
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        relative = path.relative_to(source)
        if relative.name.startswith("."):
            continue  # an upload under way
        copy = target / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
        found[str(relative)] = file_digest(copy)
    return found


def backup_make(target: Path) -> Path:
    """Write one backup into a new folder under ``target`` and return that folder.

    The manifest is written last: a folder without one is a backup that did not finish.
    """
    from django.conf import settings
    from django.db import connection

    from linli.core import clock

    folder = target / f"linli-{clock.now():%Y%m%d-%H%M%S}"
    if settings.MEDIA_ROOT in (target, *target.parents):
        raise BackupFault(f"{target} 在上传文件夹里面，请换一个位置（最好在另一块磁盘上）。")
    folder.mkdir(parents=True, mode=0o700)
    is_sqlite = connection.vendor == "sqlite"
    name = SQLITE_FILE if is_sqlite else POSTGRES_FILE
    tables = (_sqlite_copy if is_sqlite else _postgres_dump)(connection, folder / name)
    manifest = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "vendor": connection.vendor,
        "database": {"file": name, "sha256": file_digest(folder / name)},
        "tables": tables,
        "files": _files(Path(settings.MEDIA_ROOT), folder / "files"),
    }
    fresh = folder / f".{MANIFEST}"
    fresh.write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    fresh.replace(folder / MANIFEST)
    return folder


def keys_copy(target: Path, beside: Path) -> int:
    """Copy the key ring to a folder of its own; returns how many keys. Never into a backup."""
    from django.conf import settings

    if target.resolve() == beside.resolve() or beside.resolve() in target.resolve().parents:
        raise BackupFault("密钥不能和数据库备份放在一起：谁拿到两样，就能读出加密的资料。请另选一个文件夹。")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = Path(settings.KEYS_DIR)
    keys = sorted(ring.glob("*.key"))
    for key in keys:
        copy = target / key.name
        if copy.exists() and copy.read_bytes() != key.read_bytes():
            raise BackupFault(f"{copy} 是另一个安装的密钥，没有覆盖。请另选一个空文件夹。")
        shutil.copy2(key, copy)
        copy.chmod(0o600)
    if (ring / CURRENT).exists():
        shutil.copy2(ring / CURRENT, target / CURRENT)
    return len(keys)


def run(arguments: Sequence[str]) -> int:
    """Back up while the site runs; print where, how much, and what is left to do."""
    parser = argparse.ArgumentParser("linli backup", description="备份数据库和上传文件；密钥另存")
    parser.add_argument("folder", type=Path, help="备份放在哪里（里面会新建一个文件夹）")
    parser.add_argument("--keys", type=Path, help="把密钥另存到这个文件夹（不要和备份放在一起）")
    chosen = parser.parse_args(arguments)
    django_ready()
    try:
        folder = backup_make(chosen.folder.resolve())
        manifest = json.loads((folder / MANIFEST).read_text())
        rows = sum(table["rows"] for table in manifest["tables"].values())
        print(f"已备份到 {folder}：{rows:,} 行数据，{len(manifest['files']):,} 个文件。")
        if chosen.keys is None:
            print("密钥没有备份。请另外运行一次并加上 --keys 文件夹；没有密钥，加密的资料读不出来。")
        else:
            print(f"密钥 {keys_copy(chosen.keys, chosen.folder)} 个已另存到 {chosen.keys}。")
    except (BackupFault, OSError) as fault:
        print(f"没有备份成功：{fault}", file=sys.stderr)
        return 1
    return 0
