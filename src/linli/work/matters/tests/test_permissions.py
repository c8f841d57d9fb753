"""Role × act: who may, who sees but may not (403), and from whom it is hidden (404)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linli.core.actor import system
from linli.core.errors import NotAllowed, NotFound, NotSignedIn
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.models import Matter
from linli.work.matters.permissions import can_reveal_reporter, can_see_reporter
from linli.work.matters.workflow import State

from .acts import ACTS, READY
from .conftest import Gallery
from .life import Life, category, place_of
from .test_workflow import LIFE, ROWS

ROLES = [*LIFE["always_see"], *LIFE["see_once_handed_over"], *LIFE["never_see"]]
ACTS_BY_ROLE = [(row, role) for row in ROWS for role in ROLES]


def _sees(role: str, state: str) -> bool:
    handed_over = role in LIFE["see_once_handed_over"] and state in LIFE["handed_over"]
    return role in LIFE["always_see"] or handed_over


@pytest.mark.parametrize("state", State.values)
def test_who_sees_a_matter_in_list_and_detail(gallery: Gallery, state: str) -> None:
    matter = gallery.matters[state]
    for role in ROLES:
        actor = gallery.life.who(role)
        in_list = selectors.matter_list(actor).filter(pk=matter.pk).exists()
        assert in_list is _sees(role, state), role
        if in_list:
            assert selectors.matter_get(actor, matter.public_id).pk == matter.pk
        else:
            with pytest.raises(NotFound):
                selectors.matter_get(actor, matter.public_id)


@pytest.mark.parametrize(("row", "role"), ACTS_BY_ROLE, ids=lambda v: v["move"] if isinstance(v, dict) else v)
def test_who_may_do_what(
    gallery: Gallery, row: dict[str, Any], role: str, unchanged: Callable[[], None]
) -> None:
    state, move, life = row["from"][0], row["move"], gallery.life
    if move in ("waive", "answer"):
        state = "handling"
    matter = gallery.get(state)
    READY.get(move, lambda life, m: None)(life, matter)
    actor = life.who(role)
    if role in row["who"]:
        ACTS[move](life, actor, matter)
        return
    seen = selectors.matter_list(actor).filter(pk=matter.pk).exists()
    unchanged()
    with pytest.raises((NotAllowed, NotSignedIn) if seen else NotFound):
        ACTS[move](life, actor, matter)
    unchanged()


@pytest.mark.parametrize("state", State.values)
def test_a_button_stands_exactly_where_its_service_would_be_allowed(gallery: Gallery, state: str) -> None:
    codes = {"pass": "verify", "fail": "verify", "extend": "decide_extension", "pause": "decide_pause",
             "grant_reopen": "decide_reopen", "refuse_reopen": "decide_reopen",
             "finish_discussion_task": "finish_discussion",
             "split_reported": "split", "split_accepted": "split"}  # fmt: skip
    matter = gallery.get(state)
    for role in LIFE["always_see"] + LIFE["see_once_handed_over"]:
        offered = {action.code for action in selectors.actions_for(gallery.life.who(role), matter)}
        for row in ROWS:
            if row["move"] in READY or row["who"] == ["system"]:
                continue  # needs more than the state; told apart in test_offers
            expected = state in row["from"] and role in row["who"]
            is_offered = codes.get(row["move"], row["move"]) in offered
            if row["move"] == "supervise" and state in ("closed", "declined", "withdrawn", "merged"):
                continue  # lawful, but not offered for what has ended
            assert is_offered is expected, (role, row["move"])


def test_the_machine_may_not_act_for_people(gallery: Gallery) -> None:
    with pytest.raises(NotAllowed):
        do.matter_accept(actor=system("x"), matter_id=gallery.matters["reported"].pk, version=None)


def test_areas_and_not_functions_decide(gallery: Gallery) -> None:
    """A worker whose role covers no place sees and does nothing; a wider role does."""
    nowhere = replace(gallery.life.who("worker"), areas=())
    with pytest.raises(NotFound):
        ACTS["accept"](gallery.life, nowhere, gallery.get("reported"))


# -- which fields -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "may_see"),
    [("resident", True), ("worker", True), ("street", True), ("district", False), ("department", False)],
)
def test_who_knows_who_reported(gallery: Gallery, role: str, may_see: bool) -> None:
    assert can_see_reporter(gallery.life.who(role), gallery.get("handled")) is may_see


def test_whoever_is_complained_about_never_sees_who_complained(life: Life) -> None:
    matter = life.report(text="投诉居委会主任办事态度差", about_unit=life.cast.units["committee_a"])
    assert not can_see_reporter(life.who("worker"), matter)
    assert not can_reveal_reporter(life.who("worker"), matter)
    with pytest.raises(NotAllowed):
        do.reporter_reveal(actor=life.who("worker"), matter_id=matter.pk, purpose="回访")
    assert can_see_reporter(life.who("street"), matter)


def test_a_complained_about_unit_that_took_the_report_itself_stays_shut_out(life: Life) -> None:
    matter = do.matter_report(
        actor=life.who("worker"),
        text="居委会乱收费",
        place=place_of(life.cast),
        channel="door",
        on_behalf=True,
        reporter_phone="13800138000",
        about_unit=life.cast.units["committee_a"],
    )
    assert not can_see_reporter(life.who("worker2"), matter)


def test_a_unit_learns_the_contact_only_by_a_recorded_look(life: Life) -> None:
    from linli.foundation.audit.models import AuditRecord

    matter = life.to_handling()
    with pytest.raises(NotAllowed):  # not signed yet
        do.reporter_reveal(actor=life.who("department"), matter_id=matter.pk, purpose="约时间上门")
    life.sign(matter)
    shown = do.reporter_reveal(actor=life.who("department"), matter_id=matter.pk, purpose="约时间上门")
    assert shown["phone"] == "13900000001"
    look = AuditRecord.objects.filter(verb="matter.reveal").get()
    assert look.purpose == "约时间上门"
    assert look.looked_at == ["reporter_name", "reporter_phone"]


def test_a_unit_never_learns_who_reported_something_sensitive(life: Life) -> None:
    matter = life.sign(life.hand_over(life.accept(life.report(text="隔壁孩子被打，天天哭"))))
    assert matter.hides_reporter
    with pytest.raises(NotAllowed):
        do.reporter_reveal(actor=life.who("department"), matter_id=matter.pk, purpose="核实")


def test_a_category_hides_the_reporter_too(life: Life) -> None:
    matter = life.report(text="想问问怎么申请", category=category("welfare"))
    assert not can_see_reporter(
        life.who("worker"), Matter.objects.select_related("category").get(pk=matter.pk)
    )


def test_stories_never_name_the_reporter(life: Life) -> None:
    matter = life.to_closed()
    life.rate(matter)
    for role in ("worker", "street", "district", "department"):
        told = str(selectors.story_list(life.who(role), matter))
        assert "王阿姨" not in told
        assert "13900000001" not in told


def test_units_read_only_the_names_of_their_own_people(life: Life) -> None:
    matter = life.to_handled()
    by_unit = {step.verb: step.who for step in selectors.story_list(life.who("department"), matter)}
    assert "赵敏" not in by_unit["accept"]
    assert "沈浩" in by_unit["sign"]


def test_a_former_unit_keeps_reading_rights_only(life: Life) -> None:
    matter = life.to_signed()
    former = life.lead(matter)
    do.matter_rehand(
        actor=life.who("street"), **life.on(matter), unit=life.cast.units["fangguan"], reason="房屋"
    )
    seen = selectors.matter_get(life.who("department"), matter.public_id)
    assert selectors.actions_for(life.who("department"), seen) == []
    with pytest.raises(Exception, match="已结束"):
        do.result_report(actor=life.who("department"), assignment_id=former.pk, result="修好了")
