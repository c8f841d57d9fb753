"""Candidates declare near relatives in office: checked by the organiser, before the list is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.work.deliberation.bodies.kinds import Declaration
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate
from linli.work.deliberation.elections.tests.conftest import Polls

pytestmark = pytest.mark.django_db
NONE = Declaration(has=False, is_checked=True)


def test_nobody_is_listed_who_has_not_declared(polls: Polls, unchanged: Callable[[], None]) -> None:
    election = polls.named()
    Candidate.objects.filter(number__in=(2, 4)).update(has_relatives=None)
    time.clock_forward(timedelta(days=6))
    unchanged()
    with pytest.raises(Conflict, match="还没有登记近亲属声明的候选人：2号、4号"):
        do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    unchanged()
    for candidate in Candidate.objects.filter(number__in=(2, 4)):
        polls.declared(candidate)
    listed = do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    assert listed.state == "listed"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Declaration(has=True, whom="现任委员，配偶", is_checked=True), "relatives"),
        (Declaration(has=True, is_checked=True), "relatives_whom"),
        (Declaration(has=False), "relatives_checked"),
    ],
)
def test_what_the_law_forbids_or_nobody_checked_is_refused(
    polls: Polls, unchanged: Callable[[], None], said: Declaration, field: str
) -> None:
    candidate = polls.party(polls.made(), 3, 1, agrees=False)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        do.candidate_declare(actor=polls.who("worker"), candidate_id=candidate.public_id, declaration=said)
    assert set(refused.value.details) == {field}
    unchanged()


def test_only_the_organiser_while_names_are_taken(polls: Polls, unchanged: Callable[[], None]) -> None:
    election = polls.listed()
    candidate = election.candidates.first()
    other = polls.party(polls.made(title="另一次"), 9, 1, agrees=False)
    unchanged()
    for who, which, error in (
        ("worker", candidate, MoveNotAllowed),
        ("district", other, NotAllowed),
        ("worker_b", other, NotFound),
        ("resident", other, NotFound),
    ):
        with pytest.raises(error):
            do.candidate_declare(actor=polls.who(who), candidate_id=which.public_id, declaration=NONE)
    unchanged()


def test_an_election_that_asks_for_none_offers_none(polls: Polls, unchanged: Callable[[], None]) -> None:
    election = polls.made(rule_key="group_election", posts=[do.PostEntry("组长", 1)])
    candidate = polls.party(election, 3, 1)
    page = polls.cast.client("worker").get(reverse("elections:record", args=[election.public_id]))
    assert "登记近亲属声明" not in page.content.decode()
    unchanged()
    with pytest.raises(Conflict, match="不用登记近亲属声明"):
        do.candidate_declare(actor=polls.who("worker"), candidate_id=candidate.public_id, declaration=NONE)
    unchanged()


def test_the_page_takes_it_and_says_what_is_missing(polls: Polls) -> None:
    election = polls.made()
    candidate = polls.party(election, 3, 1, agrees=False)
    client, record = polls.cast.client("worker"), reverse("elections:record", args=[election.public_id])
    assert "还没有登记近亲属声明" in client.get(record).content.decode()
    form = reverse("elections:act", args=[election.public_id, "declare"])
    assert "近亲属在本届居民委员会任职的不能担任" in client.get(form).content.decode()
    said = {"candidate": str(candidate.public_id), "relatives": "yes", "relatives_whom": "某委员"}
    refused = client.post(form, {**said, "relatives_checked": "on"})
    assert refused.status_code == 422 and "请另推人选" in refused.content.decode()
    assert client.post(form, {**said, "relatives": ""}).status_code == 422
    done = client.post(form, {**said, "relatives": "no", "relatives_checked": "on"}, follow=True)
    assert "还没有登记近亲属声明" not in done.content.decode()
    candidate.refresh_from_db()
    assert (candidate.has_relatives, candidate.relatives_whom) == (False, "")
