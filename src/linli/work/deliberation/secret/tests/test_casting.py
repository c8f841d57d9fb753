"""Casting a sealed choice; and what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, Expired, InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord, RequestKey
from linli.registers.residents.models import AccountLink
from linli.work.deliberation.ballots.models import Ballot, Elector, Vote
from linli.work.deliberation.secret.tests.conftest import Booth

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def hanging(booth: Booth, voter: str) -> bytes | None:
    kept = booth.elector(voter).sealed_choice
    return bytes(kept) if kept is not None else None


def test_a_sealed_choice_hangs_on_the_voters_row_and_nowhere_else(booth: Booth) -> None:
    booth.begin()
    sealed = booth.sealed([["a"]])
    assert booth.cast_sealed("resident", sealed) is False
    assert hanging(booth, "resident") == sealed
    assert Elector.objects.filter(sealed_choice__isnull=False).count() == 1
    assert not Vote.objects.exists()
    row = AuditRecord.objects.get(verb="choice.seal")
    assert (row.subject_kind, row.changes) == ("ballots.ballot", {})
    assert not RequestKey.objects.exists()


def test_the_last_choice_before_the_close_counts_and_a_repeat_changes_nothing(booth: Booth) -> None:
    booth.begin()
    first, second = booth.sealed([["a"]]), booth.sealed([["b"]])
    booth.cast_sealed("resident", first)
    assert booth.cast_sealed("resident", first) is True
    assert hanging(booth, "resident") == first
    time.clock_set(booth.ballot.closes_at - timedelta(seconds=1))
    assert booth.cast_sealed("resident", second) is True
    assert hanging(booth, "resident") == second


def test_a_second_late_is_late(booth: Booth, unchanged: Unchanged) -> None:
    booth.begin()
    booth.end()
    unchanged()
    with pytest.raises(Expired, match="已经截止"):
        booth.vote("resident", "a")
    unchanged()


def test_a_second_early_is_early(booth: Booth, unchanged: Unchanged) -> None:
    booth.ready()
    time.clock_set(booth.ballot.opens_at - timedelta(seconds=1))
    unchanged()
    with pytest.raises(Conflict, match="还没有开始"):
        booth.vote("resident", "a")
    unchanged()


def test_without_a_key_that_three_keep_nobody_votes_on_the_web(booth: Booth, unchanged: Unchanged) -> None:
    booth.appoint()
    booth.register()
    booth.keep("worker")
    booth.keep("street")
    time.clock_set(booth.ballot.opens_at)
    unchanged()
    with pytest.raises(Conflict, match="密钥还没有准备好"):
        booth.vote("resident", "a")
    unchanged()


@pytest.mark.parametrize("change", [-1, 1])
def test_a_choice_of_another_length_is_refused(booth: Booth, unchanged: Unchanged, change: int) -> None:
    booth.begin()
    sealed = booth.sealed([["a"]])
    unchanged()
    with pytest.raises(InvalidInput, match="没有完整送到"):
        booth.cast_sealed("resident", sealed[:change] if change < 0 else sealed + b"x")
    unchanged()


def test_staff_strangers_and_the_unlinked_do_not_vote(booth: Booth, unchanged: Unchanged) -> None:
    booth.begin()
    unchanged()
    sealed = booth.sealed([["a"]])
    from linli.work.deliberation.secret.services import choice_seal

    own = booth.elector("resident").public_id
    for who, error in (("worker", NotAllowed), ("visitor", NotAllowed), ("neighbour", NotFound)):
        with pytest.raises(error):
            choice_seal(actor=booth.who(who), ballot_id=booth.ballot.public_id, elector_id=own, sealed=sealed)
    unchanged()
    AccountLink.objects.filter(person=booth.cast.person("resident")).update(state="ended")
    with pytest.raises(NotAllowed, match="确认您是名册上的哪一位"):
        booth.cast_sealed("resident", sealed)


def test_paper_voids_the_web_and_is_final(booth: Booth, unchanged: Unchanged) -> None:
    booth.begin()
    elector = booth.elector("resident")
    Elector.objects.filter(pk=elector.pk).update(voided_web_at=time.now())
    unchanged()
    with pytest.raises(Conflict, match="已经领了纸质票"):
        booth.vote("resident", "a")
    unchanged()


def test_who_was_struck_and_a_named_ballot_are_refused(booth: Booth, unchanged: Unchanged) -> None:
    booth.begin()
    Elector.objects.filter(number=1).update(state="struck")
    unchanged()
    with pytest.raises(Conflict, match="不在已确定的名册上"):
        booth.vote("resident", "a")
    unchanged()
    Ballot.objects.filter(pk=booth.ballot.pk).update(way="named")
    with pytest.raises(Conflict, match="不能在网上无记名投票"):
        booth.vote("neighbour", "a")
