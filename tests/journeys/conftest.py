"""Chromium for journeys: one browser a run, one fresh window a person, every complaint collected."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from typing import cast as typed
from urllib.parse import urlsplit

import pytest
from axe_core_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)

from linli.cli.ground import chromium as browser_program
from linli.portal.demo.build import demo_build
from tests.people import Cast, cast_build
from tests.template import filled

# Playwright runs an event loop in this thread; Django would otherwise refuse to read the database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SIZES = {"phone": (390, 844), "desk": (1440, 900), "small": (360, 740), "wide": (1920, 1080)}
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # One site is all there is: its pages need no processes of their own, nor to be kept for going back.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,BackForwardCache,Translate,MediaRouter,OptimizationHints",
    # The microphone is a beep, and asking for it is answered with yes.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
# A page of refusal is a page too: its status alone is no complaint.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# A request that is let go because a newer one or another page comes; a failed one says more than these two.
LET_GO = re.compile(r"htmx:(sendAbort|afterRequest)\b")
SERIOUS = {"serious", "critical"}
_AXE = Axe().axe_script
# What axe is content with is neither worked out in detail nor carried over: half of its time. `region` finds
# nothing serious, and nothing that needs a style sheet fetched again is asked: an eighth.
_AXE_OPTIONS = "{resultTypes: ['violations'], preload: false, rules: {region: {enabled: false}}}"
Visitor = Callable[..., Page]
# On a machine that others use as well an answer may take long; one that comes is not waited for.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, or skip where there is none."""
    program = browser_program()
    if program is None:
        pytest.skip("no Chromium on this machine (apt install chromium-headless-shell fonts-noto-cjk)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


class Complaints:
    """What went wrong in any window: script errors, CSP violations, requests to other hosts, 5xx."""

    def __init__(self, own_host: str) -> None:
        self.own_host = own_host
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        """Listen to one window."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script error on {page.url}: {error}"))
        page.on("request", self._request)
        page.on("response", lambda answer: self._status(answer.url, answer.status))

    def _console(self, message: ConsoleMessage) -> None:
        is_expected = REFUSAL.match(message.text) or LET_GO.match(message.text)
        if message.type == "error" and not is_expected:
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != self.own_host:
            self.found.append(f"request to another host: {request.url}")

    def _status(self, url: str, status: int) -> None:
        if status >= 500:
            self.found.append(f"{status} from {url}")


@pytest.fixture(scope="session")
def own_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for databases that this process has filled."""
    return tmp_path_factory.mktemp("filled")


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, committed, so that the server finds it."""
    return cast_build()


@pytest.fixture
def demo(settings: Any, own_database: Path) -> None:
    """A small demo, committed; made once in each process, for it takes longer than most journeys."""
    settings.DEMO = settings.SHOW_CODES = True
    filled(own_database / "demo.sqlite3", lambda: demo_build(matters=70))


@pytest.fixture
def complaints(live_server: Any) -> Iterator[Complaints]:
    """Collect the complaints of every window of a test, and fail it at its end if there were any."""
    collected = Complaints(urlsplit(live_server.url).netloc)
    yield collected
    assert not collected.found, "\n".join(collected.found)


@pytest.fixture
def line_may_break(complaints: Complaints) -> Iterator[None]:
    """Allow the browser to report the connection that a test cuts."""
    yield
    complaints.found = [line for line in complaints.found if "net::ERR_" not in line]


@pytest.fixture
def visitor(chromium: Browser, live_server: Any, complaints: Complaints) -> Iterator[Visitor]:
    """Return ``visitor(size="phone", account=None, **context)``: a fresh window, signed in as ``account``.

    Sizes are those of SIZES. The test fails at its end if any window complained.
    """
    contexts: list[BrowserContext] = []

    def open_window(size: str = "phone", account: Any = None, **more: Any) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=size in ("phone", "small"),
            # A test that routes requests must see them all; journeys about the shell allow the worker.
            **{"service_workers": "block", **more},
        )
        contexts.append(context)
        if account is not None:
            _sign_in(context, account, live_server.url)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield open_window
    for context in contexts:
        context.close()


def _sign_in(context: BrowserContext, account: Any, url: str) -> None:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def draft_kept(page: Page, words: str) -> None:
    """Wait until what was typed lies in a draft on the device."""
    page.wait_for_function(
        "words => Object.values(localStorage).some((kept) => kept.includes(words))", arg=words
    )


def axe_faults(page: Page) -> list[str]:
    """Return what axe finds on a page that is serious or critical."""
    try:
        found = _axe_run(page)
    except Error:  # the page was just giving way to the next one
        page.wait_for_load_state()
        found = _axe_run(page)
    return [
        f"{item['id']} ({item['impact']}): {item['help']}: {node['html'][:200]}"
        for item in found
        if item["impact"] in SERIOUS
        for node in item["nodes"]
    ]


def _axe_run(page: Page) -> list[dict[str, Any]]:
    page.evaluate(_AXE)
    run = f"axe.run(document, {_AXE_OPTIONS}).then(({{violations}}) => violations)"
    return typed(list[dict[str, Any]], page.evaluate(run))


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Return a function that fails when axe finds a serious or critical issue on a page."""

    def look(page: Page) -> None:
        faults = axe_faults(page)
        assert not faults, f"{page.url}\n" + "\n".join(faults)

    return look


@pytest.fixture
def axe_at_both(axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """Return ``axe`` that looks at a desk's page as on a phone too: it fits, its buttons can be pressed."""

    def look(page: Page) -> None:
        axe(page)
        before = page.viewport_size
        assert before is not None
        width, height = SIZES["phone"]
        page.set_viewport_size({"width": width, "height": height})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 1, f"{page.url} scrolls sideways by {over} px on a phone"
        axe(page)
        for button in page.locator("main .btn:visible:enabled").all():
            button.click(trial=True)
        page.set_viewport_size(before)

    return look


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Return ``picture(page, name)``: keep a screenshot when LINLI_PICTURES names a folder."""
    folder = os.environ.get("LINLI_PICTURES")

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{request.node.name}-{name}.png"), full_page=True)

    return take
