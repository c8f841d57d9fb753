"""One's own registration in a real browser: tied by a code, read, put right, objected to; nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.finding.services import resident_reveal
from linli.registers.residents.models import Resident
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.tests.houses import House, house_make
from tests.people import Cast, cast_build

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Axe = Callable[[Page], None]
Picture = Callable[[Page, str], None]
NAME, NUMBER, OLD_PHONE, NEW_PHONE = "王建国", "310101196003071237", "13912345678", "13800138000"
SECRETS = (NAME, "李秀英", "王小宝", NUMBER, OLD_PHONE, NEW_PHONE)
REASON = "已核对身份证，换成新号码。"


@pytest.fixture
def cast() -> Cast:
    return cast_build()


@pytest.fixture
def house(cast: Cast) -> House:
    """The family of three in 101; a fact is known of the father."""
    made = house_make(cast)
    fact_set(actor=cast.actor("worker"), subject=made.father, key="disability_kind", value="limbs")
    return made


def _fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url


def _look(page: Page, axe: Axe, picture: Picture, name: str) -> None:
    """Every page on the way fits, is accessible, and has its picture."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    _fits(page)
    axe(page)
    picture(page, name)


def _code_printed(page: Page, axe: Axe, picture: Picture) -> str:
    """A worker comes from 居民 to the sheet of codes in three presses, and prints it."""
    page.goto("/desk/")
    page.get_by_role("navigation", name="工作栏目").get_by_role("link", name="居民").click()
    page.get_by_role("link", name="账号关联").click()
    _look(page, axe, picture, "1-links")
    page.locator("main").get_by_role("link", name="入户码").first.click()
    page.get_by_role("link", name=re.compile("桂花新村1号")).click()
    _look(page, axe, picture, "2-codes")
    page.get_by_role("button", name="制作并打印").click()
    page.get_by_role("dialog").locator(".btn-primary").click()
    slip = page.locator(".slip", has_text="101室")
    expect(slip).to_be_visible()
    picture(page, "3-slips")
    return slip.locator(".slip-code").inner_text()


def _links(page: Page, code: str, axe: Axe, picture: Picture) -> None:
    page.goto("/me/")
    expect(page.get_by_role("link", name="我的数据")).to_be_visible()
    page.get_by_role("link", name="居民登记").click()
    page.get_by_role("link", name="有入户码", exact=True).click()
    page.get_by_label("入户码").fill("K7M2-9XPQ")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("入户码不对").first).to_be_visible()
    page.get_by_label("入户码").fill(code.lower())
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("出生日期").fill("1960-03-07")
    _look(page, axe, picture, "4-door")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("已关联到您本人", exact=True)).to_be_visible()
    _look(page, axe, picture, "5-linked")


def _reads(page: Page, axe: Axe, picture: Picture) -> None:
    """What is held is open at once; who looked, and what for, stands beside it."""
    page.get_by_role("link", name="登记了什么").click()
    expect(page.get_by_text(NUMBER)).to_be_visible()
    expect(page.get_by_text("您监护的孩子 王小宝").first).to_be_visible()
    _look(page, axe, picture, "6-held")
    page.goto("/me/registry/")
    page.get_by_role("link", name="谁看过").click()
    expect(page.get_by_text("目的：走访")).to_be_visible()
    expect(page.get_by_text("内容：姓名、电话")).to_be_visible()
    _look(page, axe, picture, "7-looks")


def _asks(page: Page, axe: Axe, picture: Picture) -> None:
    page.goto("/me/registry/")
    page.get_by_role("link", name=re.compile("更正姓名、电话等")).first.click()
    page.get_by_label("电话").fill("12")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("11位手机号").first).to_be_visible()
    page.get_by_label("电话").fill(NEW_PHONE)
    page.get_by_role("textbox", name="说明").fill("换号了")
    _look(page, axe, picture, "8-correct")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("居委会最迟")).to_be_visible()
    expect(page.get_by_text("待答复")).to_be_visible()
    _look(page, axe, picture, "9-asked")


def _settles(page: Page, axe: Axe, picture: Picture) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="更正或补充").first.click()
    expect(page.get_by_text(OLD_PHONE)).to_be_visible()
    expect(page.get_by_text(NEW_PHONE)).to_be_visible()
    page.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_text("请选择结果").first).to_be_visible()
    page.get_by_label("照办", exact=True).check()
    page.get_by_label("答复", exact=True).fill(REASON)
    _look(page, axe, picture, "10-answer")
    page.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_text("已答复，本人会收到消息")).to_be_visible()


def _decides(page: Page, axe: Axe, picture: Picture) -> None:
    """Objects to being matched by machine, gives a consent and takes it back."""
    page.get_by_role("link", name=re.compile("同意与异议")).first.click()
    page.get_by_role("button", name="不让机器匹配").click()
    expect(page.get_by_role("button", name="恢复自动匹配")).to_be_visible()
    use = page.locator(".card", has_text="用登记的电话提醒待遇和活动")
    use.get_by_role("button", name="同意").click()
    expect(use.get_by_text("已同意")).to_be_visible()
    _look(page, axe, picture, "12-consents")
    use.get_by_role("button", name="撤回同意").click()
    page.get_by_role("dialog").locator(".btn-primary").click()
    expect(page.get_by_text("已撤回，马上生效")).to_be_visible()
    expect(use.get_by_text("已同意")).to_have_count(0)


def test_a_resident_and_their_own_registration(
    cast: Cast, house: House, visitor: Visitor, axe: Axe, picture: Picture
) -> None:
    desk, phone = visitor("desk", cast.accounts["worker"]), visitor("phone", cast.accounts["resident"])
    _links(phone, _code_printed(desk, axe, picture), axe, picture)
    resident_reveal(
        actor=cast.actor("grid_worker"),
        resident_id=house.father.public_id,
        fields=["name", "phone"],
        purpose="visit",
    )
    _reads(phone, axe, picture)
    _asks(phone, axe, picture)
    _settles(desk, axe, picture)

    phone.goto("/me/registry/")
    expect(phone.get_by_text("已照办")).to_be_visible()
    expect(phone.get_by_text(REASON)).to_be_visible()
    _look(phone, axe, picture, "11-answered")
    assert sealed_get(Resident.objects.get(pk=house.father.pk), "phone") == NEW_PHONE
    _decides(phone, axe, picture)

    other = visitor("phone", cast.accounts["neighbour"])
    _sees_nothing(other, house, axe, picture)


def _sees_nothing(page: Page, house: House, axe: Axe, picture: Picture) -> None:
    """Another resident is led to a code of their own; whoever knows an address finds nothing behind it."""
    for address in ("/me/registry/", "/me/data/", "/looks/"):
        page.goto(address)
        assert not any(secret in page.content() for secret in SECRETS), address
    page.goto("/me/registry/")
    _look(page, axe, picture, "13-nobody")
    for one in (house.father, house.mother, house.child):
        for what in ("correct", "consents", "delete"):
            answer = page.goto(f"/me/registry/{one.public_id}/{what}/")
            assert answer is not None and answer.status == 404, what
            assert not any(secret in page.content() for secret in SECRETS), what


def test_a_larger_type_and_the_desk_of_a_worker_show_the_same(
    cast: Cast, house: House, visitor: Visitor, axe: Axe, picture: Picture
) -> None:
    """In 长辈版 the first steps fit a small screen; a request without a code is compared and confirmed."""
    phone = visitor("small", cast.accounts["neighbour"])
    phone.goto("/me/registry/")
    phone.get_by_role("button", name="长辈版").first.click()
    phone.get_by_role("link", name=re.compile("没有入户码")).click()
    _look(phone, axe, picture, "1-ask")
    phone.get_by_label("小区名称").fill("桂花")
    phone.get_by_role("button", name="查找").click()
    phone.get_by_role("link", name=re.compile("桂花新村")).click()
    phone.get_by_role("link", name="1号", exact=True).click()
    phone.get_by_role("link", name=re.compile("101")).click()
    phone.get_by_label("姓名").fill("李秀英")
    phone.get_by_label("出生日期").fill(date(1962, 5, 1).isoformat())
    _look(phone, axe, picture, "2-who")
    phone.get_by_role("button", name="提交核对").click()
    expect(phone.get_by_text("正在核对")).to_be_visible()
    _look(phone, axe, picture, "3-waiting")

    desk = visitor("phone", cast.accounts["worker"])
    desk.goto("/desk/residents/links/")
    tab = desk.get_by_role("navigation", name="居民登记").get_by_role("link", name="账号关联")
    expect(tab).to_be_in_viewport(ratio=0.9)  # a line hangs over its edge
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.get_by_role("link", name=re.compile("桂花新村1号101室")).click()
    assert not any(secret in desk.content() for secret in SECRETS)
    _look(desk, axe, picture, "4-compare")
    desk.locator("tr", has_text="姓名一致").get_by_role("radio").check()
    desk.get_by_role("button", name="确认是这个人").click()
    expect(desk.get_by_text("已关联，本人会收到消息")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("已关联到您本人", exact=True)).to_be_visible()
    expect(phone.get_by_text("王小宝")).to_have_count(0)  # she is not the guardian
