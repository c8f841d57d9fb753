"""Figures that name nobody: what is counted, for whom, rounded, also by subtraction, and by the interface."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import Scope
from linli.core.errors import NotFound
from linli.foundation.clients.tests.factories import machine
from linli.registers.residents.models import Resident
from linli.registers.residents.rounding import rounded
from linli.registers.residents.selectors import CountFilters, count_area, resident_counts
from linli.registers.residents.tests.plans import Plan, building_make, household_make, person_make
from tests.people import Cast


def test_small_numbers_are_hidden_and_the_rest_is_rounded() -> None:
    assert [str(rounded(number)) for number in (0, 4, 5, 14, 15, 1234)] == [
        *("<5", "<5", "10", "10", "20", "1,230")
    ]
    assert rounded(3).drawn == 0 and rounded(8).drawn == 10


def possible(number: int) -> range:
    """Return what a number may be for whoever sees how it is shown."""
    shown = rounded(number).value
    return range(5) if shown is None else range(shown - 5, shown + 5)


@given(st.integers(0, 4), st.lists(st.integers(0, 60), min_size=1, max_size=3))
def test_subtraction_never_tells_a_small_number(small: int, others: list[int]) -> None:
    """Whoever knows the total and all other parts as shown is left with more than one possibility."""
    sums = {sum(choice) for choice in product(*map(possible, others))}
    total = possible(small + sum(others))
    left = {guess for guess in possible(small) if any(guess + each in total for each in sums)}
    assert small in left and len(left) > 1


@pytest.fixture
def plan(cast: Cast, clock: Any) -> Plan:
    """Six women of 30 to 34 in six flats of their own, one man of 86 who rents; one who moved away."""
    built = building_make(cast, floors=4)
    rooms = iter(built.parts)
    for _number in range(6):
        household_make(built, next(rooms), person_make(built, date(1994, 1, 1)))
    household_make(built, next(rooms), person_make(built, date(1940, 1, 1), "m"), tenure="tenant")
    person_make(built, date(1990, 1, 1), state=Resident.State.AWAY)
    return built


@pytest.mark.django_db
def test_what_is_counted(plan: Plan) -> None:
    cast = plan.cast
    district = cast.actor("district")
    found = resident_counts(district, cast.places["district_place"], CountFilters())
    assert (str(found.people), str(found.women), str(found.men), str(found.households)) == (
        *("10", "10", "<5", "10"),
    )
    bands = {row.words: (str(row.male), str(row.female)) for row in found.bands}
    assert (bands["30–34"], bands["85+"], bands["0–4"]) == (("<5", "10"), ("<5", "<5"), ("<5", "<5"))
    assert dict((words, str(number)) for words, number in found.sizes)["1人"] == "10"
    assert dict((words, str(number)) for words, number in found.tenures)["租住"] == "<5"
    assert [(place.name, str(number)) for place, number in found.areas] == [
        ("桂花街道", "10"),
        ("梧桐街道", "<5"),
    ]
    tenants = resident_counts(district, cast.places["district_place"], CountFilters(tenure="tenant"))
    assert (str(tenants.people), str(tenants.households)) == ("<5", "<5")
    gone = resident_counts(district, cast.places["district_place"], CountFilters(presence="registered"))
    assert str(gone.people) == "<5"


@pytest.mark.django_db
def test_who_counts_where(plan: Plan) -> None:
    cast = plan.cast
    street = cast.places["street_place"]
    for who, number in (("street", "10"), ("worker", "10"), ("city", "10"), ("other_district", "<5")):
        assert str(resident_counts(cast.actor(who), street, CountFilters()).people) == number, who
    for who in ("department", "property", "supervisor"):
        assert str(resident_counts(cast.actor(who), street, CountFilters()).people) == "<5", who
    assert count_area(cast.actor("district")).name == "临江区"
    with pytest.raises(NotFound):
        count_area(cast.actor("district"), cast.places["other_district_place"].code)


@pytest.mark.django_db
def test_the_page_has_numbers_and_nobody_in_it(plan: Plan, django_assert_max_num_queries: Any) -> None:
    Resident.objects.filter(sex="m").update(name_sealed="x")  # would fail loudly if somebody opened it
    client = plan.cast.client("district")
    page = client.get(reverse("residents:counts"))
    text = page.content.decode()
    assert page.status_code == 200 and "桂花街道" in text and "&lt;5" in text and "&amp;lt;" not in text
    with django_assert_max_num_queries(22):
        client.get(reverse("residents:counts") + "?tenure=tenant")
    assert client.get(reverse("residents:counts") + "?area=990102").status_code == 404
    for name in ("find", "people", "households", "establishments", "buildings"):
        assert client.get(reverse(f"residents:{name}")).status_code == 403, name


@pytest.mark.django_db
def test_a_system_counts_only_with_the_grant_and_in_its_areas(plan: Plan) -> None:
    screen = machine(plan.cast, "street_unit", "street_place", Scope.REGISTRY_COUNT)
    answer = screen.get("/residents/counts")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["people"], found["men"], found["tenures"]["租住"]) == (10, None, None)
    assert found["areas"] == {"990101001001": 10, "990101001002": None}
    assert screen.get("/residents/counts?area=990101002").status_code == 404
    other = machine(plan.cast, "street_unit", "street_place", Scope.FIGURES_READ, name="别的系统")
    assert other.get("/residents/counts").status_code == 403
