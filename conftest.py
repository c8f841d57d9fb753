"""What every test stands on: its own folders and keys, fast passwords, a clock that can be held."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from whitenoise.middleware import WhiteNoiseMiddleware

from linli.core import clock as core_clock
from linli.core.crypto import key_ring
from tests.template import server_emptied, server_template, sqlite_template

pytest_plugins = ["tests.people"]  # the named cast
# How fast a machine makes examples decides no test.
hypothesis.settings.register_profile(
    "linli", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("linli")
TUESDAY_MORNING = datetime(2026, 3, 10, 10, 0, tzinfo=core_clock.BEIJING)
NEED_TABLES = {"db", "transactional_db", "live_server"}
# Nearly nothing of what modules define is ever garbage: it is not searched while they load, nor afterwards;
# what tests leave behind is searched in larger lots.
GARBAGE_IN_LOTS = (20_000, 20, 50)
gc.disable()


def pytest_collection_finish() -> None:
    """Search for garbage from here on, but not among the modules and tests that have been loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_IN_LOTS)
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know ``--tables-only``: leave out what looks at no table, for it says the same on every database."""
    parser.addoption("--tables-only", action="store_true", help="only tests that use a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out races where they cannot happen: SQLite lets one writer in at a time."""
    if config.getoption("--tables-only"):
        config.hook.pytest_deselected(items=[item for item in items if not _needs_tables(item)])
        items[:] = filter(_needs_tables, items)
    if connection.vendor == "postgresql":
        return
    skip = pytest.mark.skip(reason="a race needs PostgreSQL (./linli test --postgres)")
    for item in items:
        if "race" in item.keywords:
            item.add_marker(skip)


def _needs_tables(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return "django_db" in item.keywords or not NEED_TABLES.isdisjoint(fixtures)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep uploads, keys and every other file of this run out of the installation's folder."""
    home = tmp_path_factory.mktemp("home")
    settings.HOME = home
    settings.KEYS_DIR = home / "keys"
    settings.MEDIA_ROOT = home / "files"
    settings.STATIC_ROOT = home / "static"
    settings.STATIC_ROOT.mkdir()
    key_ring().found()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Let every browser of a test know the static files that the first one found in the packages."""
    find = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def find_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def emptied_where_filled() -> Iterator[None]:
    """On PostgreSQL, empty after a test that commits just the tables that hold rows."""
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(type(connection.ops), "sql_flush", server_emptied)
        yield


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Keep the file that has just been copied from the template."""
    return connection.vendor == "sqlite" or bool(request.config.option.reuse_db)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    """Use a real SQLite file, as installations do: threads get connections of their own.

    On either database the tables are copied from a template instead of being migrated anew.
    """
    database: dict[str, Any] = connections["default"].settings_dict
    folder: Path = request.config.cache.mkdir("database")  # type: ignore[union-attr]
    if connection.vendor == "postgresql":
        database["TEST"]["TEMPLATE"] = server_template(folder, os.environ["DATABASE_URL"], database)
        return
    file = tmp_path_factory.mktemp("database") / "test.sqlite3"
    shutil.copyfile(sqlite_template(folder), file)
    database["TEST"]["NAME"] = str(file)
    options = database["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture
def clock() -> Iterator[datetime]:
    """Hold the clock at a Tuesday morning in Beijing; ``clock_forward`` and ``clock_set`` move it."""
    with core_clock.clock_at(TUESDAY_MORNING):
        yield TUESDAY_MORNING


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real data beside the checkout; skip where there is none."""
    folder = Path(__file__).resolve().parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data beside this checkout")
    return folder
