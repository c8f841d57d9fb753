"""What can be found of a matter: its texts, and the facets that lists narrow words by."""

from collections.abc import Iterator
from datetime import date

from linli.core.clock import BEIJING
from linli.foundation.search.rules import facet

from .models import Matter
from .workflow import ENDED

OPEN, ENDED_FACET = facet("stage", "open"), facet("stage", "ended")
# A change of one of these columns changes what is found; of the state only whether it is an ended one.
FOUND_BY = frozenset(
    {"number", "source_number", "title", "text", "address", "area_path", "category_id", "reported_at"}
)


def texts_of(matter: Matter) -> list[str]:
    """Return the texts that a matter is found by."""
    return [matter.number, matter.source_number, matter.title, matter.text, matter.address]


def facets_of(matter: Matter) -> list[str]:
    """Return what lists narrow words by: open or ended, the category, the month of the report."""
    facets = [
        ENDED_FACET if matter.state in ENDED else OPEN,
        month_facet(matter.reported_at.astimezone(BEIJING).date()),
    ]
    return [*facets, category_facet(matter.category.code)] if matter.category else facets


def category_facet(code: str) -> str:
    """Return the token of a category by code."""
    return facet("category", code)


def month_facet(day: date) -> str:
    """Return the token of the month of a day."""
    return facet("month", f"{day:%Y%m}")


def months(first: date, last: date) -> Iterator[str]:
    """Yield the tokens of the months from one day to another."""
    for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield month_facet(date(count // 12, count % 12 + 1, 1))


def is_found_otherwise(changed: set[str], before: str, after: str) -> bool:
    """Whether what changed (columns, the state) changes what is found."""
    return bool(changed & FOUND_BY) or (before in ENDED) != (after in ENDED)
