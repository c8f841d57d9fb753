"""Whose list a duty stands on: every kind of duty for everybody in the cast."""

import pytest

from linli.core.actor import Function
from linli.core.clock import clock_at, now, today
from linli.foundation.accounts.services import deputyship_set
from linli.foundation.duties.selectors import duty_counts, duty_list, duty_summary
from tests.people import Cast

from .factories import duty_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def seen_by(cast: Cast) -> set[str]:
    return {name for name in [*cast.names, "visitor"] if duty_list(cast.actor(name)).exists()}


@pytest.mark.parametrize(
    ("function", "place", "who"),
    [
        (Function.COMMITTEE, "committee_a_place", {"worker", "worker2"}),
        (Function.COMMITTEE, "committee_b_place", {"worker_b"}),
        (Function.GRID_WORKER, "committee_a_place", {"grid_worker"}),
        (Function.STREET, "committee_a_place", {"street", "street2"}),
        (Function.STREET, "street_place", {"street", "street2"}),
        (Function.DISTRICT, "committee_a_place", {"district"}),
        (Function.CITY, "committee_a_place", {"city"}),
        (Function.COMMITTEE, "street_place", set()),
    ],
)
def test_a_duty_of_an_area(cast: Cast, function: Function, place: str, who: set[str]) -> None:
    duty_make(function=function, area_path=cast.places[place].path)
    assert seen_by(cast) == who


@pytest.mark.parametrize(
    ("function", "unit", "who"),
    [
        (Function.DEPARTMENT, "chengguan", {"department", "department2"}),
        (Function.DEPARTMENT, "fangguan", {"department_b"}),
        (Function.PROPERTY, "wuye", {"property"}),
        (Function.STREET, "street_unit", {"street", "street2"}),
        (Function.STREET, "chengguan", set()),
    ],
)
def test_a_duty_of_a_unit(cast: Cast, function: Function, unit: str, who: set[str]) -> None:
    place = cast.places["committee_a_place"].path
    duty_make(function=function, unit_id=cast.units[unit].pk, area_path=place)
    assert seen_by(cast) == who


@pytest.mark.parametrize("name", ["worker", "resident", "department"])
def test_a_duty_of_a_person(cast: Cast, name: str) -> None:
    duty_make(person_id=cast.person(name).pk, unit_id=cast.units["committee_a"].pk)
    assert seen_by(cast) == {name}


def test_a_deputy_sees_what_stands_for_the_one_on_leave(cast: Cast) -> None:
    duty_make(person_id=cast.person("street").pk, function=Function.STREET)
    deputyship_set(
        actor=cast.actor("street"),
        role=cast.role("street"),
        deputy=cast.person("street2"),
        from_on=today(),
        to_on=today(),
        reason="年假",
    )
    from linli.foundation.accounts.selectors import actor_of_role, role_list

    account = cast.accounts["street2"]
    own, deputy = (actor_of_role(account, role) for role in role_list(account.person))
    assert not duty_list(own).exists()
    assert duty_list(deputy).count() == 1


def test_closed_and_paused_duties_are_on_no_list(cast: Cast) -> None:
    from linli.foundation.duties import services

    from .factories import MACHINE, step

    worker = cast.actor("worker")
    for subject, call in (("m1", services.duty_close), ("m2", services.duty_pause)):
        duty_make(subject_id=subject, person_id=worker.person_id)
        step(actor=MACHINE, call=call, room="matters", subject_id=subject)
    assert not duty_list(worker).exists()


def test_counts_are_by_the_clock(cast: Cast) -> None:
    from datetime import timedelta

    worker = cast.actor("worker")
    for n, hours in enumerate((-1, 1, 30, 24 * 6, 24 * 9)):
        duty_make(subject_id=f"m{n}", person_id=worker.person_id, due_at=now() + timedelta(hours=hours))
    duty_make(subject_id="m9", person_id=worker.person_id, limit=None)
    assert duty_counts(worker) == {
        **{"all": 6, "overdue": 1, "today": 1, "week": 3},
        **{"taken": 0, "handed": 0},
    }
    assert duty_summary(worker).counts == duty_counts(worker)
    assert duty_summary(worker).actions == [("accept", "受理")]
    with clock_at(now() + timedelta(days=1)):
        assert duty_counts(worker)["overdue"] == 2
