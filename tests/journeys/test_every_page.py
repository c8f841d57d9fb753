"""Walk the product as each role, following its own links: every page is sound and usable.

A crawl from each face's first page asks for each kind of page once and looks at what no other face has
looked at in this size: no script error, no CSP violation, no request to another host, no refusal, no sideways
scrolling, no serious finding of axe, Chinese words and a heading on it. It runs on a small demo, so that
pages are full, and tells all faults of a face at its end.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import axe_faults
from tests.journeys.crawl import Stop, account_named, pages_reached

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# The longest walks first, so that two workers end together.
FACES = [
    ("street", "/desk/", "desk"),
    ("head", "/desk/", "phone"),
    ("worker", "/desk/", "desk"),
    ("district", "/desk/", "desk"),
    ("city", "/desk/", "phone"),
    ("operator", "/desk/", "desk"),
    ("supervisor", "/desk/", "desk"),
    ("urban", "/desk/", "phone"),
    ("property", "/desk/", "desk"),
    ("13900000001", "/", "phone"),
    (None, "/", "phone"),
]
LOOKED_AT = """() => ({
  headings: document.querySelectorAll("h1").length,
  over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  isChinese: /[\\u4e00-\\u9fff]/.test(document.body.innerText),
})"""


@pytest.fixture
def claim(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bool]:
    """Return ``claim(kind)``: whether nobody has looked at this kind of page in this run, of any worker."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "judged"
    folder.mkdir(exist_ok=True)

    def claimed(kind: str) -> bool:
        try:
            Path(folder, kind.replace(":", "-")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    return claimed


def _faults(page: Page, stop: Stop, claim: Callable[[str], bool]) -> Iterator[str]:
    if stop.fault or not stop.is_drawn:
        yield from [stop.fault] if stop.fault else []
        return
    seen = page.evaluate(LOOKED_AT)
    if not seen["headings"]:
        yield "no heading"
    if seen["over"] > 1:
        yield f"scrolls sideways by {seen['over']} px at {page.viewport_size}"
    if not seen["isChinese"]:
        yield "no Chinese"
    if claim(stop.kind):
        yield from axe_faults(page)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("name", "start", "size"), FACES, ids=[str(face[0]) for face in FACES])
def test_every_page_that_a_role_can_reach_is_sound(
    visitor: Callable[..., Page],
    picture: Callable[..., None],
    claim: Callable[[str], bool],
    name: str | None,
    start: str,
    size: str,
) -> None:
    page = visitor(size, account_named(name))
    kinds, faults = set(), []
    for stop in pages_reached(page, start, lambda kind: claim(f"{kind}@{size}")):
        kinds.add(stop.kind)
        faults += [f"{stop.kind} {stop.address}: {fault}" for fault in _faults(page, stop, claim)]
        if stop.is_drawn:
            picture(page, f"{size}-{name or 'visitor'}-{stop.kind.replace(':', '-')}")
    assert not faults, "\n".join(faults)
    assert len(kinds) >= 5, f"{name} finds only {sorted(kinds)}"
