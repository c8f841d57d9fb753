"""Elections and recalls for machines: who reads what, the acts, refusals that change nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate
from linli.work.deliberation.elections.tests.conftest import Polls, name_of

pytestmark = pytest.mark.django_db
BASE = "/api/v1/council"


def get(polls: Polls, who: str, path: str) -> Any:
    return polls.cast.client(who).get(f"{BASE}{path}")


def post(polls: Polls, who: str, path: str, key: str = "", **said: Any) -> Any:
    more = {"headers": {"Idempotency-Key": key}} if key else {}
    return polls.cast.client(who).post(f"{BASE}{path}", json.dumps(said), "application/json", **more)


def test_the_list_is_narrowed_paged_and_names_nobody(polls: Polls) -> None:
    first, second = polls.named(title="换届一"), polls.made(title="换届二")
    page = get(polls, "worker", "/elections?limit=1").json()
    assert [row["number"] for row in page["items"]] == [second.number]
    rest = get(polls, "worker", f"/elections?limit=1&cursor={page['next_cursor']}").json()
    assert [row["number"] for row in rest["items"]] == [first.number]
    assert rest["next_cursor"] == ""
    found = get(polls, "supervisor", "/elections?q=换届一&state=nominating")
    assert [row["title"] for row in found.json()["items"]] == ["换届一"]
    assert name_of(2) not in found.content.decode()
    assert get(polls, "worker", "/elections?state=handed").json()["items"] == []
    assert get(polls, "worker", "/elections?state=nothing").status_code == 422
    assert get(polls, "worker", "/elections?stat=held").status_code == 422
    assert get(polls, "worker_b", "/elections").json()["items"] == []
    assert get(polls, "resident", "/elections").status_code == 403
    assert get(polls, "visitor", "/elections").status_code == 401


def test_residents_read_who_stands_the_desk_also_who_was_struck_and_why(polls: Polls) -> None:
    election = polls.named()
    polls.party(election, 9, 2, agrees=False)
    time.clock_forward(timedelta(days=6))
    struck = Candidate.objects.latest("pk")
    do.candidates_publish(actor=polls.who("worker"), election_id=election.public_id)
    desk = get(polls, "worker", f"/elections/{election.public_id}").json()
    open_to_all = get(polls, "resident", f"/elections/{election.public_id}").json()
    assert [(post["title"], post["seats"]) for post in desk["posts"]] == [("主任", 1), ("委员", 2)]
    assert (len(desk["candidates"]), len(open_to_all["candidates"])) == (6, 5)
    left = next(row for row in desk["candidates"] if row["public_id"] == str(struck.public_id))
    assert (left["state"], left["reason"]) == ("struck", "没有登记本人同意")
    assert {row["state"] for row in open_to_all["candidates"]} == {"standing"}
    assert get(polls, "worker", f"/elections/{uuid.uuid4()}").status_code == 404


def test_naming_agreeing_and_withdrawing(polls: Polls, unchanged: Callable[[], None]) -> None:
    election = polls.made()
    path = f"/elections/{election.public_id}/candidates"
    named = {"post": 1, "resident": str(polls.people[4].public_id), "document": "纪要3号"}
    first = post(polls, "worker", path, key="named-4", **named)
    assert first.status_code == 200, first.content
    assert post(polls, "worker", path, key="named-4", **named).json() == first.json()
    candidate = first.json()["candidates"][0]
    assert (candidate["how"], candidate["agreed_at"]) == ("party", None)
    agreed = post(polls, "worker", f"{path}/{candidate['public_id']}/agree").json()
    assert agreed["candidates"][0]["agreed_at"]
    unchanged()
    assert post(polls, "worker", path, **named).status_code == 409
    assert post(polls, "worker", path, key="named-4", **{**named, "post": 2}).status_code == 409
    assert post(polls, "worker", path, post=9, resident=named["resident"], document="x").status_code == 422
    assert post(polls, "worker", path, post=1, document="纪要").status_code == 422
    assert post(polls, "district", path, **named).status_code == 403
    assert post(polls, "worker_b", path, **named).status_code == 404
    assert post(polls, "resident", path, **named).status_code in (403, 404)
    assert post(polls, "neighbour", f"{path}/{candidate['public_id']}/end", reason="x").status_code == 403
    assert post(polls, "worker", f"{path}/{uuid.uuid4()}/end", reason="x").status_code == 404
    unchanged()
    ended = post(polls, "worker", f"{path}/{candidate['public_id']}/end", reason="不住在本居了").json()
    assert ended["candidates"][0]["state"] == "struck"


def test_a_voter_stands_and_is_named_by_another_and_on_paper(
    polls: Polls, unchanged: Callable[[], None]
) -> None:
    election = polls.made()
    path = f"/elections/{election.public_id}/candidates"
    offered = post(polls, "resident", path, post=2, about="退休教师")
    assert offered.status_code == 200, offered.content
    own = offered.json()["candidates"][0]["public_id"]
    assert post(polls, "neighbour", f"{path}/{own}/support").json()["candidates"][0]["names"] == 1
    signed = [str(person.public_id) for person in polls.people[5:9]]
    on_paper = post(polls, "worker", f"{path}/{own}/support", residents=signed)
    assert on_paper.json()["candidates"][0]["names"] == 5
    unchanged()
    assert post(polls, "neighbour", f"{path}/{own}/support").status_code == 409
    assert post(polls, "resident", f"{path}/{own}/support").status_code == 422
    assert post(polls, "property", f"{path}/{own}/support").status_code == 403
    unchanged()


def test_a_candidate_of_another_election_is_not_there(polls: Polls) -> None:
    one, other = polls.made(title="一"), polls.made(title="二")
    candidate = polls.party(one, 3, 1, agrees=False)
    path = f"/elections/{other.public_id}/candidates/{candidate.public_id}/agree"
    assert post(polls, "worker", path).status_code == 404
    candidate.refresh_from_db()
    assert candidate.agreed_at is None


def test_proxies_of_a_round(polls: Polls, unchanged: Callable[[], None]) -> None:
    election = polls.listed()
    ballot = polls.round(election).ballot
    polls.frozen(ballot)
    path = f"/ballots/{ballot.public_id}/proxies"
    number = ballot.electors.get(resident=polls.people[8]).number
    said = {"number": number, "holder": str(polls.people[9].public_id), "document": "委托书1号"}
    given = post(polls, "worker", path, **said)
    assert (given.status_code, given.json()["label"], given.json()["number"]) == (201, "王**", number)
    assert get(polls, "worker", f"/elections/{election.public_id}").json()["proxies"] == 1
    unchanged()
    to_candidate = {**said, "number": number - 1, "holder": str(polls.people[4].public_id)}
    assert post(polls, "worker", path, **to_candidate).status_code == 422
    assert post(polls, "worker", path, **said).status_code == 409
    assert post(polls, "worker", path, **{**said, "number": 99}).status_code == 404
    assert post(polls, "supervisor", path, **said).status_code == 403
    end = f"{path}/{given.json()['public_id']}/end"
    assert post(polls, "worker", end).status_code == 422  # without a reason
    assert post(polls, "resident", end).status_code == 404
    unchanged()
    assert post(polls, "worker", end, reason="本人来了").json()["ended_reason"] == "本人来了"


def test_what_a_candidate_declares_of_near_relatives(polls: Polls, unchanged: Callable[[], None]) -> None:
    election = polls.made()
    candidate = polls.party(election, 2, 1, agrees=False)
    path = f"/elections/{election.public_id}/candidates/{candidate.public_id}/declaration"
    unchanged()
    assert post(polls, "worker", path, has=False, is_checked=False).status_code == 422
    assert post(polls, "worker", path, has=True, is_checked=True).status_code == 422
    assert post(polls, "resident", path, has=False, is_checked=True).status_code == 404
    assert post(polls, "supervisor", path, has=False, is_checked=True).status_code == 403
    unchanged()
    assert post(polls, "worker", path, has=False, is_checked=True).status_code == 200
    candidate.refresh_from_db()
    assert (candidate.has_relatives, candidate.relatives_checked_by) == (False, polls.cast.person("worker"))


def test_recalls(polls: Polls, unchanged: Callable[[], None]) -> None:
    recall = polls.recall()
    listed = get(polls, "worker", "/recalls?state=collecting")
    assert [(row["found"], row["needed"]) for row in listed.json()["items"]] == [(0, 2)]
    assert "王某" not in listed.content.decode()
    assert get(polls, "worker", "/recalls?state=kept").json()["items"] == []
    assert len(get(polls, "worker", "/recalls?q=副主任").json()["items"]) == 1
    assert get(polls, "worker", "/recalls?q=王某").json()["items"] == []
    assert get(polls, "neighbour", "/recalls").status_code == 403
    path = f"/recalls/{recall.public_id}"
    assert get(polls, "neighbour", path).json()["office"] == "居委会副主任"
    assert post(polls, "resident", f"{path}/support").json()["found"] == 1
    unchanged()
    assert post(polls, "resident", f"{path}/support").status_code == 409
    assert post(polls, "district", f"{path}/support").status_code == 403
    stranger = [str(uuid.uuid4())]
    assert post(polls, "worker", f"{path}/support", residents=stranger).status_code == 404
    unchanged()
    signed = [str(polls.people[5].public_id)]
    assert post(polls, "worker", f"{path}/support", residents=signed).json()["found"] == 2
