"""A committee is assessed, in the browser: sums by one person, compared by another, read by residents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock
from linli.work.deliberation.assessments.models import Assessment
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.tests.conftest import Hall
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]
Picture = Callable[[Page, str], None]


@pytest.fixture
def look(axe: Look) -> Look:
    """Return a check of a page as it stands: accessible, and nothing wider than the window."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


def test_sums_are_entered_compared_and_read(
    visitor: Visitor, cast: Cast, look: Look, picture: Picture
) -> None:
    committee = seated(Hall(cast))
    entered(visitor("desk", cast.accounts["worker"]), committee, look)
    assessment = Assessment.objects.get()
    address = f"/desk/council/assessments/{assessment.public_id}/"
    sent_back(visitor("phone", cast.accounts["street"]), address, look)
    again = visitor("desk", cast.accounts["worker"])
    entered(again, committee, look)
    published(visitor("phone", cast.accounts["worker2"]), Assessment.objects.latest("pk"), look, picture)
    resident = visitor("phone")
    resident.goto(f"/council/assessments/{Assessment.objects.latest('pk').public_id}/")
    for words in ("赵主任", "应到60人，到会40人", "不称职", "没有被评为不称职"):
        expect(resident.locator("main")).to_contain_text(words)
    look(resident)
    picture(resident, "read")
    listed(again, look, picture)


def seated(hall: Hall) -> Body:
    """Return a committee of two that took office some time ago."""
    since = clock.today() - timedelta(days=60)
    body = hall.found("residents_committee", name="桂花第一居委会", founded_on=since)
    for name, post in (("赵主任", "chair"), ("钱委员", "member")):
        hall.join(body, name, post, from_on=since)
    return body


def entered(desk: Page, committee: Body, look: Look) -> None:
    """The sums as counted: where they are not as many as people came, the row says so and all stays."""
    desk.goto("/desk/council/assessments/")
    look(desk)
    desk.get_by_role("link", name="登记评议票数").first.click()
    desk.get_by_label("评议日期").fill(f"{clock.today()}")
    desk.get_by_label("应到人数").fill("60")
    desk.get_by_label("到会人数").fill("40")
    chair, member = committee.members.order_by("pk")
    for who, counts in ((chair, (30, 6, 4)), (member, (10, 8, 21))):
        for code, count in zip(("competent", "basic", "incompetent"), counts, strict=True):
            desk.locator(f"[name=m{who.pk}_{code}]").fill(str(count))
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.locator("main")).to_contain_text("应当等于到会的40人")
    look(desk)
    desk.locator(f"[name=m{member.pk}_invalid]").fill("1")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.locator("main")).to_contain_text("等另一个人核对")
    expect(desk.get_by_role("button", name="一致，公布结果")).to_have_count(0)
    look(desk)


def sent_back(phone: Page, address: str, look: Look) -> None:
    """Another person finds a difference and says where."""
    phone.goto(address)
    look(phone)
    phone.get_by_label("哪里不符").fill("钱委员的弃权少一票")
    phone.get_by_role("button", name="不一致，退回").click()
    expect(phone.locator("main")).to_contain_text("钱委员的弃权少一票")


def published(phone: Page, assessment: Assessment, look: Look, picture: Picture) -> None:
    """They agree with the paper: everybody may read them."""
    phone.goto(f"/desk/council/assessments/{assessment.public_id}/")
    phone.get_by_role("button", name="一致，公布结果").click()
    phone.locator("dialog .btn-primary").click()
    expect(phone.locator("main")).to_contain_text("评议结果已公布")
    look(phone)
    picture(phone, "published")


def listed(desk: Page, look: Look, picture: Picture) -> None:
    """Both are in the list; it is narrowed, and the duty of the year is done."""
    desk.goto("/desk/council/assessments/?state=published")
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(desk.locator("tbody")).to_contain_text("1/2")
    look(desk)
    picture(desk, "list")
    desk.goto("/desk/council/assessments/")
    expect(desk.locator("tbody tr")).to_have_count(2)
