"""A representatives' meeting in the browser: it lacks its quorum, is called again, decides, and is signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock
from linli.core.actor import system
from linli.core.clock import BEIJING
from linli.foundation.places.selectors import Place
from linli.work.deliberation.meetings.models import Meeting
from linli.work.matters import services as matters
from linli.work.matters.models import Matter
from linli.work.matters.services import categories_load
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]
Picture = Callable[[Page, str], None]

NAMES = "\n".join(f"代表{sign}，{number}号楼" for number, sign in enumerate("甲乙丙丁戊己", 1))
PARKING = "小区车位不够，晚上回来没地方停"


@pytest.fixture
def look(axe: Look) -> Look:
    """Return a check of a page as it stands: accessible, and nothing wider than the window."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


def minor_matter(cast: Cast) -> Matter:
    """Return a resident's matter that was sorted as 小事."""
    place = Place(cast.places["committee_a_place"], "chosen")
    matter = matters.matter_report(actor=cast.actor("resident"), text=PARKING, place=place, address="东门")
    worker = cast.actor("worker")
    matter = matters.matter_accept(actor=worker, matter_id=matter.pk, version=matter.version)
    said = {"affair_class": "minor", "reason": "邻里共用"}
    return matters.matter_sort(actor=worker, matter_id=matter.pk, version=matter.version, **said)


def typed(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%dT%H:%M}"


def begins_now(meeting: Meeting) -> None:
    """Let the hour of a meeting come: nobody waits two weeks for a test."""
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() - timedelta(minutes=1))


def tick(page: Page, count: int) -> None:
    for box in page.locator("tbody input[name=people]").all()[:count]:
        box.check()


def test_a_meeting_that_lacks_its_quorum_is_called_again(
    visitor: Visitor, cast: Cast, look: Look, picture: Picture
) -> None:
    categories_load(actor=system("setup"))
    matter = minor_matter(cast)
    desk = visitor("desk", cast.accounts["worker"])
    meeting = prepared(desk, look, picture)
    turned_into_an_item(desk, matter, meeting, look)
    called(desk, meeting, look, picture)

    begins_now(meeting)
    not_held(desk, meeting, look, picture)
    again = called_again(desk, look)

    begins_now(again)
    held(desk, again, visitor, cast, look, picture)
    matter.refresh_from_db()
    assert matter.state == "handled"
    signed(desk, again, look, picture)
    read_by_residents(visitor("phone"), again, look, picture)


def prepared(desk: Page, look: Look, picture: Picture) -> Meeting:
    """Arrange the meeting; what is missing is said."""
    desk.goto("/desk/council/")
    expect(desk.locator("nav")).to_contain_text(["议事"])
    look(desk)
    desk.get_by_role("link", name="召集会议").first.click()
    desk.get_by_label("会议类型").select_option(label="代表会议")
    desk.get_by_label("会议名称").fill("第一次居民代表会议")
    desk.get_by_label("哪个组织的会议").fill("桂花第一居委会居民代表会议")
    desk.get_by_label("开会时间").fill(typed(clock.now() + timedelta(days=5)))
    desk.get_by_label("开会地点").fill("居委会二楼")
    desk.get_by_label("依据的规则").select_option("residents_representatives")
    desk.get_by_role("button", name="开始筹备").click()
    expect(desk.locator("main")).to_contain_text("组成人员一共多少人")
    look(desk)
    picture(desk, "new")
    desk.get_by_label("组成人员一共多少人").fill("6")
    desk.get_by_role("button", name="开始筹备").click()
    expect(desk.locator("main")).to_contain_text("会议已建好")
    meeting = Meeting.objects.get()
    desk.goto(f"/desk/council/meetings/{meeting.public_id}/do/invite/")
    desk.get_by_label("名单").fill(NAMES)
    desk.get_by_role("button", name="增加名单", exact=True).click()
    expect(desk.locator("main")).to_contain_text("名单已增加")
    look(desk)
    return meeting


def turned_into_an_item(desk: Page, matter: Matter, meeting: Meeting, look: Look) -> None:
    """The resident's matter goes on the agenda by its own button."""
    desk.goto(f"/desk/matters/{matter.public_id}/")
    desk.locator("summary", has_text="操作").first.click()
    desk.get_by_role("link", name="转为议题").click()
    desk.get_by_label("放到哪次会议").select_option(str(meeting.public_id))
    desk.get_by_label("议题").fill("车位怎么排")
    desk.get_by_label("要举手表决").check()
    look(desk)
    desk.get_by_role("button", name="列入议程").click()
    expect(desk.locator("main")).to_contain_text("已列入议程")


def called(desk: Page, meeting: Meeting, look: Look, picture: Picture) -> None:
    """Tell everybody; the invitations are printed."""
    desk.get_by_role("link", name="发会议通知").first.click()
    expect(desk.locator("main")).to_contain_text("今天发出是及时的")
    desk.get_by_role("button", name="发会议通知", exact=True).click()
    expect(desk.locator("main")).to_contain_text("会议通知已发出")
    desk.goto(f"/desk/council/meetings/{meeting.public_id}/papers/invitations/")
    expect(desk.locator("article")).to_have_count(6)
    look(desk)
    picture(desk, "invitations")


def not_held(desk: Page, meeting: Meeting, look: Look, picture: Picture) -> None:
    """Three of six come, four must: it cannot be opened, and is put off."""
    page_of_it = f"/desk/council/meetings/{meeting.public_id}/"
    desk.goto(f"{page_of_it}people/")
    tick(desk, 3)
    desk.get_by_role("button", name="勾选的人到场").click()
    expect(desk.locator("#live-part")).to_contain_text("没有达到，不能表决")
    look(desk)
    picture(desk, "too-few")
    desk.goto(f"{page_of_it}do/open/")
    for name, sign in (("主持人", "代表甲"), ("记录人", "代表乙")):
        field = desk.get_by_label(name)
        field.select_option(field.locator("option", has_text=sign).get_attribute("value"))
    desk.get_by_role("button", name="宣布开会", exact=True).click()
    expect(desk.locator("main")).to_contain_text("还差1")
    expect(desk.locator("main")).to_contain_text("居民委员会组织法")
    desk.goto(f"{page_of_it}do/adjourn/")
    look(desk)
    desk.get_by_role("button", name="人数不足，不举行", exact=True).click()
    expect(desk.locator("main")).to_contain_text("会议没有举行")
    look(desk)
    picture(desk, "not-held")


def called_again(desk: Page, look: Look) -> Meeting:
    """The same list and what is left, in a new meeting that is called anew."""
    desk.get_by_role("link", name="另行召集").first.click()
    desk.get_by_label("新的开会时间").fill(typed(clock.now() + timedelta(days=5)))
    look(desk)
    desk.get_by_role("button", name="另行召集", exact=True).click()
    expect(desk.locator("main")).to_contain_text("车位怎么排")
    desk.get_by_role("link", name="发会议通知").first.click()
    desk.get_by_role("button", name="发会议通知", exact=True).click()
    expect(desk.locator("main")).to_contain_text("会议通知已发出")
    return Meeting.objects.latest("pk")


def held(desk: Page, meeting: Meeting, visitor: Visitor, cast: Cast, look: Look, picture: Picture) -> None:
    """Three sign the sheet, two come in by their codes; four of five raise their hands."""
    page_of_it = f"/desk/council/meetings/{meeting.public_id}/"
    desk.goto(f"{page_of_it}people/")
    tick(desk, 3)
    desk.get_by_role("button", name="勾选的人到场").click()
    card = meeting.invitees.get(number=4).code
    resident = visitor("phone", cast.accounts["resident"])
    resident.goto(f"/council/meetings/{meeting.public_id}/here/{meeting.code}/")
    resident.get_by_label("请柬码").fill(card)
    look(resident)
    picture(resident, "sign-in")
    resident.get_by_role("button", name="签到", exact=True).click()
    expect(resident.locator("main")).to_contain_text("已签到")
    grid = visitor("phone", cast.accounts["grid_worker"])
    grid.goto(f"{page_of_it}people/")
    grid.get_by_label("请柬码").fill(meeting.invitees.get(number=5).code)
    look(grid)
    grid.get_by_role("button", name="按请柬码签到").click()
    expect(grid.locator("#live-part")).to_contain_text("已达到法定人数")
    desk.goto(f"{page_of_it}do/open/")
    for name, sign in (("主持人", "代表甲"), ("记录人", "代表乙")):
        field = desk.get_by_label(name)
        field.select_option(field.locator("option", has_text=sign).get_attribute("value"))
    desk.get_by_role("button", name="宣布开会", exact=True).click()
    expect(desk.locator("main")).to_contain_text("会议开始")
    look(desk)
    desk.get_by_role("link", name="发言和表决").click()
    look(desk)
    for name, count in (("赞成", "4"), ("反对", "1"), ("弃权", "0")):
        desk.get_by_label(name).fill(count)
    desk.get_by_label("决定").fill("分时停放，晚上六点后先到先停。")
    picture(desk, "hands")
    desk.get_by_role("button", name="记下结果").click()
    expect(desk.locator("main")).to_contain_text("到会5，赞成4，反对1，弃权0")
    desk.get_by_role("link", name="宣布散会").first.click()
    desk.get_by_role("button", name="宣布散会", exact=True).click()
    expect(desk.locator("main")).to_contain_text("已散会")
    look(desk)


def signed(desk: Page, meeting: Meeting, look: Look, picture: Picture) -> None:
    """The minutes are written, signed and filed."""
    page_of_it = f"/desk/council/meetings/{meeting.public_id}/"
    desk.get_by_role("link", name="写会议纪要").first.click()
    desk.get_by_label("讨论情况").fill("大家同意分时停放。")
    desk.get_by_label("留下的事").fill("划线，物业，2026-12-20")
    look(desk)
    desk.get_by_role("button", name="写会议纪要", exact=True).click()
    expect(desk.locator("main")).to_contain_text("纪要已写定")
    for sign, part in (("代表甲", "chair"), ("代表乙", "recorder")):
        desk.goto(f"{page_of_it}do/sign/")
        field = desk.get_by_label("谁签的字")
        field.select_option(field.locator("option", has_text=sign).get_attribute("value"))
        desk.locator(f"[name=part][value='{part}']").check()
        desk.get_by_role("button", name="登记签字", exact=True).click()
    desk.goto(f"{page_of_it}papers/minutes/")
    expect(desk.locator("article")).to_contain_text("大家同意分时停放")
    look(desk)
    picture(desk, "minutes")
    desk.goto(f"{page_of_it}do/file/")
    desk.get_by_role("button", name="归档", exact=True).click()
    expect(desk.locator("main")).to_contain_text("已归档")
    look(desk)
    picture(desk, "filed")


def read_by_residents(phone: Page, meeting: Meeting, look: Look, picture: Picture) -> None:
    """Anybody reads what was decided, with the sum; no name."""
    phone.goto(f"/council/meetings/{meeting.public_id}/")
    for words in ("分时停放", "赞成4", "三分之二以上"):
        expect(phone.locator("main")).to_contain_text(words)
    expect(phone.locator("main")).not_to_contain_text("代表甲")
    look(phone)
    picture(phone, "decided")
