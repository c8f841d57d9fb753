"""Pages of whistles: list, one whistle for each side, code on the spot, sheet, figures, JSON."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.work.matters.models import Assignment
from linli.work.matters.whistles.models import Whistle

from .conftest import Spot

pytestmark = pytest.mark.django_db


def page(spot: Spot, who: str, name: str, *args: Any, query: str = "") -> str:
    answer = spot.cast.client(who).get(reverse(f"whistles:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def send(spot: Spot, who: str, whistle: Whistle, act: str, **said: Any) -> Any:
    address = reverse("whistles:act", args=[whistle.public_id, act])
    return spot.cast.client(who).post(address, said, follow=True)


def test_the_list_shows_who_is_missing(spot: Spot) -> None:
    whistle = spot.blow()
    text = page(spot, "street", "list")
    assert whistle.number in text
    assert "0/2" in text
    assert "有迟到或没到</" not in text.split("<tbody>")[1]
    time.clock_forward(timedelta(hours=4))
    assert "有迟到或没到" in page(spot, "department", "list", query="?late=yes").split("<tbody>")[1]
    assert "没有符合条件的" in page(spot, "street", "list", query="?cause=joint")
    assert "您的单位被请到现场时" in page(spot, "property", "list")


def test_the_caller_sees_the_code_and_nobody_else(spot: Spot) -> None:
    whistle = spot.blow()
    shown = f"{whistle.code[:4]}-{whistle.code[4:]}"
    assert shown in page(spot, "street", "record", whistle.public_id)
    for other in ("department", "district"):
        text = page(spot, other, "record", whistle.public_id)
        assert shown not in text
        assert whistle.code not in text
    answer = spot.cast.client("street").get(reverse("whistles:record", args=[whistle.public_id]))
    assert answer["Cache-Control"] == "no-store"


def test_scanning_the_code_is_two_presses(spot: Spot) -> None:
    whistle = spot.blow()
    time.clock_forward(timedelta(hours=3))
    assert "已扫到现场码" in page(spot, "department", "here", whistle.public_id, whistle.code)
    done = send(spot, "department", whistle, "check_in", way="code", code=whistle.code)
    assert "已报到" in done.content.decode()
    again = spot.cast.client("department").get(
        reverse("whistles:here", args=[whistle.public_id, whistle.code])
    )
    assert again.status_code == 302


def test_a_wrong_code_is_said_beside_the_field_and_nothing_is_lost(spot: Spot) -> None:
    whistle = spot.blow()
    time.clock_forward(timedelta(hours=3))
    answer = send(spot, "department", whistle, "check_in", way="code", code="ABCD2345")
    assert answer.status_code == 422
    assert "现场码不对" in answer.content.decode()
    assert "ABCD2345" in answer.content.decode()
    assert spot.call(whistle).came_at is None


def test_finish_and_rate_through_the_pages(spot: Spot) -> None:
    whistle = spot.gathered()
    send(spot, "department", whistle, "answer", result="清理完毕")
    send(spot, "street", whistle, "log", note="商定巡查")
    time.clock_forward(timedelta(minutes=20))
    answer = send(spot, "street", whistle, "finish", outcome="一起清理", is_solved="yes", told="")
    assert answer.status_code == 422
    answer = send(spot, "street", whistle, "finish", outcome="一起清理", is_solved="yes", told="已清理")
    assert "请评价各单位的到场和办理" in answer.content.decode()
    for unit, said in (("chengguan", {"coming": "good", "work": "fair"}), ("fangguan", {"coming": "poor"})):
        address = reverse("whistles:rate", args=[whistle.public_id, spot.call(whistle, unit).public_id])
        assert spot.cast.client("street").post(address, said).status_code == 302
    whistle.refresh_from_db()
    assert whistle.state == "closed"
    text = page(spot, "department", "record", whistle.public_id)
    for words in ("到场：满意", "办理：基本满意", "商定巡查", "已清理", "没有到场"):
        assert words.replace("：", "") in text.replace("：", "")
    send(spot, "department", whistle, "reply", was_proper="no", reply="一家就能办")
    assert "认为不该吹，一家就能办" in page(spot, "street", "record", whistle.public_id)


def test_what_is_not_possible_now_is_said(spot: Spot) -> None:
    whistle = spot.blow()
    client = spot.cast.client("department")
    assert client.get(reverse("whistles:act", args=[whistle.public_id, "finish"])).status_code == 409
    assert client.get(reverse("whistles:act", args=[whistle.public_id, "dance"])).status_code == 404
    assert client.get(reverse("whistles:sheet", args=[whistle.public_id])).status_code == 403


def test_a_new_whistle_without_a_matter(spot: Spot) -> None:
    client = spot.cast.client("street")
    unit = spot.cast.units["chengguan"]
    said = {
        "cause": "joint",
        "reason": "夜间联合检查",
        "where": "990101001001",
        "place": "沿街商铺",
        "at": "2026-03-10 20:00",
        "units": [str(unit.public_id)],
        "lat": "31.2",
        "lng": "121.45",
    }
    assert client.post(reverse("whistles:new"), {**said, "at": "2026-03-10 08:00"}).status_code == 422
    assert client.post(reverse("whistles:new"), {**said, "units": []}).status_code == 422
    assert Whistle.objects.count() == 0
    answer = client.post(reverse("whistles:new"), said, follow=True)
    assert "已吹哨，被请的单位已收到通知" in answer.content.decode()
    assert Whistle.objects.get().lat == 31.2
    assert spot.cast.client("department").get(reverse("whistles:new")).status_code == 403


def test_the_call_sheet_has_the_code_and_room_to_sign(spot: Spot) -> None:
    whistle = spot.blow()
    text = page(spot, "street", "sheet", whistle.public_id)
    for words in ("吹哨呼叫单", "桂花街道城管中队（牵头）", "签名", whistle.place, "data:image/svg"):
        assert words in text
    assert f"/desk/matters/whistles/{whistle.public_id}/here/{whistle.code}/" in text


def test_figures_have_denominators(spot: Spot) -> None:
    whistle = spot.ended()
    spot.rate(whistle)
    cancelled = spot.blow(spot.life.to_accepted())
    send(spot, "street", cancelled, "cancel", reason="改期")
    text = page(spot, "district", "figures")
    assert "1/1" in text
    assert "其中取消 1 次" in text
    assert "100.0%" in text
    assert spot.cast.client("department").get(reverse("whistles:figures")).status_code == 403
    empty = page(spot, "district", "figures", query="?from_on=2025-01-01&to_on=2025-01-31")
    assert "这段时间没有吹哨" in empty


def test_the_matter_leads_to_its_whistle(spot: Spot) -> None:
    whistle = spot.blow()
    assert whistle.matter is not None
    address = reverse("matters:record", args=[whistle.matter.public_id])
    text = spot.cast.client("department").get(address).content.decode()
    assert f"/desk/matters/whistles/{whistle.public_id}/" in text


# -- JSON -------------------------------------------------------------------------
def api(spot: Spot, who: str, path: str, body: Any = None) -> tuple[int, Any]:
    client = spot.cast.client(who)
    if body is None:
        answer = client.get(f"/api/v1/whistles{path}")
    else:
        answer = client.post(f"/api/v1/whistles{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_machines_and_phones_do_the_same(spot: Spot) -> None:
    whistle = spot.blow()
    status, found = api(spot, "department", "")
    assert (status, [row["number"] for row in found["items"]]) == (200, [whistle.number])
    assert api(spot, "department", "?q=没有这样的哨")[1]["items"] == []
    assert whistle.code not in json.dumps(found)
    path = f"/{whistle.public_id}"
    assert api(spot, "department", f"{path}/check-in", {"way": "code", "code": "x"})[0] == 409
    time.clock_forward(timedelta(hours=3))
    status, said = api(spot, "department", f"{path}/check-in", {"way": "code", "code": "x"})
    assert (status, list(said["details"])) == (422, ["code"])
    status, said = api(spot, "department", f"{path}/check-in", {"way": "code", "code": whistle.code})
    assert (status, said["calls"][0]["state"]) == (200, "came")
    assert api(spot, "department", f"{path}/answer", {"result": "已清理"})[0] == 200
    ended = {"outcome": "一起清理", "is_solved": True, "told": "已清理"}
    assert api(spot, "department", f"{path}/finish", ended)[0] == 403
    status, said = api(spot, "street", f"{path}/finish", ended)
    assert (status, said["state"]) == (200, "finished")
    key = said["calls"][0]["public_id"]
    assert api(spot, "street", f"{path}/calls/{key}/rate", {"coming": "good", "work": "good"})[0] == 200
    assert api(spot, "department", f"{path}/reply", {"was_proper": True})[0] == 200
    assert api(spot, "property", path)[0] == 404
    assert api(spot, "resident", "")[0] == 403


def test_a_whistle_over_the_interface(spot: Spot) -> None:
    unit = str(spot.cast.units["chengguan"].public_id)
    body = {
        "cause": "emergency",
        "reason": "水管爆裂",
        "units": [unit],
        "where": "committee:990101001001",
        "place": "东门",
        "at": (time.now() + timedelta(minutes=20)).isoformat(),
    }
    status, said = api(spot, "street", "", body)
    assert (status, said["calls"][0]["is_lead"]) == (201, True)
    assert api(spot, "street", "", {**body, "where": "nowhere"})[0] == 422
    assert api(spot, "street", "", {**body, "units": []})[0] == 422
    assert api(spot, "street", "", {**body, "cause": "concern"})[0] == 422
    assert api(spot, "department", "", body)[0] == 403


def test_the_record_of_the_matter_leads_to_its_whistles(spot: Spot) -> None:
    whistle = spot.blow()
    assert whistle.matter is not None
    for who in ("street", "department"):
        answer = spot.cast.client(who).get(reverse("matters:record", args=[whistle.matter.public_id]))
        assert answer.content.decode().count(reverse("whistles:record", args=[whistle.public_id])) >= 2


def test_who_handles_the_matter_and_was_not_called_sees_no_way_to_the_whistle(spot: Spot) -> None:
    whistle = spot.blow()
    assert whistle.matter is not None
    unit = spot.cast.units["wuye"]
    assert not whistle.calls.filter(unit=unit).exists()
    Assignment.objects.create(matter=whistle.matter, unit=unit, part="co", round=99, sent_at=time.now())
    answer = spot.cast.client("property").get(reverse("matters:record", args=[whistle.matter.public_id]))
    assert answer.status_code == 200
    assert reverse("whistles:record", args=[whistle.public_id]) not in answer.content.decode()
