"""Voting for somebody who cannot come: who may, how many, taken back before the vote, published, counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.tests.pictures import picture, upload
from linli.foundation.notices.models import Notice
from linli.registers.residents.tests.plans import people_findable, person_make
from linli.work.deliberation.ballots.models import Ballot, Elector, Proxy, Vote
from linli.work.deliberation.ballots.rollpages import row_acts_for
from linli.work.deliberation.ballots.services import proxies, rolls
from linli.work.deliberation.ballots.tallies import ballot_bundle

from .assembly import Assembly
from .hall import Hall
from .test_bundle import recount

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def give(hall: Hall, ballot: Ballot, room: str, holder: str, **more: Any) -> Proxy:
    """Let the owner of a room give a signed proxy to one of the hall's people."""
    said = {"how": "signed", "document": "委托书1号", "by": "worker", **more}
    return proxies.proxy_give(
        actor=hall.who(said.pop("by")),
        ballot_id=ballot.public_id,
        elector_id=hall.owner(ballot, room).public_id,
        holder_id=hall.people[holder].public_id,
        **said,
    )


def scan(hall: Hall, by: str = "worker") -> StoredFile:
    return file_store(actor=hall.who(by), upload=upload(picture()))


def end(hall: Hall, proxy: Proxy, by: str = "worker", reason: str = "本人来了") -> Proxy:
    said = {"ballot_id": proxy.ballot.public_id, "proxy_id": proxy.public_id, "reason": reason}
    return proxies.proxy_end(actor=hall.who(by), **said)


def test_the_holder_votes_with_the_givers_household_and_area(hall: Hall) -> None:
    ballot = hall.opened()
    proxy = give(hall, ballot, "301", "woman")
    assert (proxy.label, proxy.how) == ("王**", "signed")
    vote = hall.web(ballot, "301", "no")  # the account of the woman of 101
    assert vote.elector == hall.owner(ballot, "301")
    assert (vote.elector.heads, vote.elector.area) == (1, 6_880)
    hall.web(ballot, "101", "yes")
    assert Vote.objects.count() == 2
    assert AuditRecord.objects.filter(verb="proxy.give", subject_id=str(proxy.public_id)).count() == 1


def test_both_are_told_without_names(hall: Hall) -> None:
    ballot = hall.opened()
    give(hall, ballot, "301", "woman")
    told = Notice.objects.filter(kind="ballot.proxy")
    assert {one.person_id for one in told} == {
        hall.cast.person("resident").pk,
        hall.cast.person("neighbour").pk,
    }
    assert not any("王" in one.title + one.body or "赵" in one.title + one.body for one in told)


def test_a_firm_sends_somebody(hall: Hall) -> None:
    ballot = hall.opened()
    give(hall, ballot, "202", "woman", document="授权委托书")
    assert hall.web(ballot, "202").elector.area == 8_950


def test_who_gave_a_proxy_takes_it_back_before_voting(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    proxy = give(hall, ballot, "301", "woman")
    unchanged()
    with pytest.raises(Conflict, match="已经委托别人"):
        hall.web(ballot, "301", by="neighbour")
    unchanged()
    ended = end(hall, proxy, by="neighbour", reason="")
    assert (ended.ended_at, ended.ended_reason) == (time.now(), "委托人本人撤销")
    unchanged_now = Proxy.objects.get()
    with pytest.raises(NotFound):
        hall.web(ballot, "301")  # the holder holds nothing any more
    assert hall.web(ballot, "301", by="neighbour").elector == unchanged_now.giver


def test_once_the_vote_is_cast_the_proxy_stands(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    proxy = give(hall, ballot, "301", "woman")
    hall.web(ballot, "301")
    unchanged()
    for by in ("neighbour", "worker"):
        with pytest.raises(Conflict, match="已经投了"):
            end(hall, proxy, by=by)
    unchanged()
    assert hall.web(ballot, "301", "no", seen=0).changed == 1  # the holder changes it like any vote


def test_nobody_else_takes_a_proxy_back_or_gives_one(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    proxy = give(hall, ballot, "302", "third")
    unchanged()
    with pytest.raises(NotFound):
        end(hall, proxy, by="resident")
    with pytest.raises(NotFound):
        end(hall, proxy, by="worker_b")
    with pytest.raises(NotAllowed):
        end(hall, proxy, by="supervisor")
    with pytest.raises(NotAllowed):
        give(hall, ballot, "301", "woman", by="supervisor")
    with pytest.raises(NotAllowed):
        give(hall, ballot, "301", "woman", by="resident")
    with pytest.raises(InvalidInput, match="为什么撤销"):
        end(hall, proxy, reason=" ")
    unchanged()


def test_three_and_no_fourth(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    for room in ("102", "202", "301"):
        give(hall, ballot, room, "woman")
    unchanged()
    with pytest.raises(InvalidInput, match="不能超过3人"):
        give(hall, ballot, "302", "woman")
    unchanged()
    end(hall, Proxy.objects.latest("pk"))
    assert give(hall, ballot, "302", "woman").ended_at is None


@pytest.mark.parametrize(
    ("room", "holder", "more", "error", "words"),
    [
        ("302", "fourth", {}, InvalidInput, "自己"),
        ("301", "fourth", {}, Conflict, "已经委托了别人"),
        ("302", "third", {}, Conflict, "受托人自己"),
        ("101", "fourth", {}, Conflict, "不能转委托"),
        ("302", "woman", {"document": "  "}, InvalidInput, "书面"),
        ("302", "woman", {"how": "brought"}, InvalidInput, "拍下"),
        ("302", "woman", {"how": "said"}, InvalidInput, "当面签署"),
        ("302", "child", {}, InvalidInput, "18周岁"),
        ("102", "wife", {"voted": True}, Conflict, "已经投了"),
    ],
)
def test_what_is_refused(
    hall: Hall, unchanged: Unchanged, room: str, holder: str, more: dict[str, Any], error: Any, words: str
) -> None:
    ballot = hall.opened()
    hall.people["child"] = person_make(hall.plan, date(2012, 1, 1), name="赵小山")
    give(hall, ballot, "301", "woman")
    if more.pop("voted", False):
        hall.door(ballot, room)
    unchanged()
    with pytest.raises(error, match=words):
        give(hall, ballot, room, holder, **more)
    unchanged()


def test_not_after_the_close_nor_before_it_is_announced(hall: Hall, unchanged: Unchanged) -> None:
    draft = hall.listed()
    ballot = hall.opened()
    proxy = give(hall, ballot, "301", "woman")
    unchanged()
    with pytest.raises(MoveNotAllowed):
        give(hall, draft, "302", "woman")
    time.clock_set(ballot.closes_at)
    with pytest.raises(MoveNotAllowed):
        give(hall, ballot, "302", "woman")
    with pytest.raises(MoveNotAllowed):
        end(hall, proxy)
    unchanged()


def test_the_voter_of_a_row_that_is_given_away_is_not_changed(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    give(hall, ballot, "102", "woman")
    unchanged()
    with pytest.raises(Conflict, match="不能换表决人"):
        rolls.elector_name_voter(
            actor=hall.who("worker"),
            ballot_id=ballot.public_id,
            elector_id=hall.owner(ballot, "102").public_id,
            resident_id=hall.people["wife"].public_id,
            reason="共有人推选",
        )
    unchanged()
    offered = row_acts_for(hall.who("worker"), ballot, hall.owner(ballot, "102"))
    assert "unproxy" in offered
    assert not {"voter", "proxy"} & {*offered}


def test_where_the_rule_knows_none_nobody_votes_for_another(hall: Hall, unchanged: Unchanged) -> None:
    assembly = Assembly(hall.cast)
    ballot = assembly.running()
    _own, other = assembly.electors(ballot)
    unchanged()
    with pytest.raises(InvalidInput, match="不能委托"):
        proxies.proxy_give(
            actor=hall.who("worker"),
            ballot_id=ballot.public_id,
            elector_id=other.public_id,
            holder_id=hall.people["woman"].public_id,
            how="signed",
            document="委托书",
        )
    unchanged()


def test_sent_twice_it_is_given_once(hall: Hall) -> None:
    ballot = hall.opened()
    first = give(hall, ballot, "301", "woman", request_key="k1")
    assert give(hall, ballot, "301", "woman", request_key="k1") == first
    assert Proxy.objects.count() == 1


def test_proxies_are_in_the_result_and_a_recount_agrees(hall: Hall, tmp_path: Path) -> None:
    ballot = hall.opened()
    give(hall, ballot, "301", "woman")
    give(hall, ballot, "202", "woman")
    give(hall, ballot, "302", "husband")  # never used
    hall.web(ballot, "301")
    hall.web(ballot, "202")
    hall.web(ballot, "101")
    hall.on_paper(ballot, "102", "yes")
    counted = hall.counted(ballot)
    assert counted.tally["proxies"] == 2
    bundle = ballot_bundle(counted)
    assert bundle["proxies"] == [2]
    assert bundle["digest"] == counted.tally_digest
    assert recount(tmp_path, bundle, counted.tally_digest)[0] == 0
    beyond = {**bundle, "proxies": [4]}
    code, said = recount(tmp_path, beyond, counted.tally_digest)
    assert (code, "委托投票超出了规则" in said) == (1, True)
    none_given = {**bundle, "rule": {**bundle["rule"], "proxies": None}}
    assert "委托投票超出了规则" in recount(tmp_path, none_given, counted.tally_digest)[1]


# -- pages -----------------------------------------------------------------------------------------
def page(hall: Hall, who: str, name: str, *args: Any, status: int = 200) -> str:
    answer = hall.cast.client(who).get(reverse(f"ballots:{name}", args=args))
    assert answer.status_code == status, answer.status_code
    return str(answer.content.decode())


def test_a_worker_takes_one_down_with_its_photo(hall: Hall) -> None:
    people_findable(actor=system("setup"), people=list(hall.people.values()))
    ballot = hall.opened()
    row = hall.owner(ballot, "302")
    where = (ballot.public_id, row.public_id)
    assert "登记委托" in page(hall, "worker", "elector", *where)
    address = reverse("ballots:elector_act", args=[*where, "proxy"])
    client = hall.cast.client("worker")
    said = {"holder": "王秀兰", "how": "brought", "document": "委托书8号"}
    assert "请拍下" in client.post(address, said).content.decode()
    text = client.post(address, {**said, "photos": upload(picture())}, follow=True).content.decode()
    assert "委托已登记" in text
    proxy = Proxy.objects.get()
    assert proxy.scans.count() == 1
    assert (proxy.holder, proxy.giver) == (hall.people["woman"], row)
    picture_of = reverse("ballots:proxy_scan", args=[ballot.public_id, proxy.scans.get().public_id, "thumb"])
    assert picture_of in page(hall, "worker", "elector", *where)
    assert hall.cast.client("worker").get(picture_of).status_code == 200
    assert hall.cast.client("supervisor").get(picture_of).status_code == 403
    assert "委托 王**" in page(hall, "worker", "roll", ballot.public_id)
    assert "委托书8号" not in page(hall, "supervisor", "elector", *where)
    done = client.post(reverse("ballots:elector_act", args=[*where, "unproxy"]), {"reason": "本人来了"})
    assert done.status_code == 302
    assert not Proxy.objects.filter(ended_at__isnull=True).exists()


def test_a_name_that_is_nobodys_is_said_beside_the_field(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    address = reverse(
        "ballots:elector_act", args=[ballot.public_id, hall.owner(ballot, "302").public_id, "proxy"]
    )
    answer = hall.cast.client("worker").post(
        address, {"holder": "某某某", "how": "signed", "document": "委托书"}
    )
    assert answer.status_code == 422
    assert "没有找到这个人" in answer.content.decode()
    assert not Proxy.objects.exists()


def test_the_holders_page_says_for_whom(hall: Hall) -> None:
    ballot = hall.opened()
    give(hall, ballot, "301", "woman")
    row = hall.owner(ballot, "301")
    text = page(hall, "resident", "public", ballot.public_id)
    assert "您还受赵**委托" in text
    assert "代投这一票" in page(hall, "resident", "vote", ballot.public_id, row.public_id)
    answer = hall.cast.client("resident").post(
        reverse("ballots:vote", args=[ballot.public_id, row.public_id]), {"q1": "yes", "seen": "-1"}
    )
    assert answer.status_code == 302
    assert "回执" in page(hall, "resident", "receipt", ballot.public_id, row.public_id)
    assert "回执" in page(hall, "neighbour", "receipt", ballot.public_id, row.public_id)
    assert "赵**" in page(hall, "resident", "public_roll", ballot.public_id)


def test_the_givers_page_offers_to_take_it_back(hall: Hall) -> None:
    ballot = hall.opened()
    proxy = give(hall, ballot, "301", "woman")
    assert "您委托了别人代投" in page(hall, "neighbour", "public", ballot.public_id)
    where = (ballot.public_id, proxy.public_id)
    assert "王**" in page(hall, "neighbour", "proxy_end", *where)
    page(hall, "resident", "proxy_end", *where, status=404)
    done = hall.cast.client("neighbour").post(reverse("ballots:proxy_end", args=where), follow=True)
    assert "这一票由您自己投" in done.content.decode()
    assert "您委托了别人" not in done.content.decode()


def test_machines_see_the_rows_one_votes_for(hall: Hall) -> None:
    ballot = hall.opened()
    give(hall, ballot, "301", "woman")

    def rows(who: str) -> list[tuple[int, bool]]:
        answer = hall.cast.client(who).get(f"/api/v1/council/ballots/{ballot.public_id}/own")
        return [(row["number"], row["by_proxy"]) for row in answer.json()]

    own, given = hall.owner(ballot, "101"), hall.owner(ballot, "301")
    assert rows("resident") == [(own.number, False), (given.number, True)]
    assert rows("neighbour") == []


def test_the_sheet_says_who_fills_it_in(hall: Hall) -> None:
    ballot = hall.opened()
    give(hall, ballot, "302", "woman")
    hall.sheet(ballot, "302")
    assert "由受托人 王** 代填" in page(hall, "worker", "sheets_print", ballot.public_id)


def test_a_struck_row_is_given_to_nobody(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.announced()
    Elector.objects.filter(pk=hall.owner(ballot, "302").pk).update(state="struck")
    unchanged()
    with pytest.raises(Conflict, match="不在已确定的名册上"):
        give(hall, ballot, "302", "woman")
    unchanged()
