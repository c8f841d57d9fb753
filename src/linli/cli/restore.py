"""``linli restore``: put a backup into an empty installation, and prove that it is the same, row by row."""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .backup import (
    FORMAT,
    MANIFEST,
    BackupFault,
    client_program,
    client_run,
    file_digest,
    postgres_words,
)
from .digests import database_digests, table_names
from .ground import django_ready


def manifest_read(folder: Path) -> dict[str, Any]:
    """Return what a backup says of itself; refuses one that did not finish or was changed since."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError as error:
        raise BackupFault(f"{folder} 里没有 {MANIFEST}：不是备份，或备份没有做完。") from error
    except json.JSONDecodeError as error:
        raise BackupFault(f"{folder / MANIFEST} 读不出来，备份已损坏。请换一份备份。") from error
    if manifest.get("format") != FORMAT:
        raise BackupFault(
            f"这份备份的格式是 {manifest.get('format')}，本版本只认 {FORMAT}。请用做备份的版本恢复。"
        )
    wanted = {manifest["database"]["file"]: manifest["database"]["sha256"]}
    wanted |= {f"files/{name}": digest for name, digest in manifest["files"].items()}
    for name, digest in wanted.items():
        path = folder / name
        if not path.is_file() or file_digest(path) != digest:
            raise BackupFault(f"备份里的 {name} 缺失或被改动过，没有恢复。请换一份备份。")
    return manifest


def _must_be_empty(connection: Any, files: Path) -> None:
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if path.exists() and path.stat().st_size:
            raise BackupFault(f"{path} 已经有数据，没有覆盖。请先移走它，或用 LINLI_HOME 指定空文件夹。")
    elif table_names(connection):
        raise BackupFault("这个 PostgreSQL 数据库里已经有表，没有覆盖。请新建一个空数据库再恢复。")
    if files.is_dir() and any(files.iterdir()):
        raise BackupFault(f"{files} 里已经有文件，没有覆盖。请先移走。")


def _database_put(connection: Any, source: Path) -> None:
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o640)
        return
    options, environment = postgres_words(connection.settings_dict)
    words = [client_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", *options]
    client_run([*words, "-d", connection.settings_dict["NAME"], str(source)], environment)


def backup_restore(folder: Path) -> list[str]:
    """Restore a backup and return the tables whose digest differs from the backup's: none, or it failed."""
    from django.conf import settings
    from django.db import connection

    manifest = manifest_read(folder)
    if manifest["vendor"] != connection.vendor:
        raise BackupFault(
            f"备份来自 {manifest['vendor']}，现在的数据库是 {connection.vendor}。请设置同类的 DATABASE_URL。"
        )
    files = Path(settings.MEDIA_ROOT)
    _must_be_empty(connection, files)
    connection.close()
    _database_put(connection, folder / manifest["database"]["file"])
    if (folder / "files").is_dir():
        shutil.copytree(folder / "files", files, dirs_exist_ok=True)
    found = database_digests(connection)
    names = sorted({*found, *manifest["tables"]})
    return [name for name in names if found.get(name) != manifest["tables"].get(name)]


def run(arguments: Sequence[str]) -> int:
    """Restore into an empty installation; 0 only if every table is equal to the backup's."""
    parser = argparse.ArgumentParser("linli restore", description="把备份恢复到一个空的安装，并逐表核对")
    parser.add_argument("folder", type=Path, help="linli backup 做出的那个文件夹")
    chosen = parser.parse_args(arguments)
    django_ready()
    try:
        differing = backup_restore(chosen.folder.resolve())
    except (BackupFault, OSError) as fault:
        print(f"没有恢复：{fault}", file=sys.stderr)
        return 1
    if differing:
        print(f"恢复后有 {len(differing)} 张表与备份不一致：{'、'.join(differing)}。请勿使用，换一份备份。")
        return 1
    print("已恢复，每张表都与备份逐行一致。请把密钥放回密钥文件夹，再运行 linli doctor。")
    return 0
