"""Rows written by the short way are the same rows, and late ones are neither lost nor kept too long."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.actor import Actor, system
from linli.core.errors import Conflict, ProgrammingFault
from linli.core.rows import keys_reserve, numbers_insert, row_insert, row_late, rows_insert
from linli.core.service import record, service
from linli.foundation.accounts.models import Person
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import HolidayYear
from linli.foundation.links.models import Link

pytestmark = pytest.mark.django_db
ME = system("test")
Seat = Group.permissions.through


def link(kind: str = "k") -> Link:
    return Link(
        from_room="a", from_id="1", to_room="b", to_id="2", kind=kind, created_at=clock.now(), created_by="x"
    )


def kinds() -> list[str]:
    return list(Link.objects.order_by("kind").values_list("kind", flat=True))


def test_a_row_is_the_same_row() -> None:
    person = row_insert(Person(name="王小明", created_at=clock.now()))
    found = Person.objects.get(pk=person.pk)
    assert (found.name, found.public_id, found.created_at) == ("王小明", person.public_id, person.created_at)
    person.erased_at = clock.now()
    person.save()  # it knows that it exists
    assert Person.objects.get().erased_at == person.erased_at


def test_a_constraint_holds() -> None:
    row_insert(link())
    with pytest.raises(IntegrityError), transaction.atomic():
        row_insert(link())


@service
def late_twice(*, actor: Actor, is_read: bool = False, is_refused: bool = False) -> list[str]:
    row_late(link("one"))
    row_late(link("two"))
    found = kinds() if is_read else []
    if is_refused:
        raise Conflict
    return found


def test_late_rows_are_there_when_the_service_is_over() -> None:
    late_twice(actor=ME)
    assert kinds() == ["one", "two"]


def test_late_rows_are_there_when_somebody_asks() -> None:
    assert late_twice(actor=ME, is_read=True) == ["one", "two"]
    assert kinds() == ["one", "two"]


@pytest.mark.parametrize("is_read", [True, False])
def test_late_rows_of_a_refused_service_are_not(is_read: bool) -> None:
    with pytest.raises(Conflict):
        late_twice(actor=ME, is_read=is_read, is_refused=True)
    assert kinds() == []


def test_a_refused_inner_service_takes_its_own_late_rows_only() -> None:
    @service
    def outer(*, actor: Actor) -> None:
        row_late(link("before"))
        with pytest.raises(Conflict):
            late_twice(actor=actor, is_refused=True)
        row_late(link("after"))

    outer(actor=ME)
    assert kinds() == ["after", "before"]


def test_a_savepoint_that_is_undone_takes_what_was_written_late_in_it() -> None:
    @service
    def acts(*, actor: Actor) -> None:
        row_late(link("before"))
        with pytest.raises(Conflict), transaction.atomic():
            row_late(link("inside"))
            raise Conflict
        with transaction.atomic():
            row_late(link("kept"))
        row_late(link("after"))

    acts(actor=ME)
    assert kinds() == ["after", "before", "kept"]


def test_an_error_in_a_late_row_undoes_the_service() -> None:
    row_insert(link("one"))
    with pytest.raises(IntegrityError):
        late_twice(actor=ME)
    assert kinds() == ["one"]


def test_the_record_of_an_act_is_written_late_and_never_forgotten() -> None:
    @service
    def act(*, actor: Actor) -> None:
        record("person.make", row_insert(Person(created_at=clock.now())))

    with CaptureQueriesContext(connection) as queries:
        act(actor=ME)
    verbs = [
        query["sql"].split()[0] + query["sql"].split()[2] for query in queries if "INSERT" in query["sql"]
    ]
    assert verbs[-1] == 'INSERT"audit_auditrecord"'
    assert AuditRecord.objects.count() == 1


def test_only_sinks_are_written_late_and_only_in_a_service() -> None:
    with pytest.raises(ProgrammingFault):
        row_late(link())

    @service
    def act(*, actor: Actor) -> None:
        row_late(Person(created_at=clock.now()))

    with pytest.raises(ProgrammingFault, match="accounts_person"):
        act(actor=ME)


@service
def many(*, actor: Actor, is_recorded: bool) -> None:
    rows = [(year, "测试", "2026-03-01 10:00:00+00:00") for year in range(7_000)]
    rows_insert(HolidayYear, ("year", "source", "loaded_at"), rows)
    if is_recorded:
        record("holiday.many", HolidayYear.objects.all()[0], touched=[HolidayYear])


def test_many_rows_are_all_there() -> None:
    many(actor=ME, is_recorded=True)
    assert sorted(HolidayYear.objects.values_list("year", flat=True)) == list(range(7_000))
    assert HolidayYear.objects.all()[5].loaded_at.year == 2026


def test_many_rows_without_a_record_are_none() -> None:
    with pytest.raises(ProgrammingFault, match="duties_holidayyear"):
        many(actor=ME, is_recorded=False)
    assert not HolidayYear.objects.exists()


def test_reserved_keys_are_free_and_stay_so() -> None:
    row_insert(link("first"))
    keys = keys_reserve(Link, 3)
    assert len(set(keys)) == 3 and not Link.objects.filter(pk__in=keys).exists()
    rows = [(key, "a", "1", "b", "2", f"k{key}", clock.now().isoformat(" "), "x") for key in keys]
    names = ("id", "from_room", "from_id", "to_room", "to_id", "kind", "created_at", "created_by")
    rows_insert(Link, names, rows)
    later = row_insert(link("later"))
    assert later.pk not in keys and Link.objects.count() == 5


@service
def numbers(*, actor: Actor, groups: list[int], permissions: list[int]) -> None:
    rows = [(group, permission) for group in groups for permission in permissions]
    numbers_insert(Seat, ("group", "permission"), rows)
    record("seat.many", Group.objects.get(pk=groups[0]), touched=[Seat])


def test_rows_of_numbers_are_all_there() -> None:
    groups = [Group.objects.create(name=f"g{at}").pk for at in range(40)]
    permissions = list(Permission.objects.values_list("pk", flat=True)[:150])
    numbers(actor=ME, groups=groups, permissions=permissions)
    found = list(Seat.objects.values_list("group_id", "permission_id"))
    assert sorted(found) == sorted((group, one) for group in groups for one in permissions)


def test_a_long_list_of_texts_is_one_parameter() -> None:
    names = [f"'{at};\\" for at in range(2_000)]
    Group.objects.bulk_create([Group(name=name) for name in names[:1_500]])
    assert Group.objects.filter(name__among=[*names, "nobody"]).count() == 1_500
