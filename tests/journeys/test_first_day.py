"""The first day of a street with Linli, as docs/first-day.md tells it: each page it names is there and full.

With LINLI_PICTURES=docs/first-day it takes the pictures of that page anew.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.crawl import account_named

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
GUIDE = Path(__file__).resolve().parents[2] / "docs/first-day.md"
WIDTH, HEIGHT = 1200, 760


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("LINLI_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.evaluate("document.querySelector('.strip')?.remove()")
        page.screenshot(path=str(Path(folder) / f"{name}.png"), scale="css")


def _desk(page: Page, address: str, heading: str, name: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    _picture(page, name)


def test_the_first_day_of_a_street(visitor: Callable[..., Page], demo: None) -> None:
    page = visitor("desk", account_named("street"))
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    _desk(page, "/desk/", "待办", "1-todo")
    _desk(page, "/desk/settings/units/", "单位", "2-units")
    _desk(page, "/desk/settings/imports/", "导入", "3-import")
    _desk(page, "/desk/settings/roster/", "值班", "4-roster")
    _desk(page, "/desk/matters/posters/", "海报", "5-posters")
    _desk(page, "/desk/matters/phone/", "电话", "6-phone-desk")
    page.goto("/desk/matters/?stage=accepted")
    page.locator("[data-row] a").first.click()
    expect(page.locator(".btn-primary").first).to_be_visible()
    _picture(page, "7-record")
    _desk(page, "/desk/search/?q=电梯", "搜索", "8-search")
    _desk(page, "/desk/data/", "", "9-data")


def test_what_the_residents_see(visitor: Callable[..., Page], demo: None, live_server: Any) -> None:
    page = visitor("phone", account_named("13900000001"))
    from linli.foundation.accounts.models import Unit

    committee = Unit.objects.filter(function="committee").exclude(phone="").order_by("pk").first()
    assert committee is not None
    page.context.add_cookies(
        [{"name": "neighbourhood", "value": committee.areas.get().code, "url": live_server.url}]
    )
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("我要反映")).first).to_be_visible()
    _picture(page, "10-resident")
    page.get_by_role("button", name="长辈版").first.click()
    expect(page.locator("html.larger")).to_have_count(1)
    _picture(page, "11-larger")


def test_the_guide_shows_pictures_that_are_there() -> None:
    named = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE.read_text())
    assert len(named) == 11
    missing = [name for name in named if not (GUIDE.parent / name).exists()]
    assert not missing
