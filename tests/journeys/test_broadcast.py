"""A broadcast to more than 500 people, approved by another and stopped; 我的数据 on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import system
from linli.foundation.notices.models import Broadcast, Notice
from linli.foundation.notices.services import broadcast_begin, broadcast_spread
from linli.foundation.notices.tests.factories import crowd
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Picture = Callable[[Page, str], None]
MACHINE = system("test")


def test_another_approves_and_the_author_stops(
    cast: Cast, visitor: Visitor, axe: Callable[[Page], None], picture: Picture
) -> None:
    crowd(cast, 510)
    page = visitor("desk", cast.accounts["worker"])
    page.goto("/desk/broadcasts/new/?text=活动")
    expect(page.locator("aside")).to_contain_text("510")
    expect(page.locator("aside")).to_contain_text("须另一人审批")
    page.get_by_label("标题").fill("周末义诊")
    page.get_by_label("正文").fill("周六上午在活动室义诊，欢迎参加。")
    axe(page)
    picture(page, "broadcast-new")
    page.get_by_role("button", name="存草稿").click()
    page.locator("main").get_by_role("button", name="提交审批").click()
    page.get_by_role("dialog").get_by_role("button", name="提交审批").click()
    expect(page.locator("main")).to_contain_text("等另一人审批")
    here = page.url.split("/", 3)[3]

    other = visitor("desk", cast.accounts["worker2"])
    other.goto(f"/{here}")
    picture(other, "broadcast-approve")
    other.locator("main").get_by_role("button", name="批准").click()
    other.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(other.locator("main")).to_contain_text("待发送")

    broadcast = Broadcast.objects.get()
    Broadcast.objects.update(purpose="emergency")  # goes out at any hour at which this test is run
    assert broadcast_begin(actor=MACHINE, broadcast_id=broadcast.pk)
    broadcast_spread(actor=MACHINE, broadcast_id=broadcast.pk, most=200)
    page.reload()
    expect(page.locator("#report")).to_contain_text("200")
    page.get_by_role("button", name="叫停").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("原因").fill("时间写错了")
    sheet.get_by_role("button", name="叫停").click()
    expect(page.locator("main")).to_contain_text("已叫停")
    expect(page.locator("#report")).to_contain_text("310")
    picture(page, "broadcast-stopped")
    assert broadcast_spread(actor=MACHINE, broadcast_id=broadcast.pk) == 0
    assert Notice.objects.filter(broadcast=broadcast).count() == 200


def test_my_data_on_a_phone(
    cast: Cast, visitor: Visitor, axe: Callable[[Page], None], picture: Picture
) -> None:
    page = visitor("phone", cast.accounts["resident"])
    page.goto("/me/data/")
    page.get_by_text("称呼和手机号", exact=True).click()
    expect(page.locator("#held")).to_contain_text("13900000001")
    axe(page)
    picture(page, "my-data")
    with page.expect_download() as file:
        page.get_by_role("button", name="表格 XLSX").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    page.get_by_label("更正或补充").check()
    page.get_by_label("请写清楚").fill("地址写成了隔壁楼，请更正。")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("#ask")).to_contain_text("待答复")
    page.get_by_role("button", name="撤回申请").click()
    expect(page.locator("#ask")).to_contain_text("已撤回")
