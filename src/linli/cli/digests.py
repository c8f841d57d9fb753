"""What a database holds, as one digest a table: equal digests are equal rows."""

import hashlib
from collections.abc import Iterator
from typing import Any

BATCH = 2_000
# Derived from other tables by triggers, and rebuilt with them.
DERIVED = ("search_fts", "sqlite_")


def table_names(connection: Any) -> list[str]:
    """Return the tables whose rows count, in order."""
    return [name for name in sorted(connection.introspection.table_names()) if not name.startswith(DERIVED)]


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(BATCH):
        yield from rows


def table_digest(connection: Any, table: str) -> dict[str, Any]:
    """Return ``{"rows": count, "digest": SHA-256}`` of a table, read in the order of its first column.

    Rows stream through; 1,000,000 take some seconds and no memory to speak of.
    """
    digest, count = hashlib.sha256(), 0
    name = connection.ops.quote_name(table)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608
        for count, row in enumerate(_rows(cursor), start=1):  # noqa: B007
            digest.update(repr(row).encode())
    return {"rows": count, "digest": digest.hexdigest()}


def database_digests(connection: Any) -> dict[str, dict[str, Any]]:
    """Return the digest of every table, by name."""
    return {table: table_digest(connection, table) for table in table_names(connection)}
