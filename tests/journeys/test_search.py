"""Search over everything in a browser: typing, arrows, a number, initials, answers to too little."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.work.matters.tests.life import Life, category, compound_of, year_load
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


@pytest.fixture
def life(transactional_db: None) -> Life:
    from tests.people import cast_build

    cast: Cast = cast_build()
    year_load()
    category("facility")
    life = Life(cast)
    compound_of(life)
    return life


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_desk_finds_while_somebody_types(
    size: str, life: Life, visitor: Callable[..., Page], axe: Look, picture: Callable[[Page, str], None]
) -> None:
    matter = life.accept(life.report())
    page = visitor(size, life.cast.accounts["worker"])
    page.goto("/desk/")
    box, hits = page.locator("#desk-search"), page.locator("#desk-search-hits .search-hit")

    page.keyboard.press("/")
    expect(box).to_be_focused()
    box.press_sequentially("路灯", delay=30)
    expect(hits.first).to_contain_text(matter.title)
    axe(page)
    picture(page, f"search-typing-{size}")
    box.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/matters/{matter.public_id}/")

    box.fill("路灯")
    expect(hits.first).to_be_visible()
    box.press("Escape")
    expect(hits).to_have_count(0)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_number_leads_to_its_record_and_initials_to_a_committee(
    size: str, life: Life, visitor: Callable[..., Page], axe: Look, picture: Callable[[Page, str], None]
) -> None:
    matter = life.accept(life.report())
    page = visitor(size, life.cast.accounts["street"])
    page.goto("/desk/")
    box = page.locator("#desk-search")
    box.fill(matter.number)
    box.press("Enter")
    page.wait_for_url(f"**/desk/matters/{matter.public_id}/")

    box.fill("ghdy")
    box.press("Enter")
    page.wait_for_url("**/desk/search/?q=ghdy")
    expect(page.get_by_role("link", name="桂花第一居委会").first).to_be_visible()
    axe(page)
    picture(page, f"search-results-{size}")
    page.get_by_role("link", name="桂花第一居委会").first.click()
    expect(page.locator("h1")).to_contain_text("桂花第一居委会")


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("words", ["灯", "%"])
def test_too_little_gets_a_clear_answer(
    size: str, words: str, life: Life, visitor: Callable[..., Page]
) -> None:
    life.report()
    page = visitor(size, life.cast.accounts["worker"])
    page.goto("/desk/")
    page.fill("#desk-search", words)
    page.press("#desk-search", "Enter")
    page.wait_for_url("**/desk/search/?q=*")
    expect(page.locator("main")).to_contain_text("没有查找")
    expect(page.locator("main .row-link")).to_have_count(0)
    expect(page.locator("#desk-search")).to_have_value(words)


def test_a_resident_finds_their_own_on_a_phone(life: Life, visitor: Callable[..., Page], axe: Look) -> None:
    matter = life.report()
    page = visitor("phone", life.cast.accounts["resident"])
    page.goto("/search/")
    page.fill("#find", "路灯")
    page.press("#find", "Enter")
    expect(page.get_by_role("link", name=matter.title).first).to_be_visible()
    axe(page)
    page.fill("#find", matter.number)
    page.press("#find", "Enter")
    page.wait_for_url(f"**/m/{matter.public_id}/")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_view_is_saved_and_opens_again(
    size: str, life: Life, visitor: Callable[..., Page], axe: Look, picture: Callable[[Page, str], None]
) -> None:
    life.report()
    page = visitor(size, life.cast.accounts["worker"])
    page.goto("/desk/matters/?stage=reported&q=路灯")
    page.locator(".pop-views > summary").click()
    axe(page)
    picture(page, f"views-menu-{size}")
    page.locator(".pop-views").get_by_text("保存为视图").click()
    expect(page.locator("main")).to_contain_text("路灯")
    page.fill("#id_name", "路灯的")
    page.check("#id_is_default")
    axe(page)
    picture(page, f"views-save-{size}")
    page.locator("main").get_by_role("button", name="保存").click()
    expect(page.locator(".pop-views > summary")).to_contain_text("路灯的")
    page.goto("/desk/matters/?reset=1")
    page.locator(".pop-views > summary").click()
    page.locator(".pop-views").get_by_role("link", name="路灯的").click()
    page.wait_for_url("**/desk/matters/?stage=reported&q=*")
    page.goto("/desk/views/")
    expect(page.locator("main")).to_contain_text("打开列表时先用它")
    axe(page)
    picture(page, f"views-saved-{size}")
