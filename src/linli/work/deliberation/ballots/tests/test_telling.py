"""Electors are told at once where they are few, in batches by the worker where they are many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock as time
from linli.core.actor import system
from linli.foundation.accounts.models import Account, Person
from linli.foundation.audit.models import AuditRecord
from linli.foundation.notices import rules, tasks
from linli.foundation.notices.models import Broadcast, Notice
from linli.foundation.notices.services import broadcast_spread, spreading
from linli.registers.residents.models import AccountLink, Resident
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.ballots.services import making

from .hall import Hall

pytestmark = pytest.mark.django_db
SENDER = system("notices")


def crowd(hall: Hall, ballot: Ballot, count: int) -> None:
    """Put so many people with accounts on the roll of a draft."""
    now, path = time.now(), ballot.area_path
    people = Person.objects.bulk_create(
        Person(phone_index=f"elector-{n}", created_at=now) for n in range(count)
    )
    Account.objects.bulk_create(
        Account(person=one, kind="phone", username=f"e-{one.public_id.hex}", created_at=now) for one in people
    )
    residents = Resident.objects.bulk_create(
        Resident(area_path=path, created_at=now, updated_at=now) for _n in range(count)
    )
    tied = {"how": "worker", "state": "standing", "asked_at": now, "area_path": path}
    AccountLink.objects.bulk_create(
        AccountLink(person=person, resident=resident, **tied)
        for person, resident in zip(people, residents, strict=True)
    )
    Elector.objects.bulk_create(
        Elector(ballot=ballot, number=100 + n, subject=f"r{one.pk}", resident=one, label="*")
        for n, one in enumerate(residents)
    )


def announced(hall: Hall, count: int) -> Ballot:
    ballot = hall.listed()
    crowd(hall, ballot, count)
    return making.ballot_announce(
        actor=hall.who("worker"), ballot_id=ballot.public_id, version=ballot.version
    )


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "SECOND_PERSON_ABOVE", 4)


def everybody() -> set[int]:
    return set(AccountLink.objects.standing().values_list("person_id", flat=True))


def told() -> list[int]:
    return sorted(Notice.objects.filter(kind="ballot.announce").values_list("person_id", flat=True))


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("more", "at_once"), [(2, True), (3, False)])
def test_up_to_the_limit_at_once_above_it_by_the_worker(hall: Hall, more: int, at_once: bool) -> None:
    announced(hall, more)  # beside the two of the hall
    assert len(told()) == (2 + more if at_once else 0)
    assert Broadcast.objects.exists() is not at_once
    tasks.carry_broadcasts()
    assert told() == sorted(everybody())


@pytest.mark.usefixtures("few")
def test_what_is_told_leads_to_the_ballot_and_the_desk_sees_how_far_it_is(hall: Hall) -> None:
    ballot = announced(hall, 5)
    broadcast = Broadcast.objects.get()
    assert (broadcast.state, broadcast.purpose, broadcast.planned_count) == ("running", "lawful", 7)
    tasks.carry_broadcasts()
    one = Notice.objects.get(person=hall.cast.person("resident"), kind="ballot.announce")
    assert (one.title, one.purpose) == (f"表决公告：{ballot.title}", "lawful")
    assert "请先核对名册" in one.words
    assert one.url == f"/council/ballots/{ballot.public_id}/"
    client = hall.cast.client("resident")
    assert ballot.title in client.get("/inbox/").content.decode()
    assert client.post(f"/inbox/{one.public_id}/").url == one.url
    page = hall.cast.client("street").get(f"/desk/broadcasts/{broadcast.public_id}/").content.decode()
    assert "表决名册上有账号的人" in page
    tasks.send_due()
    tasks.carry_broadcasts()
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.spread_count) == ("done", 7)
    verbs = AuditRecord.objects.filter(subject_id=str(broadcast.public_id)).order_by("at", "id")
    assert list(verbs.values_list("verb", flat=True)) == [
        f"broadcast.{verb}" for verb in ("tell", "spread", "finish")
    ]


@pytest.mark.usefixtures("few")
def test_a_worker_that_dies_in_a_batch_leaves_nobody_out_and_tells_nobody_twice(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(hall, 9)
    key = Broadcast.objects.get().pk
    assert broadcast_spread(actor=SENDER, broadcast_id=key, most=4) == 4

    def dies(*_args: object, **_more: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(spreading, "changes_of", dies)  # the notices are written, the cursor is not
        with pytest.raises(SystemExit):
            broadcast_spread(actor=SENDER, broadcast_id=key, most=4)
    assert len(told()) == 4
    assert broadcast_spread(actor=SENDER, broadcast_id=key, most=4) == 4
    tasks.carry_broadcasts()
    assert told() == sorted(everybody())


@pytest.mark.usefixtures("few")
def test_who_was_struck_meanwhile_is_not_told(hall: Hall) -> None:
    ballot = announced(hall, 5)
    Elector.objects.filter(ballot=ballot, number=100).update(state="struck")
    tasks.carry_broadcasts()
    assert len(told()) == 6


@pytest.mark.usefixtures("few")
def test_announcing_asks_no_more_of_the_database_for_many_than_for_few(hall: Hall) -> None:
    counts = []
    for number in (5, 60):
        ballot = hall.listed()
        Elector.objects.all().filter(number__gte=100).delete()
        AccountLink.objects.filter(person__phone_index__startswith="elector").delete()
        Account.objects.filter(person__phone_index__startswith="elector").delete()
        Person.objects.filter(phone_index__startswith="elector").delete()
        crowd(hall, ballot, number)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            making.ballot_announce(
                actor=hall.who("worker"), ballot_id=ballot.public_id, version=ballot.version
            )
        counts.append(len(asked))
    assert counts[0] == counts[1]
