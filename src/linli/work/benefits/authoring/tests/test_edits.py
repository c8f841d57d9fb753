"""Conditions changed one act at a time: each says what it should and leaves the draft before alone."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.work.benefits.authoring import edits
from linli.work.benefits.authoring.edits import Group, NoSuchPlace, group_of, node_at, path_of, settled
from linli.work.benefits.language.source import place_of, source_read
from linli.work.benefits.language.writing import policy_write

A, B, C = ({"fact": "hukou", "in": ["local"]}, {"age": {"from": "65"}}, {"policy": "dibao"})


def draft() -> dict[str, Any]:
    return {"unit": "person", "when": {"all": [dict(A), {"label": "任一", "any": [dict(B), dict(C)]}]}}


def when(after: dict[str, Any]) -> Any:
    return after["when"]


def test_a_place_and_a_path_say_the_same() -> None:
    for place in ("when", "when.all[1].any[0]", "when.all[2].members.any", "when.at_least.of[3]"):
        assert place_of(path_of(place)) == place


@pytest.mark.parametrize("place", ["when..all", "when.all[x]", "../when", "when all", "when.all[1]]"])
def test_a_place_that_says_nothing_is_refused(place: str) -> None:
    with pytest.raises(NoSuchPlace):
        path_of(place)


@pytest.mark.parametrize("place", ["amount", "when.all[7]", "when.any[0]", "unit", "when.all"])
def test_a_place_without_a_condition_is_refused(place: str) -> None:
    with pytest.raises(NoSuchPlace):
        node_at(draft(), path_of(place))


def test_an_added_condition_stands_last_in_its_group() -> None:
    before = draft()
    after = edits.added(before, path_of("when.all[1]"), {"age": {"under": "70"}})
    assert after["when"]["all"][1]["any"] == [B, C, {"age": {"under": "70"}}]
    assert before == draft()


def test_nothing_yet_or_a_single_condition_becomes_a_group_to_add_to() -> None:
    assert settled({"unit": "person"})["when"] == {"all": []}
    assert settled({"when": dict(A)})["when"] == {"all": [A]}
    assert settled({"when": [A, B]})["when"] == {"all": [A, B]}
    assert settled({"when": {"all": [{"not": [A, B]}]}})["when"] == {"all": [{"not": {"all": [A, B]}}]}


def test_an_exception_takes_a_second_condition_by_joining_both() -> None:
    before = {"when": {"all": [{"not": dict(A)}]}}
    after = edits.added(before, path_of("when.all[0]"), dict(B))
    assert when(after) == {"all": [{"not": {"all": [A, B]}}]}
    assert when(edits.added(after, path_of("when.all[0]"), dict(C))) == {"all": [{"not": {"all": [A, B, C]}}]}


def test_moving_stops_at_the_ends() -> None:
    before = draft()
    assert when(edits.moved(before, path_of("when.all[0]"), 1))["all"][1] == A
    assert when(edits.moved(before, path_of("when.all[0]"), -1)) == before["when"]
    assert when(edits.moved(before, path_of("when.all[1]"), 1)) == before["when"]


def test_a_group_goes_with_its_last_condition() -> None:
    after = edits.removed(draft(), path_of("when.all[1].any[0]"))
    assert when(after)["all"][1] == {"label": "任一", "any": [C]}
    after = edits.removed(after, path_of("when.all[1].any[0]"))
    assert when(after) == {"all": [A]}
    assert when(edits.removed(after, path_of("when.all[0]"))) == {"all": []}
    inside = {
        "when": {"all": [dict(A), {"members": {"any": dict(B)}}, {"at_least": {"count": "1", "of": [C]}}]}
    }
    assert when(edits.removed(inside, path_of("when.all[1].members.any")))["all"] == [
        A,
        inside["when"]["all"][2],
    ]
    assert (
        when(edits.removed(inside, path_of("when.all[2].at_least.of[0]")))["all"] == inside["when"]["all"][:2]
    )


@pytest.mark.parametrize(
    ("group", "says"),
    [
        (Group.ANY, {"any": [A]}),
        (Group.NOT, {"not": A}),
        (Group.AT_LEAST, {"at_least": {"count": "2", "of": [A]}}),
        (Group.SOMEBODY, {"members": {"any": A}}),
        (Group.EVERYBODY, {"members": {"every": A}}),
    ],
)
def test_a_condition_goes_into_a_group_of_its_own_and_out_again(group: Group, says: Any) -> None:
    after = edits.wrapped(draft(), path_of("when.all[0]"), group)
    assert when(after)["all"][0] == says and group_of(says) is group
    assert edits.dissolved(after, path_of("when.all[0]")) == draft()


@pytest.mark.parametrize("group", list(Group))
def test_a_group_is_joined_otherwise_and_keeps_its_words_and_conditions(group: Group) -> None:
    after = edits.regrouped(draft(), path_of("when.all[1]"), group, 2)
    found = node_at(after, path_of("when.all[1]"))
    assert found["label"] == "任一" and group_of(found) is group and edits.count_below(found) == 2


def test_words_come_first_and_go_when_emptied() -> None:
    after = edits.worded(draft(), path_of("when.all[0]"), "本市户籍", "第二条")
    assert list(when(after)["all"][0]) == ["label", "clause", "fact", "in"]
    assert edits.worded(after, path_of("when.all[0]"), "", "") == draft()


nodes = st.recursive(
    st.sampled_from([A, B, C]),
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=3).map(lambda held: {"any": held}),
        st.lists(below, min_size=1, max_size=3).map(lambda held: {"all": held}),
        below.map(lambda held: {"not": held}),
        st.lists(below, min_size=1, max_size=3).map(lambda held: {"at_least": {"count": "1", "of": held}}),
    ),
    max_leaves=8,
)


def _places(node: Any, path: Any = ("when",)) -> list[Any]:
    return [path, *(place for below, child in edits.children(node, path) for place in _places(child, below))]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(nodes, min_size=1, max_size=3), st.data())
def test_no_act_loses_or_makes_conditions_or_touches_the_draft_before(held: list[Any], data: Any) -> None:
    before = {"unit": "person", "when": {"all": held}}
    kept = copy.deepcopy(before)
    path = data.draw(st.sampled_from(_places(before["when"])))
    size = edits.count_below(before["when"])
    node = node_at(before, path)
    for after, change in (
        (edits.moved(before, path, 1), 0),
        (edits.wrapped(before, path, Group.ANY), 0),
        (edits.removed(before, path), -edits.count_below(node)),
    ):
        assert edits.count_below(after["when"]) == size + change
        assert source_read(policy_write(after)).raw == after or after["when"] == {"all": []}
    assert before == kept
