"""Pure decisions: cases that a clerk could check, and properties that hold for every input."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from linli.core.actor import Function
from linli.core.clock import BEIJING
from linli.work.matters import rules
from linli.work.matters.clocks import STAGES, BadClocks, clock_table, clocks, setting, yaml_read
from linli.work.matters.desk.affairs import STAGES as STAGE_WORDS
from linli.work.matters.words import emergency_in, sensitivity_of, words_matched

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=BEIJING)
PERSONS = some.frozensets(some.integers(1, 9), max_size=6)


# -- what may be reported -----------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "photos", "refused"),
    [
        ("路灯不亮", False, False),
        ("", True, False),
        ("", False, True),
        ("   \n ", False, True),
        ("。。。!!", False, True),
        ("🔥", False, False),
        ("𠮷野家门口漏水", False, False),
        ("字" * 5_000, False, False),
        ("字" * 5_001, True, True),
        ("字" * 100_000, False, True),
    ],
)
def test_text_or_photo_is_needed(text: str, photos: bool, refused: bool) -> None:
    assert bool(rules.text_refusals(text, photos)) is refused


def test_a_refusal_says_how_long_it_is_and_how_long_it_may_be() -> None:
    words = rules.text_refusals("字" * 100_000, False)["text"]
    assert "100000" in words
    assert "5000" in words


@pytest.mark.parametrize(
    ("happened_at", "refused"),
    [
        (None, False),
        (NOW, False),
        (NOW + timedelta(minutes=4), False),  # a phone's clock may be a little ahead
        (NOW + timedelta(minutes=6), True),
        (NOW - timedelta(days=300), False),
        (NOW - timedelta(days=400), True),
        (datetime(1900, 1, 1, tzinfo=UTC), True),
        (datetime(9999, 12, 31, tzinfo=UTC), True),
    ],
)
def test_when_something_can_have_happened(happened_at: datetime | None, refused: bool) -> None:
    assert bool(rules.happened_refusals(happened_at, NOW)) is refused


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("路灯不亮。已经三天了。", "路灯不亮"),
        ("第一行\n第二行", "第一行"),
        ("", "照片反映"),
        ("字" * 60, "字" * 39 + "…"),
        ("<b>漏水</b>", "<b>漏水</b>"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert rules.title_of(text, "照片反映") == title


@given(some.text(max_size=300))
def test_a_title_is_never_empty_or_too_long(text: str) -> None:
    assert 0 < len(rules.title_of(text, "照片反映")) <= rules.MAX_TITLE


@given(some.text(alphabet=some.characters(codec="utf-8"), max_size=300))
def test_cleaning_a_text_twice_changes_nothing_more(text: str) -> None:
    once = rules.text_cleaned(text)
    assert rules.text_cleaned(once) == once
    assert "\x00" not in once


# -- places -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "is_committee", "street"),
    [
        ("31/3101/310104/310104001/310104001001/", True, "31/3101/310104/310104001/"),
        ("31/3101/310104/310104001/", False, "31/3101/310104/310104001/"),
    ],
)
def test_street_and_committee_of_a_path(path: str, is_committee: bool, street: str) -> None:
    assert rules.is_committee_path(path) is is_committee
    assert rules.street_of(path) == street


# -- the verifier -------------------------------------------------------------------------
@given(PERSONS, PERSONS, some.integers(1, 4), some.frozensets(some.integers(1, 4)))
def test_no_handler_ever_verifies(
    verifier: frozenset[int], handlers: frozenset[int], unit: int, units: frozenset[int]
) -> None:
    refusal = rules.verifier_refusal(
        verifier_persons=verifier, verifier_unit=unit, handler_persons=handlers, handling_units=units
    )
    assert (refusal is None) == (not verifier & handlers and unit not in units)


@given(PERSONS, PERSONS)
def test_the_reporter_verifies_only_where_nobody_of_the_committee_is_left(
    committee: frozenset[int], handlers: frozenset[int]
) -> None:
    assert rules.may_reporter_verify(committee, handlers) == (committee <= handlers)


# -- handing over ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("giver", "unit", "covers", "affair_class", "allowed"),
    [
        (Function.COMMITTEE, "property", True, "minor", True),
        (Function.COMMITTEE, "committee", True, "major", True),
        (Function.COMMITTEE, "department", True, "major", False),
        (Function.STREET, "department", True, "major", True),
        (Function.STREET, "department", False, "major", False),
        (Function.STREET, "department", True, "private", False),
        (Function.STREET, "department", True, "", False),
        (Function.STREET, "district", True, "major", False),
        (Function.STREET, "supervisor", True, "major", False),
    ],
)
def test_hand_over(giver: Function, unit: str, covers: bool, affair_class: str, allowed: bool) -> None:
    assert (rules.hand_over_refusal(giver, unit, covers, affair_class) is None) is allowed


@pytest.mark.parametrize(("bounces", "reached"), [(0, False), (1, False), (2, True), (3, True)])
def test_bounce_limit(bounces: int, reached: bool) -> None:
    assert rules.is_bounce_limit_reached(bounces, setting("bounce_limit")) is reached


@given(some.lists(some.sampled_from(["sent", "signed", "handled", "waived", "returned", "moved"])))
def test_the_lead_reports_only_when_all_others_answered_or_were_waived(states: list[str]) -> None:
    refusal = rules.handled_refusal((f"单位{number}", state) for number, state in enumerate(states))
    assert (refusal is None) == (not {"sent", "signed"} & set(states))


@pytest.mark.parametrize(
    ("new_due_on", "refused"),
    [("2026-03-10", True), ("2026-03-12", True), ("2026-03-13", False), ("2027-06-01", True)],
)
def test_an_extension_is_later_than_the_limit(new_due_on: str, refused: bool) -> None:
    due = datetime(2026, 3, 12, 17, 30, tzinfo=BEIJING)
    found = rules.extension_refusals(date.fromisoformat(new_due_on), due, date(2026, 3, 10))
    assert bool(found) is refused


@pytest.mark.parametrize(
    ("reason", "until", "wrong"),
    [
        ("hearing", "2026-03-20", set()),
        ("busy", "2026-03-20", {"lawful_reason"}),
        ("hearing", "2026-03-10", {"until_on"}),
        ("", "2030-01-01", {"lawful_reason", "until_on"}),
    ],
)
def test_a_pause_needs_a_lawful_reason_and_an_end(reason: str, until: str, wrong: set[str]) -> None:
    assert set(rules.pause_refusals(reason, date.fromisoformat(until), date(2026, 3, 10))) == wrong


# -- rates -------------------------------------------------------------------------------------
ANSWERS = some.lists(some.tuples(some.booleans(), some.booleans(), some.booleans()), max_size=40)


@given(ANSWERS, some.tuples(*[some.integers(0, 100)] * 3))
def test_rates_are_shares_of_the_same_answers(
    answers: list[tuple[bool, bool, bool]], weights: tuple[int, int, int]
) -> None:
    rates = rules.three_rates(answers, weights, {"导入": 2, "未评价": 0})
    for rate in (rates.contacted, rates.solved, rates.satisfied):
        assert 0 <= rate.part <= rate.whole == len(answers)
        assert (rate.percent is None) == (not answers)
    assert rates.weighted is None or 0 <= rates.weighted <= 100
    assert rates.left_out == (("导入", 2),)


def test_rates_by_hand() -> None:
    answers = [(True, True, True), (True, True, False), (True, False, False), (False, False, False)]
    rates = rules.three_rates(answers, (20, 40, 40), {})
    assert [r.percent for r in (rates.contacted, rates.solved, rates.satisfied)] == [75.0, 50.0, 25.0]
    assert rates.weighted == 45.0


def test_a_share_is_no_more_than_its_whole() -> None:
    with pytest.raises(ValueError, match="no share"):
        rules.Rate(3, 2)


@given(some.frozensets(some.text(min_size=2, max_size=2)), some.frozensets(some.text(min_size=2, max_size=2)))
def test_likeness_is_mutual_and_between_nothing_and_all(left: frozenset[str], right: frozenset[str]) -> None:
    assert 0 <= rules.likeness(left, right) == rules.likeness(right, left) <= 1


# -- words -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kind", "numbers"),
    [
        ("楼道里着火了", "fire", ("119",)),
        ("闻到很重的煤 气 味", "fire", ("119",)),
        ("有人晕倒在门口", "injury", ("120",)),
        ("电梯困人了", "trapped", ("119",)),
        ("隔壁持刀打人", "violence", ("110", "120")),
        ("楼上打孩子，流血不止", "child", ("110", "120")),
        ("路灯不亮", None, ()),
        ("灭火器过期了", None, ()),
        ("消防演练吵得睡不着", None, ()),
    ],
)
def test_emergency_words(text: str, kind: str | None, numbers: tuple[str, ...]) -> None:
    found = emergency_in(text)
    assert (found.kind if found else None) == kind
    assert (found.numbers if found else ()) == numbers


@pytest.mark.parametrize(
    ("text", "is_sensitive", "is_complaint"),
    [
        ("隔壁家暴", True, False),
        ("想申请低保", True, False),
        ("他有精神病", True, False),
        ("举报居委主任", True, True),
        ("路灯不亮", False, False),
    ],
)
def test_sensitive_words(text: str, is_sensitive: bool, is_complaint: bool) -> None:
    found = sensitivity_of(text)
    assert (bool(found), found.is_complaint) == (is_sensitive, is_complaint)


def test_a_word_inside_a_longer_word_counts_once() -> None:
    ranked = words_matched("楼道灯坏了", {"property": ["楼道灯", "楼道", "灯"], "facility": ["路灯", "灯"]})
    assert ranked == [("property", ["楼道灯"]), ("facility", ["灯"])]


@given(some.text(max_size=200))
def test_words_never_fail(text: str) -> None:
    emergency_in(text)
    sensitivity_of(text)
    words_matched(text, {"a": ["灯"]})


# -- clocks -----------------------------------------------------------------------------------------
def test_every_stage_has_a_clock_with_its_source() -> None:
    for clock in clocks().clocks.values():
        assert clock.limit.source
        assert clock.limit.amount >= 1
        assert clock.is_suggestion == clock.limit.source.endswith("（建议值）")


@pytest.mark.parametrize(
    ("affair_class", "category", "amount", "unit"),
    [
        ("", "", 5, "workday"),
        ("minor", "", 5, "workday"),
        ("major", "supply", 24, "hour"),
        ("major", "civic", 1, "workday"),
        ("major", "no_such", 5, "workday"),
    ],
)
def test_the_most_specific_clock_wins(affair_class: str, category: str, amount: int, unit: str) -> None:
    limit = clocks().clock("handle", affair_class=affair_class, category=category).limit
    assert (limit.amount, limit.unit) == (amount, unit)


ROW = {"stage": "accept", "amount": 1, "unit": "workday", "start": "上报时", "source": "x", "mark": "✔"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({**ROW, "stage": "nap"}, "unknown stage"),
        ({**ROW, "unit": "fortnight"}, "fortnight"),
        ({**ROW, "amount": 0}, "at least one"),
        ({**ROW, "amount": None}, "accept"),
        ({**ROW, "mark": "?"}, "mark"),
        ({**ROW, "source": ""}, "source"),
        ({**ROW, "class": "huge"}, "unknown class"),
        ("accept", "not a mapping"),
        (ROW, "stands twice"),
    ],
)
def test_a_bad_row_is_named(row: object, says: str) -> None:
    content = {**yaml_read("clocks.yaml"), "clocks": [ROW, row]}
    with pytest.raises(BadClocks, match=says):
        clock_table(content)


def test_a_missing_stage_and_a_missing_setting_are_named() -> None:
    content = yaml_read("clocks.yaml")
    with pytest.raises(BadClocks, match="no clock for all of"):
        clock_table({**content, "clocks": [ROW]})
    with pytest.raises(BadClocks, match="bounce_limit"):
        clock_table({**content, "settings": {}})


def test_every_stage_with_a_limit_has_a_name() -> None:
    assert set(STAGE_WORDS) >= STAGES
