"""Linli reaches old eyes, old phones and bad lines: 长辈版, page weight, the shell without a network."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from linli.foundation.accounts.models import Unit
from tests.journeys.conftest import draft_kept
from tests.journeys.crawl import account_named, pages_reached

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
BUILT = Path(settings.PACKAGE) / "foundation/ui/static"
RESIDENTS = ((None, "the visitor"), ("13900000001", "a resident"))

KEPT = """async () => {
  const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = (await Promise.all(stores.map((store) => store.keys()))).flat();
  return requests.map((request) => new URL(request.url).pathname);
}"""
MEASURE = (Path(__file__).parent / "larger.js").read_text()


def _larger(page: Page) -> Page:
    page.goto("/")
    page.get_by_role("button", name="长辈版").first.click()
    expect(page.locator("html.larger")).to_have_count(1)
    return page


def test_the_larger_version_keeps_its_promises_on_every_resident_page(
    demo: None, visitor: Visitor, axe: Callable[[Page], None], picture: Callable[..., None]
) -> None:
    faults: dict[str, list[str]] = {}
    for account, who in RESIDENTS:
        page = _larger(visitor("phone", account_named(account)))
        for stop in pages_reached(page, "/"):
            kind = stop.kind
            if kind.startswith(("audit:list", "ui:gallery")) or page.url.split("/")[3] == "desk":
                continue
            if found := page.evaluate(MEASURE):
                faults[f"{kind} of {who}"] = found
            axe(page)
            picture(page, f"larger-{who.split()[-1]}-{kind.replace(':', '-')}")
    assert not faults, json.dumps(faults, ensure_ascii=False, indent=1)


def test_the_larger_version_has_a_number_that_dials(demo: None, visitor: Visitor, live_server: Any) -> None:
    page = visitor("phone", account_named("13900000001"))
    page.goto("/report/")
    assert page.locator("a.dial").count() == 0
    page = _larger(page)
    expect(page.locator("a.dial")).to_have_attribute("href", "tel:12345")
    committee = Unit.objects.filter(function="committee").exclude(phone="").order_by("pk").first()
    assert committee is not None
    place = committee.areas.get().code
    page.context.add_cookies([{"name": "neighbourhood", "value": place, "url": live_server.url}])
    page.goto("/report/")
    expect(page.locator("a.dial")).to_have_attribute("href", re.compile(r"^tel:\d{7,}$"))


def test_resident_pages_are_light(demo: None, visitor: Visitor) -> None:
    """At most 150 kB compressed before pictures; the built files count as the server sends them."""
    heavy = {}
    page = visitor("phone", account_named("13900000001"))
    loaded: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: dict[str, str] = {}
    session.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: loaded.update({addresses[e["requestId"]]: int(e["encodedDataLength"])}),
    )
    for stop in pages_reached(page, "/"):
        page.wait_for_load_state("networkidle")
        weight = sum(_sent(address, size) for address, size in loaded.items())
        if weight > 150_000:
            heavy[stop.kind] = {address: _sent(address, size) for address, size in loaded.items()}
        loaded.clear()
    assert not heavy, json.dumps(heavy, indent=1)


def _sent(address: str, size: int) -> int:
    path = urlsplit(address).path
    if "/photo" in path or (path.endswith((".png", ".svg")) and "icons" not in path):
        return 0
    packed = BUILT / f"{path.removeprefix('/static/')}.gz"
    return packed.stat().st_size if path.startswith("/static/") and packed.exists() else size


@pytest.fixture
def shell(visitor: Visitor) -> Iterator[Page]:
    """A phone on which Linli's shell has been kept."""
    page = visitor("phone", service_workers="allow")
    page.goto("/help/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null || caches.keys().then(k => k.length)")
    yield page


@pytest.mark.usefixtures("line_may_break")
def test_without_a_line_the_shell_stands_and_words_are_kept(
    shell: Page, picture: Callable[..., None]
) -> None:
    shell.reload()
    shell.context.set_offline(True)
    shell.goto("/report/")
    expect(shell.get_by_role("heading", name="现在没有网络")).to_be_visible()
    assert (
        shell.evaluate("getComputedStyle(document.querySelector('.btn-primary')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )
    expect(shell.get_by_role("link", name="110 报警")).to_have_attribute("href", "tel:110")
    shell.get_by_label("发生了什么").fill("三楼水管漏水")
    draft_kept(shell, "三楼水管漏水")
    picture(shell, "offline")
    shell.context.set_offline(False)
    shell.goto("/report/")
    expect(shell.get_by_label("发生了什么")).to_have_value("三楼水管漏水")


def test_the_kept_shell_holds_nothing_of_anybody(shell: Page) -> None:
    kept = shell.evaluate(KEPT)
    built = [f"/static/build/{name}" for name in ("boot.js", "icons.svg", "linli.css", "linli.js")]
    assert sorted(kept) == ["/offline/", *built]


def test_linli_can_be_installed(visitor: Visitor, live_server: Any) -> None:
    page = visitor("phone", service_workers="allow")
    page.goto("/")
    manifest = page.request.get(f"{live_server.url}/manifest.webmanifest").json()
    assert manifest["name"] == "邻里"
    for icon in manifest["icons"]:
        answer = page.request.get(f"{live_server.url}{icon['src']}")
        assert answer.headers["content-type"] == "image/png"
    session = page.context.new_cdp_session(page)
    faults = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [fault["errorId"] for fault in faults if fault["errorId"] != "in-incognito"] == []


@pytest.mark.usefixtures("line_may_break")
def test_a_report_arrives_over_a_slow_line_that_drops(demo: None, visitor: Visitor) -> None:
    page = visitor("phone", account_named("13900000001"))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    session.send("Network.emulateNetworkConditions", slow)  # what 3G gives on a bad day
    page.goto("/report/")
    page.get_by_label("发生了什么").fill("小区东门的路灯不亮")
    session.send("Network.emulateNetworkConditions", {**slow, "offline": True})
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#live")).to_contain_text("正在重试")
    session.send("Network.emulateNetworkConditions", slow)
    expect(page.get_by_text("编号").first).to_be_visible(timeout=30_000)
