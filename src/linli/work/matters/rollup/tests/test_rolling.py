"""The roll-up: rebuilt and followed are one; killed and resumed are one; and both say what the tables say."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core.actor import system
from linli.core.clock import clock_forward, now
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.places.changeplan import ChangePlan, Named
from linli.foundation.places.models import ChangeKind
from linli.foundation.places.services import division_change_apply, division_change_plan
from linli.work.matters import services as do
from linli.work.matters.models import Assignment, ClosedAs, Matter, MatterEvent, Rating
from linli.work.matters.rollup import fresh, services, tasks
from linli.work.matters.rollup.models import STAGES, Axis, MatterFact, MoveFact, RollupState
from linli.work.matters.rollup.selectors import (
    Span,
    counted_until,
    open_by_day,
    sums,
    sums_by_area,
    sums_by_key,
)
from linli.work.matters.rollup.services import rolling
from linli.work.matters.rules import Rate
from linli.work.matters.selectors import figures, figures_by_area
from linli.work.matters.tests.life import Life, days_later
from linli.work.matters.workflow import ENDED
from tests.people import Cast

from .sameness import contents, same_as_rebuilt

pytestmark = pytest.mark.django_db
MARCH = (date(2026, 3, 1), date(2026, 4, 30))


def a_month(life: Life) -> None:
    """Matters late and in time, returned, opened again, paused, rated and not."""
    rated = life.to_closed()
    life.rate(rated, was_solved=False)
    days_later(1)
    late = life.to_signed()
    again = life.to_reopening()
    do.reopen_decide(
        actor=life.who("street"), request_id=life.request(again).pk, is_granted=True, decision="再办",
        unit=life.cast.units["chengguan"],
    )  # fmt: skip
    back = life.to_signed()
    do.assignment_return_ask(
        actor=life.who("department"), assignment_id=life.lead(back).pk, reason="不归我们", proposal="市政"
    )
    days_later(12)
    life.result(late)
    do.matter_supervise(actor=life.who("district"), matter_id=back.pk, note="请抓紧")


def span(life: Life, name: str) -> Span:
    return Span(life.cast.places[name].path, *MARCH)


def actor(life: Life) -> Any:
    return life.who("city")


# -- one is the other ---------------------------------------------------------------
def test_followed_step_by_step_is_what_a_rebuild_makes(life: Life) -> None:
    tasks.follow()
    a_month(life)
    tasks.follow()
    life.to_guided()
    tasks.follow()
    same_as_rebuilt()
    assert MatterFact.objects.count() == Matter.objects.count() > 15
    assert MoveFact.objects.filter(kind="returned").count() == 1


def test_a_limit_that_passes_is_counted_within_the_minute(life: Life) -> None:
    life.to_signed()
    tasks.follow()
    here = span(life, "street_place")
    before = sums(actor(life), here)
    days_later(40)
    assert sums(actor(life), here) == before
    assert tasks.follow() > 0
    after = sums(actor(life), here)
    assert after["overdue"] > before["overdue"]
    assert after["late_now"] > before["late_now"]
    live = figures(actor(life), here.area, *MARCH)
    assert (after["overdue"], after.on_time) == (live.overdue, live.on_time)
    assert tasks.follow() == 0
    same_as_rebuilt()


def test_a_change_of_place_takes_the_whole_story_along(life: Life) -> None:
    a_month(life)
    tasks.follow()
    matter = Matter.objects.filter(state="closed").first()
    Matter.objects.filter(pk=matter.pk).update(area_path=life.cast.places["other_committee_place"].path)
    assert tasks.check() == 1
    same_as_rebuilt()
    assert tasks.check() == 0


def test_what_is_gone_leaves_no_trace(life: Life) -> None:
    matter = life.report()
    tasks.follow()
    before = sums(actor(life), span(life, "street_place"))["received"]
    MatterEvent.objects.filter(matter=matter).delete()
    matter.delete()
    assert tasks.check() == 1
    assert sums(actor(life), span(life, "street_place"))["received"] == before - 1
    same_as_rebuilt()


def test_a_merger_of_committees_is_followed(life: Life) -> None:
    a_month(life)
    tasks.follow()
    plan = ChangePlan(
        ChangeKind.MERGE, ("990101001001", "990101001002"), (Named("990101001009", "桂花新居委会"),)
    )
    operator = life.cast.actor("operator")
    change = division_change_plan(
        actor=operator, plan=plan, document="府〔2026〕5号", effective_on=now().date()
    )
    division_change_apply(actor=operator, change_id=change.public_id)
    assert tasks.check() > 10
    same_as_rebuilt()


class Killed(BaseException):
    """The power goes."""


@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_while_following_nothing_is_missed_or_doubled(
    at: int, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.follow()
    a_month(life)
    monkeypatch.setattr(rolling, "FOLLOW", 20)
    monkeypatch.setattr(services, "FOLLOW", 20)
    count, real = iter(range(1, 100)), rolling.days_sum

    def dies(**given: Any) -> None:
        real(**given)
        if next(count) == at:
            raise Killed

    monkeypatch.setattr(rolling, "days_sum", dies)
    with pytest.raises(Killed):
        tasks.follow()
    monkeypatch.setattr(rolling, "days_sum", real)
    tasks.follow()
    same_as_rebuilt()


def pieces_small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("MATTERS_AT_ONCE", 3), ("MOVES_AT_ONCE", 7)):
        monkeypatch.setattr(rolling, name, size)


def steps_until(stage: str) -> None:
    """Go on with a rebuild until it is in a stage, one piece of which is done."""
    while services.rebuild_step(actor=system("rollup")).stage != stage:
        pass
    services.rebuild_step(actor=system("rollup"))


@pytest.mark.parametrize("stage", ["matters", "moves", "days", "indexes"])
def test_a_rebuild_that_was_killed_is_gone_on_with(
    stage: str, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_month(life)
    tasks.rebuild()
    whole = contents()
    pieces_small(monkeypatch)
    services.rebuild_begin(actor=system("rollup"))
    steps_until(stage)
    assert contents() == whole  # what is read is as before, to the last piece
    tasks.follow()  # somebody may still be at it
    assert RollupState.objects.get().stage == stage
    clock_forward(timedelta(minutes=6))
    tasks.follow()
    assert not RollupState.objects.get().stage
    assert contents() == whole


def test_what_happens_during_a_rebuild_is_in_it_or_follows(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_month(life)
    tasks.follow()
    pieces_small(monkeypatch)
    services.rebuild_begin(actor=system("rollup"))
    steps_until("days")
    before = sums(actor(life), span(life, "street_place"))["received"]
    life.to_handled()
    tasks.follow()
    assert sums(actor(life), span(life, "street_place"))["received"] == before + 1
    tasks.resume()
    assert sums(actor(life), span(life, "street_place"))["received"] == before + 1
    assert counted_until() == now()
    same_as_rebuilt()


def test_a_rebuild_begun_twice_is_one(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    a_month(life)
    tasks.rebuild()
    whole = contents()
    pieces_small(monkeypatch)
    services.rebuild_begin(actor=system("rollup"))
    steps_until("moves")
    tasks.rebuild()
    assert contents() == whole


def test_tables_keep_their_keys_and_indexes(life: Life) -> None:
    def described() -> set[str]:
        with connection.cursor() as cursor:
            return {
                f"{table} {name} {found['columns']} {found['unique']} {found['primary_key']}"
                for table in fresh.TABLES
                for name, found in connection.introspection.get_constraints(cursor, table).items()
            }

    before = described()
    assert len(before) >= 10
    for _time in range(2):
        tasks.rebuild()
        assert described() == before
    assert not [name for name in connection.introspection.table_names() if name.endswith("_new")]


def test_only_the_system_writes_it(life: Life) -> None:
    for act in (services.rebuild_begin, services.rebuild_step, services.rollup_follow):
        with pytest.raises(NotAllowed):
            act(actor=life.who("city"))
    assert not RollupState.objects.exists()


# -- and both are what the tables say ---------------------------------------------------
@pytest.mark.parametrize("place", ["street_place", "committee_a_place", "district_place", "province"])
def test_it_says_what_the_live_tables_say(place: str, life: Life) -> None:
    a_month(life)
    Matter.objects.filter(state="guided").update(
        state="closed", closed_as=ClosedAs.GUIDED_SILENT, closed_at=now()
    )
    matter = Matter.objects.filter(state="closed", closed_as="verified").last()
    Matter.objects.filter(pk=matter.pk).update(is_counted=False, is_imported=True)
    tasks.follow()
    tasks.check()
    tasks.rebuild()
    path = life.cast.places[place].path
    live, found = figures(actor(life), path, *MARCH), sums(actor(life), Span(path, *MARCH))
    for name in ("received", "imported", "emergencies", "open", "closed", "provisional"):
        assert found[name] == getattr(live, name), name
    assert found["overdue"] == live.overdue > 0
    assert found.on_time == live.on_time and live.on_time.whole > 1
    assert found.rates == live.rates and live.rates.left_out and live.rates.solved.whole == 1


def test_areas_below_add_up_and_are_what_the_live_tables_say(life: Life) -> None:
    a_month(life)
    tasks.rebuild()
    for area, below in (("street_place", "committee_a_place"), ("district_place", "street_place")):
        paths = [life.cast.places[below].path]
        live = figures_by_area(actor(life), paths, *MARCH)[paths[0]]
        found = sums_by_area(actor(life), span(life, area), paths)[paths[0]]
        assert (found["received"], found["closed"], found["overdue"], found.on_time) == (
            live.received, live.closed, live.overdue, live.on_time,
        )  # fmt: skip


@pytest.mark.parametrize("axis", [Axis.CATEGORY, Axis.AFFAIR_CLASS, Axis.UNIT])
def test_each_kind_of_key_adds_up(axis: Axis, life: Life) -> None:
    a_month(life)
    tasks.rebuild()
    for place in ("district_place", "street_place", "committee_a_place"):
        by_key = sums_by_key(actor(life), span(life, place), axis)
        whole = sums(actor(life), span(life, place))
        assert sum(found["received"] for found in by_key.values()) == whole["received"]
        assert sum(found.on_time.whole for found in by_key.values()) == whole.on_time.whole


def test_open_at_the_end_of_the_last_day_is_what_is_open(life: Life) -> None:
    a_month(life)
    tasks.rebuild()
    still = Matter.objects.exclude(state__in=ENDED).count()
    for place in ("province", "street_place", "committee_a_place"):
        days = open_by_day(actor(life), span(life, place))
        assert days[-1].open == still
        assert sum(day.opened for day in days) - sum(day.ended for day in days) == still


def _grown(before: Rate, after: Rate) -> tuple[int, int]:
    return after.part - before.part, after.whole - before.whole


def test_stages_are_on_time_or_not(life: Life) -> None:
    tasks.rebuild()
    before = sums(actor(life), span(life, "street_place"))
    matter = life.to_handling()
    days_later(9)
    life.result(life.sign(matter))
    tasks.follow()
    after = sums(actor(life), span(life, "street_place"))
    grown = {name: _grown(before.stage(name), after.stage(name)) for name in STAGES}
    assert grown == {"accept": (1, 1), "sort": (1, 1), "sign": (0, 1), "handle": (0, 1), "verify": (0, 0)}


def test_only_ones_own_area(life: Life) -> None:
    tasks.rebuild()
    stranger = life.who("worker")
    other = span(life, "other_committee_place")
    for read in (sums, open_by_day):
        with pytest.raises(NotFound):
            read(stranger, other)
    with pytest.raises(NotFound):
        sums_by_key(stranger, other, Axis.UNIT)


def test_ratings_and_assignments_of_earlier_rounds_do_not_count(life: Life) -> None:
    matter = life.to_closed()
    life.rate(matter)
    tasks.follow()
    assert MatterFact.objects.get(pk=matter.pk).answered == 1
    do.reopen_ask(actor=life.who("resident"), matter_id=matter.pk, reason="又坏了")
    do.reopen_decide(
        actor=life.who("street"), request_id=life.request(matter).pk, is_granted=True, decision="再办",
        unit=life.cast.units["chengguan"],
    )  # fmt: skip
    tasks.follow()
    fact = MatterFact.objects.get(pk=matter.pk)
    assert (fact.answered, fact.unrated, fact.in_time, fact.reopenings, fact.open) == (0, 0, 0, 1, 1)
    assert Rating.objects.filter(matter=matter).count() == 1
    assert Assignment.objects.filter(matter=matter, part="lead").count() == 2
    assert isinstance(life.cast, Cast)
