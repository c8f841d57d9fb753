"""What the scripts of the pages promise: no draft lost, nothing sent twice, everything by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from linli.foundation.ui.tests import pages
from linli.foundation.ui.tests.conftest import own_pages  # noqa: F401
from tests.journeys.conftest import draft_kept

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]


@pytest.fixture(autouse=True)
def nothing_received() -> None:
    """Start with an empty tray."""
    pages.RECEIVED.clear()


def test_a_draft_survives_and_goes_when_it_was_received(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    page.get_by_label("内容").fill("3号楼灯坏了")
    draft_kept(page, "3号楼灯坏了")
    page.reload()
    expect(page.get_by_label("内容")).to_have_value("3号楼灯坏了")
    expect(page.get_by_text("已恢复您上次没有提交的内容")).to_be_visible()
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    page.goto("/test/report/")
    expect(page.get_by_label("内容")).to_have_value("")


def test_what_was_saved_is_said_on_the_page_that_follows_drawn_once(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    drawn: list[str] = []
    page.on("request", lambda sent: drawn.append(sent.method) if "/test/receipt/" in sent.url else None)
    page.get_by_label("内容").fill("3号楼灯坏了")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    expect(page.get_by_text("已收到。")).to_be_visible()
    assert drawn == ["GET"]
    page.reload()
    expect(page.get_by_text("已收到。")).to_have_count(0)


@pytest.mark.usefixtures("line_may_break")
def test_a_lost_connection_is_tried_again_under_the_same_key(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    key = page.locator("[name=request_key]").input_value()
    page.get_by_label("内容").fill("下水道堵了")
    page.context.set_offline(True)
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#live")).to_contain_text("网络断了，内容已保存，正在重试")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert [(got["text"], got["request_key"]) for got in pages.RECEIVED] == [("下水道堵了", key)]


@pytest.mark.usefixtures("line_may_break")
def test_the_key_survives_a_page_that_was_closed_while_sending(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    key = page.locator("[name=request_key]").input_value()
    page.get_by_label("内容").fill("围墙裂了")
    page.route(
        "**/test/report/",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#live")).to_contain_text("正在重试")
    page.reload()
    expect(page.get_by_label("内容")).to_have_value("围墙裂了")
    page.unroute("**/test/report/")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert [got["request_key"] for got in pages.RECEIVED] == [key]


def test_a_double_click_sends_once(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    page.get_by_label("内容").fill("路面破了")
    page.get_by_role("button", name="发送").dblclick()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert len(pages.RECEIVED) == 1


def test_remarks_come_back_beside_the_field_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    text = "一" * 21
    page.get_by_label("内容").fill(text)
    expect(page.get_by_text("多了 1 字")).to_be_visible()
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".errors-summary")).to_be_focused()
    expect(page.get_by_label("内容")).to_have_value(text)
    page.get_by_label("内容").fill("一二三")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert len(pages.RECEIVED) == 1


def test_letters_are_counted_as_the_server_counts_them(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    page.get_by_label("内容").fill("😀𠮷")
    expect(page.get_by_text("2 / 20")).to_be_visible()


def test_photos_are_shown_made_smaller_and_can_be_taken_out(visitor: Visitor, tmp_path: Any) -> None:
    from PIL import Image

    picture = tmp_path / "大图.png"
    Image.effect_noise((2400, 1800), 90).save(picture)
    page = visitor()
    page.goto("/test/report/")
    page.get_by_label("内容").fill("看照片")
    page.locator("input[type=file]").set_input_files([picture, picture, picture])
    expect(page.locator(".photos img")).to_have_count(2)
    expect(page.locator("#live")).to_contain_text("最多放 2 张照片")
    sizes = page.locator("input[type=file]").evaluate("field => [...field.files].map(file => file.size)")
    assert max(sizes) < picture.stat().st_size
    page.get_by_role("button", name="去掉第 1 张照片").click()
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert pages.RECEIVED[0]["photos"] == "1"


def test_position_of_the_device_reaches_the_form(visitor: Visitor) -> None:
    place = {"latitude": 31.2304, "longitude": 121.4737}
    page = visitor(geolocation=place, permissions=["geolocation"])
    page.goto("/test/report/")
    page.get_by_role("button", name="定位").click()
    expect(page.get_by_text("已定位")).to_be_visible()
    assert page.locator("[name=lat]").input_value() == "31.230400"
    assert page.locator("[name=lng]").input_value() == "121.473700"


def test_position_that_is_refused_says_what_to_do(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/test/report/")
    page.get_by_role("button", name="定位").click()
    expect(page.get_by_text("没有得到定位许可")).to_be_visible()


def test_what_cannot_be_taken_back_is_asked_first(visitor: Visitor) -> None:
    page = visitor("desk")
    page.goto("/desk/test/")
    page.locator("form[data-confirm] button").click()
    expect(page.get_by_role("dialog")).to_contain_text("撤回后不再办理")
    page.get_by_role("button", name="再想想").click()
    assert pages.RECEIVED == []
    page.locator("form[data-confirm] button").click()
    page.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert len(pages.RECEIVED) == 1


def test_the_desk_by_keyboard(visitor: Visitor) -> None:
    page = visitor("desk")
    page.goto("/desk/test/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".is-here")).to_contain_text("第二件")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("打开这一条")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/test/receipt/?one")


def test_a_menu_opens_its_dialog_and_escape_leads_back(visitor: Visitor) -> None:
    page = visitor("desk")
    page.goto("/desk/test/")
    page.get_by_text("更多操作").click()
    page.get_by_text("打开转办").click()
    expect(page.get_by_role("dialog", name="转办")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="转办")).to_be_hidden()


def test_who_is_faster_than_the_script_keeps_the_dialog(visitor: Visitor) -> None:
    page = visitor("desk")
    held: list[Route] = []
    page.route(re.compile(r"/build/linli\b.*js"), lambda route: held.append(route))
    page.goto("/desk/test/", wait_until="commit")
    page.locator("summary", has_text="转办").click()
    expect(page.get_by_text("选择单位")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("dialog", name="转办")).to_be_visible()


def test_a_sheet_is_filled_though_another_script_is_still_on_its_way(visitor: Visitor) -> None:
    page = visitor("desk")
    held: list[Route] = []
    page.route(re.compile(r"/build/map\b.*js"), lambda route: held.append(route))
    page.goto("/desk/test/", wait_until="commit")
    expect(page.locator("dialog")).to_have_count(2)
    page.get_by_role("link", name="看看收到没有").click()
    expect(page.get_by_role("dialog", name="收到没有").get_by_role("heading", name="回执")).to_be_visible()
    held[0].continue_()


def test_without_script_everything_can_still_be_sent(visitor: Visitor) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/test/report/")
    page.get_by_label("内容").fill("没有脚本")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    page.goto("/desk/test/")
    page.locator("summary", has_text="转办").click()
    expect(page.get_by_text("选择单位")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "size", "scheme", "is_larger"),
    [
        ("/ui/gallery/", "desk", "light", False),
        ("/ui/gallery/", "small", "dark", False),
        ("/ui/gallery/portal/", "small", "light", True),
        ("/ui/gallery/portal/", "desk", "dark", True),
    ],
)
def test_the_gallery_is_usable_by_everyone(
    visitor: Visitor, axe: Any, live_server: Any, address: str, size: str, scheme: str, is_larger: bool
) -> None:
    page = visitor(size, color_scheme=scheme, reduced_motion="reduce")
    if is_larger:
        page.context.add_cookies([{"name": "larger", "value": "1", "url": live_server.url}])
    page.goto(address)
    expect(page.locator(".maplibregl-canvas").first).to_be_attached()
    if address == "/ui/gallery/":  # each class of the map is named by the figures that are in it
        figures = [f"{count}件" for count in (7, 12, 22, 31, 45)]
        expect(page.locator(".map-legend li")).to_have_text([*figures, "无数据"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)


def test_larger_version_has_large_letters_and_targets(visitor: Visitor) -> None:
    page = visitor("small")
    page.goto("/test/report/")
    page.get_by_role("button", name="长辈版").first.click()
    small = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .filter(e => e.getClientRects().length && !e.closest(".visually-hidden"))
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.outerHTML)"""
    )
    kinds = "a, button, summary, select, textarea, input:not([type=hidden])"
    low = page.evaluate(
        """kinds => [...document.querySelectorAll(kinds)]
            .filter(e => e.getClientRects().length && !e.matches(".skip, [type=file]"))
            .filter(e => e.getBoundingClientRect().height < 59.5).map(e => e.outerHTML)""",
        kinds,
    )
    assert (small, low) == ([], [])
