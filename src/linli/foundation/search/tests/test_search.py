"""The index finds the same on both databases; nothing typed in does harm."""

from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.actor import Actor, system
from linli.core.errors import InvalidInput, ProgrammingFault
from linli.core.service import service
from linli.foundation.accounts.models import Person
from linli.foundation.search.models import SearchDocument
from linli.foundation.search.selectors import search_filter
from linli.foundation.search.services import search_forget, search_index

pytestmark = pytest.mark.django_db
ME = system("test")
TEXTS = {
    1: ["路灯坏了", "天钥桥路180弄3号楼"],
    2: ["小区路面积水,路灯正常", "13号楼"],
    3: ["🔥着火了!!", "㛃𬭩"],
    4: ["100%满意", '<b>加粗</b> O\'Reilly "引号"'],
    5: ["Wi-Fi信号差"],
}


@service
def index(*, actor: Actor, subject_id: int, texts: Iterable[str], room: str = "r") -> None:
    search_index(room=room, subject_id=subject_id, area_path="99/", texts=texts)


@service
def forget(*, actor: Actor, subject_id: int) -> int:
    return search_forget(room="r", subject_id=subject_id)


@pytest.fixture
def persons() -> dict[int, Person]:
    made = {n: Person.objects.create(created_at=clock.now()) for n in TEXTS}
    for n, texts in TEXTS.items():
        index(actor=ME, subject_id=made[n].pk, texts=texts)
    return made


def found(persons: dict[int, Person], query: str, room: str = "r") -> set[int]:
    numbers = {person.pk: n for n, person in persons.items()}
    return {numbers[person.pk] for person in search_filter(Person.objects.all(), room=room, query=query)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("路灯", {1, 2}),
        ("路灯坏", {1}),
        ("路灯 正常", {2}),
        ("灯路", set()),
        ("3号楼", {1}),
        ("13号", {2}),
        ("180弄", {1}),
        ("１８０弄", {1}),
        ("着火", {3}),
        ("🔥", {3}),
        ("㛃𬭩", {3}),
        ("100%", {4}),
        ("100", {4}),
        ("加粗", {4}),
        ("<b>", {4}),
        ("o'reilly", {4}),
        ('"引号"', {4}),
        ("wi-fi", {5}),
        ("WI信号", {5} & set()),
        ("fi信号", {5}),
        ("没有这个", set()),
        ("", {1, 2, 3, 4, 5}),
        ("  ", {1, 2, 3, 4, 5}),
    ],
)
def test_what_is_found(persons: dict[int, Person], query: str, expected: set[int]) -> None:
    assert found(persons, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "路灯' OR '1'='1",
        '路灯" OR "坏了',
        "路灯 NOT 坏了",
        "路灯*",
        "grams:路灯",
        "路灯) UNION SELECT",
        "路%",
        "{路灯}",
        "路灯\x00坏了",
        "x" * 5000,
        "路灯" * 2000,
    ],
)
def test_nothing_typed_in_is_a_command(persons: dict[int, Person], query: str) -> None:
    try:
        assert found(persons, query) <= {1, 2}
    except InvalidInput as refusal:
        assert refusal.details


@pytest.mark.parametrize("query", ["灯", " 灯 ", "3", "%", "。。", "'", "𬭩"])
def test_too_little_is_refused_with_a_hint(persons: dict[int, Person], query: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(persons, query)
    assert "路灯" in refused.value.hint


def test_writing_again_replaces(persons: dict[int, Person]) -> None:
    index(actor=ME, subject_id=persons[1].pk, texts=["电梯停运"])
    assert found(persons, "电梯") == {1}
    assert found(persons, "路灯") == {2}
    assert SearchDocument.objects.count() == len(TEXTS)


def test_a_forgotten_record_is_not_found(persons: dict[int, Person]) -> None:
    assert forget(actor=ME, subject_id=persons[1].pk) == 1
    assert found(persons, "路灯") == {2}
    assert forget(actor=ME, subject_id=persons[1].pk) == 0


def test_rooms_are_kept_apart(persons: dict[int, Person]) -> None:
    assert found(persons, "路灯", room="other") == set()
    index(actor=ME, subject_id=persons[5].pk, texts=["路灯"], room="other")
    assert found(persons, "路灯") == {1, 2}


def test_the_callers_own_scope_stays(persons: dict[int, Person]) -> None:
    mine = Person.objects.filter(pk=persons[2].pk)
    assert [person.pk for person in search_filter(mine, room="r", query="路灯")] == [persons[2].pk]


def test_writing_and_finding_cost_one_statement_each(persons: dict[int, Person]) -> None:
    with CaptureQueriesContext(connection) as queries:
        index(actor=ME, subject_id=99, texts=["路灯"])
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 1
    with CaptureQueriesContext(connection) as queries:
        found(persons, "路灯")
    assert len(queries) == 1


def test_the_index_is_used(persons: dict[int, Person]) -> None:
    SearchDocument.objects.bulk_create(
        SearchDocument(room="r", subject_id=1_000_000 + n, grams=f"第{n} 条事") for n in range(3000)
    )
    documents = SearchDocument.objects.filter(grams__holds_all=["路灯", "坏了"])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is otherwise read whole
    index = "search_grams" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX"
    assert index in documents.explain()


def test_a_refused_service_leaves_no_trace_in_the_index(persons: dict[int, Person]) -> None:
    @service
    def refused(*, actor: Actor) -> None:
        search_index(room="r", subject_id=persons[5].pk, area_path="99/", texts=["路灯"])
        raise InvalidInput

    with pytest.raises(InvalidInput):
        refused(actor=ME)
    assert found(persons, "路灯") == {1, 2}


def test_outside_a_service_nothing_is_indexed() -> None:
    with pytest.raises(ProgrammingFault):
        search_index(room="r", subject_id=1, area_path="", texts=["路灯"])
