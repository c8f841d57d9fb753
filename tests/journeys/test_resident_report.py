"""A resident with a phone: from opening the page to the receipt; with or without account and connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from linli.work.matters.models import Category, Matter, ReportDraft
from linli.work.matters.tests.resident_life import (
    WORDS,
    Life,
    boundaries_make,
    compound_make,
    floods_narrow,
    picture,
)
from tests.journeys.conftest import draft_kept
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
MOST_ACTIONS = 5
ANSWERS_COUNTED = """() => {
  const said = document.documentElement.dataset;
  said.answers = 0;
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.pathInfo.requestPath.includes("/places/")) said.answers = Number(said.answers) + 1;
  });
}"""


class Counted:
    """A page on which every action of its reader is counted: a click, or one field filled."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def click(self, what: Locator) -> None:
        """Press something."""
        self.actions += 1
        what.click()

    def fill(self, field: Locator, words: str) -> None:
        """Write into a field, however long."""
        self.actions += 1
        field.fill(words)

    def attach(self, field: Locator, name: str, content: bytes) -> None:
        """Take a photo."""
        self.actions += 1
        field.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


@pytest.fixture
def life(cast: Cast) -> Life:
    """A compound, and somebody who has reported before."""
    Category.objects.get_or_create(
        code="light", version="test", defaults={"name": "道路与公共设施", "words": ["路灯"]}
    )
    life = Life(cast, compound_make(cast))
    life.reported(cast.client("resident"), text="楼道里堆了东西")
    return life


@pytest.fixture
def line_may_break(complaints: Any) -> Iterator[None]:
    """Allow the browser to report the connection that a test cuts."""
    yield
    complaints.found = [line for line in complaints.found if "net::ERR_" not in line]


def _text(page: Page) -> Locator:
    return page.get_by_label("发生了什么")


def _send(page: Page) -> Locator:
    return page.get_by_role("button", name="发送", exact=True)


def _received(page: Page) -> Matter:
    expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    matter = Matter.objects.order_by("-pk").first()
    assert matter is not None
    expect(page.locator(".big-number")).to_have_text(matter.number)
    return matter


def test_a_returning_resident_needs_at_most_five_actions(
    visitor: Visitor,
    cast: Cast,
    life: Life,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    axe(page)
    reader = Counted(page)
    reader.fill(_text(page), WORDS)
    expect(page.locator("#help")).to_contain_text("前答复您是否受理")
    reader.attach(page.locator("#id_photos"), "lamp.jpg", _photo())
    expect(page.locator(".photos img")).to_have_count(1)
    picture(page, "report")
    reader.click(_send(page))
    matter = _received(page)
    assert reader.actions <= MOST_ACTIONS
    assert (matter.text, matter.compound, matter.photos.count()) == (WORDS, life.compound, 1)
    axe(page)
    picture(page, "receipt")
    page.get_by_role("link", name="看进展").click()
    expect(page.get_by_role("heading", name="我们收到了您反映的事")).to_be_visible()
    axe(page)
    page.goto("/report/")
    expect(_text(page)).to_have_value("")  # the draft went with the receipt


def _photo() -> bytes:
    return picture().read()


def test_another_place_still_fits_into_few_actions(visitor: Visitor, cast: Cast, life: Life) -> None:
    other = compound_make(cast, "银杏里")
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    reader = Counted(page)
    reader.fill(_text(page), WORDS)
    reader.click(page.get_by_text("换个地方"))
    reader.fill(page.get_by_label("小区名或路名"), "银杏")
    reader.click(page.get_by_label("银杏里"))
    reader.click(_send(page))
    assert _received(page).compound == other
    assert reader.actions <= MOST_ACTIONS


def test_a_pick_stands_although_what_was_asked_before_it_answers_late(
    visitor: Visitor, cast: Cast, life: Life
) -> None:
    other = compound_make(cast, "银杏里")
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    page.evaluate(ANSWERS_COUNTED)
    _text(page).fill(WORDS)
    page.get_by_text("换个地方").click()
    page.get_by_label("小区名或路名").fill("银杏")
    picked = page.get_by_label("银杏里")
    expect(picked).to_be_visible()
    answers = int(page.locator("html").get_attribute("data-answers") or 0)
    held: list[Route] = []
    page.route("**/report/places/**", lambda route: held.append(route))
    with page.expect_request("**/report/places/**"):
        page.get_by_role("button", name="查找").click()
    picked.check()
    held[0].continue_()
    expect(page.locator("html")).to_have_attribute("data-answers", str(answers + 1))
    expect(picked).to_be_checked()
    _send(page).click()
    assert _received(page).compound == other


def test_a_search_after_the_pick_is_answered_although_the_pick_goes(
    visitor: Visitor, cast: Cast, life: Life
) -> None:
    compound_make(cast, "银杏里")
    compound_make(cast, "海棠里")
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    _text(page).fill(WORDS)
    page.get_by_text("换个地方").click()
    page.get_by_label("小区名或路名").fill("银杏")
    page.get_by_label("银杏里").check()
    page.get_by_label("小区名或路名").fill("海棠")
    expect(page.get_by_label("海棠里")).to_be_visible()
    expect(page.get_by_label("银杏里")).to_have_count(0)
    _send(page).click()
    expect(page.locator("main")).to_contain_text("请点选是下面的哪一个地方")


def test_a_visitor_gives_the_phone_after_sending(
    visitor: Visitor, life: Life, settings: Any, axe: Callable[[Page], None]
) -> None:
    settings.SHOW_CODES = True
    page = visitor()
    page.goto("/report/")
    _text(page).fill(WORDS)
    page.get_by_label("小区名或路名").fill("桂花苑")
    page.get_by_label("桂花苑").check()
    _send(page).click()
    expect(page.get_by_role("heading", name="还差一步：您的手机号")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_be_visible()
    axe(page)
    page.reload()
    page.get_by_label("手机号", exact=True).fill("139 0000 0009")
    page.get_by_label("我同意按隐私说明处理我的手机号").check()
    page.get_by_role("button", name="获取验证码").click()
    code = page.locator(".code-shown .number").inner_text()
    axe(page)
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="验证并发送").click()
    assert _received(page).text == WORDS
    assert ReportDraft.objects.count() == 1


def test_signing_in_in_another_window_sends_what_lay_open_here(
    visitor: Visitor, cast: Cast, life: Life, settings: Any
) -> None:
    settings.SHOW_CODES = True
    page = visitor()
    page.goto("/report/")
    _text(page).fill(WORDS)
    page.locator("#id_photos").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    page.get_by_label("小区名或路名").fill("没有这里")
    _send(page).click()
    expect(page.get_by_text("已收下的：照片1张")).to_be_visible()
    other = page.context.new_page()
    other.goto("/sign-in/")
    other.get_by_label("手机号", exact=True).fill("139 0000 0009")
    other.get_by_label("我已阅读并同意").check()
    other.get_by_role("button", name="获取验证码").click()
    other.get_by_label("验证码").fill(other.locator(".notice .number").inner_text())
    other.get_by_role("button", name="登录").click()
    other.wait_for_url("**/")
    page.get_by_label("小区名或路名").fill("桂花苑")
    page.get_by_label("桂花苑").check()
    _send(page).click()
    matter = _received(page)
    assert (matter.text, matter.photos.count()) == (WORDS, 1)
    assert matter.reporter is not None
    assert not ReportDraft.objects.exists()


def test_a_refused_emergency_says_whom_to_call_and_keeps_the_words(
    visitor: Visitor,
    life: Life,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    floods_narrow(monkeypatch)
    page = visitor()
    for number in range(3):
        page.goto("/report/")
        _text(page).fill(f"{number}号楼着火了，有人被困")
        if number == 0:  # afterwards the page knows the neighbourhood
            page.get_by_label("小区名或路名").fill("桂花苑")
            page.get_by_label("桂花苑").check()
        _send(page).click()
        if number < 2:
            expect(page.get_by_text("已经同时报给居委会和街道")).to_be_visible()
    expect(page.get_by_role("heading", name="没有发出，请现在就打电话")).to_be_visible()
    expect(page.locator("a[href='tel:119']:visible")).to_have_count(1)
    expect(_text(page)).to_have_value("2号楼着火了，有人被困")
    axe(page)
    picture(page, "refused")
    assert Matter.objects.filter(is_emergency=True).count() == 2


@pytest.mark.usefixtures("line_may_break")
def test_emergency_numbers_show_while_typing_even_without_a_connection(
    visitor: Visitor, cast: Cast, life: Life
) -> None:
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    page.context.set_offline(True)
    expect(page.locator("#emergency")).to_be_hidden()
    _text(page).fill("反家暴宣传栏坏了")
    expect(page.locator("#emergency")).to_be_hidden()
    _text(page).fill("5号楼着火了")
    for number in ("110", "119", "120"):
        expect(page.locator(f"#emergency a[href='tel:{number}']")).to_be_visible()
    page.context.set_offline(False)


def test_an_emergency_is_reported_before_the_phone_is_known(visitor: Visitor, life: Life) -> None:
    page = visitor()
    page.goto("/report/")
    _text(page).fill("5号楼着火了，有人被困")
    page.get_by_label("小区名或路名").fill("桂花苑")
    page.get_by_label("桂花苑").check()
    _send(page).click()
    expect(page.get_by_text("已经同时报给居委会和街道")).to_be_visible()
    matter = Matter.objects.order_by("-pk").first()
    assert matter is not None
    assert matter.is_emergency
    assert matter.reporter is None


@pytest.mark.usefixtures("line_may_break")
def test_a_lost_connection_loses_nothing(visitor: Visitor, cast: Cast, life: Life) -> None:
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    _text(page).fill(WORDS)
    page.locator("#id_photos").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    page.context.set_offline(True)
    _send(page).click()
    expect(page.locator("#live")).to_contain_text("正在重试")
    page.context.set_offline(False)
    assert _received(page).photos.count() == 1
    assert Matter.objects.filter(text=WORDS).count() == 1


def test_the_text_survives_a_reload(visitor: Visitor, cast: Cast, life: Life) -> None:
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    _text(page).fill(WORDS)
    draft_kept(page, WORDS)
    page.reload()
    expect(_text(page)).to_have_value(WORDS)


def test_the_chosen_place_survives_a_reload(visitor: Visitor, cast: Cast, life: Life) -> None:
    other = compound_make(cast, "银杏里")
    page = visitor(account=cast.accounts["resident"])
    page.goto("/report/")
    _text(page).fill(WORDS)
    page.get_by_text("换个地方").click()
    page.get_by_label("小区名或路名").fill("银杏")
    page.get_by_label("银杏里").check()
    draft_kept(page, "银杏里")
    page.reload()
    expect(page.get_by_label("银杏里")).to_be_checked()
    _send(page).click()
    assert _received(page).compound == other


def test_the_phone_says_where_one_is(visitor: Visitor, cast: Cast, life: Life) -> None:
    boundaries_make(cast)
    page = visitor(
        account=cast.accounts["neighbour"],
        geolocation={"longitude": 121.4051, "latitude": 31.2051},
        permissions=["geolocation"],
    )
    page.goto("/report/")
    reader = Counted(page)
    reader.fill(_text(page), WORDS)
    reader.click(page.get_by_role("button", name="用我现在的位置"))
    expect(page.get_by_label("地图上的这个位置")).to_be_checked()
    expect(page.get_by_label("桂花苑")).to_be_visible()
    reader.click(_send(page))
    assert _received(page).place_code == "990101001"
    assert reader.actions <= MOST_ACTIONS


def test_the_map_opens_when_it_is_asked_for(visitor: Visitor, cast: Cast, life: Life) -> None:
    boundaries_make(cast)
    page = visitor(account=cast.accounts["neighbour"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/report/")
    assert not [url for url in asked if "map" in url]
    page.get_by_text("在地图上点选").click()
    expect(page.locator(".map canvas")).to_be_visible()


def test_everything_works_without_scripts(visitor: Visitor, cast: Cast, life: Life) -> None:
    page = visitor(account=cast.accounts["neighbour"], java_script_enabled=False)
    page.goto("/report/")
    _text(page).fill(WORDS)
    page.locator("#id_photos").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    page.get_by_label("小区名或路名").fill("桂花苑")
    page.get_by_role("button", name="查找").click()
    expect(_text(page)).to_have_value(WORDS)
    page.get_by_label("桂花苑").check()
    _send(page).click()
    matter = _received(page)
    assert matter.compound == life.compound
    assert matter.photos.count() == 1


@pytest.mark.parametrize("size", ["small", "desk"])
def test_the_larger_version_fits(
    visitor: Visitor, cast: Cast, life: Life, size: str, axe: Callable[[Page], None]
) -> None:
    page = visitor(size=size, account=cast.accounts["resident"])
    page.goto("/")
    page.get_by_role("button", name="长辈版").first.click()
    for url in ("/", "/report/", "/mine/", f"/m/{life.matter.public_id}/", "/public/", "/help/"):
        page.goto(url)
        assert page.evaluate("getComputedStyle(document.querySelector('main')).fontSize") >= "18px"
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 1, url
        axe(page)
