"""The telephone desk in a browser: rows by keyboard, an emergency at once, a bad row, who calls."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.work.matters import services as do
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, category, compound_of, place_of, year_load
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = "13911112222"


@pytest.fixture
def life(transactional_db: None) -> Life:
    from tests.people import cast_build

    cast: Cast = cast_build()
    year_load()
    category("facility")
    life = Life(cast)
    compound_of(life)
    do.matter_report(
        actor=life.who("worker"),
        text="以前反映过的事",
        place=place_of(cast),
        on_behalf=True,
        channel="telephone",
        reporter_phone=PHONE,
        reporter_name="陈阿姨",
    )
    return life


def test_ten_calls_in_one_table(
    life: Life,
    visitor: Callable[..., Page],
    axe_at_both: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:
    page = visitor("desk", life.cast.accounts["worker"])
    page.goto("/desk/matters/phone/")
    expect(page.locator("[data-taken-row]")).to_have_count(10)

    page.fill("#id_r0-reporter_phone", PHONE)
    page.keyboard.press("Tab")
    expect(page.locator("#caller-0")).to_contain_text("陈**")
    page.locator("#caller-0").get_by_role("button", name="填入称呼").click()
    expect(page.locator("#id_r0-reporter_name")).to_have_value("陈阿姨")
    page.fill("#id_r0-text", "三号楼楼道着火了")
    expect(page.locator("#emergency-0")).to_be_visible()
    page.fill("#id_r0-text", "三号楼楼道灯坏了")
    expect(page.locator("#emergency-0")).to_be_hidden()
    page.locator("#id_r0-place_words").press_sequentially("桂花苑")
    expect(page.locator("#help-0")).to_contain_text("桂花第一居委会")
    page.locator("#id_r0-place_words").press("Enter")
    expect(page.locator("#row-0")).to_contain_text("已登记")
    expect(page.locator("#id_r1-reporter_phone")).to_be_focused()

    page.fill("#id_r1-text", "没有写地点")
    page.locator("#id_r1-text").press("Control+Enter")
    expect(page.locator("#row-1")).to_contain_text("请填写地点。")
    expect(page.locator("#id_r1-text")).to_have_value("没有写地点")
    axe_at_both(page)
    picture(page, "rows")
    page.locator("#id_r1-place_words").press_sequentially("桂花苑")
    expect(page.locator("#help-1")).to_contain_text("桂花第一居委会")
    page.get_by_role("button", name="全部登记").last.click()
    expect(page.locator("main")).to_contain_text("已登记1件")
    texts = set(Matter.objects.values_list("text", flat=True))
    assert texts == {"以前反映过的事", "三号楼楼道灯坏了", "没有写地点"}
    stored = Matter.objects.get(text="三号楼楼道灯坏了")
    assert (stored.reporter_name, stored.reporter_phone) == ("陈阿姨", PHONE)


def test_keys_of_the_page_are_listed(life: Life, visitor: Callable[..., Page], picture: Any) -> None:
    matter = life.to_reported()
    page = visitor("desk", life.cast.accounts["worker"])
    page.goto("/desk/")
    expect(page.locator("main")).to_contain_text(matter.title)
    page.locator("body").press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("下一条")
    expect(dialog).to_contain_text("受理")
    picture(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-row].is-here input[type=checkbox]")).to_be_checked()
