"""The template that every run copies: made in a quicker way than installations are, and the same."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.template import ROOT

PLAIN = ("-m", "django", "migrate", "--verbosity", "0")
QUICK = ("-m", "tests.migrating")
TABLES = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


def migrated(folder: Path, *way: str) -> tuple[list[tuple[str, ...]], dict[str, int]]:
    """Return all tables and indexes of a database migrated in this way, and how many rows each table has."""
    folder.mkdir()
    file = folder / "linli.sqlite3"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "LINLI_HOME": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "linli.config.settings"
    subprocess.run([sys.executable, *way], cwd=ROOT, env=environment, check=True)
    with closing(sqlite3.connect(file)) as database:
        tables = database.execute(TABLES).fetchall()
        names = [name for kind, name, *_ in tables if kind == "table"]
        counts = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    return tables, counts


@pytest.mark.slow
def test_the_quick_way_makes_the_tables_and_rows_of_plain_migrate(tmp_path: Path) -> None:
    plain, quick = migrated(tmp_path / "plain", *PLAIN), migrated(tmp_path / "quick", *QUICK)
    assert len(plain[0]) > 300 and plain[1]["django_migrations"] > 100
    assert quick == plain
