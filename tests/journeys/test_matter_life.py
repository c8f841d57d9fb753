"""The life of a matter in the browser: resident, worker, street, department and verifier act in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import system
from linli.work.matters.models import Matter
from linli.work.matters.services import categories_load
from linli.work.matters.tests.resident_life import boundaries_make, compound_make
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Picture = Callable[[Page, str], None]

WORDS = "3号楼旁边有人占道摆摊，轮椅过不去，请来看看。"
DONE = "已到现场劝离摊贩，恢复通行。"


class Desk:
    """One member of staff at one window, who opens the record and does what the page offers."""

    def __init__(self, page: Page, matter: Matter) -> None:
        self.page, self.matter = page, matter

    def act(self, label: str, **fields: str) -> None:
        """Press the button or menu entry with this label, fill the form, send it."""
        page = self.page
        page.goto(f"/desk/matters/{self.matter.public_id}/")
        main = page.locator("main")
        offer = main.get_by_role("link", name=label).or_(main.get_by_role("button", name=label)).first
        if not offer.is_visible():
            main.get_by_text("操作").first.click()
        offer.click()
        if label == "签收":  # one click is enough
            expect(main).to_contain_text("已签收")
            return
        form = page.locator("form", has=page.get_by_role("button", name=label, exact=True)).last
        expect(form).to_be_visible()
        for name, value in fields.items():
            self._fill(form.locator(f"[name={name}]"), value)
        form.get_by_role("button", name=label, exact=True).click()
        expect(page.locator("main")).to_contain_text("办理经过")

    @staticmethod
    def _fill(field, value: str) -> None:  # type: ignore[no-untyped-def]
        kind = field.first.evaluate("node => node.type || node.tagName")
        if kind == "checkbox":
            field.check()
        elif kind == "radio":
            field.and_(field.page.locator(f"[value='{value}']")).check()
        elif kind == "select-one":
            field.select_option(label=value)
        elif kind == "search":  # what it finds is shown before anything is chosen
            with field.page.expect_response("**/desk/matters/categories/"):
                field.fill(value)
        else:
            field.fill(value)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_from_report_to_rating(visitor: Visitor, cast: Cast, picture: Picture, size: str) -> None:
    categories_load(actor=system("setup"))
    compound_make(cast)
    boundaries_make(cast)

    resident = visitor("phone", cast.accounts["resident"])
    resident.goto("/report/")
    resident.get_by_label("发生了什么").fill(WORDS)
    resident.get_by_label("写小区名、居委会或街道").or_(resident.locator("[name=words]")).first.fill("桂花")
    resident.get_by_role("button", name="查找").click()
    resident.locator("[name=place]").first.check()
    resident.get_by_role("button", name="发送", exact=True).click()
    expect(resident.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    matter = Matter.objects.get()
    unit = cast.units["chengguan"]

    worker = Desk(visitor(size, cast.accounts["worker"]), matter)
    worker.page.goto("/desk/")
    expect(worker.page.locator("main")).to_contain_text(matter.title)
    worker.act("受理")
    why = "占道经营，由城管依法处理。"
    worker.act("研判分类", category_words="街面秩序", category="stalls", affair_class="major", reason=why)
    street = Desk(visitor(size, cast.accounts["street"]), matter)
    street.act("派遣", unit=unit.name, reason=why)
    picture(street.page, "handed-over")

    department = Desk(visitor(size, cast.accounts["department"]), matter)
    department.page.goto("/desk/")
    expect(department.page.locator("main")).to_contain_text(matter.title)
    department.act("签收")
    department.act("反馈结果", result=DONE)
    picture(department.page, "result")

    helper = Desk(visitor(size, cast.accounts["department2"]), matter)
    helper.page.goto(f"/desk/matters/{matter.public_id}/")
    expect(helper.page.get_by_role("link", name="核查")).to_have_count(0)

    verifier = Desk(visitor(size, cast.accounts["worker2"]), matter)
    verifier.act("核查", outcome="passed", finding="到现场看过，已畅通。")
    picture(verifier.page, "closed")

    resident.goto(f"/m/{matter.public_id}/")
    expect(resident.locator("main")).to_contain_text(DONE)
    resident.goto(f"/m/{matter.public_id}/rate/")
    for name in ("was_contacted", "was_solved", "was_satisfied"):
        resident.locator(f"[name={name}][value=yes]").check()
    resident.locator("form", has=resident.locator("[name=was_solved]")).get_by_role("button").last.click()
    expect(resident.locator("main")).to_contain_text("谢谢")
    picture(resident, "rated")
    matter.refresh_from_db()
    assert matter.state == "closed" and matter.ratings.get().was_satisfied
