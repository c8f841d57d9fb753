"""A district writes a policy in forms, another person publishes it, a resident reads and checks it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import Function
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.tests.houses import house_linked
from linli.work.benefits.models import Policy
from linli.work.benefits.outreach.tests.world import CARE, policy_make
from tests.people import Cast, staff_make

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CASES = """- name: 八十岁生日当天还不算
  on: 2026-09-01
  person: {birth: 1946-09-01, hukou: local}
  expect: not
- name: 第二天起每月120元
  on: 2026-09-02
  person: {birth: 1946-09-01, hukou: local}
  expect: eligible
  amount: 120
"""


def act(page: Page, node: int, name: str) -> None:
    """Open the menu of a condition (counted from the top, the whole tree is 0) and press in it."""
    page.locator(".node-line summary").nth(node).click()
    page.locator(".pop[open]").get_by_role("button", name=name).click()


def policy_begun(page: Page, axe: Callable[[Page], None]) -> None:
    """Name a policy; its conditions come next."""
    page.goto("/desk/benefits/")
    axe(page)
    page.get_by_role("link", name="新写一项").click()
    page.get_by_label("名称").fill("助餐补贴")
    page.get_by_label("代号").fill("meals")
    page.get_by_label("主管部门").fill("区民政局")
    page.get_by_role("button", name="建立，去写条件").click()


def age_asked_for(page: Page) -> None:
    """Ask for 80 and over; ages that nobody has are refused."""
    page.get_by_role("link", name="添加条件").first.click()
    page.get_by_role("link", name="年龄 例如").click()
    page.get_by_label("年满（周岁）").fill("80")
    page.get_by_label("不满（周岁）").fill("70")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator("main")).to_contain_text("否则没有人符合")
    page.get_by_label("不满（周岁）").fill("")
    page.get_by_role("button", name="添加", exact=True).click()


def hukou_asked_for(page: Page, axe: Callable[[Page], None]) -> None:
    """Add a second condition, move it up, remove it, take the removal back."""
    page.get_by_role("link", name="添加条件").first.click()
    page.get_by_role("link", name="户籍", exact=True).click()
    page.get_by_label("本市户籍").check()
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator(".tree")).to_contain_text("户籍：本市户籍")
    act(page, 2, "上移")
    expect(page.locator(".node-words").nth(1)).to_contain_text("户籍")
    act(page, 1, "删去")
    expect(page.locator(".tree")).not_to_contain_text("户籍")
    page.get_by_role("button", name="撤销上一步").click()
    expect(page.locator(".tree")).to_contain_text("户籍")
    axe(page)


def amount_and_cases_said(page: Page) -> None:
    """Say how much; a case that does not come out says so."""
    page.get_by_role("link", name="发多少").click()
    page.get_by_label("金额（元）").fill("120")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="案例").first.click()
    page.locator("textarea[name=cases]").fill(CASES.replace("amount: 120", "amount: 100"))
    page.get_by_role("button", name="保存并重算").click()
    expect(page.locator("main")).to_contain_text("算出来是120 元")
    page.locator("textarea[name=cases]").fill(CASES)
    page.get_by_role("button", name="保存并重算").click()
    expect(page.locator("main")).to_contain_text("2个案例的结果都和写的一样")


def proposed(page: Page) -> None:
    """Submit the draft for another person."""
    page.get_by_role("link", name="提交核准").click()
    page.get_by_label("从哪天起用").fill("2026-09-01")
    page.get_by_label("文号").fill("试行〔2026〕1号")
    page.get_by_label("这一版改了什么").fill("首次发布")
    page.get_by_role("button", name="提交核准").click()
    expect(page.locator("main")).to_contain_text("请另一人核准")


def published(page: Page) -> None:
    """See what was submitted and publish it."""
    page.goto(f"/desk/benefits/{Policy.objects.get().public_id}/draft/")
    page.get_by_role("button", name="核准发布").click()
    page.get_by_role("dialog").get_by_role("button", name="核准发布").click()
    expect(page.locator("main")).to_contain_text("在用")


def read_and_checked(page: Page, axe: Callable[[Page], None]) -> None:
    """Read the policy and answer its questions; no answer stands in the address."""
    page.goto("/benefits/")
    axe(page)
    page.get_by_role("link", name="助餐补贴").click()
    expect(page.locator("main")).to_contain_text("120元")
    page.get_by_role("link", name="算一算我能不能享受").click()
    page.get_by_role("button", name="开始").click()
    for _turn in range(2):
        if page.get_by_label("本市户籍").count():
            page.get_by_label("本市户籍").check()
        else:
            page.locator("#answer").fill("1940-01-01")
        axe(page)
        page.get_by_role("button", name="下一题").click()
    expect(page.locator("main")).to_contain_text("看来可以享受（1）")
    assert "1940" not in page.url
    axe(page)


def test_a_policy_is_written_checked_published_and_read(
    visitor: Callable[..., Page], axe: Callable[[Page], None], cast: Cast
) -> None:
    staff_make(cast, "district2", "褚二", cast.units["district_unit"], Function.DISTRICT)
    author = visitor("desk", cast.accounts["district"])
    policy_begun(author, axe)
    age_asked_for(author)
    hukou_asked_for(author, axe)
    amount_and_cases_said(author)
    proposed(author)
    published(visitor("desk", cast.accounts["district2"]))
    read_and_checked(visitor("phone"), axe)


def fact_told(page: Page, axe: Callable[[Page], None]) -> None:
    """Tell the one thing that is missing; it waits for the committee."""
    page.get_by_role("link", name="照护等级").click()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("请填写照护等级")
    page.locator("select[name=value]").select_option(label="三级")
    axe(page)
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("请按填写的内容补充登记")
    page.goto("/me/benefits/")
    expect(page.locator("main")).to_contain_text("您已经说过，居委会正在核对")


def test_a_resident_reads_what_is_theirs_says_what_is_missing_and_objects(
    visitor: Callable[..., Page], axe: Callable[[Page], None], cast: Cast
) -> None:
    house = house_linked(cast)
    fact_set(actor=cast.actor("worker"), subject=house.father, key="hukou", value="local")
    policy_make(cast, "elder", "老年综合津贴")
    policy_make(cast, "care", "养老服务补贴", text=CARE)
    page = visitor("phone", cast.accounts["resident"])
    page.goto("/me/benefits/")
    main = page.locator("main")
    for words in ("可能符合的 1 项", "每月75元", "带上：身份证", "社区事务受理服务中心"):
        expect(main).to_contain_text(words)
    page.get_by_text("为什么符合").click()
    expect(main).to_contain_text("第三条")
    axe(page)
    fact_told(page, axe)
    page.get_by_role("button", name=re.compile("不让机器匹配.*王建国")).click()
    for _look in range(2):
        page.goto("/me/benefits/")
        expect(main).to_contain_text("我们尊重这个选择")
        expect(main).not_to_contain_text("可能符合的")
