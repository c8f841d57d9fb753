"""The registry in a real browser: a worker at the door; a district that sees numbers and nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.places.models import Building, Compound, Division, Part, Stair
from linli.registers.residents.entries import MemberEntry, PersonEntry
from linli.registers.residents.models import Household, Resident
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services import household_open
from tests.people import Cast, cast_build

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
NAMES = ("陈建国", "林秀英", "陈小雨", "顾桂珍", "何志强")
OLD_PHONE, NEW_PHONE = "13800130001", "13912345678"


@pytest.fixture
def cast() -> Cast:
    """A compound of committee A with one building: three floors of two, a family and an old woman in it."""
    built = cast_build()
    _people_move_in(built.actor("worker"), _building_made(built.places["committee_a_place"]))
    return built


def _building_made(place: Division) -> dict[str, Part]:
    """Make the building; returns its dwellings by name."""
    compound = Compound.objects.create(
        name="桂花苑",
        street=place.parent,
        committee=place,
        is_committee_confirmed=True,
        area_path=place.path,
        pinyin="guihuayuan",
        initials="ghy",
    )
    building = Building.objects.create(compound=compound, name="1号楼", sort_key="0001", floors=3)
    stair = Stair.objects.create(building=building, name="1单元", sort_key="0001")
    return {
        f"{floor}0{room}": Part.objects.create(
            compound=compound,
            building=building,
            stair=stair,
            name=f"{floor}0{room}",
            sort_key=f"000{floor}0{room}",
            floor=floor,
            area_path=place.path,
        )
        for floor in (1, 2, 3)
        for room in (1, 2)
    }


def _people_move_in(worker: Actor, parts: dict[str, Part]) -> None:
    """Let a family, an old woman and a tenant live there."""
    since = date(2018, 5, 1)
    household_open(
        actor=worker,
        part_id=str(parts["101"].public_id),
        tenure="owner",
        from_on=since,
        members=[
            MemberEntry(PersonEntry("陈建国", phone=OLD_PHONE, birth=date(1985, 3, 2), sex="m"), "head"),
            MemberEntry(PersonEntry("林秀英", birth=date(1987, 8, 9), sex="f"), "spouse"),
            MemberEntry(PersonEntry("陈小雨", birth=date(2018, 1, 20), sex="f"), "child", guardian=1),
        ],
    )
    woman = PersonEntry("顾桂珍", birth=date(1942, 6, 1), sex="f")
    household_open(
        actor=worker,
        part_id=str(parts["202"].public_id),
        tenure="owner",
        members=[MemberEntry(woman, "head")],
    )
    tenant = PersonEntry("何志强", birth=date(1996, 6, 1), sex="m")
    household_open(
        actor=worker,
        part_id=str(parts["301"].public_id),
        tenure="tenant",
        from_on=clock.today(),
        members=[MemberEntry(tenant, "head")],
    )


def test_a_worker_at_the_door(
    cast: Cast,
    visitor: Visitor,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:
    page = visitor("phone", cast.accounts["grid_worker"])
    page.goto("/desk/residents/buildings/")
    page.get_by_label("小区名称、拼音或地址").fill("ghy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/buildings/?q=ghy")
    axe(page)
    picture(page, "1-buildings")
    page.get_by_role("link", name=re.compile("1号楼")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1号楼")
    _fits(page)
    axe(page)
    picture(page, "2-building")
    page.get_by_role("link", name=re.compile(r"^101")).click()

    expect(page.get_by_text("陈**").first).to_be_visible()
    expect(page.get_by_text("陈建国")).to_have_count(0)
    axe(page)
    picture(page, "3-card")
    page.get_by_text("显示姓名和电话").click()
    page.get_by_role("button", name="走访").click()
    expect(page.get_by_text("陈建国").first).to_be_visible()
    expect(page.get_by_role("link", name=OLD_PHONE)).to_have_attribute("href", f"tel:{OLD_PHONE}")
    _fits(page)
    axe(page)
    picture(page, "4-revealed")

    _telephone_changed(page, axe, picture)
    _fact_added(page, axe, picture)

    page.get_by_role("link", name="全部变更记录").click()
    expect(page.get_by_text("更正居民信息").first).to_be_visible()
    expect(page.get_by_text(NEW_PHONE)).to_have_count(0)
    axe(page)
    picture(page, "8-history")
    page.locator("li", has_text="更正居民信息").get_by_role("link", name="撤销").click()
    picture(page, "9-undo")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    assert _phone() == OLD_PHONE


def _telephone_changed(page: Page, axe: Callable[[Page], None], picture: Callable[[Page, str], None]) -> None:
    """A wrong number is refused beside its field, a right one is kept."""
    page.locator(".person").first.get_by_text("更正、迁出").click()
    page.get_by_role("link", name=re.compile("改电话")).click()
    page.get_by_label("新的电话").fill("12")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("请填写11位手机号").first).to_be_visible()
    page.get_by_label("新的电话").fill(NEW_PHONE)
    axe(page)
    picture(page, "5-phone")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("已登记：改电话")).to_be_visible()
    assert _phone() == NEW_PHONE


def _fact_added(page: Page, axe: Callable[[Page], None], picture: Callable[[Page, str], None]) -> None:
    """Two taps and a value."""
    page.locator(".person").first.get_by_role("link", name="补充信息").click()
    axe(page)
    picture(page, "6-facts")
    page.get_by_role("link", name="户籍", exact=True).click()
    page.get_by_label("本市户籍").check()
    axe(page)
    picture(page, "7-fact")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("本市户籍")).to_be_visible()


def _phone() -> str:
    """Return the telephone number of the man in 101."""
    people = Resident.objects.filter(memberships__relation="head", birth_month=date(1985, 3, 1))
    return sealed_get(people.get(), "phone")


def _fits(page: Page) -> None:
    """The page does not scroll sideways; a floor may, within itself."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url


def test_the_desk_sees_the_same_on_a_large_screen(
    cast: Cast,
    visitor: Visitor,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:
    page = visitor("desk", cast.accounts["worker"])
    building, household = Building.objects.get(), Household.objects.order_by("pk").first()
    assert household is not None
    for name, address in (
        ("find", "/desk/residents/"),
        ("building", f"/desk/residents/buildings/{building.public_id}/"),
        ("card", f"/desk/residents/households/{household.public_id}/"),
        ("people", "/desk/residents/people/?page=1"),
        ("households", "/desk/residents/households/?page=1"),
        ("establishments", "/desk/residents/establishments/?page=1"),
        ("register", f"/desk/residents/households/{household.public_id}/do/register/"),
        ("split", f"/desk/residents/households/{household.public_id}/do/split/"),
        ("move", f"/desk/residents/households/{household.public_id}/do/move/"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not any(secret in page.content() for secret in NAMES), name
        _fits(page)
        axe(page)
        picture(page, name)


def test_a_district_sees_numbers_and_nobody(
    cast: Cast,
    visitor: Visitor,
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:
    page = visitor("desk", cast.accounts["district"])
    page.goto("/desk/")
    page.get_by_role("navigation", name="工作栏目").get_by_role("link", name="居民").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("临江区")
    axe(page)
    picture(page, "counts")
    page.get_by_role("link", name="桂花街道").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("桂花街道")
    page.get_by_label("居住方式", exact=True).select_option("owner")
    page.get_by_role("button", name="筛选", exact=True).click()
    for _visit in range(2):
        text = page.content()
        assert not any(secret in text or secret[0] + "*" in text for secret in NAMES)
        page.goto("/desk/residents/counts/?area=990101001001")
    picture(page, "committee")

    household, part = Household.objects.order_by("pk").first(), Part.objects.order_by("pk").first()
    person = Resident.objects.order_by("pk").first()
    assert household and part and person
    _nobody_there(page, household, part, person)


def _nobody_there(page: Page, household: Any, part: Any, person: Any) -> None:
    """Whoever knows an address finds nothing behind it."""
    for address in (
        f"households/{household.public_id}/",
        f"households/{household.public_id}/history/",
        f"households/{household.public_id}/reveal/",
        f"households/{household.public_id}/people/{person.public_id}/do/phone/",
        f"parts/{part.public_id}/",
        f"buildings/{part.building.public_id}/",
        f"people/{person.public_id}/history/",
        f"people/{person.public_id}/reveal/",
    ):
        answer = page.goto(f"/desk/residents/{address}")
        assert answer is not None and answer.status == 404, address
        assert not any(secret in page.content() for secret in NAMES)
    for address in ("", "people/", "households/", "buildings/", "search/", "establishments/"):
        answer = page.goto(f"/desk/residents/{address}")
        assert answer is not None and answer.status == 403, address
