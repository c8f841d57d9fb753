"""The pages of ballots for who organises, who votes, who only reads; results hidden before the count."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.core import clock as time
from linli.work.deliberation.ballots import gate
from linli.work.deliberation.ballots.models import Ballot, Objection, Vote
from linli.work.deliberation.ballots.prints import sheet_address
from linli.work.deliberation.ballots.tasks import follow_clock

from .hall import LIFT, Hall

pytestmark = pytest.mark.django_db


def get(hall: Hall, who: str, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    answer = hall.cast.client(who).get(reverse(f"ballots:{name}", args=args) + query)
    assert answer.status_code == status, answer.status_code
    return str(answer.content.decode())


def post(hall: Hall, who: str, name: str, *args: Any, **said: Any) -> Any:
    return hall.cast.client(who).post(reverse(f"ballots:{name}", args=args), said, follow=True)


def test_a_ballot_is_made_listed_announced_and_frozen_by_its_pages(hall: Hall) -> None:
    building = hall.plan.building
    assert "部分共用部分的事项（重大，如加装电梯）" in get(hall, "worker", "rules")
    assert building.compound.name in get(hall, "worker", "new", "owners_part_major")
    query = f"?compound={building.compound.public_id}"
    assert "1号楼" in get(hall, "worker", "new", "owners_part_major", query=query)
    opens = time.now() + timedelta(days=20)
    said = {
        "title": "加装电梯",
        "questions": f"{LIFT}\n从维修资金支出",
        "buildings": [str(building.public_id)],
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=7):%Y-%m-%dT%H:%M}",
        "channels": ["web", "paper", "door"],
    }
    address = reverse("ballots:new", args=["owners_part_major"]) + query
    text = hall.cast.client("worker").post(address, said, follow=True).content.decode()
    assert "下一步：生成名册" in text
    ballot = Ballot.objects.get()
    assert (
        "名册已生成"
        in post(hall, "worker", "act", ballot.public_id, "roll", on="2026-03-10").content.decode()
    )
    ballot.refresh_from_db()
    done = post(hall, "worker", "act", ballot.public_id, "announce", version=ballot.version)
    assert "已公告" in done.content.decode()
    time.clock_forward(timedelta(days=10))
    ballot.refresh_from_db()
    done = post(hall, "worker", "act", ballot.public_id, "freeze", version=ballot.version)
    assert "名册已确定" in done.content.decode()


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(hall: Hall) -> None:
    compound = hall.plan.building.compound.public_id
    address = reverse("ballots:new", args=["owners_part_major"]) + f"?compound={compound}"
    said = {"title": "加装电梯", "questions": LIFT, "opens_at": "2026-01-01T09:00"}
    answer = hall.cast.client("worker").post(address, said)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert LIFT in text
    assert "请填写截止时间" in text


def test_a_stale_page_is_told_so(hall: Hall) -> None:
    ballot = hall.listed()
    answer = post(hall, "worker", "act", ballot.public_id, "announce", version=1)
    assert answer.status_code == 409
    assert "这次表决有了变化" in answer.content.decode()


def test_the_list_narrows_and_is_for_who_works_with_ballots(hall: Hall) -> None:
    ballot = hall.announced()
    assert ballot.number in get(hall, "worker", "list")
    assert ballot.number not in get(hall, "worker", "list", query="?stage=ended")
    assert "没有符合条件的" in get(hall, "street", "list", query="?q=别的")
    assert ballot.number not in get(hall, "worker_b", "list")
    get(hall, "property", "list", status=403)
    get(hall, "resident", "list", status=403)


def test_a_resident_votes_changes_the_vote_and_reads_the_receipt(hall: Hall) -> None:
    ballot = hall.opened()
    key = hall.owner(ballot, "101").public_id
    assert reverse("ballots:vote", args=[ballot.public_id, key]) in get(
        hall, "resident", "public", ballot.public_id
    )
    assert LIFT in get(hall, "resident", "vote", ballot.public_id, key)
    done = post(hall, "resident", "vote", ballot.public_id, key, q1="yes", seen="-1")
    assert "您的票已收下" in done.content.decode()
    vote = Vote.objects.get()
    assert vote.receipt in done.content.decode()
    done = post(hall, "resident", "vote", ballot.public_id, key, q1="no", seen="0")
    assert "改过1次" in done.content.decode()
    stale = post(hall, "resident", "vote", ballot.public_id, key, q1="yes", seen="0")
    assert stale.status_code == 409
    assert "已经有了变化" in stale.content.decode()


def test_the_form_sends_itself_again_with_its_key(hall: Hall) -> None:
    ballot = hall.opened()
    key = hall.owner(ballot, "101").public_id
    text = get(hall, "resident", "vote", ballot.public_id, key)
    assert "data-resend" in text
    assert 'name="request_key"' in text


def test_beyond_capacity_is_503_with_the_seconds_to_wait(hall: Hall, monkeypatch: Any) -> None:
    ballot = hall.opened()
    key = hall.owner(ballot, "101").public_id
    monkeypatch.setattr(gate, "WAIT", 0.01)
    taken = 0
    while gate._places.acquire(blocking=False):
        taken += 1
    try:
        answer = post(hall, "resident", "vote", ballot.public_id, key, q1="yes", seen="-1")
    finally:
        for _n in range(taken):
            gate._places.release()
    assert answer.status_code == 503
    assert 2 <= int(answer["Retry-After"]) <= 6
    assert not Vote.objects.exists()
    done = post(hall, "resident", "vote", ballot.public_id, key, q1="yes", seen="-1")
    assert done.status_code == 200


@pytest.mark.parametrize("who", ["neighbour", "visitor", "worker"])
def test_nobody_reads_or_casts_anothers_vote(hall: Hall, who: str) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101")
    key = hall.owner(ballot, "101").public_id
    for name in ("vote", "receipt"):
        answer = hall.cast.client(who).get(reverse(f"ballots:{name}", args=[ballot.public_id, key]))
        assert answer.status_code in (302, 404)
    answer = post(hall, who, "vote", ballot.public_id, key, q1="no", seen="0")
    assert answer.status_code in (200, 401, 403, 404)  # 200: the page for signing in
    assert Vote.objects.get().choices == {"1": ["yes"]}


def test_a_vote_that_comes_late_gets_a_page_that_says_so(hall: Hall) -> None:
    ballot = hall.opened()
    key = hall.owner(ballot, "101").public_id
    time.clock_set(ballot.closes_at)
    answer = post(hall, "resident", "vote", ballot.public_id, key, q1="yes", seen="-1")
    assert answer.status_code == 410
    assert "表决已经截止，这一票没有计入" in answer.content.decode()


MOST_STATEMENTS = 24  # of one vote by the page, from the session to the redirect
HIDDEN = ("同意</td>", "participants", "没有通过", "is_passed", '"yes":')


def test_nothing_of_the_result_is_seen_before_the_count_by_anybody(hall: Hall) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101", "no")
    hall.door(ballot, "202", "no")
    for _moment in range(2):
        for who in ("worker", "street", "city", "supervisor", "resident", "neighbour", "visitor"):
            client = hall.cast.client(who)
            for address in (
                reverse("ballots:public", args=[ballot.public_id]),
                reverse("ballots:record", args=[ballot.public_id]),
                f"/api/v1/council/ballots/{ballot.public_id}",
            ):
                text = client.get(address).content.decode()
                assert not [word for word in HIDDEN if word in text], (who, address)
            assert client.get(reverse("ballots:bundle", args=[ballot.public_id])).status_code == 404
            answer = client.get(f"/api/v1/council/ballots/{ballot.public_id}/bundle")
            assert answer.status_code in (401, 404)
        time.clock_set(ballot.closes_at + timedelta(hours=1))  # over, not counted yet


def test_live_turnout_is_for_organisers_alone(hall: Hall) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101")
    assert "投票进度" in get(hall, "worker", "record", ballot.public_id)
    for who in ("supervisor", "city", "grid_worker"):
        assert "投票进度" not in get(hall, who, "record", ballot.public_id)
    address = f"/api/v1/council/ballots/{ballot.public_id}/turnout"
    assert hall.cast.client("worker").get(address).json()["heads"] == 1
    for who in ("supervisor", "city", "resident", "neighbour"):
        assert hall.cast.client(who).get(address).status_code == 404


def test_the_result_shows_the_sum_step_by_step_with_its_article(hall: Hall) -> None:
    ballot = hall.opened()
    for room, mark in (("102", "yes"), ("202", "yes"), ("302", "no")):
        hall.door(ballot, room, mark)
    hall.web(ballot, "101", "yes")
    counted = hall.counted(ballot)
    for who, name in (("visitor", "public"), ("worker", "record"), ("worker", "result_print")):
        text = get(hall, who, name, ballot.public_id)
        assert "通过" in text
        assert "民法典第278条第2款" in text
        assert "参加表决4人，全体5人，要求三分之二以上" in text
        assert "同意316.60平方米，参加表决406.10平方米，要求四分之三以上" in text
    assert counted.tally_digest in get(hall, "worker", "result_print", ballot.public_id)
    answer = hall.cast.client("visitor").get(reverse("ballots:bundle", args=[ballot.public_id]))
    assert json.loads(answer.content)["digest"] == counted.tally_digest
    script = reverse("ballots:recount_script")
    assert script in get(hall, "visitor", "public", ballot.public_id)
    handed_out = hall.cast.client("visitor").get(script)
    assert "recount.py" in handed_out["Content-Disposition"]
    assert handed_out.content == (Path(__file__).parents[6] / "docs" / "recount.py").read_bytes()


def test_a_result_page_reads_no_vote_and_voting_takes_few_statements(hall: Hall) -> None:
    ballot = hall.opened()
    key = hall.owner(ballot, "101").public_id
    client = hall.cast.client("resident")
    client.get("/council/")  # what a browser asks once
    address = reverse("ballots:vote", args=[ballot.public_id, key])
    with CaptureQueriesContext(connection) as seen:
        assert client.post(address, {"q1": "yes", "seen": "-1", "request_key": "k1"}).status_code == 302
    assert len(seen) <= MOST_STATEMENTS, [one["sql"][:90] for one in seen]
    counted = hall.counted(ballot)
    with CaptureQueriesContext(connection) as seen:
        get(hall, "visitor", "public", counted.public_id)
    assert not [one["sql"] for one in seen if "ballots_vote" in one["sql"]]


def test_the_roll_is_read_by_neighbours_and_its_digest_can_be_checked(hall: Hall) -> None:
    ballot = hall.frozen()
    text = get(hall, "neighbour", "public_roll", ballot.public_id)
    assert "王**" in text
    assert "王秀兰" not in text
    get(hall, "visitor", "public_roll", ballot.public_id, status=403)
    lines = hall.cast.client("neighbour").get(reverse("ballots:roll_text", args=[ballot.public_id]))
    assert hashlib.sha256(lines.content).hexdigest() == ballot.roll_digest
    get(hall, "visitor", "roll_text", ballot.public_id, status=403)


def test_a_resident_objects_and_reads_the_ruling(hall: Hall) -> None:
    ballot = hall.announced()
    done = post(hall, "resident", "object", ballot.public_id, text="101室面积不对")
    assert "异议已提交" in done.content.decode()
    objection = Objection.objects.get()
    assert "101室面积不对" in get(hall, "worker", "ruling", ballot.public_id, objection.public_id)
    post(
        hall,
        "worker",
        "ruling",
        ballot.public_id,
        objection.public_id,
        is_upheld="yes",
        ruling="已按产权证更正",
    )
    assert "已按产权证更正" in get(hall, "resident", "public", ballot.public_id)
    assert "101室面积不对" not in get(hall, "neighbour", "public", ballot.public_id)


def test_door_paper_and_naming_a_voter_by_the_pages(hall: Hall) -> None:
    ballot = hall.opened()
    door, paper = hall.owner(ballot, "202"), hall.owner(ballot, "102")
    said = {"channel": "door", "witness": str(hall.cast.person("worker2").pk), "q1": "yes", "seen": "-1"}
    done = post(hall, "worker", "elector_act", ballot.public_id, door.public_id, "take", **said)
    assert "已登记这一票" in done.content.decode()
    named = {"resident_id": str(hall.people["wife"].public_id), "reason": "书面推选"}
    done = post(hall, "worker", "elector_act", ballot.public_id, paper.public_id, "voter", **named)
    assert "表决人已登记" in done.content.decode()
    done = post(hall, "worker", "sheets_issue", ballot.public_id)
    assert "已发出4张票纸" in done.content.decode()
    sheet = paper.sheets.get()
    assert f"{sheet.code[:4]}-{sheet.code[4:]}" in get(hall, "worker", "sheets_print", ballot.public_id)
    found = post(hall, "grid_worker", "sheets", ballot.public_id, code=sheet.code.lower())
    assert f"第{sheet.number}号票纸" in found.content.decode()
    post(hall, "grid_worker", "sheet", ballot.public_id, sheet.code, act="return")
    done = post(hall, "worker", "sheet", ballot.public_id, sheet.code, act="key", q1=["yes", "no"])
    assert "录完第一遍" in done.content.decode()
    assert "您已经录过一遍" in get(hall, "worker", "sheet", ballot.public_id, sheet.code)
    done = post(hall, "worker2", "sheet", ballot.public_id, sheet.code, act="key", q1=["yes"])
    assert "两遍录入不一致" in done.content.decode()
    for who in ("worker", "worker2"):
        done = post(hall, who, "sheet", ballot.public_id, sheet.code, act="key", q1=["yes", "no"])
    assert "已计入" in done.content.decode()
    assert Vote.objects.get(elector=paper).choices == {"1": ["invalid"]}


def test_notices_and_sheets_print_large_with_a_code(hall: Hall) -> None:
    ballot = hall.opened()
    hall.sheet(ballot, "102")
    for name in ("notice_print", "sheets_print"):
        text = get(hall, "worker", name, ballot.public_id)
        assert "paper-large" in text
        assert "data:image/svg+xml" in text
    assert "王**" in get(hall, "worker", "notice_print", ballot.public_id)
    get(hall, "worker", "result_print", ballot.public_id, status=409)


def test_a_secret_sheet_bears_its_code_on_the_stub_only(hall: Hall) -> None:
    more = {"rule_key": "residents_meeting", "way": "secret", "channels": ["paper"], "building_ids": ()}
    ballot = hall.opened(**more)
    elector = ballot.electors.get(resident=hall.people["woman"])
    post(hall, "worker", "elector_act", ballot.public_id, elector.public_id, "issue")
    code = elector.sheets.get().code
    text = get(hall, "worker", "sheets_print", ballot.public_id)
    stub, ballot_paper = text.split("</header>", 1)
    assert code[:4] in stub
    assert elector.label in stub  # several electors of one home each get their own
    assert elector.label not in ballot_paper
    assert code[:4] not in ballot_paper
    assert "只能投纸质票" in get(hall, "worker", "sheets", ballot.public_id)  # asked before all get one
    made = post(hall, "worker", "boxes", ballot.public_id, kind="station", place="门口")
    assert "票箱已登记" in made.content.decode()


def test_the_council_shows_what_one_may_vote_on(hall: Hall) -> None:
    ballot = hall.opened()
    text = get(hall, "resident", "council")
    assert "我可以投的" in text
    assert ballot.title in text
    assert "我已投" not in text
    hall.web(ballot, "101")
    assert "我已投" in get(hall, "resident", "council")
    assert "我可以投的" not in get(hall, "visitor", "council")


def test_my_data_shows_the_roll_the_receipt_and_my_objection(hall: Hall) -> None:
    ballot = hall.announced()
    post(hall, "resident", "object", ballot.public_id, text="101室面积不对")
    text = hall.cast.client("resident").get(reverse("privacy:my_data")).content.decode()
    assert "1号楼1单元101室、1号楼1单元201室" in text
    assert "101室面积不对" in text
    other = hall.cast.client("neighbour").get(reverse("privacy:my_data")).content.decode()
    assert "101室面积不对" not in other


def test_drafts_are_seen_by_organisers_alone(hall: Hall) -> None:
    ballot = hall.listed()
    get(hall, "resident", "public", ballot.public_id, status=404)
    get(hall, "grid_worker", "record", ballot.public_id, status=404)
    get(hall, "worker_b", "record", ballot.public_id, status=404)
    get(hall, "worker", "record", ballot.public_id)
    assert hall.cast.client("resident").get(f"/api/v1/council/ballots/{ballot.public_id}").status_code == 404


def test_voting_by_the_interface_is_the_same_act(hall: Hall) -> None:
    ballot = hall.opened()
    client = hall.cast.client("resident")
    listed = hall.cast.client("worker").get("/api/v1/council/ballots?q=没有这样的表决").json()
    assert listed["items"] == []
    base = f"/api/v1/council/ballots/{ballot.public_id}"
    [row] = client.get(f"{base}/own").json()
    body = {"elector": row["elector"], "choices": {"1": ["yes"]}, "seen": row["seen"]}
    made = client.post(f"{base}/vote", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["receipt"] == Vote.objects.get().receipt
    again = client.post(f"{base}/vote", json.dumps(body), content_type="application/json")
    assert again.status_code == 409
    half = client.post(f"{base}/vote", json.dumps({**body, "choices": {}}), content_type="application/json")
    assert half.status_code == 422


@override_settings(BASE_URL="https://linli.example.cn")
def test_the_code_on_a_sheet_leads_to_its_page(hall: Hall) -> None:
    ballot = hall.opened()
    sheet = hall.sheet(ballot, "102")
    assert sheet_address(ballot, sheet) == (
        f"https://linli.example.cn{reverse('ballots:sheet', args=[ballot.public_id, sheet.code])}"
    )


def test_the_clocks_job_opens_and_closes(hall: Hall) -> None:
    ballot = hall.frozen()
    assert follow_clock() == 0
    time.clock_set(ballot.opens_at)
    assert follow_clock() == 1
    time.clock_set(ballot.closes_at)
    assert follow_clock() == 1
    ballot.refresh_from_db()
    assert ballot.state == "closed"
    assert follow_clock() == 0
