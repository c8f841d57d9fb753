"""What no rule may ever do (properties), words, dates, bad figures."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.work.deliberation.law import (
    BadTally,
    Cast,
    Choosing,
    DecisionRule,
    Interval,
    Share,
    Tally,
    Weights,
    decide,
    elect,
    periods,
    rule_of,
    rules_in_force,
    second_round_rule,
    votes_count,
)
from linli.work.deliberation.law.dates import meeting_by

ON = date(2026, 11, 26)
# A busy machine is no fault of a property.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
RULES = rules_in_force(ON)
ELECTIONS = [rule for rule in RULES if rule.kind == "election"]
rules = st.sampled_from(RULES)


@st.composite
def electors(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Electors with their area and what they do: nothing, yes, no, abstain, an invalid paper."""
    acts = st.sampled_from(["", "yes", "no", "abstain", "invalid"])
    return draw(st.lists(st.tuples(st.integers(1, 50_000), acts), max_size=40))


def tally_of(roll: list[tuple[int, str]]) -> Tally:
    def summed(*acts: str) -> Weights:
        chosen = [area for area, act in roll if act in acts]
        return Weights(len(chosen), sum(chosen))

    choices = {key: summed(key) for key in ("yes", "no", "abstain")}
    all_of, took = summed("", "yes", "no", "abstain", "invalid"), summed("yes", "no", "abstain", "invalid")
    return Tally.of_ballot(all_of, took, choices, invalid=summed("invalid"))


@CALM
@given(rules, electors())
def test_never_both_passed_and_failed(rule: DecisionRule, roll: list[tuple[int, str]]) -> None:
    """What has passed is valid, and its contrary has not passed on the same papers."""
    verdict = decide(rule, tally_of(roll))
    turned = [(area, {"yes": "no", "no": "yes"}.get(act, act)) for area, act in roll]
    assert verdict.is_valid or not verdict.is_passed
    assert not (verdict.is_passed and decide(rule, tally_of(turned)).is_passed)


@CALM
@given(rules, electors(), st.data())
def test_one_more_yes_never_turns_pass_into_fail(
    rule: DecisionRule, roll: list[tuple[int, str]], data: st.DataObject
) -> None:
    """Whoever said something else, or nothing, and now says yes, cannot undo what has passed."""
    if not decide(rule, tally_of(roll)).is_passed:
        return
    at = data.draw(st.integers(0, len(roll) - 1))
    assert decide(rule, tally_of([*roll[:at], (roll[at][0], "yes"), *roll[at + 1 :]])).is_passed


@CALM
@given(rules, electors(), st.randoms())
def test_the_order_of_electors_never_matters(
    rule: DecisionRule, roll: list[tuple[int, str]], random: object
) -> None:
    mixed = list(roll)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert decide(rule, tally_of(mixed)) == decide(rule, tally_of(roll))


papers = st.lists(
    st.builds(
        Cast,
        st.fixed_dictionaries({"q": st.lists(st.sampled_from(["a", "b", "c", "d", "x"]), max_size=4)}),
        st.integers(0, 1),
        st.integers(0, 50_000),
    ),
    max_size=40,
)


@CALM
@given(papers, st.integers(1, 3), st.randoms())
def test_every_paper_counts_once_in_any_order(cast: list[Cast], most: int, random: object) -> None:
    question = Choosing("q", ("a", "b", "c", "d"), most)
    mixed = list(cast)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    counted = votes_count(cast, question)
    assert votes_count(mixed, question) == counted
    assert counted.participants == Weights(sum(p.heads for p in cast), sum(p.area for p in cast))
    if most == 1:
        assert sum(counted.choices.values(), counted.invalid) == counted.participants


@CALM
@given(papers, st.integers(1, 3), st.sampled_from(ELECTIONS))
def test_no_more_are_elected_than_seats_and_all_over_the_threshold(
    cast: list[Cast], seats: int, rule: DecisionRule
) -> None:
    counted = votes_count(cast, Choosing("q", ("a", "b", "c", "d"), seats))
    tally = Tally.of_ballot(
        counted.participants, counted.participants, counted.choices, invalid=counted.invalid
    )
    for used in (rule, second_round_rule(rule)):
        verdict = elect(used, tally, seats)
        assert len(verdict.elected) <= seats
        assert not set(verdict.elected) & set(verdict.tied)
        if verdict.tied:
            assert len(verdict.elected) + len(verdict.tied) > seats
        for step in verdict.steps:
            assert step.holds or step.choice not in verdict.elected


@CALM
@given(
    st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([">1/2", ">=2/3", ">2/3", ">=3/4", ">=1/3"])
)
def test_the_least_that_is_enough(part: int, whole: int, text: str) -> None:
    share = Share.read(text)
    assert share.holds(part, whole) == (whole > 0 and part >= share.least(whole))


def test_nothing_is_enough_of_nothing() -> None:
    assert not Share(1, 3, strict=False).holds(0, 0)
    assert not Share(1, 3, strict=False).holds(5, 0)


@pytest.mark.parametrize(("num", "den", "strict"), [(0, 1, True), (3, 2, False), (1, 1, True)])
def test_no_law_asks_for_such_a_share(num: int, den: int, strict: bool) -> None:
    with pytest.raises(ValueError, match="no share"):
        Share(num, den, strict)


def test_two_marks_on_a_decision_are_an_invalid_paper_that_took_part() -> None:
    cast = [
        Cast({"q": ["yes", "no"]}, 1, 100),
        Cast({"q": ["yes"]}, 1, 50),
        Cast({}, 1, 7),
        Cast({"q": ["?"]}),
    ]
    counted = votes_count(cast, Choosing("q", ("yes", "no")))
    assert counted.participants == Weights(4, 157)
    assert counted.choices == {"yes": Weights(1, 50), "no": Weights(0, 0), "abstain": Weights(1, 7)}
    assert counted.invalid == Weights(2, 100)


def test_fewer_marks_than_seats_are_valid_more_are_not_and_nobody_counts_twice() -> None:
    question = Choosing("q", ("a", "b", "c"), 2)
    cast = [
        Cast({"q": ["a"]}),
        Cast({"q": ["a", "b"]}),
        Cast({"q": ["a", "b", "c"]}),
        Cast({"q": ["a", "a"]}),
    ]
    counted = votes_count(cast, question)
    assert (counted.choices["a"].heads, counted.choices["b"].heads, counted.invalid.heads) == (2, 1, 2)


def test_steps_say_what_was_compared_in_words_with_the_article() -> None:
    tally = Tally.of_ballot(Weights(90, 900_000), Weights(60, 600_000), {"yes": Weights(31, 300_001)})
    steps = decide(rule_of("owners_general", ON), tally).steps
    assert [step.words for step in steps] == [
        "参加表决6,000.00平方米，全体9,000.00平方米，要求三分之二以上",
        "参加表决60人，全体90人，要求三分之二以上",
        "同意3,000.01平方米，参加表决6,000.00平方米，要求过半数",
        "同意31人，参加表决60人，要求过半数",
    ]
    assert {step.article for step in steps} == {"民法典第278条第2款"}
    assert all(step.holds for step in steps)


@pytest.mark.parametrize(
    "tally",
    [
        Tally.of_ballot(Weights(10), Weights(11), {}),
        Tally.of_ballot(Weights(10), Weights(5), {"yes": Weights(3), "no": Weights(3)}),
        Tally.of_ballot(Weights(10), Weights(5), {"yes": Weights(3)}, invalid=Weights(3)),
        Tally.of_ballot(Weights(10, 100), Weights(5, 50), {"yes": Weights(3, 51)}),
        Tally.of_ballot(Weights(10), Weights(-1), {}),
        Tally.of_meeting(10, 11, {}),
        Tally.of_meeting(10, 9, {}, households=3, households_present=4),
    ],
)
def test_figures_that_cannot_be_are_refused(tally: Tally) -> None:
    with pytest.raises(BadTally):
        decide(rule_of("residents_meeting", ON), tally)


def test_a_candidate_cannot_have_more_votes_than_papers() -> None:
    with pytest.raises(BadTally):
        elect(ELECTIONS[0], Tally.of_ballot(Weights(10), Weights(5), {"a": Weights(6)}), 1)


def test_unanimity_and_a_no_cannot_stand_together() -> None:
    rule = rule_of("owners_home_to_business", ON)
    verdict = decide(rule, Tally.of_ballot(Weights(3), Weights(3), {"yes": Weights(2), "no": Weights(1)}))
    assert verdict.is_valid and not verdict.is_passed


def test_lawful_days_of_an_election() -> None:
    rule = rule_of("committee_election_voters", ON)
    found = periods(rule, voting_on=date(2026, 12, 20))
    assert found == {
        "voting_on": date(2026, 12, 20),
        "roll_by": date(2026, 11, 30),
        "objections_until": date(2026, 12, 5),
        "rulings_until": date(2026, 12, 8),
        "published_until": date(2027, 1, 4),
        "handover_by": date(2026, 12, 30),
    }
    earlier = periods(rule, voting_on=date(2026, 12, 20), listed_on=date(2026, 11, 25))
    assert earlier["objections_until"] == date(2026, 11, 30)


class Weekends:
    """Saturday and Sunday are off."""

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5

    def covers(self, year: int) -> bool:
        return True


def test_what_ends_on_a_day_off_ends_on_the_next_working_day_but_nothing_moves_backwards() -> None:
    rule = replace(rule_of("committee_election_voters", ON), notice_days=14)
    found = periods(rule, voting_on=date(2026, 12, 20), calendar=Weekends())
    assert found["notice_by"] == date(2026, 12, 6)  # a Sunday
    assert found["objections_until"] == date(2026, 12, 7)  # 5 December is a Saturday
    assert found["rulings_until"] == date(2026, 12, 10)


def test_what_the_law_does_not_ask_for_has_no_day() -> None:
    found = periods(rule_of("village_representatives", ON), voting_on=date(2026, 12, 20))
    assert set(found) == {"voting_on", "published_until"}


HALF, QUARTER, TWO_MONTHS = (
    Interval(n, calendar, "第1条") for n, calendar in ((6, True), (3, True), (2, False))
)


@pytest.mark.parametrize(
    ("interval", "last", "due"),
    [
        (HALF, None, date(2026, 6, 30)),
        (HALF, date(2026, 1, 2), date(2026, 12, 31)),
        (HALF, date(2026, 7, 1), date(2027, 6, 30)),
        (HALF, date(2025, 12, 31), date(2026, 6, 30)),
        (QUARTER, date(2026, 3, 31), date(2026, 6, 30)),
        (QUARTER, date(2026, 4, 1), date(2026, 9, 30)),
        (TWO_MONTHS, None, date(2026, 3, 1)),
        (TWO_MONTHS, date(2026, 12, 31), date(2027, 2, 28)),
    ],
)
def test_by_when_the_next_meeting_must_be_held(interval: Interval, last: date | None, due: date) -> None:
    assert meeting_by(interval, last, since=date(2026, 1, 1)) == due
