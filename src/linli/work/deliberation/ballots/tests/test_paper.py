"""Sheets: numbered, handed out once, taken back before the close, keyed in by two, accounted for; boxes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.work.deliberation.ballots.models import Ballot, Box, BoxCount, Elector, Keying, Sheet, Vote
from linli.work.deliberation.ballots.services import boxes, casting, counting, paper
from linli.work.deliberation.ballots.tallies import ballot_bundle, reconciliation

from .hall import Hall
from .test_bundle import recount

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def test_a_sheet_becomes_a_vote_when_two_people_read_the_same(hall: Hall) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    assert (sheet.number, len(sheet.code), sheet.state) == (1, 8, "issued")
    back = hall.bring(ballot, sheet)
    hall.key(ballot, sheet, "no")
    assert not Vote.objects.exists()
    assert hall.key(ballot, sheet, "no", by="worker2").is_keyed
    vote = Vote.objects.get()
    assert (vote.choices, vote.channel) == ({"1": ["no"]}, "paper")
    assert (vote.taken_by, vote.witness) == (hall.cast.person("worker"), hall.cast.person("worker2"))
    assert vote.cast_at == back.returned_at


def test_one_person_does_not_key_a_sheet_twice(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    hall.bring(ballot, sheet)
    hall.key(ballot, sheet, "no")
    unchanged()
    with pytest.raises(Conflict, match="另一个人"):
        hall.key(ballot, sheet, "no")
    unchanged()


def test_two_readings_that_differ_are_both_taken_back(hall: Hall) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    hall.bring(ballot, sheet)
    hall.key(ballot, sheet, "no")
    again = hall.key(ballot, sheet, "yes", by="worker2")
    assert not again.is_keyed
    assert "不一致" in again.remark
    assert not Keying.objects.exists()
    assert not Vote.objects.exists()
    hall.key(ballot, sheet, "no")
    assert hall.key(ballot, sheet, "no", by="worker2").is_keyed


def test_a_sheet_with_two_marks_counts_as_taken_part_and_nothing_else(hall: Hall) -> None:
    ballot = hall.opened()
    hall.on_paper(ballot, "102", "yes", "no")
    counted = hall.counted(ballot)
    figures = counted.tally["questions"]["1"]
    assert figures["invalid"] == {"heads": 1, "area": 8_950}
    assert figures["participants"] == {"heads": 1, "area": 8_950}
    assert figures["choices"]["yes"]["heads"] == figures["choices"]["no"]["heads"] == 0


def test_nobody_gets_two_sheets_until_the_first_is_spoiled(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    unchanged()
    with pytest.raises(Conflict, match="已经领过票纸"):
        keys = [hall.owner(ballot, room).public_id for room in ("301", "102")]
        paper.sheets_issue(actor=hall.who("worker"), ballot_id=ballot.public_id, elector_ids=keys)
    unchanged()
    said = {"actor": hall.who("worker"), "ballot_id": ballot.public_id, "code": sheet.code}
    with pytest.raises(InvalidInput):
        paper.sheet_spoil(**said, remark="")
    assert paper.sheet_spoil(**said, remark="写错了").state == "spoiled"
    assert hall.sheet(ballot, "102").number == 2


def test_a_returned_sheet_closes_the_web_and_the_door(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "101")
    hall.bring(ballot, sheet)
    unchanged()
    with pytest.raises(Conflict, match="已经交回纸质票"):
        hall.web(ballot, "101")
    with pytest.raises(Conflict, match="已经交回纸质票"):
        hall.door(ballot, "101")
    unchanged()


def test_paper_replaces_the_web_where_votes_may_be_changed(hall: Hall) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "101")
    hall.web(ballot, "101", "yes")
    hall.bring(ballot, sheet)
    hall.key(ballot, sheet, "no")
    hall.key(ballot, sheet, "no", by="worker2")
    vote = Vote.objects.get()
    assert (vote.channel, vote.choices, vote.changed) == ("paper", {"1": ["no"]}, 1)


def test_paper_beside_a_web_vote_is_refused_where_nothing_may_be_changed(
    hall: Hall, unchanged: Unchanged
) -> None:
    ballot = hall.opened()
    Ballot.objects.filter(pk=ballot.pk).update(may_change=False)
    sheet = hall.sheet(ballot, "101")
    hall.web(ballot, "101", "yes")
    unchanged()
    with pytest.raises(Conflict, match="已经投过票（网上）") as refused:
        hall.bring(ballot, sheet)
    assert "作废" in refused.value.hint
    unchanged()


def test_paper_is_handed_in_before_the_close_and_may_be_keyed_after(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    early, late = hall.sheet(ballot, "102"), hall.sheet(ballot, "301")
    hall.bring(ballot, early)
    time.clock_set(ballot.closes_at)
    unchanged()
    with pytest.raises(MoveNotAllowed, match="已截止"):
        hall.bring(ballot, late)
    unchanged()
    hall.key(ballot, early, "yes")
    assert hall.key(ballot, early, "yes", by="worker2").is_keyed


@pytest.mark.parametrize("typed", ["", "ABCD2345", "不是票码"])
def test_a_code_that_is_on_no_sheet_is_said_beside_the_field(
    hall: Hall, unchanged: Unchanged, typed: str
) -> None:
    ballot = hall.opened()
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        paper.sheet_return(actor=hall.who("worker"), ballot_id=ballot.public_id, code=typed)
    assert set(refused.value.details) == {"code"}
    unchanged()


def test_a_code_is_read_however_it_is_typed(hall: Hall) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    typed = f" {sheet.code[:4].lower()}-{sheet.code[4:].lower()} "
    back = paper.sheet_return(actor=hall.who("grid_worker"), ballot_id=ballot.public_id, code=typed)
    assert back.state == "returned"


def test_nothing_is_counted_while_a_sheet_is_unaccounted_for(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    kept, spoiled, lost = (hall.sheet(ballot, room) for room in ("101", "102", "301"))
    hall.bring(ballot, kept)
    worker = {"actor": hall.who("worker"), "ballot_id": ballot.public_id}
    paper.sheet_spoil(**worker, code=spoiled.code, remark="撕坏了")
    hall.closed(ballot)
    unchanged()
    with pytest.raises(Conflict, match="1张票纸没有交代去向"):
        counting.ballot_count(**worker)
    unchanged()
    paper.sheets_miss(**worker, remark="上门三次没人")
    lost.refresh_from_db()
    assert lost.state == "missing"
    with pytest.raises(Conflict, match="没有录完两遍"):
        counting.ballot_count(**worker)
    hall.key(ballot, kept, "yes")
    hall.key(ballot, kept, "yes", by="worker2")
    assert counting.ballot_count(**worker).tally["sheets"] == {
        "issued": 3,
        "returned": 1,
        "spoiled": 1,
        "missing": 1,
    }
    assert reconciliation(ballot).agrees


def test_a_keyed_sheet_stays(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    sheet = hall.on_paper(ballot, "102", "yes")
    unchanged()
    with pytest.raises(Conflict):
        paper.sheet_spoil(
            actor=hall.who("worker"), ballot_id=ballot.public_id, code=sheet.code, remark="再想想"
        )
    with pytest.raises(Conflict):
        hall.bring(ballot, sheet)
    unchanged()


# -- secret ones ----------------------------------------------------------------
def secret(hall: Hall) -> Ballot:
    more = {"rule_key": "residents_meeting", "way": "secret", "channels": ["web", "paper", "box"]}
    return hall.opened(**more, compound_id=hall.plan.building.compound.public_id, building_ids=())


def elector_of(hall: Hall, ballot: Ballot, name: str) -> Elector:
    return Elector.objects.get(ballot=ballot, resident=hall.people[name])


def stub(hall: Hall, ballot: Ballot, name: str) -> Sheet:
    keys = [elector_of(hall, ballot, name).public_id]
    return paper.sheets_issue(actor=hall.who("worker"), ballot_id=ballot.public_id, elector_ids=keys)[0]


def box_of(hall: Hall, ballot: Ballot, kind: str = "station") -> Box:
    return boxes.box_make(actor=hall.who("worker"), ballot_id=ballot.public_id, kind=kind, place="居委会门口")


def count(hall: Hall, ballot: Ballot, box: Box, by: str, sheets: int, **said: Any) -> Box:
    reason = said.pop("reason", "")
    return boxes.box_count(
        actor=hall.who(by),
        ballot_id=ballot.public_id,
        box_id=box.public_id,
        counts={"sheets": sheets, "1": said},
        difference_reason=reason,
    )


def test_a_secret_sheet_voids_the_web_for_good(hall: Hall) -> None:
    ballot = secret(hall)
    elector = elector_of(hall, ballot, "woman")
    Elector.objects.filter(pk=elector.pk).update(sealed_choice=b"sealed")
    stub(hall, ballot, "woman")
    elector.refresh_from_db()
    assert elector.sealed_choice is None
    assert elector.voided_web_at is not None


def test_a_named_vote_never_enters_a_secret_ballot(hall: Hall, unchanged: Unchanged) -> None:
    ballot = secret(hall)
    unchanged()
    with pytest.raises(Conflict, match="无记名"):
        casting.vote_cast(
            actor=hall.who("resident"),
            ballot_id=ballot.public_id,
            elector_id=elector_of(hall, ballot, "woman").public_id,
            choices={"1": ["yes"]},
        )
    with pytest.raises(Conflict, match="不逐张录入"):
        sheet = stub_in_box(hall, ballot, "woman")
        hall.key(ballot, sheet, "yes")
    assert not Vote.objects.exists()


def stub_in_box(hall: Hall, ballot: Ballot, name: str, box: Box | None = None) -> Sheet:
    sheet = stub(hall, ballot, name)
    return hall.bring(ballot, sheet, box=box or box_of(hall, ballot))


def test_a_secret_sheet_goes_into_a_box_that_is_open(hall: Hall, unchanged: Unchanged) -> None:
    ballot = secret(hall)
    box, sheet = box_of(hall, ballot), stub(hall, ballot, "woman")
    unchanged()
    with pytest.raises(InvalidInput, match="哪个票箱"):
        hall.bring(ballot, sheet)
    unchanged()
    seal(hall, ballot, box)
    with pytest.raises(InvalidInput, match="哪个票箱"):
        box.refresh_from_db()
        hall.bring(ballot, sheet, box=box)


def seal(hall: Hall, ballot: Ballot, box: Box) -> Box:
    return boxes.box_seal(
        actor=hall.who("worker"),
        ballot_id=ballot.public_id,
        box_id=box.public_id,
        witness=hall.cast.person("worker2").pk,
    )


def test_boxes_are_counted_by_two_and_reconciled_with_their_stubs(hall: Hall, unchanged: Unchanged) -> None:
    ballot = secret(hall)
    box = box_of(hall, ballot, "mobile")
    for name in ("woman", "husband", "wife"):
        stub_in_box(hall, ballot, name, box)
    seal(hall, ballot, box)
    hall.closed(ballot)
    unchanged()
    with pytest.raises(InvalidInput, match="应当等于"):
        count(hall, ballot, box, "worker", 3, yes=1)
    unchanged()
    count(hall, ballot, box, "worker", 3, yes=2, no=1)
    with pytest.raises(Conflict, match="另一个人"):
        count(hall, ballot, box, "worker", 3, yes=2, no=1)
    differs = count(hall, ballot, box, "worker2", 3, yes=3)
    assert "不一致" in differs.difference_reason
    assert not BoxCount.objects.exists()
    count(hall, ballot, box, "worker", 3, yes=2, no=1)
    with pytest.raises(Conflict, match="没有点完两遍"):
        counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    settled = count(hall, ballot, box, "worker2", 3, yes=2, no=1)
    assert settled.counted_at is not None
    counted = counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    figures = counted.tally["questions"]["1"]
    assert figures["choices"]["yes"]["heads"] == 2
    assert figures["participants"]["heads"] == 3
    assert figures["is_passed"]  # three of five took part, two of three said yes


def test_more_sheets_than_stubs_need_a_reason(hall: Hall, unchanged: Unchanged) -> None:
    ballot = secret(hall)
    box = box_of(hall, ballot)
    stub_in_box(hall, ballot, "woman", box)
    hall.closed(ballot)
    count(hall, ballot, box, "worker", 2, yes=2)
    unchanged()
    with pytest.raises(InvalidInput, match="票根登记的是1张"):
        count(hall, ballot, box, "worker2", 2, yes=2)
    unchanged()
    kept = count(hall, ballot, box, "worker2", 2, yes=2, reason="一张票根没有撕")
    assert kept.difference_reason == "一张票根没有撕"


def test_web_votes_that_are_still_sealed_hold_the_count_up(hall: Hall, unchanged: Unchanged) -> None:
    ballot = secret(hall)
    Elector.objects.filter(pk=elector_of(hall, ballot, "woman").pk).update(sealed_choice=b"sealed")
    hall.closed(ballot)
    unchanged()
    with pytest.raises(Conflict, match="还没有解密"):
        counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    unchanged()
    opened = {"ballots": 1, "1": {"yes": 1}}
    Ballot.objects.filter(pk=ballot.pk).update(sealed_counts=opened)
    counted = counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    assert counted.tally["questions"]["1"]["choices"]["yes"]["heads"] == 1


def test_a_named_ballot_has_no_boxes_and_others_no_hands_on_paper(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    unchanged()
    with pytest.raises(Conflict):
        box_of(hall, ballot)
    for who in ("worker_b", "property", "resident", "supervisor", "district"):
        with pytest.raises((NotAllowed, NotFound)):
            paper.sheets_issue(
                actor=hall.who(who),
                ballot_id=ballot.public_id,
                elector_ids=[hall.owner(ballot, "101").public_id],
            )
    unchanged()


def test_a_box_of_one_is_published_with_the_others_only(hall: Hall, tmp_path: Path) -> None:
    ballot = secret(hall)
    mobile, station = box_of(hall, ballot, "mobile"), box_of(hall, ballot)
    stub_in_box(hall, ballot, "woman", mobile)
    for name in ("husband", "wife", "third"):
        stub_in_box(hall, ballot, name, station)
    hall.closed(ballot)
    for by in ("worker", "worker2"):
        count(hall, ballot, mobile, by, 1, no=1)
        count(hall, ballot, station, by, 3, yes=3)
    counted = counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    bundle = ballot_bundle(counted)
    assert bundle["sheets"] == [{"ballots": 4, "counts": {"1": {"no": 1, "yes": 3}}}]
    assert bundle["digest"] == counted.tally_digest
    assert recount(tmp_path, bundle, counted.tally_digest)[0] == 0
    earlier = {key: value for key, value in counted.tally.items() if key != "fewest"}
    Ballot.objects.filter(pk=counted.pk).update(tally=earlier)  # counted before boxes were merged
    counted.refresh_from_db()
    assert [pile["ballots"] for pile in ballot_bundle(counted)["sheets"]] == [1, 3]
