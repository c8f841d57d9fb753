"""Walk the product as each role, following its own links: every page is sound and usable.

A crawl from each face's first page visits each kind of page once: no script error, no CSP violation, no
request to another host, no 5xx, no sideways scrolling, no serious finding of axe, Chinese words and a
heading on it. It runs on a small demo, so that pages are full.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from linli.portal.demo.build import demo_build
from tests.journeys.crawl import account_named, pages_reached

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


def _looked_at(page: Page) -> None:
    assert page.locator("h1").count() >= 1, f"no heading on {page.url}"
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 1, f"{page.url} scrolls sideways by {width} px at {page.viewport_size}"
    words = page.inner_text("body")
    assert any("\u4e00" <= character <= "\u9fff" for character in words), f"no Chinese on {page.url}"


def test_every_page_that_a_role_can_reach_is_sound(
    visitor: Callable[..., Page], axe: Callable[[Page], None], settings: Any, picture: Callable[..., None]
) -> None:
    settings.DEMO = settings.SHOW_CODES = True
    demo_build(matters=70)
    judged: set[tuple[str, str]] = set()
    for name, start, size in FACES:
        page = visitor(size, account_named(name))
        seen = set()
        for kind in pages_reached(page, start):
            seen.add(kind)
            _looked_at(page)
            if (kind, size) not in judged:
                judged.add((kind, size))
                axe(page)
                picture(page, f"{size}-{name or 'visitor'}-{kind.replace(':', '-')}")
        assert len(seen) >= 5, f"{name} finds only {sorted(seen)}"
