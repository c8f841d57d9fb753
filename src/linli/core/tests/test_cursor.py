"""Pages by cursor: nothing twice, nothing missed, nothing forged."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.cursor import slice_of
from linli.core.errors import InvalidInput
from linli.foundation.accounts.models import RateHit

ROWS = RateHit.objects.filter(kind="cursor")


@pytest.fixture
def at(db: None) -> datetime:
    """Ten rows: some with the same instant, all with microseconds."""
    begin = clock.now().replace(microsecond=123457)
    for number in range(10):
        add(begin + timedelta(microseconds=number // 3), f"{number}")
    return begin


def add(at: datetime, key: str) -> None:
    RateHit.objects.create(kind="cursor", key=key, at=at)


def pages(by: tuple[str, ...], limit: int = 3, **more: Any) -> Iterator[list[str]]:
    cursor = ""
    while True:
        found = slice_of(ROWS, by=by, cursor=cursor, limit=limit, asked={}, **more)
        yield [row.key for row in found.rows]
        cursor = found.next_cursor
        if not cursor:
            return


def test_pages_hold_every_row_once_in_both_directions(at: datetime) -> None:
    forwards = [key for page in pages(("at", "id")) for key in page]
    assert forwards == [str(number) for number in range(10)]
    assert [key for page in pages(("-at", "-id")) for key in page] == forwards[::-1]
    assert [len(page) for page in pages(("at", "id"), limit=5)] == [5, 5]


def test_rows_that_come_and_go_meanwhile_move_no_page(at: datetime) -> None:
    walk = pages(("-at", "-id"))
    seen = next(walk)
    add(at + timedelta(seconds=1), "new")
    ROWS.filter(key=seen[0]).delete()
    ROWS.filter(key=seen[-1]).delete()  # the very row that the cursor stands on
    rest = [key for page in walk for key in page]
    assert seen + rest == [str(number) for number in range(9, -1, -1)]


def test_what_the_first_page_left_goes_with_the_cursor(at: datetime) -> None:
    first = slice_of(ROWS, by=("id",), cursor="", limit=2, asked={}, kept={"as_of": "first"})
    second = slice_of(ROWS, by=("id",), cursor=first.next_cursor, limit=2, asked={}, kept={"as_of": "second"})
    assert second.kept == {"as_of": "first"}


def test_a_stream_goes_on_after_its_last_row(at: datetime) -> None:
    last = slice_of(ROWS, by=("at", "id"), cursor="", limit=100, asked={}, goes_on=True).next_cursor
    none = slice_of(ROWS, by=("at", "id"), cursor=last, limit=100, asked={}, goes_on=True)
    assert (none.rows, none.next_cursor) == ([], "")
    add(at + timedelta(days=1), "later")
    more = slice_of(ROWS, by=("at", "id"), cursor=last, limit=100, asked={}, goes_on=True)
    assert [row.key for row in more.rows] == ["later"]


def test_a_cursor_belongs_to_its_list(at: datetime) -> None:
    cursor = slice_of(ROWS, by=("id",), cursor="", limit=2, asked={"q": "a"}).next_cursor
    assert slice_of(ROWS, by=("id",), cursor=cursor, limit=2, asked={"q": "a"}).rows
    for by, asked in ((("id",), {"q": "b"}), (("-id",), {"q": "a"}), (("at", "id"), {"q": "a"})):
        with pytest.raises(InvalidInput):
            slice_of(ROWS, by=by, cursor=cursor, limit=2, asked=asked)


@pytest.mark.parametrize(
    "forged",
    [
        "x",
        "data-1.",
        "data-1.AAAA",
        "data-9.AAAA",
        "../../etc/passwd.AAAA",
        "data-1:AAAA",
        "data-1." + "A" * 300,
        "0",
    ],
)
def test_a_forged_cursor_is_refused_in_words(at: datetime, forged: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        slice_of(ROWS, by=("id",), cursor=forged, limit=2, asked={})
    assert list(refusal.value.details) == ["cursor"]


def test_every_changed_letter_is_noticed(at: datetime) -> None:
    cursor = slice_of(ROWS, by=("id",), cursor="", limit=2, asked={}).next_cursor
    for place in range(len("data-1."), len(cursor) - 1, 7):
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(InvalidInput):
            slice_of(
                ROWS, by=("id",), cursor=f"{cursor[:place]}{other}{cursor[place + 1 :]}", limit=2, asked={}
            )
