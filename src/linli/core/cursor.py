"""Pages that stay in step: the next page begins after the last row, whatever came or went meanwhile.

A cursor is opaque: encrypted, so that it tells no keys, and bound to what was asked, so that it cannot be
carried into another list.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _

from .crypto import KeyLost, key_ring
from .errors import InvalidInput

Row = TypeVar("Row", bound=Model)
CONTEXT = "api.cursor"
_SHAPE = re.compile(r"(data-[0-9]{1,6}(?:\.sm4)?)\.([A-Za-z0-9_-]{1,2000})")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some rows, the cursor of those that follow (empty at the end), and what the first page left for all."""

    rows: list[Row]
    next_cursor: str
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _State:
    after: list[Any] | None
    kept: Mapping[str, str]


def slice_of(
    rows: QuerySet[Row],
    *,
    by: Sequence[str],
    cursor: str,
    limit: int,
    asked: Mapping[str, Any],
    kept: Mapping[str, str] | None = None,
    goes_on: bool = False,
) -> Slice[Row]:
    """Return the next ``limit`` rows after ``cursor``, in the order of ``by`` (one query).

    ``by`` names columns that are never null and together unique, all with ``-`` or none. ``asked`` is what
    the list was narrowed by; ``kept`` goes with the cursor from the first page to the last. A list that
    ``goes_on`` has a cursor after its last row too, for rows that are yet to come. Raises ``InvalidInput``
    for a cursor that is none, or is of another list.
    """
    told = json.dumps([rows.model._meta.label, by, asked], sort_keys=True, default=str)
    bound = hashlib.sha256(told.encode()).hexdigest()[:16]
    names = [name.removeprefix("-") for name in by]
    state = _read(cursor, bound) if cursor else _State(None, dict(kept or {}))
    if state.after is not None:
        values = [_value(rows, name, text) for name, text in zip(names, state.after, strict=True)]
        rows = rows.filter(_after(names, values, "lt" if by[0].startswith("-") else "gt"))
    found = list(rows.order_by(*by)[: limit + 1])
    has_more = len(found) > limit or (goes_on and bool(found))
    if has_more:
        last = found[:limit][-1]
        state = _State([getattr(last, name) for name in names], state.kept)
    return Slice(found[:limit], _written(state, bound) if has_more else "", state.kept)


def _value(rows: QuerySet[Row], name: str, text: Any) -> Any:
    field = rows.model._meta.get_field(name)
    return field.to_python(text) if isinstance(field, Field) else text


def _after(names: list[str], values: list[Any], side: str) -> Q:
    """Return "behind these values": the first column alone bounds the range, for the index's sake."""
    head, rest = names[0], names[1:]
    beyond = Q(**{f"{head}__{side}": values[0]})
    if not rest:
        return beyond
    inside = Q(**{head: values[0]}) & _after(rest, values[1:], side)
    return Q(**{f"{head}__{side}e": values[0]}) & (beyond | inside)


def _plain(value: Any) -> str:
    """Write an instant to the microsecond: a cursor that rounds would lose rows or give them twice."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _written(state: _State, bound: str) -> str:
    text = json.dumps([state.after, dict(state.kept), bound], default=_plain)
    key, _sep, body = key_ring().encrypt(text, CONTEXT).partition(":")
    return f"{key}.{body.translate(str.maketrans('+/', '-_')).rstrip('=')}"


def _read(cursor: str, bound: str) -> _State:
    found = _SHAPE.fullmatch(cursor)
    try:
        if found is None:
            raise ValueError(cursor)
        body = found[2].translate(str.maketrans("-_", "+/"))
        text = key_ring().decrypt(f"{found[1]}:{body}{'=' * (-len(body) % 4)}", CONTEXT)
        after, kept, its_bound = json.loads(text)
        if its_bound != bound:
            raise ValueError(its_bound)
    except (ValueError, KeyLost) as error:
        words = _("cursor 不对：请原样使用上一页返回的 next_cursor，筛选条件保持不变。")
        raise InvalidInput(words, details={"cursor": words}) from error
    return _State(after, kept)
