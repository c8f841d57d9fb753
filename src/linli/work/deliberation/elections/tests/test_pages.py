"""Pages of elections and recalls for organisers and voters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.registers.residents.masking import name_masked
from linli.registers.residents.sealing import sealed_set
from linli.work.deliberation.ballots.services import paper
from linli.work.deliberation.elections import services as do
from linli.work.deliberation.elections.models import Candidate, Election, Recall
from linli.work.deliberation.elections.tests.conftest import Polls, name_of

pytestmark = pytest.mark.django_db


def page(polls: Polls, who: str, name: str, *args: Any) -> str:
    answer = polls.cast.client(who).get(reverse(f"elections:{name}", args=args))
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def send(polls: Polls, who: str, where: str, /, *args: Any, **said: Any) -> Any:
    return polls.cast.client(who).post(reverse(f"elections:{where}", args=args), said, follow=True)


def act(polls: Polls, election: Election, code: str, **said: Any) -> str:
    return str(send(polls, "worker", "act", election.public_id, code, **said).content.decode())


def test_an_election_through_the_pages_from_naming_to_the_ballot(polls: Polls) -> None:
    said = {
        "title": "居委会换届",
        "rule_key": "committee_election_voters",
        "posts": "主任 1\n委员",
        "nominations_until": time.today() + timedelta(days=3),
    }
    assert "可以提名候选人了" in send(polls, "worker", "new", **said).content.decode()
    election = Election.objects.get()
    assert [(post.title, post.seats) for post in election.posts.all()] == [("主任", 1), ("委员", 1)]
    for number, post in ((2, 1), (3, 1), (4, 2), (5, 2)):
        text = act(polls, election, "propose", post=post, resident=name_of(number), document="纪要3号")
        assert "已办理" in text
        candidate = Candidate.objects.latest("pk")
        assert "已办理" in act(polls, election, "agree", candidate=candidate.public_id)
        said = {"candidate": candidate.public_id, "relatives": "no", "relatives_checked": "on"}
        assert "已办理" in act(polls, election, "declare", **said)
    text = page(polls, "supervisor", "record", election.public_id)
    assert name_of(2) in text
    assert "党组织提名" in text
    time.clock_forward(timedelta(days=4))
    assert "候选人已公布" in act(polls, election, "publish")
    opens_at = time.now() + timedelta(days=25)
    form = "%Y-%m-%dT%H:%M"
    times = {"opens_at": opens_at.strftime(form), "closes_at": (opens_at + timedelta(hours=9)).strftime(form)}
    text = act(polls, election, "round", channels=["web", "paper"], **times)
    assert "第1轮" in text
    assert "登记结果" not in text  # nothing is counted yet


def test_a_name_that_is_not_there_or_not_alone_is_said_beside_the_field(polls: Polls) -> None:
    election = polls.made()
    text = act(polls, election, "propose", post=1, resident="李无此人", document="纪要")
    assert "没有找到这个人" in text
    assert "李无此人" in text
    assert "请改用手机号或证件号码" in act(
        polls, election, "propose", post=1, resident=name_of(18), document="纪要"
    )
    assert not Candidate.objects.exists()


def test_a_refusal_is_shown_above_the_form(polls: Polls) -> None:
    election = polls.named()
    assert "期满以后才能公布" in act(polls, election, "publish")
    bad = send(polls, "worker", "new", title="", posts="委员 三", rule_key="")
    assert bad.status_code == 422
    assert "请写数字" in bad.content.decode()


def test_an_act_that_is_not_due_is_refused(polls: Polls) -> None:
    election = polls.made()
    answer = polls.cast.client("worker").get(reverse("elections:act", args=[election.public_id, "hand_over"]))
    assert answer.status_code == 409
    answer = polls.cast.client("worker").get(reverse("elections:act", args=[election.public_id, "nothing"]))
    assert answer.status_code == 404


def test_a_voter_stands_and_another_names_them(polls: Polls) -> None:
    election = polls.named()
    assert "我要自荐" in page(polls, "resident", "public", election.public_id)
    done = send(polls, "resident", "offer", election.public_id, post=2, about="退休教师")
    assert "已自荐" in done.content.decode()
    own = Candidate.objects.get(about="退休教师")
    assert "联名提名" in page(polls, "neighbour", "public", election.public_id)
    done = send(polls, "neighbour", "support", election.public_id, own.public_id)
    assert "您已联名" in done.content.decode()
    refused = send(polls, "resident", "support", election.public_id, own.public_id).content.decode()
    assert "不能提名自己" in refused
    done = send(polls, "resident", "withdraw", election.public_id, own.public_id, reason="身体原因")
    assert "已退出候选" in done.content.decode()
    assert "我要自荐" not in page(polls, "visitor", "public", election.public_id)


def test_who_has_not_agreed_is_not_shown_once_naming_is_over(polls: Polls) -> None:
    election = polls.named()
    polls.party(election, 9, 2, agrees=False)
    time.clock_forward(timedelta(days=6))
    assert name_of(9) not in page(polls, "visitor", "public", election.public_id)


def test_the_notice_of_an_election_names_who_stands_and_nothing_else_about_people(polls: Polls) -> None:
    """Candidates stand with their names, voters masked; no number, telephone or birth of anybody."""
    known = ("13912345678", "990101197001011234", "990101197001015678")
    for one, number in ((2, known[1]), (9, known[2])):
        sealed_set(polls.people[one], name=name_of(one), phone=known[0], number=number)
        polls.people[one].save()
    election = polls.listed()
    ballot = polls.round(election).ballot
    polls.frozen(ballot)
    printed = polls.cast.client("worker").get(reverse("ballots:notice_print", args=[ballot.public_id]))
    public = polls.cast.client("visitor").get(reverse("ballots:public", args=[ballot.public_id]))
    for text in (printed.content.decode(), public.content.decode()):
        assert all(name_of(person) in text for person in (2, 3, 4, 5, 6))
        assert not [name for name in (name_of(0), name_of(9), "1970", *known) if name in text]
    assert "（选 2 名）" in printed.content.decode()
    assert name_masked(name_of(9)) in printed.content.decode()
    assert name_masked(name_of(9)) not in public.content.decode()
    elector = ballot.electors.get(resident=polls.people[9])
    paper.sheets_issue(actor=polls.who("worker"), ballot_id=ballot.public_id, elector_ids=[elector.public_id])
    sheet = polls.cast.client("worker").get(reverse("ballots:sheets_print", args=[ballot.public_id]))
    assert "最多选 2 名" in sheet.content.decode()
    assert "每项只选一个" not in sheet.content.decode()


def test_a_recall_through_the_pages(polls: Polls) -> None:
    opens_at = time.now() + timedelta(days=30)
    form = "%Y-%m-%dT%H:%M"
    said = {
        "name": "王某",
        "office": "副主任",
        "reason": "长期不到岗",
        "rule_key": "committee_recall_voters",
        "opens_at": opens_at.strftime(form),
        "closes_at": (opens_at + timedelta(hours=9)).strftime(form),
        "channels": ["paper"],
    }
    assert "可以附议了" in send(polls, "worker", "recall_new", **said).content.decode()
    recall = Recall.objects.get()
    assert "我附议" in page(polls, "resident", "recall_public", recall.public_id)
    assert "您已附议" in send(polls, "resident", "recall_support", recall.public_id).content.decode()
    said = {"people": f"{name_of(7)}\n{name_of(8)}"}
    done = send(polls, "worker", "recall_act", recall.public_id, "support", **said).content.decode()
    assert "3 / 2" in done
    done = send(
        polls, "worker", "recall_act", recall.public_id, "defend", defence="因病请假"
    ).content.decode()
    assert "因病请假" in done
    assert "罢免投票" in send(polls, "worker", "recall_act", recall.public_id, "vote").content.decode()
    assert "副主任" in page(polls, "district", "recalls")


def test_the_list_of_recalls_is_narrowed_and_sorted_and_its_file_holds_the_same(polls: Polls) -> None:
    few, many = polls.recall(office="副主任"), polls.recall(office="委员")
    people = [polls.people[5].public_id]
    do.recall_support(actor=polls.who("worker"), recall_id=many.public_id, resident_ids=people)
    client, where = polls.cast.client("district"), reverse("elections:recalls")
    file = reverse("exports:make", args=["recalls"])

    def offices(query: str) -> list[str]:
        """Return the offices that the page shows, in its order, and that the file holds."""
        shown = [row.office for row, _tone in client.get(f"{where}?{query}").context["rows"]]
        answer = client.post(f"{file}?{query}", {"format": "csv"})
        lines = b"".join(answer.streaming_content).decode().splitlines()[1:-1] if shown else []
        assert [line.split(",")[1] for line in lines] == shown
        return shown

    assert offices("") == ["委员", "副主任"]
    assert offices("sort=oldest") == offices("sort=nonsense&q=")[::-1] == ["副主任", "委员"]
    assert offices("sort=missing") == ["委员", "副主任"]
    assert offices("q=副") == offices(f"q={few.number}") == ["副主任"]
    assert offices(f"q={few.name}") == []  # who is concerned is sealed
    assert offices("state=voting") == []
    assert "没有符合条件" in client.get(f"{where}?state=voting").content.decode()
    assert "这里没有罢免提议" in polls.cast.client("other_street").get(where).content.decode()


def test_what_runs_is_found_from_the_hall(polls: Polls) -> None:
    election = polls.named()
    hall = polls.cast.client("resident").get(reverse("ballots:council")).content.decode()
    assert reverse("elections:public_list") in hall
    assert election.title in page(polls, "resident", "public_list")
    assert election.title in page(polls, "visitor", "public_list")
    Election.objects.update(state="cancelled")
    assert "现在没有选举" in page(polls, "resident", "public_list")
