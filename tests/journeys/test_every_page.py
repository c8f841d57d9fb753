"""Walk the product as each role, following its own links: every page is sound and usable.

A crawl from each face's first page visits each kind of page once: no script error, no CSP violation, no
request to another host, no 5xx, no sideways scrolling, no serious finding of axe, Chinese words and a
heading on it. It runs on a small demo, so that pages are full.
"""

from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from linli.foundation.accounts.models import Account
from linli.portal.demo.build import demo_build

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FACES = [
    (None, "/", "phone"),
    ("13900000001", "/", "phone"),
    ("worker", "/desk/", "desk"),
    ("head", "/desk/", "phone"),
    ("street", "/desk/", "desk"),
    ("urban", "/desk/", "phone"),
    ("property", "/desk/", "desk"),
    ("district", "/desk/", "desk"),
    ("city", "/desk/", "phone"),
    ("supervisor", "/desk/", "desk"),
    ("operator", "/desk/", "desk"),
]
NOT_PAGES = ("/static/", "/api/", "/map/")
DOWNLOADS = (".csv", ".xlsx", ".json", "/export/")


def _kind(address: str) -> str | None:
    path = urlsplit(address).path
    if "/photo" in path:
        return None
    if path.startswith(NOT_PAGES) or path.endswith(DOWNLOADS):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(a => a.href)")
    own = urlsplit(page.url).netloc
    return [urldefrag(link).url for link in found if urlsplit(link).netloc == own]


def _looked_at(page: Page) -> None:
    assert page.locator("h1").count() >= 1, f"no heading on {page.url}"
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 1, f"{page.url} scrolls sideways by {width} px at {page.viewport_size}"
    words = page.inner_text("body")
    assert any("\u4e00" <= character <= "\u9fff" for character in words), f"no Chinese on {page.url}"


def _account(name: str | None) -> Account | None:
    if name is None:
        return None
    if name.isdigit():
        return Account.objects.filter(kind=Account.Kind.PHONE).order_by("pk").first()
    return Account.objects.get(username=name)


def test_every_page_that_a_role_can_reach_is_sound(
    visitor: Callable[..., Page], axe: Callable[[Page], None], settings: Any, picture: Callable[..., None]
) -> None:
    settings.DEMO = settings.SHOW_CODES = True
    demo_build(matters=70)
    judged: set[tuple[str, str]] = set()
    for name, start, size in FACES:
        page = visitor(size, _account(name))
        waiting, seen = deque([(start, "the start")]), set()
        while waiting:
            address, origin = waiting.popleft()
            kind = _kind(address)
            if kind is None or kind in seen:
                continue
            seen.add(kind)
            answer = page.goto(address)
            if answer is None or "text/html" not in answer.headers.get("content-type", ""):
                continue
            assert answer.status == 200, f"{name}: {address} (from {origin}) answered {answer.status}"
            _looked_at(page)
            if (kind, size) not in judged:
                judged.add((kind, size))
                axe(page)
                picture(page, f"{size}-{name or 'visitor'}-{kind.replace(':', '-')}")
            waiting.extend((link, page.url) for link in _links(page))
        assert len(seen) >= 5, f"{name} finds only {sorted(seen)}"
