"""Following a face's own links: each kind of page once."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from linli.foundation.accounts.models import Account

NOT_PAGES = ("/static/", "/api/", "/map/")
DOWNLOADS = (
    ".csv",
    ".xlsx",
    ".json",
    ".geojson",
    ".xml",
    ".webmanifest",
    ".docx",
    ".pdf",
    ".txt",
    "/export/",
    "/file/",
    "/docx/",
    "/template/",
)


def account_named(name: str | None) -> Account | None:
    """Return a demo account by user name; digits stand for the first resident, None for a visitor."""
    if name is None:
        return None
    if name.isdigit():
        return Account.objects.filter(kind=Account.Kind.PHONE).order_by("pk").first()
    return Account.objects.get(username=name)


def kind_of(address: str) -> str | None:
    """Return the name of the page that an address leads to, None where it is no page."""
    path = urlsplit(address).path
    if "/photo" in path or path.startswith(NOT_PAGES) or path.endswith(DOWNLOADS):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(a => a.href)")
    own = urlsplit(page.url).netloc
    return [urldefrag(link).url for link in found if urlsplit(link).netloc == own]


@dataclass(frozen=True, slots=True)
class Stop:
    """A page that was opened: its kind, its address, and what was wrong with the answer, if anything."""

    kind: str
    address: str
    fault: str


def pages_reached(page: Page, start: str) -> Iterator[Stop]:
    """Open each kind of page once, from ``start`` on, and yield it while it stands open."""
    waiting, seen = deque([(start, "the start")]), set()
    while waiting:
        address, origin = waiting.popleft()
        kind = kind_of(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        fault = f"answered {answer.status} (from {origin})" if answer.status != HTTPStatus.OK else ""
        yield Stop(kind, address, fault)
        if not fault:
            waiting.extend((link, page.url) for link in _links(page))
