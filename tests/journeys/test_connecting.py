"""Connecting another system, and coming in by the common sign-in, in a browser."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from linli.foundation.accounts import oidc
from linli.foundation.accounts.models import Identity
from linli.foundation.clients.models import Client, ClientToken
from linli.work.matters.tests.life import year_load
from tests.journeys.conftest import SIZES, Complaints
from tests.oidc.provider import RealProvider, running
from tests.people import Cast, cast_build

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """The cast, in a database that the server's threads see."""
    year_load()
    return cast_build()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_administrator_connects_a_system(
    world: Cast, visitor: Visitor, axe: Look, picture: Any, live_server: Any, size: str
) -> None:
    page = visitor(size, world.accounts["street"])
    page.goto("/desk/settings/clients/")
    expect(page.get_by_text("还没有系统接入")).to_be_visible()
    page.get_by_role("link", name="设立接口").first.click()
    page.select_option("select[name=unit]", label="桂花街道办事处（街镇）")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="设立").click()
    expect(page.get_by_text("请填写系统名称").first).to_be_visible()
    page.get_by_label("系统名称").fill("12345热线平台")
    page.get_by_label("上报事项，并查看自己上报的").check()
    axe(page)
    picture(page, "form")
    page.get_by_role("button", name="设立").click()
    page.get_by_label("用途").fill("联调")
    page.get_by_role("button", name="签发令牌").click()
    secret = page.locator("#secret").inner_text()
    axe(page)
    picture(page, "token")
    answer = page.request.get(f"{live_server.url}/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["name"] == "12345热线平台"
    page.goto(page.url)
    expect(page.locator("#secret")).to_have_count(0)  # once, and never again
    page.get_by_role("button", name="吊销").click()
    page.locator("dialog .btn-primary").click()
    expect(page.get_by_text("已吊销", exact=True)).to_be_visible()
    refused = page.request.get(f"{live_server.url}/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert refused.status == 401
    assert ClientToken.objects.get().revoked_at and Client.objects.get().scopes == ["matters.report"]


def test_the_description_is_a_page_of_our_own(world: Cast, visitor: Visitor, axe: Look, picture: Any) -> None:
    page = visitor("desk")
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="接口说明")).to_be_visible()
    picture(page, "docs")
    width, height = SIZES["phone"]
    page.set_viewport_size({"width": width, "height": height})
    page.locator("a[href$='#matter_report']").click()
    page.locator("#matter_report summary").click()
    expect(page.locator("#matter_report").get_by_text("Idempotency-Key").first).to_be_visible()
    axe(page)  # once: it looks at hundreds of moves
    picture(page, "docs-phone")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1


def test_staff_come_in_by_the_common_sign_in(
    world: Cast, chromium: Browser, visitor: Visitor, live_server: Any, settings: Any, picture: Any
) -> None:
    with running(live_server.url) as provider:
        provider.settings_say(settings)
        settings.DEMO = True  # our own authenticator is another journey
        oidc._known.clear()
        _come_in(world, chromium, visitor, live_server.url, provider, picture)


def _come_in(
    world: Cast, chromium: Browser, visitor: Visitor, url: str, provider: RealProvider, picture: Any
) -> None:
    context = chromium.new_context(base_url=url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    watched = Complaints(urlsplit(url).netloc)
    page.on("pageerror", lambda error: watched.found.append(str(error)))
    page.on("console", watched._console)

    def by_the_common_sign_in() -> None:
        page.goto("/desk/sign-in/?next=/desk/matters/")
        page.get_by_role("link", name="用统一身份认证登录").click()
        if page.url.startswith(provider.issuer):
            page.get_by_label("账号").fill("worker2")
            page.get_by_role("button", name="登录").click()

    by_the_common_sign_in()
    expect(page.get_by_role("heading", name="等待管理员确认")).to_be_visible()
    picture(page, "waiting")
    admin = visitor("desk", world.accounts["worker"])
    admin.goto("/desk/settings/users/")
    admin.get_by_role("link", name="钱佳").first.click()
    picture(admin, "confirm")
    admin.get_by_role("button", name="是本人，确认").click()
    admin.locator("dialog .btn-primary").click()
    expect(admin.get_by_text("已关联", exact=True)).to_be_visible()
    assert Identity.objects.get().confirmed_by_id == world.person("worker").pk
    by_the_common_sign_in()
    expect(page).to_have_url(re.compile("/desk/matters/$"))
    page.locator("summary", has_text="钱佳").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="同时退出统一身份认证")).to_be_visible()
    picture(page, "out")
    page.get_by_role("link", name="同时退出统一身份认证").click()
    expect(page).to_have_url(re.compile(f"^{provider.issuer}/session/end"))
    context.close()
    assert not watched.found, watched.found
