"""Emergencies, and reports that wait for their phone code."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core import clock
from linli.core.actor import visitor
from linli.core.errors import (
    Expired,
    InvalidInput,
    NotFound,
    NotSignedIn,
)
from linli.foundation.duties.models import Duty
from linli.foundation.places.selectors import Place
from linli.work.matters import services as do
from linli.work.matters import tasks
from linli.work.matters.models import ReportDraft

from .life import TEXT, Life, days_later, duties, place_of, told

Unchanged = Callable[[], None]


# -- emergencies ---------------------------------------------------------------------------
def test_an_emergency_is_on_both_lists_at_once_and_never_public(life: Life) -> None:
    matter = do.emergency_report(
        actor=visitor("a" * 32), text="楼下着火了，有人晕倒", place=place_of(life.cast), request_key="e1"
    )
    assert matter.is_emergency
    assert matter.is_never_public
    assert matter.reporter_id is None
    assert duties(matter) == {("accept", "committee"), ("emergency", "committee"), ("emergency", "street")}
    emergencies = Duty.objects.filter(subject_id=str(matter.public_id), action="emergency")
    assert all(duty.due_at - clock.now() <= timedelta(minutes=1) for duty in emergencies)
    for name in ("worker", "worker2", "street", "street2"):
        assert told(matter, life.cast.person(name)) == ["emergency"]


def test_an_emergency_of_the_street_reaches_the_committee_once_it_is_known(life: Life) -> None:
    matter = life.report(text="着火了", place=Place(life.cast.places["street_place"], "street"))
    assert duties(matter) == {("accept", "street"), ("emergency", "street")}
    do.matter_place_set(actor=life.who("street"), **life.on(matter), place=place_of(life.cast))
    assert ("emergency", "committee") in duties(matter)
    assert told(matter, life.cast.person("worker")) == ["emergency"]


def test_words_make_an_emergency_and_a_person_may_say_so_too(life: Life) -> None:
    assert life.report(text="有人持刀").is_emergency
    assert life.report(text="快来", is_emergency=True).is_emergency
    assert not life.report(text="有人持刀（演习）", is_emergency=False).is_emergency


def test_a_visitor_reports_nothing_but_an_emergency(life: Life, unchanged: Unchanged) -> None:
    unchanged()
    with pytest.raises(NotSignedIn):
        do.matter_report(actor=visitor("a" * 32), text=TEXT, place=place_of(life.cast))
    unchanged()


def test_the_mandatory_report_takes_the_emergency_off_both_lists(life: Life) -> None:
    matter = life.report(text="孩子被打，一直哭")
    do.mandatory_report(
        actor=life.who("worker"), **life.on(matter), authority="派出所", note="10:05 电话报告"
    )
    assert duties(matter) == {("accept", "committee")}
    assert "mandatory_report" not in told(matter, life.cast.person("resident"))


# -- drafts -------------------------------------------------------------------------------------
def _draft(life: Life, actor: Any, **more: Any) -> ReportDraft:
    content = {"text": TEXT, "address": "三号楼", "place": "committee:990101001001", **more}
    return do.draft_save(actor=actor, content=content)


def test_a_draft_becomes_the_report_of_who_signs_in(life: Life) -> None:
    draft = _draft(life, visitor("a" * 32))
    assert TEXT not in _stored(draft)
    matter = do.draft_submit(
        actor=life.who("resident"), draft_id=draft.pk, owner_keys=[visitor("a" * 32).key]
    )
    assert (matter.text, matter.reporter_id) == (TEXT, life.cast.person("resident").pk)
    again = do.draft_submit(actor=life.who("resident"), draft_id=draft.pk, owner_keys=[visitor("a" * 32).key])
    assert again.pk == matter.pk


def _stored(draft: ReportDraft) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM matters_reportdraft WHERE id = %s", [draft.pk])
        return str(cursor.fetchone()[0])


def test_another_browsers_draft_is_not_found(life: Life) -> None:
    draft = _draft(life, visitor("a" * 32))
    with pytest.raises(NotFound):
        do.draft_submit(actor=life.who("neighbour"), draft_id=draft.pk, owner_keys=[visitor("b" * 32).key])


def test_a_draft_lives_seven_days(life: Life) -> None:
    draft = _draft(life, life.who("resident"))
    days_later(6)
    assert tasks.forget_drafts() == 0
    days_later(2)
    with pytest.raises(Expired):
        do.draft_submit(actor=life.who("resident"), draft_id=draft.pk)
    assert tasks.forget_drafts() == 1
    assert not ReportDraft.objects.exists()


def test_a_draft_is_saved_anew(life: Life) -> None:
    draft = _draft(life, life.who("resident"))
    do.draft_save(
        actor=life.who("resident"),
        content={"text": "改过了", "place": "committee:990101001001"},
        draft_id=draft.pk,
    )
    assert do.draft_submit(actor=life.who("resident"), draft_id=draft.pk).text == "改过了"


def test_a_draft_holds_only_what_is_known(life: Life) -> None:
    with pytest.raises(InvalidInput, match="不认识"):
        _draft(life, life.who("resident"), is_admin=True)


def test_an_emergency_is_joined_to_its_reporter_by_the_same_browser_only(life: Life) -> None:
    browser = visitor("a" * 32)
    matter = do.emergency_report(actor=browser, text="着火了", place=place_of(life.cast))
    draft = _draft(life, browser, matter=str(matter.public_id))
    with pytest.raises(NotFound):
        do.reporter_attach(actor=life.who("neighbour"), matter_id=matter.pk)
    joined = do.draft_submit(actor=life.who("resident"), draft_id=draft.pk, owner_keys=[browser.key])
    assert (joined.pk, joined.reporter_id) == (matter.pk, life.cast.person("resident").pk)
    with pytest.raises(NotFound):
        do.reporter_attach(actor=life.who("neighbour"), matter_id=matter.pk, owner_keys=[browser.key])
