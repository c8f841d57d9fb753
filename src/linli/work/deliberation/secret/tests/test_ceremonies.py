"""Trustees, the key, and proving that the shares are kept; and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.secret import services as do
from linli.work.deliberation.secret.tests.conftest import HASHES, TRUSTEES, Booth, ballot_row
from tests.people import staff_make

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def open_duties(booth: Booth) -> set[tuple[str, str]]:
    rows = Duty.objects.filter(room="secret_ballots", state="open")
    names = {booth.cast.person(name).pk: name for name in (*TRUSTEES.values(), "worker2")}
    return {(row.action, names.get(row.person_id or 0, "")) for row in rows}


def test_three_trustees_are_told_and_the_unit_has_a_day_before_voting(booth: Booth) -> None:
    ceremony = booth.appoint()
    assert [(row.seat, row.side) for row in ceremony.trustees.all()] == [
        (1, "committee"),
        (2, "supervision"),
        (3, "street"),
    ]
    duty = Duty.objects.get(room="secret_ballots")
    assert (duty.action, duty.unit) == ("key", booth.cast.units["committee_a"])
    assert duty.due_at == booth.ballot.opens_at - time.timedelta(days=1)
    told = set(Notice.objects.filter(kind="key.trustee").values_list("person_id", flat=True))
    assert told == {booth.cast.person(name).pk for name in TRUSTEES.values()}
    assert AuditRecord.objects.filter(verb="key.trustees").count() == 1


def test_a_key_is_registered_and_kept_by_three(booth: Booth) -> None:
    booth.appoint()
    ceremony = booth.register()
    assert (ceremony.state, ceremony.public_key) == ("keyed", booth.key)
    assert [row.share_hash for row in ceremony.trustees.all()] == HASHES
    assert open_duties(booth) == {("keep", name) for name in TRUSTEES.values()}
    booth.keep("worker")
    assert open_duties(booth) == {("keep", "supervisor"), ("keep", "street")}
    booth.keep("supervisor")
    assert booth.ceremony.state == "keyed"
    booth.keep("street")
    assert booth.ceremony.state == "ready"
    assert open_duties(booth) == set()


def test_a_trustee_may_hold_the_ceremony(booth: Booth) -> None:
    booth.appoint()
    assert booth.register(by="supervisor").state == "keyed"


def test_other_trustees_make_the_key_worthless(booth: Booth) -> None:
    booth.ready()
    ceremony = booth.appoint(committee=booth.cast.person("worker2").pk)
    assert (ceremony.state, ceremony.public_key) == ("appointed", "")
    assert [row.share_hash for row in ceremony.trustees.all()] == ["", "", ""]
    assert open_duties(booth) == {("key", "")}


@pytest.mark.parametrize(
    ("persons", "field"),
    [
        ({"committee": 0}, "committee"),
        ({"supervision": "worker"}, "supervision"),
        ({"street": "other_street"}, "street"),
        ({"committee": "worker_b"}, "committee"),
    ],
)
def test_who_does_not_hold_the_function_there_holds_no_share(
    booth: Booth, unchanged: Unchanged, persons: dict[str, Any], field: str
) -> None:
    chosen = {side: who and booth.cast.person(who).pk for side, who in persons.items()}
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        booth.appoint(**chosen)
    assert field in refused.value.details
    unchanged()


def test_one_person_never_holds_two_shares(booth: Booth, unchanged: Unchanged) -> None:
    account = staff_make(booth.cast, "twofold", "双全", booth.cast.units["committee_a"], "committee")
    from linli.foundation.accounts.models import Role

    street = booth.cast.role("street")
    role = Role.objects.get(pk=street.pk)
    areas = list(role.areas.all())
    role.pk = role.public_id = None
    role.public_id, role.person = Role._meta.get_field("public_id").get_default(), account.person
    role._state.adding = True
    role.save()
    role.areas.set(areas)
    unchanged()
    with pytest.raises(InvalidInput, match="同一个人不能保管两份"):
        booth.appoint(committee=account.person_id, street=account.person_id)
    unchanged()


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("worker_b", NotFound),
        ("other_street", NotFound),
        ("resident", NotFound),
        ("supervisor", NotAllowed),
        ("district", NotAllowed),
    ],
)
def test_others_name_no_trustees(booth: Booth, unchanged: Unchanged, by: str, error: type[Exception]) -> None:
    unchanged()
    with pytest.raises(error):
        booth.appoint(by=by)
    unchanged()


def test_a_named_ballot_and_one_without_the_web_need_no_key(booth: Booth, unchanged: Unchanged) -> None:
    for more in ({"way": "named"}, {"channels": ["paper"]}):
        Ballot.objects.filter(pk=booth.ballot.pk).update(**more)
        with pytest.raises(Conflict, match="用不着密钥"):
            booth.appoint()
        Ballot.objects.filter(pk=booth.ballot.pk).update(way="secret", channels=["web"])


def test_a_key_is_not_changed_once_voting_has_begun(booth: Booth, unchanged: Unchanged) -> None:
    booth.appoint()
    time.clock_set(booth.ballot.opens_at)
    unchanged()
    with pytest.raises(Conflict, match="投票已经开始"):
        booth.appoint()
    with pytest.raises(Conflict, match="投票已经开始"):
        booth.register()
    unchanged()


def test_a_cancelled_ballot_gets_no_trustees(booth: Booth, unchanged: Unchanged) -> None:
    Ballot.objects.filter(pk=booth.ballot.pk).update(state="cancelled", cancelled_reason="改期")
    unchanged()
    with pytest.raises(Conflict, match="已取消"):
        booth.appoint()
    unchanged()


@pytest.mark.parametrize(
    "more",
    [
        {"public_key": ""},
        {"public_key": "zz" * 32},
        {"share_hashes": HASHES[:2]},
        {"share_hashes": [HASHES[0]] * 3},
    ],
)
def test_a_ceremony_that_did_not_come_to_its_end_is_refused(
    booth: Booth, unchanged: Unchanged, more: dict[str, Any]
) -> None:
    booth.appoint()
    unchanged()
    with pytest.raises(InvalidInput, match="请重新生成密钥"):
        booth.register(**more)
    unchanged()


def test_without_trustees_and_twice_no_key(booth: Booth, unchanged: Unchanged) -> None:
    unchanged()
    with pytest.raises(Conflict, match="还没有指定密钥保管人"):
        booth.register()
    unchanged()
    booth.appoint()
    booth.register()
    with pytest.raises(MoveNotAllowed, match="不能登记公钥"):
        booth.register()


def test_only_whose_share_it_is_says_that_it_is_kept(booth: Booth) -> None:
    booth.appoint()
    booth.register()
    with pytest.raises(NotAllowed, match="不是这次投票的密钥保管人"):
        booth.keep("worker2")
    booth.keep("worker")
    with pytest.raises(Conflict, match="已经确认过"):
        booth.keep("worker")


def test_a_stale_page_is_refused(booth: Booth) -> None:
    ceremony = booth.appoint()
    booth.appoint(committee=booth.cast.person("worker2").pk)
    with pytest.raises(StaleVersion):
        booth.register(version=ceremony.version)


def test_a_ballot_elsewhere_is_not_there(booth: Booth) -> None:
    other = ballot_row(
        booth.cast, number="26000078", area_path=booth.cast.places["other_committee_place"].path
    )
    with pytest.raises(NotFound):
        do.share_keep(actor=booth.who("worker"), ballot_id=other.public_id)
