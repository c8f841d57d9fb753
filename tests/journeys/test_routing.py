"""A route is changed in the browser: a row written, checked, tried on past matters, published, then proposed.

With LINLI_PICTURES=docs/how-a-matter-finds-its-unit it takes the pictures of that page anew.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from linli.work.matters.models import Matter
from linli.work.matters.routing.models import DecisionTable
from linli.work.matters.routing.selectors import version_now
from tests.journeys.crawl import account_named

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
GUIDE = Path(__file__).resolve().parents[2] / "docs/how-a-matter-finds-its-unit.md"
WIDTH, HEIGHT = 1200, 760


def picture(page: Page, name: str) -> None:
    """Keep what the window shows when LINLI_PICTURES names a folder."""
    if folder := os.environ.get("LINLI_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.evaluate("document.querySelector('.strip')?.remove()")
        page.screenshot(path=str(Path(folder) / f"{name}.png"), scale="css")


def row_write(page: Page, unit: str) -> None:
    """Write one more row, for noise on days off."""
    page.get_by_role("link", name="添加一行").click()
    page.get_by_label("类别").fill("邻里/其他/噪声、养犬与邻里")
    page.get_by_label("休息日").check()
    page.get_by_label("时段").fill("晚上")
    page.get_by_label("主办").select_option(unit)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("请这样写：22:00-06:00")
    page.get_by_label("时段").fill("08:00-20:00")
    picture(page, "3-row")
    page.get_by_role("button", name="保存", exact=True).click()


def test_a_street_changes_a_route(
    visitor: Callable[..., Page], axe: Callable[[Page], None], demo: None
) -> None:
    table = DecisionTable.objects.get(subject="route")
    page = visitor("desk", account_named("street"))
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    page.goto("/desk/settings/routing/")
    axe(page)
    picture(page, "1-tables")
    page.get_by_role("link", name=table.name).click()
    picture(page, "2-rows")
    page.get_by_role("link", name="接着改草稿").click()
    expect(page.locator("main")).to_contain_text("检查")
    axe(page)
    row_write(page, "安心物业延吉服务处")
    expect(page.locator("main")).to_contain_text("第13行永远用不到")  # row 6 has all of it already
    picture(page, "4-check")
    page.get_by_role("link", name=re.compile(r"修改\s*第13行")).click()
    page.get_by_label("移到第几行").fill("5")
    page.get_by_role("button", name="移动").click()
    expect(page.locator("main")).not_to_contain_text("永远用不到")

    page.get_by_role("link", name="试算").click()
    expect(page.locator("main")).to_contain_text("结果会变")
    expect(page.locator("tbody tr").first).to_contain_text("安心物业延吉服务处")
    axe(page)
    picture(page, "5-dry-run")
    page.get_by_role("link", name="去发布").click()
    page.get_by_label("这次改了什么").fill("白天的噪声先由物业劝阻")
    picture(page, "6-publish")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("版本3")
    now = version_now(table)
    assert now is not None and now.number == 3 and len(now.rows) == 13

    waiting = Matter.objects.filter(state="accepted", category__isnull=False).exclude(affair_class="")
    matter = waiting.exclude(affair_class="private").order_by("-reported_at").first()
    assert matter is not None
    page.goto(f"/desk/matters/{matter.public_id}/do/hand_over/")
    expect(page.locator("main")).to_contain_text("派单规则的建议，由您确定")
    axe(page)
    picture(page, "7-proposal")


def test_the_tables_on_a_phone(visitor: Callable[..., Page], axe: Callable[[Page], None], demo: None) -> None:
    table = DecisionTable.objects.get(subject="route")
    page = visitor("phone", account_named("street"))
    for address in (
        "",
        f"{table.public_id}/",
        f"{table.public_id}/draft/",
        f"{table.public_id}/draft/rows/1/",
    ):
        page.goto(f"/desk/settings/routing/{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_guide_shows_pictures_that_are_there() -> None:
    named = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE.read_text())
    assert len(named) == 7
    assert not [name for name in named if not (GUIDE.parent / name).exists()]
