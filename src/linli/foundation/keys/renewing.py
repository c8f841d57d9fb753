"""Columns that name keys: a batch that names an older one is read, and written back if nobody was faster."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from linli.core.crypto import key_ring
from linli.core.crypto.usage import Column, columns, key_of

Change = tuple[Any, str, str]  # primary key, as it was, renewed


def _quoted(column: Column) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    meta = column.model._meta
    return quote(meta.db_table), quote(str(meta.pk.column)), quote(str(column.field.column))


def place_of(column: Column) -> str:
    """Return the name under which a run remembers a column."""
    return f"{column.model._meta.db_table}.{column.field.column}"


def places() -> dict[str, Column]:
    """Return every column by its name, in a lasting order."""
    return dict(sorted((place_of(column), column) for column in columns()))


def older(column: Column, current: str, after: str, most: int) -> list[tuple[Any, str]]:
    """Return the next rows (primary key, token) that name another key than the current one."""
    table, key, name = _quoted(column)
    sql = (
        f"SELECT {key}, {name} FROM {table} WHERE {name} <> '' AND {name} NOT LIKE %s AND {name} NOT LIKE %s"  # noqa: S608
    )
    values: list[Any] = [f"{current}:%", f"{current}.%"]
    if after:
        field = column.model._meta.pk
        sql, values = (
            f"{sql} AND {key} > %s",
            [*values, field.get_db_prep_value(field.to_python(after), connection)],
        )
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {key} LIMIT %s", [*values, most])
        return list(cursor.fetchall())


def renewed(column: Column, rows: Sequence[tuple[Any, str]]) -> list[Change]:
    """Return what the rows become under the current key; raises ``KeyLost`` where the old one is gone."""
    ring, context = key_ring(), column.context
    return [(key, token, ring.rewrapped(token, context)) for key, token in rows]


def changes_write(column: Column, changes: Sequence[Change]) -> int:
    """Write renewed tokens where the row still holds the old one; returns how many it were."""
    table, key, name = _quoted(column)
    if connection.vendor != "postgresql":
        sql = f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(fresh, pk, old) for pk, old, fresh in changes])
            return int(cursor.rowcount)
    kind = column.model._meta.pk.rel_db_type(connection)
    sql = (
        f"UPDATE {table} AS t SET {name} = v.fresh "  # noqa: S608
        f"FROM unnest(%s::{kind}[], %s::text[], %s::text[]) AS v(pk, old, fresh) "
        f"WHERE t.{key} = v.pk AND t.{name} = v.old"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(part) for part in zip(*changes, strict=True)])
        return int(cursor.rowcount)


def counts() -> dict[str, dict[str, int]]:
    """Return column → key → how many rows name it: every row is looked at."""
    found: dict[str, dict[str, int]] = {}
    for place, column in places().items():
        table, _key, name = _quoted(column)
        head = f"substr({name}, 1, {'position' if connection.vendor == 'postgresql' else 'instr'}"
        at = f"(':' in {name}))" if connection.vendor == "postgresql" else f"({name}, ':'))"
        sql = f"SELECT {head}{at} AS mark, count(*) FROM {table} WHERE {name} <> '' GROUP BY mark"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql)
            for mark, count in cursor.fetchall():
                here = found.setdefault(place, {})
                here[key_of(mark)] = here.get(key_of(mark), 0) + count
    return found
