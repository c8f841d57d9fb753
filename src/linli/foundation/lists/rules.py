"""What of a list's address is worth keeping."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

PASSING = frozenset({"page", "reset", "csrfmiddlewaretoken"})
MOST_LETTERS, MOST_PARTS = 1000, 60


def query_kept(query: str, leave_out: Iterable[str] = ()) -> str:
    """Return a list page's query without its page and without what was left empty.

    The parts keep their order. Raises ``ValueError`` where there are more than ``MOST_PARTS``.
    """
    left = PASSING.union(leave_out)
    parts = parse_qsl(query, max_num_fields=MOST_PARTS)
    return urlencode([(name, value) for name, value in parts if name not in left])


def name_cleaned(name: str) -> str:
    """Return a view's name without blanks at its ends and with single ones inside."""
    return " ".join(name.split())
