"""Who becomes a lead, and who goes to whom: values in, values out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.work.benefits.outreach.dealing import Load, dealt, week_begins
from linli.work.benefits.outreach.found import Before, Found, Known, Taken, Whom, sifted, whom


def known(**more: object) -> Known:
    said: dict[str, object] = {
        "places": {1: "99/", 2: "99/"},
        "here": {10, 20},
        "objecting": set(),
        "objecting_homes": set(),
        "receiving": set(),
        "before": {},
    }
    return Known(**{**said, **more})  # type: ignore[arg-type]


def kept(known_: Known, *found: Found) -> tuple[list[Found], Taken]:
    taken = Taken()
    return list(sifted(found, 7, known_, taken)), taken


@pytest.mark.parametrize(
    ("is_first", "is_compared", "knows", "wanted"),
    [
        (True, False, False, Whom.NOBODY),  # a baseline
        (True, False, True, Whom.EVERYBODY),  # receipts tell who lacks it
        (False, True, True, Whom.EVERYBODY),
        (False, True, False, Whom.NEW),
        (True, True, False, Whom.NOBODY),
        (False, False, False, Whom.NOBODY),  # nothing to compare with: all would look new
    ],
)
def test_of_whom_a_run_makes_leads(is_first: bool, is_compared: bool, knows: bool, wanted: Whom) -> None:
    assert whom(is_first=is_first, is_compared=is_compared, is_known_who_lacks=knows) is wanted


def test_somebody_new_is_taken_once() -> None:
    rows, taken = kept(known(), Found(1, 10), Found(1, 10), Found(1, None))
    assert rows == [Found(1, 10), Found(1, None)]
    assert (taken.made, taken.asked) == (2, 1)


def test_nobody_who_objects_receives_or_has_gone() -> None:
    against = known(objecting={10}, objecting_homes={2}, receiving={(20, 0)})
    rows, taken = kept(against, Found(1, 10), Found(2, None), Found(2, 20), Found(3, 10), Found(1, 99))
    assert rows == []
    assert (taken.objecting, taken.receiving, taken.gone, taken.made) == (2, 1, 2, 0)


def test_who_answered_is_asked_again_only_under_another_version() -> None:
    for state, is_again in (("declined", True), ("granted", True), ("told", False), ("waiting", False)):
        rows, _taken = kept(known(before={(10, 0): [Before(6, state)]}), Found(1, 10))
        assert bool(rows) is is_again, state
    for state, is_again in (("declined", False), ("objected", False), ("gone", True), ("wrong", True)):
        rows, _taken = kept(known(before={(10, 0): [Before(7, state)]}), Found(1, 10))
        assert bool(rows) is is_again, state


@given(
    st.lists(st.integers(1, 500), unique=True, max_size=60),
    st.dictionaries(st.integers(1, 9), st.builds(Load, st.integers(-2, 12), st.integers(0, 20)), max_size=6),
)
def test_dealing_keeps_to_the_week_and_loses_nobody(homes: list[int], loads: dict[int, Load]) -> None:
    given_ = dealt(homes, loads)
    room = sum(max(load.room, 0) for load in loads.values())
    assert list(given_) == homes[: min(len(homes), room)]
    for worker, load in loads.items():
        assert list(given_.values()).count(worker) <= max(load.room, 0)


@given(st.integers(0, 40), st.integers(1, 5))
def test_dealing_is_fair(homes: int, workers: int) -> None:
    given_ = list(dealt(range(homes), {one: Load(10, 0) for one in range(workers)}).values())
    counts = [given_.count(one) for one in range(workers)]
    assert max(counts) - min(counts) <= 1


def test_who_answers_for_a_grid_comes_first_and_goes_nowhere_else() -> None:
    loads = {1: Load(1, 0), 7: Load(1, 0, is_bound=True)}
    assert dealt([10, 20, 30], loads, {20: {7}, 30: {7}}) == {10: 1, 20: 7}
    assert dealt([20, 30], loads, {20: {7}, 30: {7}}) == {20: 7, 30: 1}  # the grid's own is full
    assert dealt([10], {7: Load(5, 0, is_bound=True)}, {20: {7}}) == {}


def test_the_week_begins_on_monday() -> None:
    assert week_begins(date(2026, 11, 29)) == week_begins(date(2026, 11, 23)) == date(2026, 11, 23)
