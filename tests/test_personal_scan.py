"""No personal value in clear anywhere: tables, files, logs, error pages, addresses, caches, sessions.

The registry's acts and refusals run with marked values, the logs at DEBUG with every statement of SQL; then
all of it is searched. What a page answers to whoever typed a value, or was shown it for a purpose, is not.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.registers.residents.entries import PersonEntry
from linli.registers.residents.finding.services import resident_reveal, residents_search
from linli.registers.residents.models import Resident
from linli.registers.residents.services import resident_correct, resident_enter
from linli.registers.residents.services.erasing import resident_erase
from linli.registers.residents.tests.life_world import World, number, world_make
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BIRTH = date(1961, 7, 23)
NAME, NEW_NAME, OTHER_NAME = "欧阳鑫淼", "欧阳淼鑫", "轩辕㛃𬭩"
NUMBER, OTHER_NUMBER = number(BIRTH, "m", 61), number(BIRTH, "f", 62)
WRONG_NUMBER = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
PHONE, NEW_PHONE = "13987612340", "13787612341"
MARKS = (
    *(
        NAME,
        NEW_NAME,
        OTHER_NAME,
        "鑫淼",
        "淼鑫",
        "㛃𬭩",
        "ouyangxinmiao",
        NUMBER,
        OTHER_NUMBER,
        WRONG_NUMBER,
    ),
    *(NUMBER[:17], PHONE, NEW_PHONE, "1961-07-23", "19610723", "1961, 7, 23"),
)


def marks_in(text: str) -> list[str]:
    """Return which marked values stand in a text, also as JSON writes them."""
    return [mark for mark in MARKS if mark in text or mark.encode("unicode_escape").decode() in text]


class Collected(logging.Handler):
    """Everything that is logged, with its arguments and its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[Collected]:
    handler, root = Collected(), logging.getLogger()
    named = [logging.getLogger(name) for name in ("django", "django.db.backends", "django.request", "linli")]
    levels = [(logger, logger.level) for logger in (root, *named)]
    root.addHandler(handler)
    for logger, _level in levels:
        logger.setLevel(logging.DEBUG)
    connection.force_debug_cursor = True
    yield handler
    connection.force_debug_cursor = False
    root.removeHandler(handler)
    for logger, level in levels:
        logger.setLevel(level)


@pytest.fixture
def world(cast: Cast) -> World:
    return world_make(cast)


def refusals_of(world: World) -> list[str]:
    """Try what must be refused, and return what each refusal says."""
    said: list[str] = []
    worker, part = world.worker, str(world.parts[0].public_id)

    def tried(act: Any, **given: Any) -> None:
        with suppress(Refusal):
            try:
                act(**{"actor": worker, **given})
            except Refusal as refusal:
                said.append(f"{refusal.message} {refusal.hint} {refusal.details} {refusal!r} {refusal.args}")
                raise
        assert said

    bad = (
        PersonEntry(NAME, WRONG_NUMBER, phone=PHONE, birth="1961-07-23"),
        PersonEntry(NAME, NUMBER, birth="1961-07-24"),
        PersonEntry(OTHER_NAME, NUMBER),  # somebody else's
        PersonEntry(NAME, NUMBER, phone=PHONE[:-1]),
        PersonEntry(NAME + "?", OTHER_NUMBER),
    )
    for entry in bad:
        tried(resident_enter, part_id=part, person=entry)
    tried(residents_search, words=NAME, area="nowhere")
    tried(residents_search, words=NAME * 20)
    tried(residents_search, words=NAME, actor=world.cast.actor("district"))
    return said


def pages(client: Client, resident: Resident, fault: Any) -> list[str]:
    """Ask for pages, right and wrong; return what no value may stand in: refusals, lists, faults."""
    kind = {"content_type": "application/json"}
    search, found = "/desk/residents/search/", f"/desk/residents/people/{resident.public_id}/reveal/"
    client.post(search, {"words": NAME, "area": ""})
    client.post(search, {"words": NAME, "area": "nowhere"})
    client.post("/api/v1/residents/search", {"words": NAME, "area": "nowhere"}, **kind)
    client.post("/api/v1/residents/search", '{"words": "' + NAME, **kind)
    client.post(found, {"purpose": "visit", "fields_asked": ["name", "number", "phone", "birth"]})
    said = [client.post(found, {"purpose": "", "fields_asked": ["name"]}).content.decode()]
    said.append(client.get("/desk/residents/people/").content.decode())
    said.append(client.get("/desk/audit/", follow=True).content.decode())
    client.raise_request_exception = False
    fault("linli.registers.residents.finding.services.people_matching")
    for address, sent in (
        (search, {"words": NAME, "area": ""}),
        ("/api/v1/residents/search", {"words": NAME}),
    ):
        answer = client.post(address, sent, **(kind if "api" in address else {}))
        assert answer.status_code == 500
        said.append(answer.content.decode())
    return said


def tables() -> Iterator[tuple[str, str]]:
    """Yield every table with all of its rows in one text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield table, "\n".join(str(row) for row in cursor.fetchall())


def files() -> Iterator[tuple[str, str]]:
    """Yield every file of the installation but the databases; bytes as text."""
    for path in sorted(Path(settings.HOME).rglob("*")):
        if path.is_file() and ".sqlite3" not in path.name:
            yield str(path), path.read_bytes().decode("utf-8", "replace")


def test_acts_and_refusals_leave_no_value_in_clear(
    world: World, cast: Cast, logged: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker: Actor = world.worker
    part = str(world.parts[0].public_id)
    entry = PersonEntry(NAME, NUMBER, phone=PHONE, birth="1961-07-23")
    resident = resident_enter(actor=worker, part_id=part, person=entry, request_key="scan-1")
    said = refusals_of(world)
    assert len(said) >= 6
    resident_correct(
        actor=worker,
        resident_id=str(resident.public_id),
        version=resident.version,
        reason="核对",
        name=NEW_NAME,
        phone=NEW_PHONE,
    )
    residents_search(actor=worker, words="ouyangxinmiao")
    residents_search(actor=worker, words=NEW_PHONE)
    resident_reveal(actor=worker, resident_id=resident.public_id, fields=["name", "birth"], purpose="visit")

    def fault(name: str) -> None:
        def fails(*_args: Any, **_more: Any) -> Any:
            raise RuntimeError("the database went away")

        monkeypatch.setattr(name, fails)

    said += pages(cast.client("worker"), resident, fault)
    other = resident_enter(actor=worker, part_id=part, person=PersonEntry(OTHER_NAME, OTHER_NUMBER))
    Resident.objects.filter(pk=other.pk).update(state="away")
    resident_erase(actor=worker, resident_id=other.public_id, reason="本人申请")
    call_command("keys", "status", stdout=open("/dev/null", "w"))  # noqa: SIM115, PTH123

    found = [f"said: {marks_in(text)}" for text in said if marks_in(text)]
    found += [f"table {name}: {marks_in(text)}" for name, text in tables() if marks_in(text)]
    found += [f"file {name}: {marks_in(text)}" for name, text in files() if marks_in(text)]
    found += [f"log: {marks_in(line)} {line[:300]}" for line in logged.lines if marks_in(line)]
    cached = str([vars(cache) for cache in caches.all(initialized_only=True)])
    found += [f"cache: {marks_in(cached)}"] if marks_in(cached) else []
    assert len(logged.lines) > 100
    assert not found, "\n".join(found)


def test_a_mark_is_found_where_it_stands() -> None:
    assert marks_in(f"x {NAME} y") and marks_in('{"name": "\\u6b27\\u9633\\u946b\\u6dfc"}')
    assert not marks_in("欧阳** 139****2340 1961-07-**")
