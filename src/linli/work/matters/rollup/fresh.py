"""Tables that a rebuild fills beside those that are read, and that take their place when they are whole.

Nobody waits for a rebuild and nobody reads half of one: the old tables are read and followed until the new
ones have every index; then names change in one transaction. PostgreSQL makes indexes before that under
other names; SQLite cannot rename one and makes them with the change.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from .models import DayCell, MatterFact, MoveFact
from .statements import FRESH

TABLES = tuple(model._meta.db_table for model in (MatterFact, MoveFact, DayCell))
# What one rebuild may use beyond what everybody else gets; it ends with the transaction.
ROOM = ("work_mem = '256MB'", "maintenance_work_mem = '512MB'", "jit = off", "synchronous_commit = off")
_INDEXES = """
    SELECT i.relname, pg_get_indexdef(i.oid), COALESCE(c.contype, '') FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid LEFT JOIN pg_constraint c ON c.conindid = i.oid
    WHERE x.indrelid = %s::regclass ORDER BY i.relname"""
_KINDS = {"p": "PRIMARY KEY", "u": "UNIQUE"}


class Index(NamedTuple):
    """An index by name, how it is made, and which kind of constraint stands on it (``p``, ``u`` or none)."""

    name: str
    sql: str
    kind: str = ""


def _run(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall() if cursor.description else []


def _is_server() -> bool:
    return connection.vendor == "postgresql"


def room_make() -> None:
    """Give this transaction the memory for sorting and counting everything at once."""
    if _is_server():
        _run("; ".join(f"SET LOCAL {setting}" for setting in ROOM))


def fresh_begin() -> None:
    """Make the new tables, empty and without indexes; what an earlier rebuild left behind goes."""
    for table in TABLES:
        _run(f"DROP TABLE IF EXISTS {table}{FRESH}")
        if _is_server():
            _run(f"CREATE TABLE {table}{FRESH} (LIKE {table} INCLUDING CONSTRAINTS)")
        else:
            ((sql,),) = _run("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
            _run(sql.replace(f'"{table}"', f'"{table}{FRESH}"', 1))


def _indexes(table: str) -> list[Index]:
    if _is_server():
        return [Index(*row) for row in _run(_INDEXES, [table])]
    rows = _run(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s",
        [table],
    )
    return [Index(*row) for row in rows]


def fresh_index(number: int) -> None:
    """Make the indexes of one new table, as the old one has them, and let the database look at it."""
    table = TABLES[number]
    if not _is_server():
        return
    for index in _indexes(table):
        sql = index.sql.replace(f" INDEX {index.name} ON ", f" INDEX {index.name}{FRESH} ON ")
        _run(sql.replace(f".{table} USING ", f".{table}{FRESH} USING "))
        if kind := _KINDS.get(index.kind):
            name = f"{index.name}{FRESH}"
            _run(f"ALTER TABLE {table}{FRESH} ADD CONSTRAINT {name} {kind} USING INDEX {name}")
    _run(f"ANALYZE {table}{FRESH}")


def fresh_swap() -> None:
    """Put the new tables in the place of the old ones."""
    for table in TABLES:
        indexes = _indexes(table)
        _run(f"DROP TABLE {table}")
        _run(f"ALTER TABLE {table}{FRESH} RENAME TO {table}")
        for index in indexes:
            _run(f"ALTER INDEX {index.name}{FRESH} RENAME TO {index.name}" if _is_server() else index.sql)
