"""Pages of resolutions: the desk's, the residents', JSON."""

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from linli.core import clock as time
from linli.registers.residents.linking.services import door_code_enter, door_codes_make
from linli.registers.residents.tests.houses import house_make
from linli.work.deliberation.ballots.tests.assembly import Assembly
from linli.work.deliberation.meetings import services as meetings
from linli.work.deliberation.resolutions.models import Progress, Resolution

from .conftest import Desk

pytestmark = pytest.mark.django_db


def client(desk: Desk, who: str) -> Any:
    found = desk.hall.cast.client(who)
    found.cookies["neighbourhood"] = "990101001001"
    return found


def page(desk: Desk, who: str, name: str, *args: Any, query: str = "") -> str:
    answer = client(desk, who).get(reverse(f"resolutions:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def send(desk: Desk, who: str, name: str, *args: Any, **said: Any) -> Any:
    return client(desk, who).post(reverse(f"resolutions:{name}", args=args), said, follow=True)


def picture() -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(target, "JPEG")
    return SimpleUploadedFile("棚.jpg", target.getvalue(), "image/jpeg")


def test_from_the_meeting_to_the_end_through_the_pages(desk: Desk) -> None:
    item = desk.passed()
    assert reverse("resolutions:from_item", args=[item.public_id]) in page(desk, "worker", "list")
    record = reverse("meetings:record", args=[item.meeting.public_id])
    assert "形成决议" in client(desk, "worker").get(record).content.decode()
    send(desk, "worker", "from_item", item.public_id, title="楼道不停电瓶车", text="停进充电棚。")
    resolution = Resolution.objects.get()
    assert "看决议和落实情况" in client(desk, "worker").get(record).content.decode()
    unit = desk.hall.cast.units["wuye"]
    task = {
        "text": "建充电棚",
        "unit": str(unit.public_id),
        "due_on": str(desk.due(10)),
        "fen": "32,000.50",
        "fund": "公共收益",
    }
    wrong = send(desk, "worker", "act", resolution.public_id, "add_task", **{**task, "fen": "三万"})
    assert wrong.status_code == 422
    send(desk, "worker", "act", resolution.public_id, "add_task", **task)
    made = resolution.tasks.get()
    assert made.fen == 3_200_050
    assert "32,000.50" in page(desk, "worker", "record", resolution.public_id)
    send(desk, "worker", "act", resolution.public_id, "publish")
    one = (resolution.public_id, made.public_id)
    said = {"note": "棚已建好", "public_note": "充电棚可以用了", "fen": "30000", "is_end": "on"}
    done = send(desk, "property", "task_act", *one, "progress", photos=picture(), **said)
    assert "进展已记下" in done.content.decode()
    shown = Progress.objects.get().photos.get()
    thumb = reverse("resolutions:photo", args=[resolution.public_id, shown.public_id, "thumb"])
    assert client(desk, "street").get(thumb).status_code == 200
    assert client(desk, "resident").get(thumb).status_code == 403
    assert client(desk, "department").get(thumb).status_code == 404
    send(desk, "worker", "act", resolution.public_id, "ask_filing", note="")
    send(desk, "street", "act", resolution.public_id, "receive", number="备3号", note="")
    early = client(desk, "worker").get(reverse("resolutions:act", args=[resolution.public_id, "finish"]))
    assert early.status_code == 409
    time.clock_forward(timedelta(days=16))
    send(desk, "worker", "act", resolution.public_id, "finish", outcome="充电棚建成，费用三万元。")
    text = page(desk, "visitor", "public_detail", resolution.public_id)
    for words in ("停进充电棚", "充电棚可以用了", "充电棚建成", "备3号", "预算32,000.50元，已用30,000.00元"):
        assert words in text, words
    assert "棚已建好" not in text  # the desk's own words
    assert thumb not in text


def test_a_photo_that_is_none_is_said_and_nothing_is_lost(desk: Desk) -> None:
    resolution = desk.published()
    one = (resolution.public_id, resolution.tasks.get().public_id, "progress")
    bad = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    answer = send(desk, "property", "task_act", *one, note="开工了", photos=bad)
    assert answer.status_code == 422
    assert "开工了" in answer.content.decode()
    assert not Progress.objects.exists()


def test_the_list_says_what_is_late(desk: Desk) -> None:
    resolution = desk.published()
    assert "有超期" not in page(desk, "worker", "list").split("<tbody>")[1]
    time.clock_forward(timedelta(days=30))
    assert "有超期" in page(desk, "worker", "list", query="?late=yes").split("<tbody>")[1]
    assert "没有符合条件的" in page(desk, "worker", "list", query="?q=电梯")
    assert resolution.number in page(desk, "worker", "list", query="?q=充电棚")
    assert "会上通过的议题" in page(desk, "worker_b", "list")


def test_only_what_is_offered(desk: Desk) -> None:
    resolution = desk.published()
    address = reverse("resolutions:act", args=[resolution.public_id, "publish"])
    assert client(desk, "worker").get(address).status_code == 409
    assert (
        client(desk, "worker").get(reverse("resolutions:act", args=[resolution.public_id, "x"])).status_code
        == 404
    )
    assert "写进展" in page(desk, "property", "record", resolution.public_id)
    assert "撤销决议" not in page(desk, "property", "record", resolution.public_id)
    assert (
        client(desk, "department").get(reverse("resolutions:record", args=[resolution.public_id])).status_code
        == 404
    )


def test_residents_see_what_is_published_around_them(desk: Desk) -> None:
    draft = desk.make()
    assert "还没有公布的决议" in page(desk, "visitor", "public_list")
    address = reverse("resolutions:public_detail", args=[draft.public_id])
    assert client(desk, "visitor").get(address).status_code == 404
    desk.act("resolution_publish", draft)
    assert draft.title in page(desk, "visitor", "public_list")
    elsewhere = client(desk, "visitor")
    elsewhere.cookies["neighbourhood"] = "990101002001"
    assert draft.title not in elsewhere.get(reverse("resolutions:public_list")).content.decode()


def test_the_duty_leads_to_its_form(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    form = reverse("resolutions:task_act", args=[resolution.public_id, task.public_id, "progress"])
    assert form in client(desk, "property").get(reverse("duties:todo")).content.decode()


def test_machines_do_the_same(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    base = "/api/v1/council/resolutions"
    found = client(desk, "worker").get(base).json()["items"]
    assert [row["number"] for row in found] == [resolution.number]
    assert found[0]["tasks"][0]["fen"] == 3_200_000
    assert client(desk, "worker").get(f"{base}?q=没有这样的决议").json()["items"] == []
    path = f"{base}/{resolution.public_id}/tasks/{task.public_id}/progress"
    body = {"note": "已开工", "fen": 100}
    post = {"content_type": "application/json"}
    assert client(desk, "district").post(path, json.dumps(body), **post).status_code == 403
    done = client(desk, "property").post(path, json.dumps(body), **post)
    assert (done.status_code, done.json()["tasks"][0]["spent"]) == (200, 100)
    assert client(desk, "property").post(path, json.dumps({**body, "fen": -1}), **post).status_code == 422
    assert client(desk, "resident").get(base).status_code == 403


def test_who_carries_a_task_is_linked_only_to_what_they_may_open(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    desk.act("task_to_matter", resolution, task_id=task.pk)
    task.refresh_from_db()
    assert task.matter is not None and resolution.item is not None
    meeting = resolution.item.meeting
    links = (
        reverse("matters:record", args=[task.matter.public_id]),
        reverse("meetings:record", args=[meeting.public_id]),
    )
    for who, may in (("worker", True), ("property", False)):
        text = page(desk, who, "record", resolution.public_id)
        assert task.matter.number in text and meeting.title in text
        for link in links:
            assert (link in text, client(desk, who).get(link).status_code == 200) == (may, may), (who, link)


def test_who_does_not_work_with_ballots_is_led_to_the_public_page(desk: Desk) -> None:
    resolution = desk.published()
    house = house_make(desk.hall.cast)
    code = door_codes_make(actor=desk.who("worker"), building_id=house.building.public_id)[0].code
    door_code_enter(actor=desk.who("resident"), code=code, name="王建国", birth=date(1960, 3, 7))
    ballot = Assembly(desk.hall.cast).counted()
    Resolution.objects.filter(pk=resolution.pk).update(ballot=ballot, item=None)
    for who, name in (("worker", "record"), ("property", "public")):
        link = reverse(f"ballots:{name}", args=[ballot.public_id])
        text = page(desk, who, "record", resolution.public_id)
        assert f'href="{link}"' in text
        assert client(desk, who).get(link).status_code == 200


def test_what_a_meeting_elsewhere_decided_is_not_offered(desk: Desk) -> None:
    meeting = desk.hall.called()
    units = [desk.hall.cast.units["committee_b"]]
    meetings.staff_invite(actor=desk.who("worker"), meeting_id=meeting.pk, units=units)
    desk.hall.hour(meeting)
    desk.hall.come(meeting, *range(1, 7))
    item = desk.hall.decide(desk.hall.begin(meeting))
    meetings.meeting_close(actor=desk.who("worker"), meeting_id=meeting.pk)
    make = reverse("resolutions:from_item", args=[item.public_id])
    assert make in page(desk, "worker", "list")
    assert make not in page(desk, "worker_b", "list")
    assert client(desk, "worker_b").get(make).status_code == 403
