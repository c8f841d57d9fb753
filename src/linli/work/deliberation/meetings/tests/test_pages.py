"""Pages of meetings: the desk's, the printed ones, the residents', JSON."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from docx import Document

from linli.core import clock as time
from linli.work.deliberation.meetings import services as do
from linli.work.deliberation.meetings.models import Meeting
from linli.work.deliberation.meetings.selectors import present_count

from .conftest import MEETS_AT, NAMES, Hall, tables_digest

pytestmark = pytest.mark.django_db


def page(hall: Hall, who: str, name: str, *args: Any, query: str = "") -> str:
    answer = hall.cast.client(who).get(reverse(f"meetings:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def send(hall: Hall, who: str, name: str, *args: Any, **said: Any) -> Any:
    return hall.cast.client(who).post(reverse(f"meetings:{name}", args=args), said, follow=True)


def act(hall: Hall, meeting: Meeting, code: str, who: str = "worker", **said: Any) -> Any:
    return send(hall, who, "act", meeting.public_id, code, **said)


# -- the desk -------------------------------------------------------------------------------
def test_a_whole_meeting_through_the_pages(hall: Hall) -> None:
    said = {
        "kind": "representatives",
        "where": "990101001001",
        "title": "第一次居民代表会议",
        "body": "桂花第一居委会居民代表会议",
        "starts_at": "2026-03-24 14:00",
        "place": "居委会二楼",
        "rule_key": "residents_representatives",
        "is_public": "on",
    }
    answer = send(hall, "worker", "new", **said)
    assert answer.status_code == 422
    assert "组成人员一共多少人" in answer.content.decode()
    send(hall, "worker", "new", **said, composition="9")
    meeting = Meeting.objects.get()
    act(hall, meeting, "add_item", title="修订居民公约", is_vote_wanted="on")
    act(hall, meeting, "invite", names="\n".join(NAMES[:9]), is_member="yes")
    meeting.refresh_from_db()
    assert "最迟3月21日" in page(hall, "worker", "record", meeting.public_id)
    answer = act(hall, meeting, "call", version=meeting.version)
    assert "会议通知已发出" in answer.content.decode()
    time.clock_forward(MEETS_AT - time.now())
    people = [str(one.public_id) for one in meeting.invitees.all()[:6]]
    send(hall, "grid_worker", "people_act", meeting.public_id, "come", people=people)
    chair, recorder = people[:2]
    assert "会议开始" in act(hall, meeting, "open", chair=chair, recorder=recorder).content.decode()
    item = meeting.items.get()
    address = (meeting.public_id, item.public_id)
    send(hall, "worker", "speakers", *address, invitee=people[2], minutes="3")
    send(hall, "worker", "speakers", *address, next="1")
    assert "正在发言" in page(hall, "worker", "item", *address)
    hands = {"yes": "4", "no": "1", "abstain": "1"}
    answer = send(hall, "worker", "item", *address, **hands, decision="")
    assert answer.status_code == 422
    assert "请写明决定了什么" in answer.content.decode()
    text = send(hall, "worker", "item", *address, **hands, decision="通过新公约").content.decode()
    for words in ("到会6，赞成4，反对1，弃权1", "达到", "居民委员会组织法第29条", "通过新公约"):
        assert words in text, words
    act(hall, meeting, "close")
    answer = act(hall, meeting, "write", text="大家谈了公约。", points="印公约，居委会，2026-04-01")
    assert "纪要已写定" in answer.content.decode()
    act(hall, meeting, "sign", invitee=chair, part="chair")
    assert "还缺记录人" in act(hall, meeting, "file").content.decode()
    act(hall, meeting, "sign", invitee=recorder, part="recorder")
    act(hall, meeting, "file")
    meeting.refresh_from_db()
    assert meeting.state == "filed"


def test_too_late_a_notice_is_blocked_with_the_article(hall: Hall) -> None:
    meeting = hall.ready(kind="council", rule_key="residents_meeting")
    time.clock_forward(timedelta(days=10))
    form = page(hall, "worker", "act", meeting.public_id, "call")
    assert "通知晚了" in form
    assert "居民委员会组织法" in form
    assert "晚于法定期限仍要召开的理由" not in form
    assert act(hall, meeting, "call", version=meeting.version).status_code == 409
    assert "晚于法定期限仍要召开的理由" in page(hall, "street", "act", meeting.public_id, "call")
    reason = {"version": meeting.version, "late_reason": "防汛紧急"}
    assert "会议通知已发出" in act(hall, meeting, "call", "street", **reason).content.decode()
    assert "防汛紧急" in page(hall, "worker", "paper", meeting.public_id, "notice")


def test_the_list_is_narrowed_and_says_why_it_is_empty(hall: Hall) -> None:
    address = reverse("deliberation:list")
    client = hall.cast.client("worker")
    assert "按“召集会议”开始筹备" in client.get(address).content.decode()
    meeting = hall.lapsed()
    assert meeting.title in client.get(address).content.decode()
    for query, is_in in (
        ("?q=公约", True),
        ("?q=电梯", False),
        ("?lapsed=yes", True),
        ("?kind=hearing", False),
        ("?stage=held", True),
        ("?stage=coming", False),
        ("?from_on=2026-03-25", False),
        ("?from_on=2026-03-24&to_on=2026-03-24", True),
    ):
        text = client.get(address + query).content.decode()
        assert (meeting.number in text) is is_in, query
    assert "没有符合条件的" in client.get(f"{address}?q=电梯").content.decode()


def test_names_are_for_who_works_on_it(hall: Hall) -> None:
    meeting = hall.closed()
    for who in ("district", "supervisor", "city"):
        text = page(hall, who, "record", meeting.public_id)
        assert not [name for name in NAMES if name in text]
    assert NAMES[0] in page(hall, "grid_worker", "people", meeting.public_id)
    client = hall.cast.client("district")
    assert client.get(reverse("meetings:people", args=[meeting.public_id])).status_code == 403


def test_live_quorum_is_its_own_fragment(hall: Hall) -> None:
    meeting = hall.gathered(5)
    text = page(hall, "worker", "live", meeting.public_id)
    assert "<html" not in text
    assert "没有达到，不能表决" in text
    hall.come(meeting, 6)
    assert "已达到法定人数" in page(hall, "worker", "live", meeting.public_id)


def test_people_by_code_and_what_is_wrong_is_said(hall: Hall) -> None:
    meeting = hall.gathered(0)
    answer = send(hall, "grid_worker", "people_act", meeting.public_id, "code", code="AAAA2222")
    assert "请柬码不对" in answer.content.decode()
    send(hall, "grid_worker", "people_act", meeting.public_id, "code", code=hall.one(meeting, 3).code)
    assert present_count(meeting) == 1
    assert "请选择到场的人" in send(hall, "worker", "people_act", meeting.public_id, "come").content.decode()
    junk = send(hall, "worker", "people_act", meeting.public_id, "come", people="x")
    assert junk.status_code == 200
    absent = page(hall, "worker", "people", meeting.public_id, query="?show=absent")
    assert NAMES[2] not in absent
    assert NAMES[3] in absent


# -- on paper --------------------------------------------------------------------------------
def test_papers_carry_codes_and_large_type(hall: Hall) -> None:
    meeting = hall.called()
    one = hall.one(meeting, 1)
    invitations = page(hall, "worker", "paper", meeting.public_id, "invitations")
    assert invitations.count("paper-large") == 9
    assert f"{one.code[:4]}-{one.code[4:]}" in invitations
    for code, words in (("notice", "会议通知"), ("agenda", "议程"), ("signing", "签到簿")):
        text = page(hall, "worker", "paper", meeting.public_id, code)
        assert words in text
        assert "data:image/svg" in text
        assert "paper-large" in text
    notice = page(hall, "worker", "paper", meeting.public_id, "notice")
    assert not [name for name in NAMES if name in notice]
    draft = hall.draft()
    client = hall.cast.client("worker")
    assert client.get(reverse("meetings:paper", args=[draft.public_id, "notice"])).status_code == 409
    assert client.get(reverse("meetings:paper", args=[draft.public_id, "cake"])).status_code == 404


def test_minutes_as_docx_and_pdf(hall: Hall) -> None:
    meeting = hall.minuted()
    hall.sign(meeting, 1, "chair")
    client = hall.cast.client("worker")
    files = {
        ending: client.get(reverse("meetings:minutes_file", args=[meeting.public_id, ending]))
        for ending in ("docx", "pdf")
    }
    assert files["pdf"].content.startswith(b"%PDF-1.")
    assert b"STSong-Light" in files["pdf"].content
    assert "attachment" in files["pdf"]["Content-Disposition"]
    written = Document(BytesIO(files["docx"].content))
    text = "\n".join(p.text for p in written.paragraphs)
    text += "\n".join(cell.text for table in written.tables for row in table.rows for cell in row.cells)
    expected = ("第一次居民代表会议会议纪要", "修订居民公约", "赞成4", "大家谈了公约", "印公约", "纸质签字")
    for words in (*expected, NAMES[0]):
        assert words in text, words
    gone = client.get(reverse("meetings:minutes_file", args=[meeting.public_id, "exe"]))
    assert gone.status_code == 404


# -- residents ---------------------------------------------------------------------------------
def neighbour(hall: Hall, who: str = "visitor") -> Any:
    client = hall.cast.client(who)
    client.cookies["neighbourhood"] = "990101001001"
    return client


def test_residents_read_what_is_coming_and_what_was_decided(hall: Hall) -> None:
    meeting, client = hall.called(), neighbour(hall)
    listed, detail = (
        reverse("meetings:public_list"),
        reverse("meetings:public_detail", args=[meeting.public_id]),
    )
    assert meeting.title in client.get(listed).content.decode()
    text = client.get(detail).content.decode()
    assert "修订居民公约" in text
    assert "居委会二楼" in text
    hall.hour(meeting)
    hall.come(meeting, *range(1, 7))
    hall.begin(meeting)
    hall.decide(meeting, decision="新公约五月一日起施行")
    assert "新公约五月一日起施行" not in client.get(detail).content.decode()  # not before it is over
    do.meeting_close(actor=hall.who("worker"), meeting_id=meeting.pk)
    text = client.get(detail).content.decode()
    for words in ("新公约五月一日起施行", "赞成4", "居民委员会组织法第29条"):
        assert words in text, words
    assert not [name for name in NAMES if name in text]
    assert "修订居民公约：通过" in client.get(listed).content.decode()


def test_what_is_not_public_or_elsewhere_is_not_there(hall: Hall) -> None:
    private = hall.called(is_public=False)
    draft = hall.draft(title="还在筹备")
    client = neighbour(hall)
    text = client.get(reverse("meetings:public_list")).content.decode()
    assert private.title not in text
    assert draft.title not in text
    for one in (private, draft):
        assert client.get(reverse("meetings:public_detail", args=[one.public_id])).status_code == 404
    hall.called(title="第二次")
    client.cookies["neighbourhood"] = "990101002001"
    assert "第二次" not in client.get(reverse("meetings:public_list")).content.decode()
    client.cookies["neighbourhood"] = ""
    assert "先选择您住在哪里" in client.get(reverse("meetings:public_list")).content.decode()


def test_a_meeting_that_was_not_held_says_so(hall: Hall) -> None:
    meeting = hall.lapsed()
    text = neighbour(hall).get(reverse("meetings:public_detail", args=[meeting.public_id])).content.decode()
    assert "人数不足，会议没有举行" in text
    assert "三分之二以上" in text


def test_signing_in_by_the_code_at_the_door(hall: Hall) -> None:
    meeting = hall.gathered(0)
    one, client = hall.one(meeting, 5), neighbour(hall)
    door = reverse("meetings:here", args=[meeting.public_id, meeting.code])
    assert client.get(door).status_code == 200
    sent = {"site_code": meeting.code, "code": "AAAA2222"}
    assert client.post(door, sent).status_code == 422
    text = client.post(door, {**sent, "code": one.code}).content.decode()
    assert "已签到" in text
    assert present_count(meeting) == 1
    assert client.get(reverse("meetings:here", args=[meeting.public_id, "AAAA2222"])).status_code == 404


def test_an_invitation_is_scanned_by_who_helps(hall: Hall) -> None:
    meeting = hall.gathered(0)
    one = hall.one(meeting, 5)
    card = reverse("meetings:card", args=[meeting.public_id, one.code])
    assert "请柬第5号" in hall.cast.client("grid_worker").get(card).content.decode()
    visitor = neighbour(hall)
    assert visitor.post(card, {"code": one.code, "site_code": ""}).status_code == 422
    text = hall.cast.client("grid_worker").post(card, {"code": one.code}).content.decode()
    assert "第5号已记为到场" in text
    assert present_count(meeting) == 1


# -- JSON ----------------------------------------------------------------------------------------
def api(hall: Hall, who: str, path: str, body: Any = None) -> tuple[int, Any]:
    client = hall.cast.client(who)
    if body is None:
        answer = client.get(f"/api/v1/council/meetings{path}")
    else:
        answer = client.post(
            f"/api/v1/council/meetings{path}", json.dumps(body), content_type="application/json"
        )
    return answer.status_code, answer.json()


def test_machines_do_the_same(hall: Hall) -> None:
    meeting = hall.gathered(5)
    path = f"/{meeting.public_id}"
    status, found = api(hall, "worker", "")
    assert (status, [row["number"] for row in found["items"]]) == (200, [meeting.number])
    assert api(hall, "worker", f"?q={meeting.number}&from_on=2020-01-01")[1]["items"] == found["items"]
    assert api(hall, "worker", "?q=没有这样的会议")[1]["items"] == []
    assert api(hall, "worker", "?to_on=2020-01-01")[1]["items"] == []
    assert found["items"][0]["quorum"]["needed"] == 6
    text = json.dumps(found, ensure_ascii=False)
    assert meeting.code not in text
    assert not [name for name in NAMES if name in text]
    six = hall.one(meeting, 6)
    assert api(hall, "worker", f"{path}/sign-in", {"code": "AAAA2222"})[0] == 422
    status, said = api(hall, "grid_worker", f"{path}/sign-in", {"code": six.code})
    assert (status, said["quorum"]["holds"]) == (200, True)
    hall.begin(meeting)
    item = said["items"][0]["public_id"]
    decide = f"{path}/items/{item}/decide"
    assert api(hall, "worker", decide, {"yes": 9, "no": 0, "abstain": 0, "decision": "x"})[0] == 422
    status, said = api(hall, "worker", decide, {"yes": 4, "no": 1, "abstain": 1, "decision": "通过"})
    assert (status, said["items"][0]["outcome"]) == (200, "passed")
    assert api(hall, "worker", f"{path}/adjourn", {})[0] == 409
    assert api(hall, "worker", f"{path}/close", {})[1]["state"] == "closed"
    assert api(hall, "worker_b", path)[0] == 404
    assert api(hall, "resident", "")[0] == 403
    assert api(hall, "worker", "?kind=hearing")[1]["items"] == []


def test_only_meetings_that_the_reader_may_open_are_linked(hall: Hall) -> None:
    first = hall.gathered(5)
    do.staff_invite(actor=hall.who("worker"), meeting_id=first.pk, units=[hall.cast.units["chengguan"]])
    do.meeting_adjourn(actor=hall.who("worker"), meeting_id=first.pk)
    later = time.now() + timedelta(days=14)
    second = do.meeting_call_again(actor=hall.who("worker"), meeting_id=first.pk, starts_at=later)
    to_first, to_second = (reverse("meetings:record", args=[row.public_id]) for row in (first, second))
    assert to_second in page(hall, "worker", "record", first.public_id)
    assert to_first in page(hall, "worker", "record", second.public_id)
    assert to_second not in page(hall, "department", "record", first.public_id)
    assert hall.cast.client("department").get(to_second).status_code == 404


# -- candidates at a meeting that elects ---------------------------------------------------------
def electing(hall: Hall) -> Meeting:
    meeting = hall.draft(kind="council", rule_key="committee_election_voters")
    hall.add(meeting, is_vote_wanted=False)
    return hall.people(meeting)


def test_who_stands_is_marked_on_the_page_and_may_be_taken_back(hall: Hall) -> None:
    meeting = electing(hall)
    assert "标明候选人" in page(hall, "worker", "people", meeting.public_id)
    assert "标明候选人" in page(hall, "worker", "record", meeting.public_id)
    people = list(meeting.invitees.order_by("number"))
    said = {"candidates": [str(people[7].public_id), str(people[8].public_id)]}
    assert "候选人已标明" in act(hall, meeting, "candidates", **said).content.decode()
    marked = meeting.invitees.filter(is_candidate=True).values_list("number", flat=True)
    assert list(marked) == [8, 9]
    form = page(hall, "worker", "act", meeting.public_id, "candidates")
    assert form.count("checked") == 2
    listed = page(hall, "worker", "people", meeting.public_id)
    assert listed.count(">候选人<") == 2 or listed.count("候选人</") == 2
    assert "标明候选人" in page(hall, "worker", "record", meeting.public_id)  # its line in the story
    act(hall, meeting, "candidates")
    assert not meeting.invitees.filter(is_candidate=True).exists()


def test_marking_is_refused_where_nobody_is_elected_or_to_others(hall: Hall) -> None:
    plain = hall.ready()
    assert "标明候选人" not in page(hall, "worker", "people", plain.public_id)
    before = tables_digest()
    one = [str(plain.invitees.first().public_id)]
    answer = act(hall, plain, "candidates", candidates=one)
    assert answer.status_code == 409
    assert "这次会议不选举" in answer.content.decode()
    meeting = electing(hall)
    before = tables_digest()
    one = [str(meeting.invitees.first().public_id)]
    assert act(hall, meeting, "candidates", who="supervisor", candidates=one).status_code == 403
    assert act(hall, meeting, "candidates", who="worker_b", candidates=one).status_code == 404
    stranger = [str(plain.invitees.first().public_id)]
    assert act(hall, meeting, "candidates", candidates=stranger).status_code == 422
    assert tables_digest() == before


def test_who_acts_for_another_is_no_candidate(hall: Hall) -> None:
    meeting = electing(hall)
    meeting.refresh_from_db()
    meeting = hall.come(hall_at_hour(hall, meeting), 1)
    people = {one.number: one for one in meeting.invitees.all()}
    said = {"giver": people[2].public_id, "holder": people[1].public_id, "is_written": "on"}
    act(hall, meeting, "proxy", **said)
    before = tables_digest()
    answer = act(hall, meeting, "candidates", candidates=[str(people[1].public_id)])
    assert answer.status_code == 409
    assert "1号已接受了别人的委托" in answer.content.decode()
    assert tables_digest() == before


def hall_at_hour(hall: Hall, meeting: Meeting) -> Meeting:
    meeting = hall.call(meeting, by="street", late_reason="试")
    hall.hour(meeting)
    return meeting
