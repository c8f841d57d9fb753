"""Found people are reached: a wave, a visit, a benefit granted; and a list that two persons approve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.work.benefits.models import Batch, Lead, Wave
from linli.work.benefits.outreach import tasks
from linli.work.benefits.outreach.found import Found
from linli.work.benefits.outreach.tests.world import RULE, Doors, doors_make, policy_make
from linli.work.benefits.running.tasks import run_today
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def doors(cast: Cast, settings: Any, tmp_path: Path) -> Doors:
    """Three households of a committee, a run over everybody that is a baseline: nobody is told yet."""
    settings.HOME = tmp_path
    made = doors_make(cast)
    run_today()
    tasks.follow()
    assert not Lead.objects.exists()
    return made


def wave_released(page: Page, policy: str, area: str) -> None:
    """Hand out in one street; nothing is handed out before."""
    page.goto("/desk/benefits/waves/")
    page.get_by_role("link", name="放出一个批次").click()
    page.get_by_label("政策").select_option(label=policy)
    page.get_by_label("区域").select_option(label=area)
    page.get_by_label("每人每周几户").fill("5")
    page.get_by_role("button", name="看看要去多少户").click()
    expect(page.locator("main")).to_contain_text("现在还没有派给任何人")
    assert not Wave.objects.filter(policy__name=policy).exists()
    page.get_by_role("button", name="放出").click()
    expect(page.locator("main")).to_contain_text("几分钟内找齐人")


def visit_opened(page: Page) -> None:
    """See one line for a household of two benefits, and why with the clauses."""
    page.goto("/desk/benefits/visits/?tab=open")
    row = page.locator("tr[data-row]", has_text="老人家庭补贴").first
    expect(row).to_contain_text("老年综合津贴")
    expect(row).to_contain_text("从未联系")
    row.locator("a").click()
    expect(page.locator("main")).to_contain_text("年满65周岁")
    expect(page.locator("main")).to_contain_text("第三条")
    expect(page.locator("main")).to_contain_text("第四条")


def told_applied_granted(page: Page) -> None:
    """Tell the household of everything, then note what became of one benefit."""
    page.get_by_role("button", name="全部已告知").click()
    expect(page.locator("main")).to_contain_text("已记为告知")
    card = page.locator("section.card", has=page.get_by_role("heading", name="老年综合津贴"))
    for press, state in (("记为已申请", "已申请"), ("记为已享受", "已享受")):
        card.get_by_role("button", name=press, exact=True).click()
        expect(card.locator(".card-head")).to_contain_text(state)


def progress_read(page: Page, numbers: str) -> None:
    """Read found, never contacted, told, applied, granted of one policy."""
    page.goto("/desk/benefits/progress/")
    row = page.locator("tr", has_text="老年综合津贴")
    expect(row).to_have_text(f"老年综合津贴{numbers}")


def test_from_a_wave_to_the_door_to_granted(
    doors: Doors, visitor: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    accounts = doors.cast.accounts
    district = visitor("desk", accounts["district"])
    wave_released(district, "老年综合津贴", "桂花街道")
    wave_released(district, "老人家庭补贴", "桂花街道")
    tasks.follow()
    head, street = visitor("desk", accounts["worker"]), visitor("desk", accounts["street"])
    progress_read(head, "33000")
    progress_read(street, "44000")
    worker = visitor("phone", accounts["worker2"])
    visit_opened(worker)
    axe(worker)
    told_applied_granted(worker)
    progress_read(head, "32111")
    progress_read(street, "43111")
    progress_read(district, "<5<5<5<5<5")


def test_a_list_without_application_takes_two_persons(
    cast: Cast, visitor: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    doors = doors_make(cast)
    free = policy_make(cast, "test_free", "免申津贴", text=f"{RULE}automatic: true\n")
    found = [Found(home.pk, who.pk) for home, who in zip(doors.homes, doors.people, strict=True)]
    doors.take(*found, version=free)
    first = visitor("desk", cast.accounts["street"])
    first.goto("/desk/benefits/batches/new/")
    first.get_by_label("政策").select_option(label="免申津贴")
    first.get_by_role("button", name="核对并提交").click()
    expect(first.locator("main")).to_contain_text("已提交3人的名单")
    expect(first.locator("main")).to_contain_text("等街镇的另一人核准")
    expect(first.get_by_role("button", name="核准这份名单")).to_have_count(0)
    page = visitor("desk", cast.accounts["street2"])
    page.goto(f"/desk/benefits/batches/{Batch.objects.get().public_id}/")
    axe(page)
    page.get_by_role("button", name="划去").first.click()
    expect(page.locator("main")).to_contain_text("已划去")
    page.get_by_role("button", name="核准这份名单").click()
    page.get_by_role("dialog").get_by_role("button", name="核准这份名单").click()
    expect(page.locator("main")).to_contain_text("已核准，2人不用申请")
    assert sorted(Lead.objects.values_list("state", flat=True)) == ["granted", "granted", "waiting"]
