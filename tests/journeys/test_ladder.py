"""A duty is left undone: its people are told, it is handed up, they go on reading and do it at last."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock
from linli.core.clock import clock_at
from linli.foundation.duties.models import Duty
from linli.foundation.duties.tasks import mark_overdue
from linli.work.matters.models import Matter
from linli.work.matters.tests.desk_stages import TEXT, stages_build
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
STEP, MOST = timedelta(hours=3), 8 * 30


def left_undone(cast: Cast) -> Matter:
    """Report a matter a month ago and let its duty climb until the district supervises it."""
    at = clock.now() - timedelta(days=30)
    with clock_at(at):
        matter = stages_build(cast).reported()
    for number in range(1, MOST):
        with clock_at(at + STEP * number):
            mark_overdue()
        duty = Duty.objects.get(action="accept")
        if duty.held_by == "district" and duty.escalation_step == 5:
            return matter
    raise AssertionError("the duty did not reach the district")


def test_what_is_left_undone_climbs_to_the_district(
    visitor: Callable[..., Page], axe: Callable[[Page], None], cast: Cast
) -> None:
    matter = left_undone(cast)

    worker = visitor("phone", cast.accounts["worker"])
    worker.goto("/inbox/")
    for words in ("即将到期", "已超过时限", "超时未办，已上交上一级", "被督办"):
        expect(worker.locator("main")).to_contain_text(words)

    district = visitor("desk", cast.accounts["district"])
    district.goto("/desk/")
    district.get_by_role("link", name="下级上交").click()
    row = district.locator("tr", has_text=matter.number)
    expect(row).to_contain_text("督办")
    expect(row).to_contain_text("本级期限")
    axe(district)
    row.get_by_role("link").first.click()
    card = district.locator("section, .card", has_text="时限与督办").last
    for words in ("超过时限", "上交街镇", "街镇督办", "上交区", "区督办"):
        expect(card).to_contain_text(words)

    worker.goto("/desk/")
    expect(worker.locator("main")).not_to_contain_text(matter.number)
    worker.get_by_role("link", name="已上交").click()
    expect(worker.locator("main")).to_contain_text("您可以继续查看")
    axe(worker)
    worker.locator("tr", has_text=matter.number).get_by_role("link").first.click()
    expect(worker.locator("main")).to_contain_text(TEXT)
    worker.locator("main").get_by_role("link", name="受理").or_(
        worker.locator("main").get_by_role("button", name="受理")
    ).first.click()
    form = worker.locator("form", has=worker.get_by_role("button", name="受理", exact=True)).last
    form.get_by_role("button", name="受理", exact=True).click()
    expect(worker.locator("main")).to_contain_text("办理经过")

    district.goto("/desk/?due=taken")
    expect(district.locator("main")).not_to_contain_text(matter.number)
