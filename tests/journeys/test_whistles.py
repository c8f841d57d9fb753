"""A whistle in the browser, from the call to what residents read; a hot issue that becomes one case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import system
from linli.foundation.places.selectors import Place
from linli.work.matters import services as matters
from linli.work.matters.clusters.models import Cluster
from linli.work.matters.models import Matter
from linli.work.matters.services import categories_load
from linli.work.matters.whistles.models import Whistle
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]
Picture = Callable[[Page, str], None]

CLEARED = "摊位已经清走，每周五晚上再查一次。"
SMOKE = ("小区东门夜间烧烤油烟大", "小区东门夜间烧烤油烟太大", "小区东门夜间烧烤油烟呛人")


@pytest.fixture
def look(axe: Look) -> Look:
    """Return a check of a page as it stands: accessible, and nothing wider than the window."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


def reported(cast: Cast, who: str, text: str) -> Matter:
    place = Place(cast.places["committee_a_place"], "chosen")
    return matters.matter_report(actor=cast.actor(who), text=text, place=place, address="东门")


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value='{value}']").check()


def blown(page: Page, cast: Cast) -> Whistle:
    """Fill the open form of a whistle: two units, the first leads; send it."""
    units = [cast.units["chengguan"], cast.units["fangguan"]]
    page.get_by_label("请来做什么").fill("夜间摊位反复出现，请一起到现场。")
    for unit in units:
        page.get_by_label(unit.name).first.check()
    page.get_by_label("谁牵头").select_option(label=page_label(page, units[0].name))
    page.get_by_label("集合地点").fill("东门外人行道")
    page.get_by_role("button", name="吹哨", exact=True).click()
    expect(page.locator("main")).to_contain_text("已吹哨")
    return Whistle.objects.latest("pk")


def page_label(page: Page, name: str) -> str:
    """Return how the select shows a unit; its kind may stand behind the name."""
    options = page.locator("[name=lead] option").all_text_contents()
    return next(text for text in options if text.startswith(name))


def test_units_come_and_the_resident_reads_what_came_of_it(
    visitor: Visitor, cast: Cast, look: Look, picture: Picture
) -> None:
    categories_load(actor=system("setup"))
    matter = reported(cast, "resident", SMOKE[0])
    matters.matter_accept(actor=cast.actor("worker"), matter_id=matter.pk, version=matter.version)
    street = visitor("desk", cast.accounts["street"])
    whistle = called(street, cast, matter, look)
    picture(street, "called")
    unit = visitor("phone", cast.accounts["department"])
    comes(unit, whistle, look)
    picture(unit, "came")
    finished(street, whistle)
    look(street)
    picture(street, "rated")
    replied(unit, whistle)
    whistle.refresh_from_db()
    assert whistle.state == "closed"
    resident = visitor("phone", cast.accounts["resident"])
    resident.goto(f"/m/{matter.public_id}/")
    expect(resident.locator("main")).to_contain_text(CLEARED)
    expect(resident.locator("main")).not_to_contain_text("没收炉具")
    look(resident)
    picture(resident, "told")


def page_of(whistle: Whistle) -> str:
    return f"/desk/matters/whistles/{whistle.public_id}/"


def called(street: Page, cast: Cast, matter: Matter, look: Look) -> Whistle:
    """Whistle for a matter: to nobody first, which is refused, then to two units."""
    street.goto(f"/desk/matters/{matter.public_id}/do/whistle/")
    street.get_by_role("button", name="吹哨", exact=True).click()
    expect(street.locator("main")).to_contain_text("请选择请哪些单位到场")
    look(street)
    whistle = blown(street, cast)
    street.goto(page_of(whistle))
    expect(street.locator("aside")).to_contain_text(code_shown(whistle))
    look(street)
    return whistle


def code_shown(whistle: Whistle) -> str:
    return f"{whistle.code[:4]}-{whistle.code[4:]}"


def comes(unit: Page, whistle: Whistle, look: Look) -> None:
    """Check in by a wrong code, then by the one on the spot; say what was done."""
    unit.goto("/desk/")
    expect(unit.locator("main")).to_contain_text("到场报到")
    unit.goto(page_of(whistle))
    expect(unit.locator("main")).not_to_contain_text(code_shown(whistle))
    unit.get_by_role("link", name="报到", exact=True).first.click()
    choose(unit, "way", "code")
    unit.get_by_label("现场码").fill("AAAA-2222")
    unit.get_by_role("button", name="报到", exact=True).click()
    expect(unit.locator("main")).to_contain_text("现场码不对")
    look(unit)
    unit.goto(f"{page_of(whistle)}here/{whistle.code}/")  # what the code on the spot leads to
    unit.get_by_role("button", name="报到", exact=True).click()
    expect(unit.locator("main")).to_contain_text("已报到")
    unit.get_by_role("link", name="反馈做了什么").first.click()
    unit.get_by_label("做了什么").fill("劝离摊位三个，没收炉具。")
    unit.get_by_role("button", name="反馈做了什么", exact=True).click()
    expect(unit.locator("main")).to_contain_text("劝离摊位三个")
    look(unit)


def finished(street: Page, whistle: Whistle) -> None:
    """Write the joint record, finish with words for residents, rate who came."""
    street.goto(f"{page_of(whistle)}do/log/")
    street.get_by_label("现场情况").fill("现场商定：房管所通知底楼业主。")
    street.get_by_role("button", name="记录现场", exact=True).click()
    street.get_by_role("link", name="办结吹哨").first.click()
    choose(street, "is_solved", "yes")
    street.get_by_label("大家一起办了什么").fill("城管到场，清走摊位。")
    street.get_by_role("button", name="办结吹哨", exact=True).click()
    expect(street.locator("main")).to_contain_text("请填写告诉居民的话")
    street.get_by_label("告诉居民的话").fill(CLEARED)
    street.get_by_role("button", name="办结吹哨", exact=True).click()
    expect(street.locator("main")).to_contain_text("已取消")  # who still had time need not come
    rated(street)


def replied(unit: Page, whistle: Whistle) -> None:
    """Answer the rating: the whistle was right."""
    unit.goto(f"{page_of(whistle)}do/reply/")
    choose(unit, "was_proper", "yes")
    unit.get_by_role("button", name="回应评价", exact=True).click()
    expect(unit.locator("main")).to_contain_text("认为该吹")


def rated(street: Page) -> None:
    """Rate the unit that came: its coming and its work."""
    street.get_by_role("link", name="评价", exact=True).click()
    choose(street, "coming", "good")
    choose(street, "work", "good")
    street.get_by_role("button", name="评价", exact=True).click()
    expect(street.locator("main")).to_contain_text("已评价")
    expect(street.get_by_role("link", name="评价", exact=True)).to_have_count(0)


def test_a_hot_issue_becomes_one_case_and_a_whistle(
    visitor: Visitor, cast: Cast, look: Look, picture: Picture
) -> None:
    rows = [
        reported(cast, who, text)
        for who, text in zip(("resident", "neighbour", "resident"), SMOKE, strict=True)
    ]
    street = visitor("desk", cast.accounts["street"])
    street.goto("/desk/matters/hot/")
    expect(street.locator("tbody tr")).to_have_count(1)
    look(street)
    picture(street, "hot")
    street.get_by_role("link", name="并为一案").first.click()
    street.get_by_label("共同的是什么事").fill("东门夜间烧烤油烟")
    look(street)
    street.get_by_role("button", name="并为一案，接着吹哨").click()
    whistle = blown(street, cast)
    cluster = Cluster.objects.get()
    assert whistle.matter == cluster.head == rows[0]

    street.goto(f"/desk/matters/clusters/{cluster.public_id}/")
    expect(street.locator("tbody tr")).to_have_count(3)
    look(street)
    street.get_by_role("link", name="分出", exact=True).click()
    street.get_by_label(rows[2].number).check()
    street.get_by_label("为什么").fill("是西门的另一家店。")
    look(street)
    picture(street, "release")
    street.get_by_role("button", name="分出选中的").click()
    expect(street.locator("main")).to_contain_text("是西门的另一家店")
    expect(street.locator("tbody tr")).to_have_count(2)
    look(street)
    picture(street, "cluster")

    neighbour = visitor("phone", cast.accounts["neighbour"])
    neighbour.goto(f"/m/{rows[1].public_id}/")
    expect(neighbour.locator("main")).to_contain_text("到现场一起办")
    look(neighbour)
    resident = visitor("phone", cast.accounts["resident"])
    resident.goto(f"/m/{rows[2].public_id}/")
    expect(resident.locator("main")).to_contain_text("单独办理")
    expect(resident.locator("main")).to_contain_text("西门的另一家店")
    picture(resident, "split")
