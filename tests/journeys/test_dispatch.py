"""Dispatch in the browser: a question answered, returned and sent again, closed together, unhappy by link.

Each part is lived by the people concerned, at the size that they mostly use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import system
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.work.matters.models import ClosingBatch, Matter
from linli.work.matters.services import categories_load
from linli.work.matters.tests.life import Life, duties, year_load
from linli.work.matters.tests.resident_life import boundaries_make, compound_make
from tests.journeys.test_matter_life import Desk
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Axe = Callable[[Page], None]
WORDS = "楼上有人正在屋顶搭建阳光房，电钻声很大"


@pytest.fixture
def life(cast: Cast) -> Life:
    """The shipped categories and this year's holidays."""
    year_load()
    categories_load(actor=system("setup"))
    return Life(cast)


def kind_found(page: Page, words: str, name: str) -> None:
    """Find a kind by words and choose it with the keyboard alone."""
    with page.expect_response("**/report/help/"):
        page.locator("#id_kind_words").fill(words)
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-added")).to_have_count(0)
    expect(page.locator("#kinds label").first).to_contain_text(name)
    page.locator("#id_kind_words").press("Enter")
    with page.expect_response("**/report/help/"):
        page.keyboard.press("Space")


def test_a_question_is_answered_and_the_row_stands_on_the_record(
    visitor: Visitor, cast: Cast, life: Life, axe: Axe
) -> None:
    compound_make(cast)
    boundaries_make(cast)
    resident = visitor("phone", cast.accounts["resident"])
    resident.goto("/report/")
    with resident.expect_response("**/report/help/"):
        resident.get_by_label("发生了什么").fill(WORDS)
    kind_found(resident, "正在搭建", "正在搭建")
    expect(resident.locator("#help")).to_contain_text("现在还在施工吗")
    expect(resident.locator("#help")).not_to_contain_text("承重墙")
    resident.get_by_label("正在施工", exact=True).check()
    expect(resident.locator("#help")).to_contain_text("有没有敲承重墙")  # asked only after that answer
    resident.locator("#help").get_by_label("没有", exact=True).check()
    axe(resident)
    resident.locator("#id_words").fill("桂花")
    resident.get_by_role("button", name="查找").click()
    resident.locator("[name=place]").first.check()
    resident.get_by_role("button", name="发送", exact=True).click()
    expect(resident.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    matter = Matter.objects.get()
    assert matter.answers == {"working": "正在施工", "load_wall": "没有"}

    worker = Desk(visitor("desk", cast.accounts["worker"]), matter)
    worker.act("受理")
    worker.act(
        "研判分类",
        category_words="违建",
        category="building_standing",
        affair_class="major",
        reason="已经搭好",
    )
    record = worker.page.locator("main")
    for words in ("市容 › 违建 › 既存", "城管", "规资、街镇", "到场24小时", "已核实", "原来的回答"):
        expect(record).to_contain_text(words)
    axe(worker.page)
    expect(worker.page.get_by_role("link", name="看这一行")).to_be_visible()


def test_not_ours_and_sent_again_straight_back_taken_back_countersigned(
    visitor: Visitor, cast: Cast, life: Life
) -> None:
    matter, wuye = life.to_handling(), cast.units["wuye"]
    unit = Desk(visitor("desk", cast.accounts["department"]), matter)
    unit.act("退单", reason="属于物业维保范围", proposed_unit=wuye.name)
    street = Desk(visitor("desk", cast.accounts["street"]), matter)
    street.page.goto(f"/desk/matters/{matter.public_id}/")
    expect(street.page.locator("main")).to_contain_text(wuye.name)
    street.act("审批退单", is_granted="yes", is_back="on", decision="请社区补照片再派")
    assert _state(matter) == "accepted" and ("handle", "department") not in duties(matter)
    street.act("直接送回", reason="照片已补，电源在市政箱里")
    assert _state(matter) == "handling"
    assert matter.assignments.get(ended_at=None).unit == cast.units["chengguan"]
    unit.act("退单", reason="还是属于物业", proposed_unit=wuye.name)
    street.act("审批退单", is_granted="yes", decision="改派物业")  # who was named is chosen already
    assert matter.assignments.get(ended_at=None).unit == wuye

    street.act("收回", reason="先请各单位会签")
    assert _state(matter) == "accepted"
    assert not Duty.objects.filter(subject_id=str(matter.public_id), unit=wuye, state="open").exists()
    street.page.goto(f"/desk/matters/{matter.public_id}/do/ask_countersign/")
    for name in (wuye.name, cast.units["chengguan"].name):
        street.page.get_by_label(name).check()
    street.page.locator("[name=question]").fill("路灯由物业接电、城管修杆，是否同意")
    street.page.get_by_role("button", name="请会签", exact=True).click()
    expect(street.page.locator("main")).to_contain_text("办理经过")
    unit.act("会签", is_agreed="no", opinion="修杆不归我们")
    property_company = Desk(visitor("phone", cast.accounts["property"]), matter)
    property_company.act("会签", is_agreed="yes", opinion="可以接电")  # one refusal holds up nobody
    assert set(matter.assignments.filter(part="counter").values_list("state", flat=True)) == {
        "handled",
        "opposed",
    }
    street.act("派遣", unit=wuye.name, reason="公共照明")
    assert _state(matter) == "handling"


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
