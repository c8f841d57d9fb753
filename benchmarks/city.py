"""A city's matters: the demo's month, spread over three years and all committees, a million rows in minutes.

Each row is a copy of a matter that services wrote, with its assignments, its open duties and its search
document, under new ids. It differs from its original in the text (the demo's own vocabulary), the place,
and a shift of all its times by whole days; nothing else. Events and closed duties are left out: no list
reads them. Ended matters are five in six and lie anywhere in the three years, open ones in the last month.
Rows are written by COPY or in plain batches, one batch in memory at a time.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

BATCH = 5000
SEED = 2026
DAYS_BACK = 3 * 365
OPEN_SHARE = 1 / 6
HOME_SHARE = 0.03  # of the demo's street, so that one street holds tens of thousands
ROADS = (
    "延吉中路",
    "敦化路",
    "靖宇东路",
    "隆昌路",
    "控江路",
    "松花江路",
    "内江路",
    "图们路",
    "长白路",
    "营口路",
)
GARDENS = (
    "和风苑",
    "春晖公寓",
    "四季花苑",
    "水岸人家",
    "新村",
    "敦睦里",
    "银杏苑",
    "东方名邸",
    "书香里",
    "长风坊",
)
TIMES = (
    *("happened_at", "reported_at", "accepted_at", "handed_at", "handled_at", "closed_at", "due_at"),
    *("source_due_at", "sent_at", "signed_at", "ended_at", "opened_at", "remind_at", "paused_at"),
)
CHANGED = frozenset(
    {*TIMES, "id", "public_id", "number", "matter_id", "subject_id", "subject_number", "url", "title", "text"}
    | {"address", "area_path", "place_code", "place_how", "compound_id", "building_id", "lng", "lat"}
)


@dataclass(frozen=True, slots=True)
class Original:
    """One matter of the demo with what is copied along; ``texts`` are those of its topic."""

    matter: Any
    assignments: tuple[Any, ...]
    duties: tuple[Any, ...]
    texts: tuple[str, ...]


def _stored_as_it_is(value: Any) -> Any:
    return value


def _stored_by_sqlite(value: Any) -> Any:
    """Return a value as Django stores it, by a tenth of the way through its fields."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value.hex if isinstance(value, uuid.UUID) else value


class Writer:
    """Writes rows of one model: values of the columns that a copy changes over those of the original."""

    def __init__(self, model: Any) -> None:
        from django.db import connection

        self.model, self.connection = model, connection
        self.fields = model._meta.concrete_fields
        self.columns = ", ".join(f'"{field.column}"' for field in self.fields)
        self.places = {field.attname: place for place, field in enumerate(self.fields)}
        self.bases: dict[Any, list[Any]] = {}
        self.rows: list[list[Any]] = []
        self.stored = _stored_by_sqlite if connection.vendor == "sqlite" else _stored_as_it_is

    def add(self, row: Any, changes: dict[str, Any]) -> None:
        """Take one copy."""
        if (base := self.bases.get(row.pk)) is None:
            base = [f.get_db_prep_save(getattr(row, f.attname), self.connection) for f in self.fields]
            self.bases[row.pk] = base
        values = base.copy()
        for name, value in changes.items():
            values[self.places[name]] = self.stored(value)
        self.rows.append(values)

    def flush(self) -> None:
        """Write what was taken."""
        table = self.model._meta.db_table
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{table}" ({self.columns}) FROM STDIN') as copy:
                    for values in self.rows:
                        copy.write_row(values)
            else:
                marks = ", ".join(["%s"] * len(self.fields))
                sql = f'INSERT INTO "{table}" ({self.columns}) VALUES ({marks})'
                cursor.executemany(sql, self.rows)
        self.rows.clear()


def city_build(total: int, seed: int = SEED) -> int:
    """Fill a migrated, empty database with the demo and copies until there are ``total`` matters.

    Returns how many copies were made. Raises ``AssertionError`` where one of 1,000 copies is not what the
    services would have written.
    """
    from linli.foundation.search.models import SearchDocument
    from linli.portal.demo.build import demo_build
    from linli.work.matters.models import Assignment, Matter

    demo_build(matters=420)
    rng = random.Random(seed)
    originals = _originals()
    made = total - Matter.objects.count()
    first = {model: _next_id(model) for model in (Matter, Assignment, SearchDocument)}
    with _quick_writes():
        _copies(rng, originals, made, first)
    _after([Matter, Assignment, SearchDocument])
    _check(rng, originals, first[Matter], made)
    return made


def _next_id(model: Any) -> int:
    return (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1


def _texts() -> dict[str, tuple[str, ...]]:
    from linli.portal.demo import build

    file = Path(build.__file__).parent / "texts.yaml"
    topics = yaml.safe_load(file.read_text(encoding="utf-8"))["topics"]
    found: dict[str, tuple[str, ...]] = {}
    for topic, category in build.CATEGORY.items():
        found[category] = (*found.get(category, ()), *topics[topic]["reports"])
    return found


def _originals() -> dict[bool, list[Original]]:
    """Return the demo's matters that stand for themselves, by whether they have ended."""
    from linli.foundation.duties.models import Duty
    from linli.work.matters.models import Matter
    from linli.work.matters.workflow import ENDED

    texts = _texts()
    every = tuple(text for group in texts.values() for text in group)
    rows = Matter.objects.filter(merged_into=None, source_number="").select_related("category").order_by("pk")
    found: dict[bool, list[Original]] = {True: [], False: []}
    for matter in rows:
        duties = Duty.objects.filter(room="matters", subject_id=str(matter.public_id), closed_at=None)
        own = texts.get(matter.category.code, every) if matter.category else every
        original = Original(matter, tuple(matter.assignments.all()), tuple(duties), own)
        found[matter.state in ENDED].append(original)
    return found


class _quick_writes:  # noqa: N801 - reads as what it does
    """On SQLite the full-text index is made once at the end, and a half-built file is thrown away anyway."""

    def __enter__(self) -> None:
        from django.db import connection

        from linli.foundation.search import index

        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=OFF")
                for name in ("insert", "delete", "update"):
                    cursor.execute(f"DROP TRIGGER search_fts_{name}")
            self.again = (index.REBUILD, *index.TRIGGERS)
        else:
            with connection.cursor() as cursor:
                cursor.execute("DROP INDEX search_grams")
            self.again = (index.GIN,)

    def __exit__(self, *error: object) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA synchronous=FULL")
            for statement in self.again:
                cursor.execute(statement)


def _committees() -> tuple[list[Any], list[Any]]:
    from linli.foundation.places.models import Division, Level
    from linli.portal.demo.cast import STREET

    rows = list(Division.objects.on().filter(level=Level.COMMITTEE).order_by("code").only("code", "path"))
    return rows, [row for row in rows if row.code.startswith(STREET)]


def _copies(rng: random.Random, originals: dict[bool, list[Original]], made: int, first: Any) -> None:
    from django.db import transaction

    from linli.foundation.duties.models import Duty
    from linli.foundation.search.models import SearchDocument
    from linli.work.matters.models import Assignment, Matter

    writers = {model: Writer(model) for model in (Matter, Assignment, Duty, SearchDocument)}
    numbers = _numbers(rng, made)
    committees = _committees()
    next_ids = dict(first)
    for start in range(0, made, BATCH):
        with transaction.atomic():
            for number in numbers[start : start + BATCH]:
                original = rng.choice(originals[rng.random() >= OPEN_SHARE])
                _copy(rng, writers, original, f"{number}", committees, next_ids)
            for writer in writers.values():
                writer.flush()


def _numbers(rng: random.Random, made: int) -> list[int]:
    """Return distinct numbers of twelve digits that no service gives out yet (their first digit is 1)."""
    return [10**11 + number for number in rng.sample(range(9 * 10**9), made)]


def _text(rng: random.Random, original: Original) -> str:
    words = {"b": f"{rng.randint(1, 60)}号楼", "f": rng.randint(2, 30), "c": rng.choice(GARDENS)}
    text = rng.choice(original.texts).format(**words)
    return text + rng.choice(original.texts).format(**words) if rng.random() < 0.3 else text


def _copy(
    rng: random.Random, writers: dict[Any, Writer], original: Original, number: str, committees: Any, ids: Any
) -> None:
    from linli.work.matters.rules import title_of

    matter, (everywhere, home) = original.matter, committees
    place = rng.choice(home if rng.random() < HOME_SHARE else everywhere)
    text = _text(rng, original)
    shift = timedelta(days=rng.randrange(DAYS_BACK if matter.closed_at else 30))
    changes = {
        "id": _taken(ids, type(matter)),
        "public_id": uuid.UUID(int=rng.getrandbits(128), version=4),
        "number": number,
        "title": title_of(text, ""),
        "text": text,
        "address": f"{rng.choice(ROADS)}{rng.randint(1, 900)}弄{rng.randint(1, 60)}号",
        "area_path": place.path,
        "place_code": place.code,
        "place_how": "chosen",
        **dict.fromkeys(("compound_id", "building_id", "lng", "lat")),
        **_shifted(matter, shift),
    }
    models = list(writers)
    writers[models[0]].add(matter, changes)
    _with_it(rng, writers, original, changes, shift, ids)
    _document(writers[models[3]], matter, changes, ids)


def _taken(ids: Any, model: Any) -> int:
    ids[model] += 1
    return int(ids[model]) - 1


def _shifted(row: Any, shift: timedelta) -> dict[str, datetime]:
    names = [name for name in TIMES if getattr(row, name, None) is not None]
    return {name: getattr(row, name) - shift for name in names}


def _with_it(rng: random.Random, writers: dict[Any, Writer], original: Original, changes: dict[str, Any],
             shift: timedelta, ids: Any) -> None:  # fmt: skip
    _matters, assignments, duties, _documents = writers
    for row in original.assignments:
        own = {"id": _taken(ids, assignments), "matter_id": changes["id"], **_shifted(row, shift)}
        own["public_id"] = uuid.UUID(int=rng.getrandbits(128), version=4)
        writers[assignments].add(row, own)
    for row in original.duties:
        own = {"id": uuid.UUID(int=rng.getrandbits(128), version=4), "subject_id": str(changes["public_id"])}
        own |= {"subject_number": changes["number"], "title": changes["title"], **_shifted(row, shift)}
        own |= {"area_path": changes["area_path"]}
        own["url"] = row.url.replace(str(original.matter.public_id), str(changes["public_id"]))
        writers[duties].add(row, own)


def _document(writer: Writer, matter: Any, changes: dict[str, Any], ids: Any) -> None:
    from linli.foundation.search.rules import document_text
    from linli.work.matters.document import facets_of, texts_of

    kept = {"category": matter.category, "state": matter.state, "source_number": matter.source_number}
    names = ("number", "title", "text", "address", "reported_at")
    copy: Any = SimpleNamespace(**kept, **{name: changes[name] for name in names})
    row = writer.model(pk=0, room="matters")
    own = {"id": _taken(ids, writer.model), "subject_id": changes["id"], "area_path": changes["area_path"]}
    writer.add(row, {**own, "grams": document_text(texts_of(copy), facets_of(copy))})


def _after(models: Sequence[Any]) -> None:
    """Let the database go on counting after the copies, and know what is in its tables."""
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _check(rng: random.Random, originals: dict[bool, list[Original]], first: int, made: int) -> None:
    """Compare 1,000 copies with what the services would have written."""
    from linli.foundation.search.models import SearchDocument
    from linli.foundation.search.rules import document_text
    from linli.work.matters.document import facets_of, texts_of
    from linli.work.matters.models import Matter

    known = {_kept(original.matter) for group in originals.values() for original in group}
    keys = rng.sample(range(first, first + made), min(made, 1000))
    for matter in Matter.objects.select_related("category").filter(pk__in=keys):
        document = SearchDocument.objects.get(room="matters", subject_id=matter.pk)
        if document.grams != document_text(texts_of(matter), facets_of(matter)):
            raise AssertionError(f"the document of {matter.number} is not what the service writes")
        if _kept(matter) not in known or not _is_whole(matter):
            raise AssertionError(f"{matter.number} is like no matter of the demo")


def _kept(matter: Any) -> str:
    """Return what a copy shares with its original: every other column, the assignments and open duties."""
    from linli.foundation.duties.models import Duty

    duties = Duty.objects.filter(room="matters", subject_id=str(matter.public_id), closed_at=None)
    rows = [sorted(map(_content, matter.assignments.all())), sorted(map(_content, duties))]
    return repr([_content(matter), rows, _lengths(matter)])


def _content(row: Any) -> str:
    return repr([getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in CHANGED])


def _lengths(matter: Any) -> list[Any]:
    """Return how long after the report each thing happened."""
    times = [getattr(matter, name) for name in TIMES if hasattr(matter, name)]
    return [time and time - matter.reported_at for time in times]


def _is_whole(matter: Any) -> bool:
    from linli.foundation.places.models import Division
    from linli.work.matters.rules import title_of

    division = Division.objects.on().get(code=matter.place_code)
    return matter.title == title_of(matter.text, "") and matter.area_path == division.path
