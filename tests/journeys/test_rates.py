"""Figures in the browser: from city down to committee, a matter left out by two persons, the bulletin."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from linli.work.matters.models import Rating
from linli.work.matters.rollup.models import Exclusion
from linli.work.matters.rollup.tasks import follow
from tests.journeys.crawl import account_named

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
YEAR = "/desk/data/rates/?period=year"


def denominator(page: Page) -> int:
    """What the rate of what was solved is of, as the page shows it."""
    words = page.locator(".stat", has_text="解决率").inner_text()
    return int(words.split("件评价中")[0].split()[-1])


def drill_down(page: Page) -> None:
    """Go from the city by district and street to a committee, each by the table under the picture."""
    page.goto(YEAR)
    for name in ("杨浦", "延吉新村街道", "敦化路居委"):
        page.locator("#by-area").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator(".trail")).to_contain_text("上海市")
    expect(page.locator(".trail [aria-current=page]")).to_contain_text("敦化路居委")
    assert denominator(page) > 0


def ask(page: Page, number: str) -> None:
    """Ask that a matter be left out; without a reason the page says what is missing."""
    page.goto("/desk/data/exclusions/")
    page.get_by_label("事项编号").fill(number)
    page.get_by_label("具体情况").fill("双方已经起诉，法院已受理。")
    page.get_by_label("剔除情形").select_option("lawful_way")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("等待另一人审批")
    row = page.locator("tbody tr", has_text=number)
    expect(row).to_contain_text("待审批")
    expect(row.get_by_role("button", name="审批")).to_have_count(0)  # never one's own


def approve(page: Page, number: str) -> None:
    """Approve it as somebody else."""
    page.goto("/desk/data/exclusions/")
    row = page.locator("tbody tr", has_text=number)
    row.get_by_role("button", name="审批").click()
    page.get_by_role("dialog").get_by_label("审批意见").fill("已核对受理通知书")
    page.get_by_role("dialog").get_by_role("button", name="同意剔除").click()
    expect(page.locator("main")).to_contain_text("已同意剔除")


def test_figures_exclusions_and_the_bulletin(
    visitor: Callable[..., Page], axe: Callable[[Page], None], demo: None, tmp_path: Path
) -> None:
    drill_down(visitor("desk", account_named("city")))

    street, worker = (visitor("desk", account_named(name)) for name in ("street", "worker"))
    street.goto(YEAR)
    axe(street)
    before = denominator(street)
    known = Exclusion.objects.values("matter_id")
    mine = Rating.objects.filter(matter__state="closed", matter__is_counted=True).exclude(matter_id__in=known)
    number = mine.filter(matter__area_path__contains="310110015001").latest("pk").matter.number
    ask(worker, number)
    axe(worker)
    approve(street, number)
    axe(street)
    follow()
    street.goto(YEAR)
    assert denominator(street) == before - 1
    expect(street.locator("main")).to_contain_text("经审批剔除")

    phone = visitor("phone", account_named("street"))
    phone.goto(YEAR)
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    street.goto("/desk/data/bulletin/")
    axe(street)
    title = street.locator("h1").inner_text()
    with street.expect_download() as given:
        street.get_by_role("link", name="Word 文档").click()
    file = tmp_path / "bulletin.docx"
    given.value.save_as(file)
    assert Document(BytesIO(file.read_bytes())).paragraphs[0].text == title
