"""Sealing at the close, handing out, bringing back, destroying; and what is refused."""

from collections.abc import Callable

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.secret import services as do
from linli.work.deliberation.secret.models import Opening
from linli.work.deliberation.secret.selectors import opening_standing
from linli.work.deliberation.secret.tasks import follow
from linli.work.deliberation.secret.tests.conftest import TRUSTEES, Booth

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
COUNTS = {"a": 8, "abstain": 1, "b": 4, "c": 3}


def counts(booth: Booth) -> dict[str, object]:
    return dict(Ballot.objects.get(pk=booth.ballot.pk).sealed_counts)


def test_from_the_close_to_the_counts(booth: Booth) -> None:
    booth.begin()
    receipts = booth.everybody()
    booth.end()
    assert follow() == 1
    ceremony = booth.ceremony
    assert ceremony.receipts == sorted(receipts)
    assert ceremony.groups == [{"key": booth.ballot.area_path, "label": "全部", "ballots": 12}]
    people = set(Duty.objects.filter(action="open", state="open").values_list("person_id", flat=True))
    assert people == {booth.cast.person(name).pk for name in TRUSTEES.values()}
    handed = booth.hand_out()
    assert handed.digest == ceremony.receipts_digest
    opening = booth.bring_back(booth.opened(handed.groups))
    assert (opening.number, opening.seats, opening.unopened) == (1, [1, 2], 0)
    assert counts(booth) == {"ballots": 12, "1": COUNTS, "receipts": sorted(receipts)}
    assert booth.ceremony.state == "opened"
    assert not Duty.objects.filter(action="open", state="open").exists()
    assert AuditRecord.objects.filter(verb="sealed.hand_out").count() == 1


def test_what_is_handed_out_is_sorted_by_hash_and_without_rows(booth: Booth) -> None:
    import base64
    import hashlib

    booth.begin()
    booth.everybody()
    booth.end()
    for group in booth.hand_out().groups:
        assert set(group) == {"key", "label", "sealed"}
        hashes = [hashlib.sha256(base64.b64decode(one)).hexdigest() for one in group["sealed"]]
        assert hashes == sorted(hashes)


def test_small_places_are_counted_with_what_is_around_them(booth: Booth) -> None:
    from linli.registers.residents.models import Resident

    path = booth.ballot.area_path
    for number, resident in enumerate(Resident.objects.order_by("pk")):
        resident.area_path = f"{path}{'001' if number < 10 else '002'}/"
        resident.save(update_fields=["area_path"])
    booth.begin()
    for voter in booth.voters:
        booth.vote(voter, "a")
    booth.end()
    follow()
    assert [(row["key"], row["ballots"]) for row in booth.ceremony.groups] == [(path, 12)]


@pytest.mark.parametrize("by", ["worker", "supervisor", "street"])
def test_nobody_fetches_anything_before_the_close(booth: Booth, unchanged: Unchanged, by: str) -> None:
    booth.begin()
    booth.vote("resident", "a")
    unchanged()
    with pytest.raises(Conflict, match="还没有截止"):
        booth.hand_out(by)
    with pytest.raises(Conflict, match="还没有截止"):
        do.sealed_close(actor=booth.who(by), ballot_id=booth.ballot.public_id)
    unchanged()


@pytest.mark.parametrize(
    ("by", "error"), [("worker2", NotAllowed), ("district", NotAllowed), ("worker_b", NotFound)]
)
def test_only_trustees_fetch_and_bring_back(
    booth: Booth, unchanged: Unchanged, by: str, error: type[Exception]
) -> None:
    booth.begin()
    booth.everybody()
    booth.end()
    result = booth.opened(booth.hand_out().groups)
    unchanged()
    with pytest.raises(error):
        booth.hand_out(by)
    with pytest.raises(error):
        booth.bring_back(result, by=by)
    unchanged()


@pytest.mark.parametrize("change", ["changed", "added", "taken", "moved"])
def test_what_was_changed_after_the_close_is_not_handed_out(
    booth: Booth, unchanged: Unchanged, change: str
) -> None:
    booth.begin()
    for voter in booth.voters[:10]:
        booth.vote(voter, "a")
    booth.end()
    follow()
    sealed = booth.elector("resident").sealed_choice
    rows = {
        "changed": (1, bytes(sealed)[:-1] + b"\0"),
        "added": (11, booth.sealed([["b"]])),
        "taken": (1, None),
        "moved": (2, bytes(sealed)),
    }
    number, value = rows[change]
    Elector.objects.filter(number=number).update(sealed_choice=value)
    unchanged()
    with pytest.raises(Conflict, match="与截止时封存的不一致"):
        booth.hand_out()
    unchanged()


def test_a_result_that_does_not_add_up_is_refused(booth: Booth, unchanged: Unchanged) -> None:
    booth.begin()
    booth.everybody()
    booth.end()
    result = booth.opened(booth.hand_out().groups)
    unchanged()
    for wrong in (None, [], [{**result[0], "ballots": 11}], [{**result[0], "questions": [{'["a"]': 11}]}]):
        with pytest.raises(InvalidInput, match="再开一次"):
            booth.bring_back(wrong)
    for seats in ((1,), (1, 1), (1, 2, 3), (0, 1), (3, 4)):
        with pytest.raises(InvalidInput, match="两位保管人"):
            booth.bring_back(result, seats=seats)
    unchanged()


def test_a_second_opening_agrees_or_leaves_none_standing(booth: Booth) -> None:
    first = booth.counted()
    again = booth.opened(booth.hand_out("street").groups)
    assert booth.bring_back(again, by="street", seats=(2, 3)).digest == first.digest
    assert counts(booth)["1"] == COUNTS
    questions = dict(again[0]["questions"][0])
    questions['["a"]'] -= 1
    questions['["b"]'] = questions.get('["b"]', 0) + 1
    false = [{**again[0], "questions": [questions]}]
    booth.bring_back(false, by="supervisor", seats=(1, 3))
    held = opening_standing(booth.ceremony)
    assert held is not None and held.digest == first.digest
    booth.bring_back(false, by="supervisor", seats=(1, 3))
    assert opening_standing(booth.ceremony) is None
    assert counts(booth) == {}
    booth.bring_back(again, by="street", seats=(2, 3))
    assert counts(booth)["1"] == COUNTS
    assert Opening.objects.count() == 5


def test_nothing_comes_back_once_the_ballot_is_counted(booth: Booth) -> None:
    booth.counted()
    result = booth.opened(booth.hand_out().groups)
    Ballot.objects.filter(pk=booth.ballot.pk).update(state="counted", counted_at=time.now())
    with pytest.raises(Conflict, match="票已经计完"):
        booth.bring_back(result)
    Ballot.objects.filter(pk=booth.ballot.pk).update(state="closed")
    assert booth.bring_back(result).number == 2


def test_an_election_in_which_nobody_voted_on_the_web(booth: Booth) -> None:
    booth.begin()
    booth.end()
    follow()
    assert booth.ceremony.groups == []
    booth.bring_back(booth.opened(booth.hand_out().groups))
    assert counts(booth) == {"ballots": 0, "1": {}, "receipts": []}


# -- the end --------------------------------------------------------------------------
def test_when_the_result_is_final_what_is_sealed_goes_and_counts_stay(booth: Booth) -> None:
    booth.counted()
    assert follow() == 0
    booth.settle()
    assert follow() == 1
    assert booth.ceremony.state == "destroyed"
    assert not Elector.objects.filter(sealed_choice__isnull=False).exists()
    assert len(booth.ceremony.receipts) == 12
    assert counts(booth)["1"] == COUNTS
    people = Duty.objects.filter(action="destroy", state="open").values_list("person_id", flat=True)
    assert len(set(people)) == 3
    for name in TRUSTEES.values():
        do.share_destroyed(actor=booth.who(name), ballot_id=booth.ballot.public_id)
    assert not Duty.objects.filter(room="secret_ballots", state="open").exists()
    with pytest.raises(Conflict, match="已经确认过销毁"):
        do.share_destroyed(actor=booth.who("worker"), ballot_id=booth.ballot.public_id)


def test_nothing_is_destroyed_while_it_may_be_needed(booth: Booth, unchanged: Unchanged) -> None:
    booth.counted()
    unchanged()
    with pytest.raises(Conflict, match="要留着备查"):
        do.sealed_destroy(actor=booth.who("worker"), ballot_id=booth.ballot.public_id)
    with pytest.raises(MoveNotAllowed):
        do.share_destroyed(actor=booth.who("worker"), ballot_id=booth.ballot.public_id)
    unchanged()


def test_what_was_never_opened_is_not_destroyed_behind_a_final_result(booth: Booth) -> None:
    booth.begin()
    booth.everybody()
    booth.end()
    follow()
    booth.settle()
    assert follow() == 0
    with pytest.raises(Conflict, match="还没有开"):
        do.sealed_destroy(actor=booth.who("worker"), ballot_id=booth.ballot.public_id)


def test_a_cancelled_ballot_is_never_opened_and_goes(booth: Booth) -> None:
    booth.begin()
    booth.everybody()
    Ballot.objects.filter(pk=booth.ballot.pk).update(state="cancelled", cancelled_reason="名册有误")
    booth.end()
    with pytest.raises(Conflict):
        booth.hand_out()
    assert follow() == 1
    assert not Elector.objects.filter(sealed_choice__isnull=False).exists()


@pytest.mark.parametrize("by", ["supervisor", "district", "worker_b"])
def test_others_destroy_nothing(booth: Booth, by: str) -> None:
    booth.counted()
    booth.settle()
    with pytest.raises((NotAllowed, NotFound)):
        do.sealed_destroy(actor=booth.who(by), ballot_id=booth.ballot.public_id)
