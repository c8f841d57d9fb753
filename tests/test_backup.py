"""A backup comes back row for row on both databases; what is damaged, unfinished or in the way is refused."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.cli import postgres
from tests.template import sqlite_template

ROOT = Path(__file__).resolve().parent.parent


class Installation:
    """One installation in a folder of its own, run as its operator runs it."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        self.environment = {**os.environ, "LINLI_HOME": str(home), "LINLI_KEYS_DIR": str(home / "keys")}
        self.environment["DATABASE_URL"] = url or f"sqlite:///{home / 'linli.sqlite3'}"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "linli.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr


def _filled(home: Path, url: str = "", template: Path | None = None) -> Installation:
    site = Installation(home, url)
    if template is not None:
        shutil.copyfile(template, home / "linli.sqlite3")
        shutil.copytree(template.parent / "keys", home / "keys")
    site.must("migrate", "--verbosity", "0")
    site.must("categories")
    site.must("manage", "shell", "-c", PERSON)
    photo = home / "files/original/ab/abcd"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"bytes of a photo")
    return site


PERSON = (
    "from linli.foundation.accounts.models import Person; from linli.core.clock import now; "
    "Person.objects.create(name='王秀英', phone='13800000000', created_at=now())"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Installation:
    template = sqlite_template(request.config.cache.mkdir("database"))  # type: ignore[union-attr]
    return _filled(tmp_path_factory.mktemp("site"), template=template)


@pytest.fixture
def backup(filled: Installation, tmp_path: Path) -> Path:
    filled.must("backup", str(tmp_path / "backups"))
    return next((tmp_path / "backups").iterdir())


def test_a_restored_installation_equals_the_first(filled: Installation, backup: Path, tmp_path: Path) -> None:
    new = Installation(tmp_path / "new")
    assert "逐行一致" in new.must("restore", str(backup))
    assert (new.home / "files/original/ab/abcd").read_bytes() == b"bytes of a photo"
    again = new.must("backup", str(tmp_path / "again"))
    assert "行数据" in again
    first, second = (
        json.loads(path.read_text())
        for path in (backup / "manifest.json", next((tmp_path / "again").glob("*/manifest.json")))
    )
    assert first["tables"] == second["tables"]
    assert first["files"] == second["files"]
    assert first["tables"]["accounts_person"]["rows"] == 1


def test_keys_are_copied_apart_and_open_what_was_encrypted(filled: Installation, tmp_path: Path) -> None:
    keys, backups = tmp_path / "keys", tmp_path / "backups"
    filled.must("backup", str(backups), "--keys", str(keys))
    assert not list(backups.rglob("*.key"))
    new = Installation(tmp_path / "new")
    new.must("restore", str(next(backups.iterdir())))
    new.environment["LINLI_KEYS_DIR"] = str(keys)
    shown = "from linli.foundation.accounts.models import Person; print(Person.objects.get().name)"
    assert "王秀英" in new.must("manage", "shell", "-c", shown)


def test_keys_beside_the_backup_are_refused(filled: Installation, tmp_path: Path) -> None:
    said = filled.refused("backup", str(tmp_path), "--keys", str(tmp_path / "keys"))
    assert "不能和数据库备份放在一起" in said


def test_a_changed_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    with (backup / "database.sqlite3").open("r+b") as file:
        file.seek(5000)
        file.write(b"x")
    new = Installation(tmp_path / "new")
    assert "database.sqlite3" in new.refused("restore", str(backup))
    assert not (new.home / "linli.sqlite3").exists()


def test_a_missing_upload_is_named(backup: Path, tmp_path: Path) -> None:
    (backup / "files/original/ab/abcd").unlink()
    assert "files/original/ab/abcd" in Installation(tmp_path / "new").refused("restore", str(backup))


def test_an_unfinished_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    (backup / "manifest.json").unlink()
    assert "没有做完" in Installation(tmp_path / "new").refused("restore", str(backup))


def test_nothing_is_restored_over_somebodys_data(filled: Installation, backup: Path) -> None:
    before = (filled.home / "linli.sqlite3").read_bytes()
    assert "已经有数据" in filled.refused("restore", str(backup))
    assert (filled.home / "linli.sqlite3").read_bytes() == before


def test_a_backup_inside_the_uploads_is_refused(filled: Installation) -> None:
    assert "上传文件夹里面" in filled.refused("backup", str(filled.home / "files"))


@pytest.fixture
def databases() -> Iterator[str]:
    try:
        with postgres.throwaway() as url:
            yield url
    except postgres.PostgresMissing as reason:
        pytest.skip(str(reason))


def test_a_backup_of_postgresql_comes_back_row_for_row(databases: str, tmp_path: Path) -> None:
    site = _filled(tmp_path / "site", databases)
    site.must("backup", str(tmp_path / "backups"))
    folder = next((tmp_path / "backups").iterdir())
    assert "已经有表" in site.refused("restore", str(folder))
    subprocess.run(
        [
            str(postgres.binaries() / "createdb"),
            "-h",
            databases.split("@")[1].rsplit("/", 1)[0],
            "-U",
            "linli",
            "second",
        ],
        check=True,
    )
    new = Installation(tmp_path / "new", databases.rsplit("/", 1)[0] + "/second")
    assert "逐行一致" in new.must("restore", str(folder))
    assert "sqlite" in Installation(tmp_path / "third").refused("restore", str(folder))
