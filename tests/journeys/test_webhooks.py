"""An administrator lets the command centre's system be told: refused, set up, tested, paused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import Scope
from linli.doors.webhooks.tasks import deliver
from linli.doors.webhooks.tests.receiver import Receiver
from linli.doors.webhooks.views import SAMPLE
from linli.foundation.clients.tests.factories import machine
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    found = Receiver()
    settings.OUTBOUND = [found.place]
    yield found
    found.close()


def test_a_system_is_told(
    visitor: Callable[..., Page], axe: Callable[[Page], None], cast: Cast, receiver: Receiver
) -> None:
    machine(cast, "street_unit", "street_place", Scope.MATTERS_READ, name="城运中心")
    page = visitor("desk", cast.accounts["street"])
    main = page.locator("main")
    page.goto("/desk/settings/webhooks/")
    page.get_by_role("link", name="设立推送").click()
    page.get_by_role("button", name="下一步").click()
    axe(page)
    page.get_by_label("接收网址").fill("https://10.1.2.3/hook")
    page.get_by_role("button", name="设立").click()
    expect(main).to_contain_text("不在允许外联的名单里")
    page.get_by_label("接收网址").fill(f"{receiver.place}/hook")
    page.get_by_role("button", name="设立").click()
    secret = page.locator("code.secret").inner_text()
    axe(page)

    page.get_by_role("button", name="发送测试消息").click()
    expect(main).to_contain_text("等待发送")
    assert deliver() == 1
    page.reload()
    expect(main.locator("tbody")).to_contain_text("HTTP 200")
    expect(main).not_to_contain_text(secret)
    code: dict[str, Any] = {}
    exec(SAMPLE.read_text(encoding="utf-8"), code)
    assert code["verify"](secret, *receiver.heard[0])

    page.get_by_role("button", name="暂停推送").click()
    expect(main).to_contain_text("暂停期间的动态在恢复后补发")
    page.get_by_role("button", name="恢复推送").click()
    expect(main).to_contain_text("推送中")
