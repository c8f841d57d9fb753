"""Following a face's own links: each kind of page once."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urldefrag, urljoin, urlsplit

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
    ".py",
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


class _Anchors(HTMLParser):
    """Where the links of a page lead that was asked for without drawing it."""

    def __init__(self, text: str, address: str) -> None:
        super().__init__()
        self.address, self.found = address, list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a link that is no download."""
        said = dict(attrs)
        if tag == "a" and said.get("href") and "download" not in said:
            self.found.append(urljoin(self.address, said["href"]))


def _own(links: Iterable[str], address: str) -> list[str]:
    own = urlsplit(address).netloc
    return [urldefrag(link).url for link in links if urlsplit(link).netloc == own]


def _drawn(page: Page, address: str) -> tuple[int, list[str]] | None:
    """Open a page; returns status and links, ``None`` for what is no page."""
    answer = page.goto(address)
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return None
    links = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(a => a.href)")
    return answer.status, _own(links, page.url)


def _asked(page: Page, address: str) -> tuple[int, list[str]] | None:
    """Ask for a page as the same visitor without drawing it."""
    answer = page.request.get(urljoin(page.url, address))
    if "text/html" not in answer.headers.get("content-type", ""):
        return None
    return answer.status, _own(_Anchors(answer.text(), answer.url).found, answer.url)


@dataclass(frozen=True, slots=True)
class Stop:
    """A page: its kind, its address, what was wrong with the answer, whether it stands open."""

    kind: str
    address: str
    fault: str
    is_drawn: bool


def pages_reached(
    page: Page, start: str, is_new: Callable[[str], bool] = lambda _kind: True
) -> Iterator[Stop]:
    """Ask for each kind of page once, from ``start`` on, and yield it; what ``is_new`` while it stands open.

    The others answer for their status and their links alone: another face has looked at them.
    """
    waiting, seen = deque([(start, "the start")]), set()
    while waiting:
        address, origin = waiting.popleft()
        kind = kind_of(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        is_drawn = address == start or is_new(kind)
        found = (_drawn if is_drawn else _asked)(page, address)
        if found is None:
            continue
        status, links = found
        fault = f"answered {status} (from {origin})" if status != HTTPStatus.OK else ""
        yield Stop(kind, address, fault, is_drawn)
        if not fault:
            waiting.extend((link, address) for link in links)
