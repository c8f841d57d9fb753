"""What a meeting decided, in the browser: made a resolution, given out, reported on, filed, finished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock
from linli.core.clock import clock_at
from linli.work.deliberation.meetings.models import AgendaItem
from linli.work.deliberation.meetings.tests.conftest import MEETS_AT, Hall
from linli.work.deliberation.resolutions.models import Resolution, Task
from linli.work.matters.tests.life import Life
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]
Picture = Callable[[Page, str], None]
DESK = "/desk/council/resolutions"


@pytest.fixture
def look(axe: Look) -> Look:
    """Return a check of a page as it stands: accessible, and nothing wider than the window."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


def passed(cast: Cast) -> AgendaItem:
    """Return what a meeting passed some time ago."""
    with clock_at(MEETS_AT - timedelta(days=14)):
        return Hall(Life(cast)).closed().items.get()


def test_from_the_meeting_to_the_last_report(
    visitor: Visitor, cast: Cast, look: Look, picture: Picture, live_server: Any
) -> None:
    item = passed(cast)
    desk = visitor("desk", cast.accounts["worker"])
    resolution = made(desk, item, look)
    task = given_out(desk, resolution, look, picture)
    reported(visitor("phone", cast.accounts["property"]), resolution, task, look, picture)
    resident = visitor("phone", cast.accounts["resident"])
    place = {"name": "neighbourhood", "value": "990101001001", "url": live_server.url}
    resident.context.add_cookies([place])  # type: ignore[list-item]
    read_while_it_runs(resident, resolution, look, picture)
    filed(desk, visitor("desk", cast.accounts["street"]), resolution)
    finished(desk, resolution, look)
    resident.reload()
    expect(resident.locator("main")).to_contain_text("充电棚建成，费用三万元")
    look(resident)
    picture(resident, "finished")


def made(desk: Page, item: AgendaItem, look: Look) -> Resolution:
    """A passed item becomes a resolution by its own button; nobody reads it yet."""
    desk.goto(f"/desk/council/meetings/{item.meeting.public_id}/")
    desk.get_by_role("link", name="形成决议").click()
    expect(desk.get_by_label("决议的名称")).to_be_visible()
    look(desk)
    desk.get_by_label("决议的名称").fill("楼道不停电瓶车")
    desk.get_by_label("内容").fill("电瓶车停进充电棚。")
    desk.get_by_role("button", name="形成决议").click()
    expect(desk.locator("main")).to_contain_text("待公布")
    return Resolution.objects.get()


def given_out(desk: Page, resolution: Resolution, look: Look, picture: Picture) -> Task:
    """A task with owner, money and day; an amount that is none is said, what was typed stays."""
    desk.get_by_role("link", name="增加任务").first.click()
    desk.get_by_label("做什么").fill("建充电棚")
    desk.get_by_label("谁来办").select_option(label="安居物业公司")
    desk.get_by_label("完成日期").fill(f"{clock.today() + timedelta(days=10)}")
    desk.get_by_label("预算（元）").fill("三万")
    desk.get_by_label("钱从哪里出").fill("公共收益")
    desk.get_by_role("button", name="增加任务").click()
    expect(desk.locator("[aria-invalid=true]").first).to_be_visible()
    expect(desk.get_by_label("做什么")).to_have_value("建充电棚")
    look(desk)
    desk.get_by_label("预算（元）").fill("32000")
    desk.get_by_role("button", name="增加任务").click()
    expect(desk.locator("main")).to_contain_text("32,000.00")
    desk.get_by_role("link", name="公布决议").first.click()
    desk.get_by_role("button", name="公布决议").click()
    expect(desk.locator("main")).to_contain_text("已公布，任务已交给各单位")
    look(desk)
    picture(desk, "published")
    return resolution.tasks.get()


def reported(phone: Page, resolution: Resolution, task: Task, look: Look, picture: Picture) -> None:
    """Whose task it is finds it among its duties; more than was decided is not spent."""
    phone.goto("/desk/")
    form = f"{DESK}/{resolution.public_id}/tasks/{task.public_id}/progress/"
    assert phone.locator(f"a[href='{form}']").count()
    phone.goto(form)
    phone.get_by_label("做了什么").fill("棚已建好，验收单在物业办公室。")
    phone.get_by_label("给居民看的话").fill("充电棚可以用了。")
    phone.get_by_label("这次用了多少钱（元）").fill("40000")
    phone.get_by_label("这项任务已经完成").check()
    phone.get_by_role("button", name="写进展").click()
    expect(phone.locator("main")).to_contain_text("32,000.00")
    assert not task.progress.exists()
    phone.get_by_label("这次用了多少钱（元）").fill("30000")
    look(phone)
    phone.get_by_role("button", name="写进展").click()
    expect(phone.locator("main")).to_contain_text("进展已记下")
    look(phone)
    picture(phone, "reported")


def read_while_it_runs(phone: Page, resolution: Resolution, look: Look, picture: Picture) -> None:
    """A resident finds it from the hall and reads what was written for residents, nothing else."""
    phone.goto("/council/")
    phone.get_by_role("link", name="定下的事办到哪了").click()
    look(phone)
    phone.get_by_role("link", name=resolution.title).click()
    for words in ("电瓶车停进充电棚", "充电棚可以用了", "预算32,000.00元，已用30,000.00元"):
        expect(phone.locator("main")).to_contain_text(words)
    expect(phone.locator("main")).not_to_contain_text("验收单在物业办公室")
    look(phone)
    picture(phone, "read")


def filed(desk: Page, street: Page, resolution: Resolution) -> None:
    """The committee asks, the street receives it under a number."""
    desk.goto(f"{DESK}/{resolution.public_id}/do/ask_filing/")
    desk.get_by_role("button", name="报街镇备案").click()
    expect(desk.locator("main")).to_contain_text("已报备案")
    street.goto(f"{DESK}/{resolution.public_id}/do/receive/")
    street.get_by_label("备案号").fill("桂街备〔2026〕3号")
    street.get_by_role("button", name="备案", exact=True).click()
    expect(street.locator("main")).to_contain_text("桂街备〔2026〕3号")


def finished(desk: Page, resolution: Resolution, look: Look) -> None:
    """Not before it was public for fifteen days; then with how it went."""
    end = f"{DESK}/{resolution.public_id}/do/finish/"
    desk.goto(end)
    expect(desk.locator("main")).to_contain_text("这一步现在不能办理")
    # Nobody waits two weeks for a test.
    Resolution.objects.filter(pk=resolution.pk).update(
        published_at=clock.now() - timedelta(days=20), public_until=clock.today() - timedelta(days=2)
    )
    desk.goto(end)
    desk.get_by_label("落实得怎么样").fill("充电棚建成，费用三万元。")
    look(desk)
    desk.get_by_role("button", name="办结决议").click()
    expect(desk.locator("main")).to_contain_text("决议已办结")
    look(desk)
