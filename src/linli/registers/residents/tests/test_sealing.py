"""Personal values under a person's own key, and the tokens that follow them."""

from datetime import date

import pytest
from django.db import connection

from linli.core.actor import system
from linli.core.crypto import KeyLost, key_ring
from linli.core.errors import Conflict, ProgrammingFault
from linli.core.service import changes_of, record, service
from linli.registers.residents.models import Fact, Household, Resident, SearchToken
from linli.registers.residents.sealing import key_values, sealed_get, sealed_many, sealed_set, sealed_values
from linli.registers.residents.services.upkeep import tokens_follow, tokens_write
from linli.registers.residents.tokens import tokens_of
from tests.people import Cast

from .persons import person

pytestmark = pytest.mark.django_db
NAME, NUMBER, PHONE, BIRTH = "欧阳㛃𬭩", "11010519491231002X", "13800138000", "1949-12-31"


@pytest.fixture
def somebody(cast: Cast) -> Resident:
    place = cast.places["committee_a_place"]
    return person(place, NAME, number=NUMBER, phone=PHONE, birth=BIRTH)


def test_what_is_sealed_is_read_again_and_stands_nowhere_in_clear(somebody: Resident) -> None:
    row = Resident.objects.get(pk=somebody.pk)
    assert sealed_many([row], "name", "number", "phone", "birth") == [
        {"name": NAME, "number": NUMBER, "phone": PHONE, "birth": BIRTH}
    ]
    assert row.birth_month == date(1949, 12, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM residents_resident")
        told = str(cursor.fetchall())
    assert not any(value in told for value in (NAME, "㛃", NUMBER, PHONE, BIRTH))


def test_values_that_stay_the_same_are_not_sealed_anew(somebody: Resident) -> None:
    assert sealed_values(somebody, name=NAME, number=NUMBER, birth=date(1949, 12, 31)) == {}
    columns = sealed_values(somebody, phone="13900139000")
    assert list(columns) == ["phone_sealed"]
    assert set(sealed_values(somebody, number="", birth="")) == {
        *("number_sealed", "number_index", "birth_sealed", "birth_month")
    }


def test_a_sealed_value_moved_to_another_person_or_column_is_refused(cast: Cast, somebody: Resident) -> None:
    other = person(cast.places["committee_a_place"], "李四")
    other.name_sealed = somebody.name_sealed
    with pytest.raises(ValueError, match="does not fit"):
        sealed_get(other, "name")
    somebody.phone_sealed = somebody.name_sealed
    with pytest.raises(ValueError, match="does not fit"):
        sealed_get(somebody, "phone")


def test_one_number_is_one_person_everywhere(cast: Cast, somebody: Resident) -> None:
    columns = sealed_values(Resident(), number=NUMBER.lower().replace("1105", "1105 "))
    assert columns["number_index"] == somebody.number_index


def test_an_erased_person_shows_nothing_and_takes_nothing(somebody: Resident) -> None:
    somebody.data_key, somebody.erased_at = "", somebody.created_at
    assert sealed_get(somebody, "name") == ""
    with pytest.raises(Conflict):
        sealed_set(somebody, name="王")


def test_a_lost_key_is_named(somebody: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Resident.objects.get(pk=somebody.pk)
    row.data_key = row.data_key.replace("data-1", "data-9")
    with pytest.raises(KeyLost, match="data-9"):
        sealed_get(row, "name")


def test_facts_are_sealed_under_the_key_of_whom_they_are_about(somebody: Resident) -> None:
    fact = Fact(resident=somebody, key="income")
    assert sealed_set(fact, value="3200") == ["value_sealed"]
    assert "3200" not in fact.value_sealed and sealed_get(fact, "value") == "3200"
    household = Household()
    with pytest.raises(ProgrammingFault):
        sealed_set(Fact(household=household, key="income"), value="1")
    household.data_key = key_values(household)["data_key"]
    household.pk = 1
    of_home = Fact(household=household, key="income")
    sealed_set(of_home, value="1")
    assert sealed_get(of_home, "value") == "1"


def _tokens(resident: Resident) -> set[int]:
    return set(SearchToken.objects.filter(resident=resident).values_list("token", flat=True))


@service
def _change(*, actor, resident: Resident, **columns) -> None:
    personal = {name: columns.pop(name) for name in ("name", "phone") if name in columns}
    changes = changes_of(resident, **columns, **sealed_values(resident, **personal))
    record("resident.change", resident, changes)
    tokens_write(residents=[resident])


def test_tokens_follow_a_name_and_a_telephone(somebody: Resident) -> None:
    assert _tokens(somebody) == tokens_of("990101", NAME, NUMBER, PHONE)
    _change(actor=system("test"), resident=somebody, name="张三", phone="")
    assert _tokens(somebody) == tokens_of("990101", "张三", NUMBER)


@pytest.mark.parametrize("state", ["merged", "erased"])
def test_who_is_merged_or_erased_is_not_found(somebody: Resident, state: str) -> None:
    _change(actor=system("test"), resident=somebody, state=state)
    assert not _tokens(somebody)


def test_a_move_between_counties_rebuilds_tokens(cast: Cast, somebody: Resident) -> None:
    before, path = _tokens(somebody), cast.places["other_district_place"].path
    _change(actor=system("test"), resident=somebody, area_path=path, place_code="990102")
    somebody.refresh_from_db()
    assert somebody.county_code == "990102"
    assert _tokens(somebody) == tokens_of("990102", NAME, NUMBER, PHONE)
    assert not before & _tokens(somebody)


def test_so_does_a_change_of_divisions(cast: Cast, somebody: Resident) -> None:
    path = cast.places["other_district_place"].path
    stays = person(cast.places["committee_a_place"], "李四")
    Resident.objects.filter(pk=somebody.pk).update(area_path=path)
    assert tokens_follow(actor=system("test")) == 1
    assert _tokens(somebody) == tokens_of("990102", NAME, NUMBER, PHONE)
    assert _tokens(stays) == tokens_of("990101", "李四")
    assert tokens_follow(actor=system("test")) == 0


def test_a_lost_search_key_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> list[str]:
        raise KeyLost("tokens-1", key_ring().folder)

    monkeypatch.setattr(key_ring(), "token_keys", lost)
    with pytest.raises(KeyLost, match="tokens-1"):
        person(cast.places["committee_a_place"])
    assert not Resident.objects.exists()
