"""The roll-up's statements: the same SELECT for a rebuild and for what changed, on both databases.

Nothing here decides or runs; ``services`` runs them inside a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import connection

from linli.foundation.places.models import Level
from linli.foundation.places.models.place import CODE_LENGTH

from ..workflow import ENDED, State
from .models import MATTER_MEASURES, MEASURES, MOVE_MEASURES, STAGES, Axis

# How long a path is down to a level: its codes, each followed by a slash.
PATH_LENGTH = {
    level: sum(CODE_LENGTH[upper] + 1 for upper in range(1, level + 1)) for level in range(1, Level.GRID + 1)
}
LIVE, FRESH = "", "_new"  # what the names of the tables end in: those that are read, those of a rebuild
COMMITTEE_LENGTH = PATH_LENGTH[Level.COMMITTEE]
# The levels that are summed ahead: what lies below is read from the grain of matters.
CELL_LEVELS = {
    Axis.WHOLE: (Level.STREET, Level.COUNTY, Level.CITY, Level.PROVINCE),
    Axis.CATEGORY: (Level.COUNTY, Level.CITY, Level.PROVINCE),
    Axis.AFFAIR_CLASS: (Level.COUNTY, Level.CITY, Level.PROVINCE),
    Axis.UNIT: (Level.COUNTY, Level.CITY, Level.PROVINCE),
}
KEYS = {
    Axis.WHOLE: "''",
    Axis.CATEGORY: "COALESCE(CAST(f.category_id AS {text}), '')",
    Axis.AFFAIR_CLASS: "f.affair_class",
    Axis.UNIT: "COALESCE(CAST(f.unit_id AS {text}), '')",
}
# The step that ends a stage, told by its verb.
ENDS = {
    "accept": ("accept", "decline"),
    "sort": ("hand_over", "guide", "discussion_start"),
    "sign": ("sign",),
    "handle": ("result",),
    "verify": ("verify_pass", "verify_unable", "verify_fail"),
    "returned": ("return_ask",),
    "sent_back": ("send_back",),
    "reopened": ("reopen_grant",),
    "whistled": ("whistle",),
    "supervised": ("supervise",),
}
KIND_OF = {verb: kind for kind, verbs in ENDS.items() for verb in verbs}


@dataclass(frozen=True, slots=True)
class Some:
    """Which rows a statement is about: a condition with one hole for the column, and its values."""

    condition: str
    values: tuple[Any, ...]

    def of(self, column: str) -> str:
        """Return the condition on a column."""
        return self.condition.format(column=column)


def among(numbers: Sequence[int]) -> Some:
    """Return the condition that a number is one of these; the list is one parameter."""
    if connection.vendor == "postgresql":
        return Some("{column} = ANY(%s::bigint[])", (list(numbers),))
    return Some("{column} IN (SELECT value FROM json_each(%s))", (json.dumps(list(numbers)),))


def between(first: int, last: int) -> Some:
    """Return the condition that a number lies in a range, both ends included."""
    return Some("{column} BETWEEN %s AND %s", (first, last))


EVERYTHING = Some("{column} IS NOT NULL", ())


def on_days(days: Sequence[date]) -> Some:
    """Return the condition that a day is one of these."""
    if connection.vendor == "postgresql":
        return Some("{column} = ANY(%s::date[])", (list(days),))
    return Some("{column} IN (SELECT value FROM json_each(%s))", (json.dumps([str(day) for day in days]),))


def instant(at: datetime) -> Any:
    """Return an instant as this database compares it."""
    return connection.ops.adapt_datetimefield_value(at)


def _day(column: str) -> str:
    """The day in Beijing of a stored instant."""
    if connection.vendor == "postgresql":
        return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"
    return f"date({column}, '+8 hours')"


def _text() -> str:
    return "varchar" if connection.vendor == "postgresql" else "text"


def _boolean(condition: str) -> str:
    """A stored truth: SQLite counts it, PostgreSQL has a kind of its own."""
    return condition if connection.vendor == "sqlite" else f"({condition})"


def _one(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def _list(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_LEADS = """
    SELECT a.matter_id, MAX(a.unit_id) AS unit_id,
        SUM(CASE WHEN a.handled_at <= a.due_at THEN 1 ELSE 0 END) AS in_time,
        SUM(CASE WHEN a.handled_at > a.due_at THEN 1 ELSE 0 END) AS late,
        MIN(CASE WHEN a.handled_at IS NULL THEN a.due_at END) AS running
    FROM matters_assignment a JOIN matters_matter m ON m.id = a.matter_id AND m.round = a.round
    WHERE a.part = 'lead' AND a.state NOT IN ('moved', 'returned') AND {matters}
    GROUP BY a.matter_id"""
_WHISTLES = """
    SELECT a.matter_id, COUNT(DISTINCT a.sent_at) AS number FROM matters_assignment a
    WHERE a.part = 'whistled' AND {assignments} GROUP BY a.matter_id"""
_RETURNS = """
    SELECT q.matter_id, COUNT(*) AS number FROM matters_handlingrequest q
    WHERE q.kind = 'return' AND {requests} GROUP BY q.matter_id"""
_RATINGS = """
    SELECT r.matter_id, COUNT(*) AS answered,
        SUM(CASE WHEN r.was_contacted THEN 1 ELSE 0 END) AS contacted,
        SUM(CASE WHEN r.was_solved THEN 1 ELSE 0 END) AS solved,
        SUM(CASE WHEN r.was_satisfied THEN 1 ELSE 0 END) AS satisfied
    FROM matters_rating r JOIN matters_matter m ON m.id = r.matter_id
    WHERE (m.state = 'merged' OR m.state = 'closed' AND r.round = m.round) AND {matters}
    GROUP BY r.matter_id"""
RUNNING_EXCLUSION = "x.outcome = 'granted' AND x.ended_at IS NULL"
# Whether a matter's rating counts, or why not; of what ended in another way there is none.
_ASKED = "(m.state = 'closed' OR r.answered > 0)"
_COUNTS = f"{_ASKED} AND x.id IS NULL AND m.is_counted AND m.closed_as <> 'guided_silent'"
_OWN = "m.state = 'closed' AND x.id IS NULL"
_LIVE = f"m.state NOT IN ({_list(ENDED)})"
_RUNS = f"{_LIVE} AND m.state <> '{State.SUSPENDED}'"
_MATTER_COLUMNS = {
    "received": "1",
    "imported": _one("m.is_imported"),
    "emergencies": _one("m.is_emergency"),
    "open": _one(_LIVE),
    "closed": _one("m.state = 'closed'"),
    "provisional": _one("m.affair_class <> '' AND m.class_confirmed_by_id IS NULL"),
    "in_time": "CASE WHEN m.is_counted THEN COALESCE(l.in_time, 0) ELSE 0 END",
    "late": "CASE WHEN m.is_counted THEN COALESCE(l.late, 0) ELSE 0 END",
    "overdue": _one(f"{_RUNS} AND m.due_at < %s"),
    "late_now": _one(f"m.is_counted AND m.state <> '{State.SUSPENDED}' AND l.running < %s"),
    "answered": f"CASE WHEN {_COUNTS} THEN COALESCE(r.answered, 0) ELSE 0 END",
    "contacted": f"CASE WHEN {_COUNTS} THEN COALESCE(r.contacted, 0) ELSE 0 END",
    "solved": f"CASE WHEN {_COUNTS} THEN COALESCE(r.solved, 0) ELSE 0 END",
    "satisfied": f"CASE WHEN {_COUNTS} THEN COALESCE(r.satisfied, 0) ELSE 0 END",
    "left_silent": _one(f"{_OWN} AND m.is_counted AND m.closed_as = 'guided_silent'"),
    "left_imported": _one(f"{_OWN} AND NOT m.is_counted"),
    "left_excluded": _one(f"{_ASKED} AND x.id IS NOT NULL"),
    "unrated": _one(f"{_COUNTS} AND r.answered IS NULL"),
    "returns": "COALESCE(q.number, 0)",
    "reopenings": "m.round - 1",
    "whistles": "COALESCE(w.number, 0)",
}


def matters_insert(some: Some, at: datetime, end: str = LIVE) -> tuple[str, list[Any]]:
    """Return the statement that makes the grain of some matters as they stand at an instant."""
    columns = {
        "id": "m.id",
        "version": "m.version",
        "area": f"substr(m.area_path, 1, {COMMITTEE_LENGTH})",
        "day": _day("m.reported_at"),
        "category_id": "m.category_id",
        "affair_class": "m.affair_class",
        "unit_id": "l.unit_id",
        "is_counted": "m.is_counted",
        "is_excluded": _boolean("x.id IS NOT NULL"),
        "due_at": f"CASE WHEN {_RUNS} THEN m.due_at END",
        "lead_due_at": f"CASE WHEN m.is_counted AND m.state <> '{State.SUSPENDED}' THEN l.running END",
        **_MATTER_COLUMNS,
    }
    matters = some.of("m.id")
    joins = (
        f"LEFT JOIN ({_LEADS.format(matters=matters)}) l ON l.matter_id = m.id "
        f"LEFT JOIN ({_RATINGS.format(matters=matters)}) r ON r.matter_id = m.id "
        f"LEFT JOIN ({_RETURNS.format(requests=some.of('q.matter_id'))}) q ON q.matter_id = m.id "
        f"LEFT JOIN ({_WHISTLES.format(assignments=some.of('a.matter_id'))}) w ON w.matter_id = m.id "
        f"LEFT JOIN rollup_exclusion x ON x.matter_id = m.id AND {RUNNING_EXCLUSION}"
    )
    sql = (
        f"INSERT INTO rollup_matterfact{end} ({', '.join(columns)}) "  # noqa: S608 - made of constants
        f"SELECT {', '.join(columns.values())} FROM matters_matter m {joins} WHERE {matters}"
    )
    return sql, [instant(at), instant(at), *some.values * 5]


def _kinds() -> str:
    whens = " ".join(f"WHEN '{verb}' THEN '{kind}'" for verb, kind in KIND_OF.items())
    return f"CASE e.verb {whens} ELSE '' END"


def moves_insert(some: Some, column: str, end: str = LIVE) -> tuple[str, list[Any]]:
    """Return the statement that makes the grain of some moves (``e.id`` or ``e.matter_id``)."""
    ended = _list(ENDED)
    change = (
        f"CASE WHEN e.to_state IN ({ended}) THEN CASE WHEN e.from_state IN ('', {ended}) THEN 0 ELSE -1 END "
        f"WHEN e.from_state IN ('', {ended}) THEN 1 ELSE 0 END"
    )
    timed = _list([verb for stage in STAGES for verb in ENDS[stage]])
    in_time = (
        f"CASE WHEN e.due_at IS NULL OR e.verb NOT IN ({timed}) THEN NULL "
        "WHEN e.at <= e.due_at THEN 1 ELSE 0 END"
    )
    sql = (
        f"INSERT INTO rollup_movefact{end} (id, matter_id, day, kind, change, in_time) "  # noqa: S608
        f"SELECT e.id, e.matter_id, {_day('e.at')}, {_kinds()}, {change}, {in_time} "
        f"FROM matters_matterevent e WHERE {some.of(column)} "
        f"AND (e.from_state <> e.to_state OR e.verb IN ({_list(list(KIND_OF))}))"
    )
    return sql, [*some.values]


# -- sums of days --------------------------------------------------------------
def _move_counts() -> str:
    ends = (("in_time", 1), ("late", 0))
    counted = {
        "opened": "v.change > 0",
        "ended": "v.change < 0",
        **{f"{kind}_{end}": f"v.kind = '{kind}' AND v.in_time = {n}" for kind in STAGES for end, n in ends},
        **{kind: f"v.kind = '{kind}'" for kind in ENDS if kind not in STAGES},
    }
    return ", ".join(
        f"{_small(f'COUNT(*) FILTER (WHERE {counted[name]})')} AS {name}" for name in MOVE_MEASURES
    )


def _small(number: str) -> str:
    """A count as an integer: PostgreSQL sums wider ones as decimals, many times slower."""
    return f"CAST({number} AS integer)"


def cells_insert(axis: Axis, some: Some, end: str = LIVE) -> list[tuple[str, list[Any]]]:
    """Return the statements that sum some days by one axis: the lowest level from the grains, each next
    from the one below."""
    levels = CELL_LEVELS[axis]
    higher = [_cells_summed(axis, low, high, some, end) for low, high in pairwise(levels)]
    return [_grains_summed(axis, levels[0], some, end), *higher]


def _into(end: str) -> str:
    return f"INSERT INTO rollup_daycell{end} (axis, level, area, key, day, {', '.join(MEASURES)}) "


def _grains_summed(axis: Axis, level: int, some: Some, end: str) -> tuple[str, list[Any]]:
    length = PATH_LENGTH[level]
    key = KEYS[axis].format(text=_text())
    sums = ", ".join(f"{_small(f'SUM(f.{name})')} AS {name}" for name in MATTER_MEASURES)
    none = ", ".join(f"0 AS {name}" for name in MOVE_MEASURES)
    matters = (
        f"SELECT substr(f.area, 1, {length}) AS area, {key} AS key, f.day AS day, {sums}, {none} "  # noqa: S608
        f"FROM rollup_matterfact{end} f WHERE {some.of('f.day')} GROUP BY 1, 2, 3"
    )
    if axis != Axis.WHOLE:
        return f"{_into(end)}SELECT '{axis}', {int(level)}, g.* FROM ({matters}) g", [*some.values]  # noqa: S608
    none = ", ".join(f"0 AS {name}" for name in MATTER_MEASURES)
    moves = (
        f"SELECT substr(f.area, 1, {length}) AS area, '' AS key, v.day AS day, {none}, {_move_counts()} "  # noqa: S608
        f"FROM rollup_movefact{end} v JOIN rollup_matterfact{end} f ON f.id = v.matter_id "
        f"WHERE {some.of('v.day')} GROUP BY 1, 2, 3"
    )
    both = ", ".join(f"SUM(g.{name})" for name in MEASURES)
    sql = (
        f"{_into(end)}SELECT '', {int(level)}, g.area, g.key, g.day, {both} "  # noqa: S608
        f"FROM ({matters} UNION ALL {moves}) g GROUP BY g.area, g.key, g.day"
    )
    return sql, [*some.values * 2]


def _cells_summed(axis: Axis, low: int, high: int, some: Some, end: str) -> tuple[str, list[Any]]:
    sums = ", ".join(f"SUM(c.{name})" for name in MEASURES)
    area = f"substr(c.area, 1, {PATH_LENGTH[high]})"
    sql = (
        f"{_into(end)}SELECT c.axis, {int(high)}, {area}, c.key, c.day, {sums} "  # noqa: S608
        f"FROM rollup_daycell{end} c WHERE c.axis = '{axis}' AND c.level = {int(low)} "
        f"AND {some.of('c.day')} GROUP BY 1, 3, 4, 5"
    )
    return sql, [*some.values]


# -- what changed --------------------------------------------------------------
def limits_past(at: datetime, most: int) -> tuple[str, list[Any]]:
    """Return the statement that names matters, at most so many, whose limit has passed since they were
    counted."""
    sql = (
        "SELECT id FROM rollup_matterfact WHERE due_at IS NOT NULL AND overdue = 0 AND due_at < %s "  # noqa: S608
        "UNION SELECT id FROM rollup_matterfact WHERE lead_due_at IS NOT NULL AND late_now = 0 "
        f"AND lead_due_at < %s LIMIT {most}"
    )
    return sql, [instant(at), instant(at)]


def days_of(some: Some) -> tuple[str, list[Any]]:
    """Return the statement that names the days on which some matters are counted."""
    sql = (
        f"SELECT day FROM rollup_matterfact WHERE {some.of('id')} "  # noqa: S608
        f"UNION SELECT day FROM rollup_movefact WHERE {some.of('matter_id')}"
    )
    return sql, [*some.values * 2]


def matters_stale() -> str:
    """Return the statement that names matters whose row is not what it would be now, gone ones included."""
    return (
        "SELECT m.id FROM matters_matter m LEFT JOIN rollup_matterfact f ON f.id = m.id "  # noqa: S608
        f"LEFT JOIN rollup_exclusion x ON x.matter_id = m.id AND {RUNNING_EXCLUSION} "
        "WHERE f.id IS NULL OR f.version <> m.version "
        f"OR f.area <> substr(m.area_path, 1, {COMMITTEE_LENGTH}) "
        f"OR f.is_counted <> m.is_counted OR f.is_excluded <> ({_boolean('x.id IS NOT NULL')}) "
        "UNION ALL SELECT f.id FROM rollup_matterfact f "
        "WHERE NOT EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = f.id)"
    )
