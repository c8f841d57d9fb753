"""Large districts are counted ahead: the same numbers, with the instant they are of, not for too long."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core.clock import clock_forward
from linli.core.errors import NotAllowed
from linli.registers.residents.models import KeptCount, Resident
from linli.registers.residents.selectors import CountFilters, Counts, figures, resident_counts
from linli.registers.residents.services.counting import counts_keep
from linli.registers.residents.tasks import counts_ahead
from linli.registers.residents.tests.plans import Plan, building_make, household_make, person_make
from tests.people import Cast


@pytest.fixture
def plan(cast: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Eleven people in homes of their own, some of them tenants; every district with anybody is large."""
    monkeypatch.setattr(figures, "LARGE", 1)
    built = building_make(cast, floors=6)
    rooms = iter(built.parts)
    for number in range(11):
        person = person_make(built, date(1930 + 7 * number, 1, 1), "m" if number % 3 else "f")
        household_make(built, next(rooms), person, tenure="tenant" if number % 2 else "owner")
    return built


def seen(cast: Cast, who: str, place: str, wanted: CountFilters) -> Counts:
    return resident_counts(cast.actor(who), cast.places[place], wanted)


def numbers(counts: Counts) -> list[str]:
    """Return everything that is shown, but for the instant."""
    return [f"{name}: {getattr(counts, name)}" for name in counts.__slots__ if name != "counted_at"]


VIEWS = [("district", "district_place"), ("city", "district_place"), ("city", "prefecture")]


@pytest.mark.django_db
def test_what_was_counted_ahead_is_what_is_counted_now(plan: Plan) -> None:
    cast = plan.cast
    choices = figures.filters_all()
    now = [numbers(seen(cast, *view, wanted)) for view in VIEWS for wanted in choices]
    assert counts_ahead() == KeptCount.objects.count() == len(choices)
    assert now == [numbers(seen(cast, *view, wanted)) for view in VIEWS for wanted in choices]


@pytest.mark.django_db
def test_it_stands_for_some_hours_and_says_since_when(plan: Plan, clock: Any) -> None:
    cast, whole = plan.cast, CountFilters()
    counts_ahead()
    first = seen(cast, "district", "district_place", whole)
    Resident.objects.all().update(state=Resident.State.AWAY)
    clock_forward(timedelta(hours=5))
    later = seen(cast, "district", "district_place", whole)
    assert str(later.people) == "10" and later.counted_at == first.counted_at
    assert str(seen(cast, "street", "street_place", whole).people) == "<5"  # a street is counted now
    assert counts_ahead() == 0  # not yet
    clock_forward(timedelta(hours=2))
    assert counts_ahead() == 0  # nobody lives there any more: it is not large
    clock_forward(timedelta(hours=18))
    assert str(seen(cast, "district", "district_place", whole).people) == "<5"  # too old to be shown


@pytest.mark.django_db
def test_a_short_while_is_enough_for_some_and_the_next_goes_on(plan: Plan) -> None:
    """Each choice is a transaction of its own: what is counted stays, and the rest comes next."""
    choices = figures.filters_all()
    assert counts_ahead(seconds=0) == 1
    first = KeptCount.objects.get()
    assert (first.presence, first.tenure) == ("", "")  # what the page shows first
    assert counts_ahead(seconds=0) == 1 and counts_ahead() == len(choices) - 2
    assert KeptCount.objects.count() == len(choices) and counts_ahead() == 0


@pytest.mark.django_db
def test_some_hours_later_it_is_counted_anew(plan: Plan, clock: Any) -> None:
    cast, whole = plan.cast, CountFilters()
    counts_ahead()
    Resident.objects.filter(sex="m").update(state=Resident.State.AWAY)
    clock_forward(timedelta(hours=7))
    assert counts_ahead() == len(figures.filters_all())
    found = seen(cast, "district", "district_place", whole)
    assert str(found.men) == "<5" and KeptCount.objects.count() == len(figures.filters_all())


@pytest.mark.django_db
def test_it_widens_no_view_and_people_do_not_count_ahead(plan: Plan) -> None:
    cast = plan.cast
    district = cast.places["district_place"]
    with pytest.raises(NotAllowed):
        counts_keep(actor=cast.actor("district"), area_path=district.path, wanted=CountFilters())
    assert not KeptCount.objects.exists()
    counts_ahead()
    for who in ("department", "property", "other_district"):  # whoever counts nothing there
        assert str(resident_counts(cast.actor(who), district, CountFilters()).people) == "<5", who
    Resident.objects.all().update(state=Resident.State.AWAY)
    # a street's own view, even asked for the whole district, is never taken from the whole
    assert str(resident_counts(cast.actor("street"), district, CountFilters()).people) == "<5"


@pytest.mark.django_db
def test_the_page_says_of_when_its_numbers_are(plan: Plan, clock: Any) -> None:
    counts_ahead()
    said = KeptCount.objects.first()
    clock_forward(timedelta(hours=3))
    page = plan.cast.client("district").get(reverse("residents:counts"))
    assert said is not None and page.context["counts"].counted_at == said.counted_at
