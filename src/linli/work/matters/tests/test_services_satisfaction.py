"""What residents say of closed matters: links used once, calls by somebody else, and figures of both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.errors import Conflict, Expired, InvalidInput, NotAllowed, NotFound, Refusal
from linli.foundation.audit.models import AuditRecord
from linli.foundation.notices.models import Notice
from linli.work.matters import services as do
from linli.work.matters.models import Matter, Rating, RevisitCall
from linli.work.matters.satisfaction.rules import Said, reasons_for, said_refusals
from linli.work.matters.satisfaction.selectors import answer_figures, link_get, revisit_matters
from linli.work.matters.satisfaction.services import answer_by_link, revisit_record

from .life import Life, days_later, duties, place_of, told

pytestmark = [pytest.mark.django_db]
Unchanged = Callable[[], None]
HAPPY = {"was_contacted": True, "was_solved": True, "was_satisfied": True}
SAD = {"was_contacted": True, "was_solved": False, "was_satisfied": False}


def token_of(person: Any) -> str:
    """Return what the last link that was sent to a person opens with."""
    return Notice.objects.filter(person=person, kind="matter.rate_ask").latest("id").url.split("/")[2]


def answer(life: Life, token: str, **said: Any) -> Matter:
    return answer_by_link(actor=life.who("visitor"), token=token, **{**HAPPY, **said})


def call(life: Life, matter: Matter, by: str = "worker", **said: Any) -> Matter:
    given = {"outcome": "reached", **HAPPY, **said}
    return revisit_record(actor=life.who(by), matter_id=matter.pk, **given)


def waiting(life: Life, by: str = "worker") -> list[Matter]:
    return list(revisit_matters(life.who(by)))


# -- links ----------------------------------------------------------------------
def test_whoever_holds_the_link_answers_once_without_signing_in(life: Life) -> None:
    matter = life.to_closed()
    token = token_of(life.cast.person("resident"))
    answer(life, token, comment="很快")
    rating = matter.ratings.get()
    assert (rating.way, rating.rated_by, rating.comment) == ("link", life.cast.person("resident"), "很快")
    assert token not in repr([row.changes for row in AuditRecord.objects.all()])
    with pytest.raises(Expired, match="已经评价过"):
        answer(life, token)
    with pytest.raises(Expired, match="已经评价过"):
        link_get(token)


def test_the_link_stands_in_the_short_message_and_other_pages_do_not(life: Life) -> None:
    life.to_closed()
    person = life.cast.person("resident")
    asked = Notice.objects.filter(person=person, kind="matter.rate_ask").latest("id")
    assert asked.short_words.endswith(asked.url)
    closed = Notice.objects.filter(person=person, kind="matter.verify_pass").latest("id")
    assert closed.short_words == closed.title


def test_a_late_link_is_over_and_changes_nothing(life: Life, unchanged: Unchanged) -> None:
    life.to_closed()
    token = token_of(life.cast.person("resident"))
    days_later(16)
    unchanged()
    with pytest.raises(Expired, match="过期"):
        answer(life, token)
    unchanged()


def test_a_link_of_a_round_that_is_over_says_so(life: Life) -> None:
    matter = life.to_closed()
    token = token_of(life.cast.person("resident"))
    do.reopen_ask(actor=life.who("resident"), matter_id=matter.pk, reason="又不亮了")
    with pytest.raises(Expired, match="重新办理"):
        answer(life, token)


def test_an_answer_by_signing_in_uses_the_link_up(life: Life) -> None:
    matter = life.to_closed()
    life.rate(matter)
    with pytest.raises(Expired, match="已经评价过"):
        answer(life, token_of(life.cast.person("resident")))


def test_a_guessed_link_is_not_found(life: Life, unchanged: Unchanged) -> None:
    life.to_closed()
    unchanged()
    with pytest.raises(NotFound):
        answer(life, "x" * 22)
    unchanged()


def test_each_merged_reporter_has_a_link_to_their_own(life: Life) -> None:
    matter = life.to_accepted()
    joined = do.matter_report(actor=life.who("neighbour"), text="灯不亮", place=place_of(life.cast))
    do.matter_merge(actor=life.who("worker"), **life.on(joined), target_id=matter.pk)
    life.verify(life.result(life.sign(life.hand_over(matter))))
    answer(life, token_of(life.cast.person("neighbour")), **SAD, reasons=["half_done"])
    assert joined.ratings.get().reasons == ["half_done"]
    assert not matter.ratings.exists()


def test_of_a_protected_matter_the_notice_says_only_the_number(life: Life) -> None:
    matter = life.to_handled()
    do.matter_protect(actor=life.who("street"), matter_id=matter.pk, reason="涉及隐私")
    life.verify(matter)
    asked = Notice.objects.filter(person=life.cast.person("resident"), kind="matter.rate_ask").latest("id")
    assert "办结" not in asked.title + asked.body
    assert matter.title not in asked.title + asked.body


def test_reasons_fit_what_was_answered(life: Life, unchanged: Unchanged) -> None:
    life.to_closed()
    token = token_of(life.cast.person("resident"))
    unchanged()
    for wrong in ({"reasons": ["slow"]}, {**SAD, "reasons": ["no_such"]}, {**SAD, "comment": "长" * 501}):
        with pytest.raises(InvalidInput):
            answer(life, token, **wrong)
    unchanged()


def test_a_reason_of_one_kind_of_matter_is_only_offered_there() -> None:
    said = Said(True, False, False, ("out_again",))
    assert said_refusals(said, reasons_for("facility")) != {}
    assert said_refusals(said, reasons_for("supply")) == {}


# -- unhappy --------------------------------------------------------------------
def test_unhappiness_asks_the_street_to_take_it_up_again(life: Life) -> None:
    matter = life.to_closed()
    answer(life, token_of(life.cast.person("resident")), **SAD, reasons=["came_back"], wants_reopen=True)
    matter.refresh_from_db()
    assert matter.state == "reopening"
    assert duties(matter) == {("decide_reopen", "street")}
    request = life.request(matter)
    assert "好了几天又犯" in request.reason
    do.reopen_decide(
        actor=life.who("street"), request_id=request.pk, is_granted=False, decision="已复查，灯是好的"
    )
    assert told(matter, life.cast.person("resident"))[-1] == "reopen_refuse"


def test_a_happy_answer_never_asks(life: Life) -> None:
    matter = life.to_closed()
    answer(life, token_of(life.cast.person("resident")), wants_reopen=True)
    matter.refresh_from_db()
    assert matter.state == "closed"


def test_asking_again_needs_a_reason(life: Life, unchanged: Unchanged) -> None:
    life.to_closed()
    token = token_of(life.cast.person("resident"))
    unchanged()
    with pytest.raises(InvalidInput, match="选一个原因"):
        answer(life, token, **SAD, wants_reopen=True)
    unchanged()


# -- calls ----------------------------------------------------------------------
def test_the_list_waits_for_the_reporter_and_leaves_out_what_is_answered(life: Life) -> None:
    matter = life.to_closed()
    assert matter not in waiting(life)
    days_later(4)
    assert matter in waiting(life)
    life.rate(matter)
    assert matter not in waiting(life)


def test_somebody_with_a_hand_in_it_neither_sees_nor_makes_the_call(life: Life, unchanged: Unchanged) -> None:
    matter = life.hand_over(life.to_accepted(), unit="committee_a", by="worker")
    life.sign(matter, by="worker")
    life.result(matter, by="worker")
    life.verify(matter, by="worker2")
    days_later(4)
    assert matter in waiting(life, by="worker2")
    assert matter not in waiting(life, by="worker")
    unchanged()
    deputy = replace(life.who("worker2"), deputy_for=life.cast.person("worker").pk)
    for actor in (life.who("worker"), deputy):
        with pytest.raises(NotAllowed, match="经手"):
            revisit_record(actor=actor, matter_id=matter.pk, outcome="reached", **HAPPY)
    unchanged()


@pytest.mark.parametrize("name", ["department", "district", "resident", "worker_b", "grid_worker"])
def test_who_does_not_govern_the_place_makes_no_call(life: Life, name: str, unchanged: Unchanged) -> None:
    matter = life.to_closed()
    unchanged()
    with pytest.raises(Refusal):
        call(life, matter, by=name)
    unchanged()
    assert matter not in waiting(life, by=name)


def test_the_answers_of_a_call_count_as_an_answer(life: Life) -> None:
    matter = life.to_closed()
    call(life, matter, **SAD, reasons=["nobody_came"], wants_reopen=True)
    rating = matter.ratings.get()
    assert (rating.way, rating.asked_by) == ("phone", life.cast.person("worker"))
    assert rating.rated_by == life.cast.person("resident")
    matter.refresh_from_db()
    assert matter.state == "reopening"


def test_a_call_that_fails_is_tried_on_another_day_three_times(life: Life) -> None:
    matter = life.to_closed()
    for tries in range(3):
        days_later(4 if tries == 0 else 1)
        assert matter in waiting(life)
        call(life, matter, outcome="no_answer", **dict.fromkeys(HAPPY))
        assert matter not in waiting(life)
    days_later(1)
    assert matter not in waiting(life)
    assert matter.revisit_calls.count() == 3
    assert not Rating.objects.filter(matter=matter).exists()


def test_who_does_not_want_to_answer_is_left_alone(life: Life) -> None:
    matter = life.to_closed()
    call(life, matter, outcome="refused", **dict.fromkeys(HAPPY))
    with pytest.raises(Conflict, match="不愿回答"):
        call(life, matter)
    days_later(4)
    assert matter not in waiting(life)


def test_a_call_says_all_three_answers_or_none(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_closed()
    unchanged()
    for wrong in ({"was_solved": None}, {"outcome": "maybe"}, {"way": "link"}):
        with pytest.raises(InvalidInput):
            call(life, matter, **wrong)
    unchanged()


def test_what_is_answered_is_not_asked_again(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_closed()
    life.rate(matter)
    unchanged()
    with pytest.raises(Conflict, match="已经评价过"):
        call(life, matter)
    unchanged()


def test_who_reported_a_hidden_matter_is_asked_by_the_street_alone(life: Life) -> None:
    matter = life.to_handled()
    do.matter_protect(actor=life.who("street"), matter_id=matter.pk, reason="涉及隐私")
    life.verify(matter)
    days_later(4)
    assert matter not in waiting(life)
    assert matter in waiting(life, by="street")
    with pytest.raises(NotAllowed):
        call(life, matter)


# -- figures ----------------------------------------------------------------------
def test_figures_say_what_each_is_of(life: Life) -> None:
    before = answer_figures(life.who("street"), "", clock.today(), clock.today()).total
    rated, called, silent, unreached = (life.to_closed() for _ in range(4))
    life.rate(rated)
    call(life, called, **SAD, reasons=["slow", "half_done"])
    call(life, unreached, outcome="no_answer", **dict.fromkeys(HAPPY))
    found = answer_figures(life.who("street"), "", clock.today(), clock.today())
    total = found.total
    assert total.closed - before.closed == 4
    assert total.answered - before.answered == 2
    assert total.solved - before.solved == 1
    assert (total.unreached, total.ways["phone"]) == (1, 1)
    assert dict(total.reasons) == {"slow": 1, "half_done": 1}
    assert total.rate("solved").whole == total.answered
    assert sum(row.closed for row in found.by_category) == total.closed
    assert silent.ratings.count() == 0


def test_figures_of_others_areas_are_empty(life: Life) -> None:
    life.rate(life.to_closed())
    assert answer_figures(life.who("other_street"), "", clock.today(), clock.today()).total.closed == 0


def test_an_answer_of_an_earlier_round_no_longer_counts(life: Life) -> None:
    matter = life.to_closed()
    life.rate(matter, **SAD)
    do.reopen_ask(actor=life.who("resident"), matter_id=matter.pk, reason="又不亮了")
    do.reopen_decide(
        actor=life.who("street"),
        request_id=life.request(matter).pk,
        is_granted=True,
        decision="重办",
        unit=life.cast.units["chengguan"],
    )
    life.verify(life.result(life.sign(matter)))
    found = answer_figures(life.who("street"), "", clock.today(), clock.today()).total
    assert found.reopened == 1
    assert found.satisfied == found.answered


def test_calls_are_kept_with_their_round(life: Life) -> None:
    matter = life.to_closed()
    call(life, matter, outcome="no_answer", **dict.fromkeys(HAPPY))
    row = RevisitCall.objects.get(matter=matter)
    assert (row.round, row.unit) == (1, life.cast.units["committee_a"])
    assert row.at <= clock.now() + timedelta(seconds=1)
