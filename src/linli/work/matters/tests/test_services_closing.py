"""Who verifies, how it closes, rating, opening again, publishing, questions, looking up who reported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from linli.core import clock
from linli.core.errors import Conflict, Expired, InvalidInput, NotAllowed, NotFound, NotSignedIn
from linli.foundation.accounts.services import role_end
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.files.models import StoredFile
from linli.foundation.notices.models import Notice
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.models import Affected, Matter, PublicVersion
from tests.people import SETUP, staff_make

from .life import Life, category, compound_of, days_later, duties, place_of, told

Unchanged = Callable[[], None]


def by_committee(life: Life, handler: str = "worker") -> Matter:
    """Return a matter that the committee handled itself, waiting for verification."""
    matter = life.hand_over(life.to_accepted(), unit="committee_a", by="worker")
    life.sign(matter, by=handler)
    return life.result(matter, by=handler)


# -- verifying ------------------------------------------------------------------------
def test_another_unit_verifies_what_a_unit_handled(life: Life) -> None:
    matter = life.to_handled()
    assert duties(matter) & {("verify", "committee"), ("handle", "department")} == {("verify", "committee")}
    closed = life.verify(matter)
    assert (closed.state, closed.closed_as) == ("closed", "verified")
    assert duties(closed) == set()
    assert all(row.ended_at for row in closed.assignments.all())


def test_the_street_that_handled_it_does_not_verify_it(life: Life, unchanged: Unchanged) -> None:
    matter = life.hand_over(life.to_accepted(), unit="street_unit")
    life.sign(matter, by="street")
    life.result(matter, by="street")
    unchanged()
    with pytest.raises(NotAllowed, match="其他单位"):
        life.verify(matter, by="street2")
    unchanged()
    assert life.verify(matter, by="worker").state == "closed"


def test_within_the_committee_another_person_verifies(life: Life) -> None:
    matter = by_committee(life)
    with pytest.raises(NotAllowed, match="另一人"):
        life.verify(matter, by="worker")
    assert life.verify(matter, by="worker2").state == "closed"


def test_who_signed_does_not_verify_even_if_another_reported_the_result(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), unit="committee_a", by="worker")
    life.sign(matter, by="worker")
    life.result(matter, by="worker2")
    for name in ("worker", "worker2"):
        with pytest.raises(NotAllowed):
            life.verify(matter, by=name)
    assert life.verify(matter, by="street").state == "closed"


def test_neither_another_role_nor_a_deputyship_makes_another_person(life: Life) -> None:
    matter = by_committee(life)
    handler = life.cast.person("worker").pk
    other_role = replace(life.who("street"), person_id=handler)
    deputy_of_the_handler = replace(life.who("worker2"), deputy_for=handler)
    for actor in (other_role, deputy_of_the_handler):
        with pytest.raises(NotAllowed):
            do.matter_verify(actor=actor, **life.on(matter), is_passed=True, finding="好了")


def test_whoever_was_stood_in_for_does_not_verify(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), unit="committee_a", by="worker")
    deputy = replace(life.who("worker2"), deputy_for=life.cast.person("worker").pk)
    do.assignment_sign(actor=deputy, assignment_id=life.lead(matter).pk)
    do.result_report(actor=deputy, assignment_id=life.lead(matter).pk, result="好了")
    with pytest.raises(NotAllowed):
        life.verify(matter, by="worker")


def test_a_second_account_of_the_same_person_is_the_same_person(life: Life) -> None:
    matter = by_committee(life)
    account = staff_make(life.cast, "twin", "赵敏", life.cast.units["street_unit"], "street")
    account.person = life.cast.person("worker")
    twin = replace(life.who("twin"), person_id=life.cast.person("worker").pk)
    with pytest.raises(NotAllowed):
        do.matter_verify(actor=twin, **life.on(matter), is_passed=True, finding="好了")


def test_a_failed_first_round_of_work_still_excludes_its_hands(life: Life) -> None:
    matter = by_committee(life, handler="worker")
    life.verify(matter, by="worker2", is_passed=False, finding="没修好")
    life.result(matter, by="worker2")
    for name in ("worker", "worker2"):
        with pytest.raises(NotAllowed):
            life.verify(matter, by=name)


def test_in_a_committee_of_one_the_reporter_or_the_street_confirms(life: Life) -> None:
    role_end(actor=SETUP, role=life.cast.role("worker2"))
    matter = by_committee(life)
    assert {("verify", "street"), ("confirm_result", "resident")} <= duties(matter)
    with pytest.raises(NotAllowed):
        life.verify(matter, by="worker")
    closed = life.verify(matter, by="resident", finding="灯亮了")
    assert closed.state == "closed"
    assert duties(closed) == set()


def test_the_reporter_does_not_verify_while_the_committee_can(life: Life) -> None:
    with pytest.raises(NotAllowed):
        life.verify(by_committee(life), by="resident")


def test_what_failed_goes_back_with_a_fresh_limit(life: Life) -> None:
    matter = life.to_handled()
    days_later(2)
    life.verify(matter, is_passed=False, finding="还是不亮")
    matter.refresh_from_db()
    lead = life.lead(matter)
    assert (matter.state, lead.state, lead.handled_at) == ("handling", "signed", None)
    assert matter.due_at == lead.due_at > clock.now() + timedelta(days=4)
    assert ("handle", "department") in duties(matter)
    assert told(matter, life.cast.person("department"))[-1] == "verify_fail"


def test_nobody_can_look_so_the_reason_closes_it(life: Life) -> None:
    matter = life.to_handled()
    with pytest.raises(InvalidInput):
        life.verify(matter, is_unverifiable=True, finding="")
    closed = life.verify(matter, is_unverifiable=True, finding="声响已停，无法复现")
    assert closed.closed_as == "unverifiable"


def test_a_talk_without_a_unit_cannot_fail_to_nobody(life: Life) -> None:
    matter = do.matter_discussion_finish(
        actor=life.who("worker"), **life.on(life.to_discussing()), resolution="轮流值日"
    )
    with pytest.raises(Conflict, match="没有办理单位"):
        life.verify(matter, by="worker2", is_passed=False, finding="没人值日")


# -- rating -----------------------------------------------------------------------------
def test_a_closed_matter_is_rated_once_by_its_reporter(life: Life) -> None:
    matter = life.to_closed()
    life.rate(matter, was_satisfied=False, comment="慢了点")
    with pytest.raises(Conflict, match="已经评价过"):
        life.rate(matter)
    assert matter.ratings.count() == 1
    with pytest.raises(NotAllowed):
        life.rate(matter, by="worker")


def test_the_next_round_is_rated_anew(life: Life) -> None:
    matter = life.to_closed()
    life.rate(matter)
    do.reopen_ask(actor=life.who("resident"), matter_id=matter.pk, reason="又不亮了")
    do.reopen_decide(
        actor=life.who("street"),
        request_id=life.request(matter).pk,
        is_granted=True,
        decision="重办",
        unit=life.cast.units["chengguan"],
    )
    life.verify(life.result(life.sign(matter)))
    assert life.rate(matter).round == 2


# -- opening again ------------------------------------------------------------------------
def test_reopening_starts_a_new_round(life: Life) -> None:
    matter = life.to_reopening()
    assert ("decide_reopen", "street") in duties(matter)
    again = do.reopen_decide(
        actor=life.who("street"),
        request_id=life.request(matter).pk,
        is_granted=True,
        decision="重办",
        unit=life.cast.units["wuye"],
    )
    assert (again.round, again.state, again.closed_at, again.closed_as) == (2, "handling", None, "")
    assert life.lead(again).round == 2
    # the hands of the first round are free again in the second
    do.assignment_sign(actor=life.who("property"), assignment_id=life.lead(again).pk)
    life.result(again, by="property")
    assert life.verify(again, by="worker").state == "closed"


def test_a_refused_reopening_stays_closed_and_says_why(life: Life) -> None:
    matter = life.to_reopening()
    do.reopen_decide(
        actor=life.who("street"), request_id=life.request(matter).pk, is_granted=False, decision="已复查完好"
    )
    matter.refresh_from_db()
    assert (matter.state, matter.round, matter.due_at) == ("closed", 1, None)
    assert "已复查完好" in Notice.objects.get(kind="matter.reopen_refuse").body


def test_after_the_window_it_is_reported_anew(life: Life) -> None:
    matter = life.to_closed()
    days_later(32)
    with pytest.raises(Expired, match="已过"):
        do.reopen_ask(actor=life.who("resident"), matter_id=matter.pk, reason="又坏了")


def test_a_private_affair_is_sorted_anew_when_it_is_reopened(life: Life) -> None:
    matter = do.guidance_confirm(actor=life.who("resident"), **life.on(life.to_guided()))
    do.reopen_ask(actor=life.who("resident"), matter_id=matter.pk, reason="原来是公共管道")
    said = {"request_id": life.request(matter).pk, "is_granted": True, "decision": "公共管道"}
    with pytest.raises(InvalidInput, match="大事或小事"):
        do.reopen_decide(actor=life.who("street"), **said, unit=life.cast.units["wuye"])
    with pytest.raises(InvalidInput, match="哪个单位"):
        do.reopen_decide(actor=life.who("street"), **said, affair_class="minor")
    again = do.reopen_decide(
        actor=life.who("street"), **said, unit=life.cast.units["wuye"], affair_class="minor"
    )
    assert (again.affair_class, again.class_confirmed_by_id) == ("minor", None)


def test_somebody_else_affected_may_ask_and_a_stranger_may_not(life: Life) -> None:
    matter = life.to_closed()
    version = do.matter_publish(
        actor=life.who("worker"), matter_id=matter.pk, title="路灯", text="三号楼路灯"
    )
    with pytest.raises(NotFound):
        do.reopen_ask(actor=life.who("neighbour"), matter_id=matter.pk, reason="又不亮")
    do.affected_add(actor=life.who("neighbour"), public_id=version.public_id)
    assert (
        do.reopen_ask(actor=life.who("neighbour"), matter_id=matter.pk, reason="又不亮").state == "reopening"
    )


def test_a_merged_reporter_asks_for_the_one_it_was_merged_into(life: Life) -> None:
    merged = life.to_merged()
    life.verify(life.result(life.sign(life.hand_over(life.accept(merged.merged_into)))))
    reopened = do.reopen_ask(actor=life.who("resident"), matter_id=merged.pk, reason="又不亮")
    assert reopened.pk == merged.merged_into_id


# -- questions and notes -----------------------------------------------------------------------
def test_a_question_is_on_the_reporters_list_until_it_is_answered(life: Life) -> None:
    matter = life.to_accepted()
    question = do.question_ask(actor=life.who("worker"), matter_id=matter.pk, text="是哪一盏灯？")
    assert ("answer_question", "resident") in duties(matter)
    assert told(matter, life.cast.person("resident"))[-1] == "question_ask"
    do.question_answer(actor=life.who("resident"), question_id=question.pk, answer="门口左边")
    assert ("answer_question", "resident") not in duties(matter)
    assert told(matter, life.cast.person("worker"))[-1] == "question_answer"
    with pytest.raises(Conflict, match="已经答复"):
        do.question_answer(actor=life.who("resident"), question_id=question.pk, answer="右边")


def test_the_duty_stays_while_another_question_is_open(life: Life) -> None:
    matter = life.to_accepted()
    first = do.question_ask(actor=life.who("worker"), matter_id=matter.pk, text="哪一盏？")
    do.question_ask(actor=life.who("worker"), matter_id=matter.pk, text="几点不亮？")
    do.question_answer(actor=life.who("resident"), question_id=first.pk, answer="左边")
    assert ("answer_question", "resident") in duties(matter)


def test_nobody_unknown_is_asked(life: Life) -> None:
    matter = do.matter_report(
        actor=life.who("worker"), text="路灯不亮", place=place_of(life.cast), on_behalf=True, channel="door"
    )
    with pytest.raises(Conflict, match="收不到"):
        do.question_ask(actor=life.who("worker"), matter_id=matter.pk, text="哪一盏？")


def test_a_question_goes_to_the_reporter_and_not_to_those_merged(life: Life) -> None:
    merged = life.to_merged()
    life.accept(merged.merged_into)
    do.question_ask(actor=life.who("worker"), matter_id=merged.merged_into_id, text="哪一盏？")
    assert "question_ask" in told(merged.merged_into, life.cast.person("neighbour"))
    assert "question_ask" not in told(merged, life.cast.person("resident"))


def test_another_residents_question_is_not_found(life: Life) -> None:
    question = do.question_ask(actor=life.who("worker"), matter_id=life.to_accepted().pk, text="哪一盏？")
    with pytest.raises(NotFound):
        do.question_answer(actor=life.who("neighbour"), question_id=question.pk, answer="我猜左边")


def test_notes_stay_at_the_desk(life: Life) -> None:
    matter = life.to_signed()
    do.note_add(actor=life.who("department"), matter_id=matter.pk, note="已联系供电公司")
    resident = selectors.journey(matter, life.who("resident"))
    assert not [step for step in resident if "供电" in step.text]
    assert [s for s in selectors.story_list(life.who("worker"), matter) if s.note == "已联系供电公司"]
    with pytest.raises(NotAllowed):
        do.note_add(actor=life.who("resident"), matter_id=matter.pk, note="x")


# -- what the public sees --------------------------------------------------------------------------
def test_nothing_is_public_until_a_worker_publishes_their_own_words(life: Life) -> None:
    matter = life.to_closed()
    assert not PublicVersion.objects.exists()
    version = do.matter_publish(
        actor=life.who("worker"), matter_id=matter.pk, title="路灯修复", text="已更换灯泡"
    )
    assert (version.title, version.text) == ("路灯修复", "已更换灯泡")
    assert list(selectors.public_list()) == [version]
    do.matter_unpublish(actor=life.who("worker"), matter_id=matter.pk, reason="内容有误")
    assert not selectors.public_list()
    with pytest.raises(Conflict):
        do.matter_unpublish(actor=life.who("worker"), matter_id=matter.pk, reason="再来")


def test_the_public_place_is_the_compounds(life: Life) -> None:
    matter = life.to_closed()
    compound = compound_of(life)
    Matter.objects.filter(pk=matter.pk).update(compound=compound, lng=121.4567, lat=31.2345)
    version = do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, title="路灯", text="已修")
    assert (version.place_name, version.lng, version.lat) == ("桂花苑", compound.lng, compound.lat)


@pytest.mark.parametrize(
    "text",
    ["隔壁家暴", "孩子被打", "低保怎么申请", "邻居精神病发作", "举报居委主任收受红包", "楼下着火了"],
)
def test_what_the_law_protects_can_never_be_published(life: Life, unchanged: Unchanged, text: str) -> None:
    matter = life.report(text=text)
    unchanged()
    with pytest.raises(NotAllowed, match="不得公开"):
        do.matter_publish(actor=life.who("street"), matter_id=matter.pk, title="x", text="x")
    unchanged()


def test_neither_by_category_nor_by_hand_nor_marked_by_the_reporter(life: Life) -> None:
    by_category = life.report(category=category("welfare"))
    by_reporter = life.report(is_complaint=True)
    by_hand = life.to_closed()
    version = do.matter_publish(actor=life.who("worker"), matter_id=by_hand.pk, title="x", text="x")
    do.matter_protect(actor=life.who("worker"), matter_id=by_hand.pk, reason="涉及隐私")
    version.refresh_from_db()
    assert version.withdrawn_at is not None
    for matter in (by_category, by_reporter, by_hand):
        with pytest.raises(NotAllowed, match="不得公开"):
            do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, title="x", text="x")


def test_what_becomes_protected_later_is_taken_down(life: Life) -> None:
    complaint, category_known, reported = life.to_accepted(), life.to_accepted(), life.to_accepted()
    versions = [
        do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, title="x", text="x")
        for matter in (complaint, category_known, reported)
    ]
    sorted_as = {"affair_class": "major", "reason": "重新研判"}
    do.matter_sort(actor=life.who("worker"), **life.on(complaint), **sorted_as, is_complaint=True)
    do.matter_sort(
        actor=life.who("worker"), **life.on(category_known), **sorted_as, category=category("protection")
    )
    do.mandatory_report(actor=life.who("worker"), **life.on(reported), authority="派出所", note="已报告")
    assert not selectors.public_list().filter(pk__in=[version.pk for version in versions]).exists()


def test_only_the_matters_own_photos_are_published(life: Life) -> None:
    matter = life.to_closed()
    stranger = StoredFile.objects.create(
        uploaded_by="x", uploaded_at=clock.now(), name="b.jpg", size=1, sha256="0", path="b", state="ready"
    )
    with pytest.raises(InvalidInput, match="不是这件事的照片"):
        do.matter_publish(
            actor=life.who("worker"), matter_id=matter.pk, title="x", text="x", photos=[stranger]
        )


def test_me_too_counts_once_a_person_and_on_public_versions_only(life: Life) -> None:
    matter = life.to_closed()
    with pytest.raises(NotFound):
        do.affected_add(actor=life.who("neighbour"), public_id=matter.public_id)
    version = do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, title="x", text="x")
    for _ in range(2):
        do.affected_add(actor=life.who("neighbour"), public_id=version.public_id)
    assert Affected.objects.count() == 1
    with pytest.raises(NotSignedIn):
        do.affected_add(actor=life.who("visitor"), public_id=version.public_id)
    do.affected_remove(actor=life.who("neighbour"), public_id=version.public_id)
    assert not Affected.objects.exists()
    do.matter_unpublish(actor=life.who("worker"), matter_id=matter.pk, reason="有误")
    with pytest.raises(NotFound):
        do.affected_add(actor=life.who("neighbour"), public_id=version.public_id)


def test_an_unknown_public_id_is_not_found(life: Life) -> None:
    with pytest.raises(NotFound):
        do.affected_add(actor=life.who("neighbour"), public_id=uuid4())


# -- who reported ----------------------------------------------------------------------------------------
def test_a_look_at_the_reporter_needs_a_purpose(life: Life) -> None:
    with pytest.raises(InvalidInput):
        do.reporter_reveal(actor=life.who("worker"), matter_id=life.to_accepted().pk, purpose=" ")
    assert not AuditRecord.objects.filter(verb="matter.reveal").exists()


# -- the journey never runs backwards ---------------------------------------------------------------------
def test_every_journey_runs_forward_in_time(life: Life) -> None:
    matter = life.to_reported()
    for act in (life.accept, life.sort, life.hand_over, life.sign, life.result, life.verify):
        days_later(0, hours=1)
        act(matter)
    steps = selectors.journey(matter, life.who("resident"))
    assert [step.verb for step in steps][:2] == ["verify_pass", "result"]
    assert [step.at for step in steps] == sorted((step.at for step in steps), reverse=True)
    assert all(step.title for step in steps)


def test_every_state_leaves_only_duties_that_somebody_can_still_do(life: Life) -> None:
    for state in ("closed", "declined", "withdrawn", "merged"):
        matter = life.to(state)
        assert not Duty.objects.filter(
            subject_id=str(matter.public_id), state__in=("open", "paused")
        ).exists(), state
