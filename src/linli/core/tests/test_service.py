"""The one way through: what a service refuses to save, and what a step refuses to do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, models

from linli.core import clock
from linli.core.actor import Actor, Function, system, visitor
from linli.core.errors import Busy, Conflict, ProgrammingFault
from linli.core.service import changes_of, record, require_service, service, sink_table
from linli.foundation.accounts.models import OneTimeCode, Person, PrivacyConsent, Unit
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import HolidayYear
from linli.foundation.files.models import StoredFile
from linli.foundation.links.models import Link
from linli.foundation.places.models import Division
from linli.foundation.search.models import SearchDocument

pytestmark = pytest.mark.django_db
ME = system("test")
NOW = clock.now()
ROWS: dict[type[models.Model], Callable[[], models.Model]] = {
    Person: lambda: Person(name="x", created_at=NOW),
    Unit: lambda: Unit(name="x", function=Function.COMMITTEE, opened_on=NOW.date()),
    Division: lambda: Division(code="99", name="x", level=1, path="99/", valid_from=NOW.date()),
    HolidayYear: lambda: HolidayYear(year=2031, source="x", loaded_at=NOW),
    StoredFile: lambda: StoredFile(uploaded_by="x", uploaded_at=NOW, name="x", size=1, sha256="x", path="x"),
}
CHANGED = {Person: "erased_at", Unit: "kind", Division: "kind", HolidayYear: "source", StoredFile: "name"}


def _value(model: type[models.Model], column: str) -> Any:
    return NOW if isinstance(model._meta.get_field(column), models.DateTimeField) else "changed"


@service
def row_make(*, actor: Actor, row: models.Model, is_recorded: bool) -> None:
    row.save()
    if is_recorded:
        record("row.make", row)


@service
def row_change(*, actor: Actor, row: models.Model, column: str, recorded: str | None) -> None:
    before, after = getattr(row, column), _value(type(row), column)
    setattr(row, column, after)
    row.save(update_fields=[column])
    if recorded is not None:
        record("row.change", row, {recorded: (before, after)} if recorded else None)


@service
def row_delete(*, actor: Actor, row: models.Model, is_recorded: bool) -> None:
    if is_recorded:
        record("row.delete", row)
    row.delete()


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_new_row_without_a_record_is_not_saved(model: type[models.Model]) -> None:
    with pytest.raises(ProgrammingFault, match=model._meta.db_table):
        row_make(actor=ME, row=ROWS[model](), is_recorded=False)
    assert not model._default_manager.exists()
    row_make(actor=ME, row=ROWS[model](), is_recorded=True)
    assert model._default_manager.count() == AuditRecord.objects.count() == 1


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_changed_field_without_a_record_is_not_saved(model: type[models.Model]) -> None:
    row, column = ROWS[model](), CHANGED[model]
    row.save()
    before = getattr(row, column)
    other = next(f.name for f in model._meta.concrete_fields if f.name not in (column, model._meta.pk.name))
    for recorded in (None, "", other):
        with pytest.raises(ProgrammingFault, match=model._meta.db_table):
            row_change(actor=ME, row=row, column=column, recorded=recorded)
        assert model._default_manager.values_list(column, flat=True).get() == before
    assert not AuditRecord.objects.exists()
    row_change(actor=ME, row=row, column=column, recorded=column)
    assert model._default_manager.values_list(column, flat=True).get() != before
    assert list(AuditRecord.objects.get().changes) == [column]


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_deleted_row_without_a_record_stays(model: type[models.Model]) -> None:
    row = ROWS[model]()
    row.save()
    with pytest.raises(ProgrammingFault):
        row_delete(actor=ME, row=row, is_recorded=False)
    assert model._default_manager.filter(**{CHANGED[model]: getattr(row, CHANGED[model])}).exists()


def test_a_bulk_update_without_a_record_is_not_saved() -> None:
    Person.objects.create(name="x", created_at=NOW)

    @service
    def erase_all(*, actor: Actor) -> None:
        Person.objects.update(erased_at=NOW)

    with pytest.raises(ProgrammingFault, match="without a record: accounts_person"):
        erase_all(actor=ME)
    assert Person.objects.get().erased_at is None


def test_raw_sql_is_noticed_too() -> None:
    @service
    def sneak(*, actor: Actor) -> None:
        with connection.cursor() as cursor:
            cursor.execute("delete from accounts_person")

    with pytest.raises(ProgrammingFault, match="accounts_person"):
        sneak(actor=ME)


def test_further_rows_of_the_act_are_named_as_touched() -> None:
    @service
    def make_both(*, actor: Actor, touched: list[type[models.Model]]) -> None:
        person = Person.objects.create(name="x", created_at=NOW)
        PrivacyConsent.objects.create(person=person, version="1", agreed_at=NOW)
        record("person.make", person, touched=touched)

    with pytest.raises(ProgrammingFault, match="accounts_privacyconsent"):
        make_both(actor=ME, touched=[])
    make_both(actor=ME, touched=[PrivacyConsent])
    assert PrivacyConsent.objects.count() == 1


def test_a_row_made_here_may_be_finished_here() -> None:
    @service
    def make_and_finish(*, actor: Actor) -> None:
        person = Person.objects.create(name="x", created_at=NOW)
        person.erased_at = NOW
        person.save(update_fields=["erased_at"])
        record("person.make", person)

    make_and_finish(actor=ME)
    assert Person.objects.get().erased_at is not None


def test_tables_that_carry_consequences_need_no_record() -> None:
    @service
    def consequences(*, actor: Actor) -> None:
        SearchDocument.objects.create(room="r", subject_id=1, grams="a")
        Link.objects.create(from_room="a", from_id="1", to_room="b", to_id="2", kind="k", created_at=NOW)

    consequences(actor=ME)
    assert SearchDocument.objects.count() == Link.objects.count() == 1


def test_a_table_can_be_named_a_sink(monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.core import service as module

    monkeypatch.setattr(module, "_sink_tables", set(module._sink_tables))

    @service
    def code_make(*, actor: Actor) -> None:
        OneTimeCode.objects.create(
            phone_index="x",
            purpose="p",
            code_digest="d",
            created_at=NOW,
            expires_at=NOW + timedelta(minutes=5),
        )

    if "accounts_onetimecode" not in module._sink_tables:
        with pytest.raises(ProgrammingFault):
            code_make(actor=ME)
    sink_table("accounts_onetimecode")
    code_make(actor=ME)
    assert OneTimeCode.objects.count() == 1


def test_a_refusal_undoes_everything_and_the_outer_service_goes_on() -> None:
    @service
    def refused(*, actor: Actor) -> None:
        person = Person.objects.create(name="inner", created_at=NOW)
        record("person.make", person)
        raise Conflict

    @service
    def outer(*, actor: Actor) -> None:
        person = Person.objects.create(name="outer", created_at=NOW)
        record("person.make", person)
        with pytest.raises(Conflict):
            refused(actor=actor)

    outer(actor=ME)
    assert [person.name for person in Person.objects.all()] == ["outer"]
    assert AuditRecord.objects.count() == 1


def test_a_service_wants_keywords_and_an_actor() -> None:
    with pytest.raises(ProgrammingFault, match="keywords"):
        row_make(ME, Person())
    with pytest.raises(ProgrammingFault, match="actor"):
        row_make(row=Person(), is_recorded=True)
    with pytest.raises(ProgrammingFault, match="actor"):
        row_make(actor=None, row=Person(), is_recorded=True)


def test_a_step_outside_a_service_refuses() -> None:
    @require_service
    def step() -> None:
        raise AssertionError("ran")

    with pytest.raises(ProgrammingFault, match="step"):
        step()
    with pytest.raises(ProgrammingFault):
        record("a.b", Person())


def test_changes_of_sets_saves_and_tells_only_what_differs() -> None:
    unit = Unit.objects.create(name="x", function=Function.COMMITTEE, opened_on=NOW.date())

    @service
    def unit_change(*, actor: Actor, **after: str) -> None:
        record("unit.change", unit, changes_of(unit, **after))

    unit_change(actor=ME, name="x", kind="new")
    assert Unit.objects.get().kind == "new"
    assert list(AuditRecord.objects.get().changes) == ["kind"]


def test_the_record_names_the_room_and_the_visitor() -> None:
    row_make(actor=visitor("s"), row=Person(name="x", created_at=NOW), is_recorded=True)
    row = AuditRecord.objects.get()
    assert row.actor_key == "visitor:s"
    assert row.service.endswith(".row_make")


def test_a_repeat_with_a_key_needs_the_same_input_even_for_dates_and_records() -> None:
    person = Person.objects.create(name="x", created_at=NOW)

    @service(idempotent=True)
    def note(*, actor: Actor, person: Person, at: object, tags: list[str]) -> Person:
        record("person.note", person)
        return person

    for _ in range(2):
        assert note(actor=ME, person=person, at=NOW, tags=["a"], request_key="k") == person
    assert AuditRecord.objects.count() == 1
    note(actor=ME, person=person, at=NOW, tags=["a"])
    assert AuditRecord.objects.count() == 2


class DatabaseSaid(Exception):
    """What a driver raises, as far as it is looked at."""

    def __init__(self, **said: str) -> None:
        vars(self).update(said)


@service
def row_lost(*, actor: Actor, cause: Exception) -> None:
    """Write a row, then let the database give up."""
    Division.objects.create(code="99", name="x", level=1, path="99/", valid_from=NOW.date())
    raise OperationalError("said by the database") from cause


@pytest.mark.parametrize("said", [{"sqlstate": "40P01"}, {"sqlite_errorname": "SQLITE_BUSY"}])
def test_who_loses_a_race_is_refused_in_words_and_nothing_is_saved(said: dict[str, str]) -> None:
    with pytest.raises(Busy) as refused:
        row_lost(actor=ME, cause=DatabaseSaid(**said))
    assert "同一时刻有别人" in refused.value.message and not Division.objects.exists()


@pytest.mark.parametrize("said", [{"sqlstate": "57P01"}, {"sqlite_errorname": "SQLITE_FULL"}])
def test_another_fault_of_the_database_stays_one(said: dict[str, str]) -> None:
    with pytest.raises(OperationalError):
        row_lost(actor=ME, cause=DatabaseSaid(**said))
