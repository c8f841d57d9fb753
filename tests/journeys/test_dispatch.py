"""Dispatch in the browser: several closed together by two persons, unhappy by a link that is good once.

Each part is lived by the people concerned, at the size that they mostly use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import system
from linli.foundation.notices.models import Notice
from linli.work.matters.models import ClosingBatch, Matter
from linli.work.matters.services import categories_load
from linli.work.matters.tests.life import Life, year_load
from tests.journeys.test_matter_life import Desk
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def life(cast: Cast) -> Life:
    """The shipped categories and this year's holidays."""
    year_load()
    categories_load(actor=system("setup"))
    return Life(cast)


def _state(matter: Matter) -> str:
    matter.refresh_from_db()
    return str(matter.state)


def test_several_are_closed_together_by_two_persons(
    visitor: Visitor, cast: Cast, life: Life, axe: Axe
) -> None:
    matters = [life.to_handled() for _number in range(3)]
    open_one = life.to_signed()
    worker = visitor("desk", cast.accounts["worker"])
    worker.goto("/desk/matters/?stage=all")
    for matter in (*matters, open_one):
        worker.get_by_label(f"选择{matter.number}").check()
    worker.locator("#bulk").get_by_role("button", name="办结").click()
    expect(worker.locator("main")).to_contain_text("可以办理 3 件，不能办理 1 件")
    axe(worker)
    worker.locator("[name=finding]").fill("逐盏看过，灯都亮了")
    worker.get_by_role("button", name="提交这 3 件复核").click()
    expect(worker.locator("main")).to_contain_text("等待另一人复核")
    assert {_state(matter) for matter in matters} == {"handled"}

    second = visitor("desk", cast.accounts["worker2"])
    second.goto("/desk/")
    second.get_by_role("link", name="批量办结3件").first.click()
    row = second.locator("tr", has_text=matters[1].number)
    row.get_by_label("划掉", exact=True).check()
    row.get_by_label(f"划掉{matters[1].number}的原因").fill("这一盏还不亮")
    second.locator("[name=is_agreed][value=yes]").check()
    second.locator("[name=decision]").fill("看过照片")
    axe(second)
    second.get_by_role("button", name="提交复核").click()
    expect(second.locator("main")).to_contain_text("这一盏还不亮")
    assert [_state(matter) for matter in matters] == ["closed", "handled", "closed"]

    resident = visitor("phone", cast.accounts["resident"])
    resident.goto(f"/m/{matters[0].public_id}/")
    expect(resident.locator("main")).to_contain_text("逐盏看过，灯都亮了")
    second.get_by_text("撤销这一批办结").click()
    second.locator("[name=reason]").fill("看错了楼号")
    second.get_by_role("button", name="撤销办结", exact=True).click()
    expect(second.locator("main")).to_contain_text("办结已撤销")
    assert ClosingBatch.objects.get().state == "undone"
    resident.reload()
    expect(resident.locator("main")).to_contain_text("看错了楼号")


def test_unhappy_by_a_link_that_is_good_once_and_the_street_decides(
    visitor: Visitor, cast: Cast, life: Life, axe: Axe
) -> None:
    matter = life.to_closed()
    link = Notice.objects.filter(person=cast.person("resident"), kind="matter.rate_ask").latest("id").url
    phone = visitor("phone")  # nobody is signed in
    phone.goto(link)
    axe(phone)
    _answer(phone, {"was_contacted": "yes", "was_solved": "no", "was_satisfied": "no"})
    expect(phone.locator("main")).to_contain_text("谢谢您的评价")
    assert _state(matter) == "reopening"
    again: Any = phone.goto(link)
    assert again.status == 410
    expect(phone.locator("main")).to_contain_text("已经评价过")
    axe(phone)

    street = Desk(visitor("desk", cast.accounts["street"]), matter)
    street.act("审批重办", is_granted="yes", unit=cast.units["chengguan"].name, decision="现场又不亮，重新修")
    assert (_state(matter), matter.round) == ("handling", 2)
    resident = visitor("phone", cast.accounts["resident"])
    resident.goto(f"/m/{matter.public_id}/")
    expect(resident.locator("main")).to_contain_text("现场又不亮，重新修")


def _answer(page: Page, said: dict[str, str]) -> None:
    for name, value in said.items():
        page.locator(f"[name={name}][value={value}]").check()
    page.locator("[name=reasons]").last.check()
    page.locator("[name=comment]").fill("还是不亮")
    page.get_by_role("button", name="提交评价").click()
