"""A matter reported into an area while that area is merged away lands in the new one (PostgreSQL)."""

from datetime import date
from typing import Any

import pytest

from linli.core.clock import clock_at
from linli.core.errors import Conflict, Refusal
from linli.foundation.duties.models import Duty
from linli.foundation.places.changeplan import ChangePlan, Named
from linli.foundation.places.models import ChangeKind, Division, DivisionChange
from linli.foundation.places.selectors import place_resolve
from linli.foundation.places.services import division_change_apply, division_change_plan
from linli.foundation.places.tasks import changes_carry_out
from linli.foundation.places.workflow import ChangeState
from linli.foundation.search.models import SearchDocument
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life
from tests.people import cast_build

from .test_matter_races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
A, B, NEW = "990101001001", "990101001002", "990101001009"
OLD = f"99/9901/990101/990101001/{A}/"


@pytest.fixture
def life(clock: Any) -> Life:
    return Life(cast_build())


def merger(life: Life) -> DivisionChange:
    plan = ChangePlan(ChangeKind.MERGE, (A, B), (Named(NEW, "桂花新居委会"),))
    day = date(2026, 3, 10)
    return division_change_plan(
        actor=life.who("operator"), plan=plan, document="临府〔2026〕5号", effective_on=day
    )


@pytest.mark.parametrize("attempt", range(3))
def test_reports_during_the_move_land_right(life: Life, attempt: int) -> None:
    change, operator, resident = merger(life), life.who("operator"), life.who("resident")

    def report() -> list[Matter]:
        made = []
        for _ in range(8):
            place = place_resolve(committee=A) if Division.objects.on().filter(code=A).exists() else None
            made.append(life.report(place=place or place_resolve(committee=NEW)))
        return made

    def carry_out() -> None:
        division_change_apply(actor=operator, change_id=change.public_id)

    assert resident
    results = at_once(report, carry_out, report)
    # A place looked up and merged away in between is refused in words; everything stored stands right.
    assert all(isinstance(r, Refusal) for r in results if isinstance(r, Exception)), results
    changes_carry_out()
    new = Division.objects.on().get(code=NEW).path
    for model in (Matter, Duty, SearchDocument):
        assert not model.objects.filter(area_path=OLD).exists()
    assert Matter.objects.exists() and set(Matter.objects.values_list("area_path", flat=True)) == {new}
    assert Duty.objects.filter(area_path=new).count() >= Matter.objects.count()


def test_a_report_that_began_before_and_ended_after(life: Life) -> None:
    """The slowest of reporters: the place was looked up before the merger, the report stored after it."""
    place = place_resolve(committee=A)
    change = merger(life)
    division_change_apply(actor=life.who("operator"), change_id=change.public_id)
    matter = life.report(place=place)
    assert matter.area_path == OLD
    changes_carry_out()
    matter.refresh_from_db()
    assert matter.area_path == Division.objects.on().get(code=NEW).path
    assert matter.place_code == A


def test_two_carry_out_the_same_change_at_once(life: Life) -> None:
    change, operator = merger(life), life.who("operator")

    def carry_out() -> DivisionChange:
        return division_change_apply(actor=operator, change_id=change.public_id)

    results = at_once(carry_out, carry_out, carry_out)
    assert sum(isinstance(r, DivisionChange) for r in results) == 1
    assert all(isinstance(r, Conflict | DivisionChange) for r in results), results
    change.refresh_from_db()
    assert change.state == ChangeState.DONE
    assert Division.objects.filter(code=NEW).count() == 1


def test_two_changes_of_the_same_place_at_once(life: Life) -> None:
    first, second, operator = merger(life), merger(life), life.who("operator")

    def carry_out(change: DivisionChange) -> DivisionChange:
        with clock_at(change.planned_at):
            return division_change_apply(actor=operator, change_id=change.public_id)

    results = at_once(lambda: carry_out(first), lambda: carry_out(second))
    assert sum(isinstance(r, DivisionChange) for r in results) == 1
    assert all(isinstance(r, Refusal | DivisionChange) for r in results), results
    assert Division.objects.filter(code=NEW).count() == 1
