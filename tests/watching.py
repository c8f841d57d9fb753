"""Whether anything was written: a digest of every row of some rooms' tables, before and after."""

from collections.abc import Callable
from hashlib import sha256

from django.apps import apps
from django.db import connection


def tables_digest(*labels: str) -> str:
    """Return a digest of all rows of the tables of some apps; the order of the rows does not matter."""
    digest = sha256()
    tables = {
        model._meta.db_table for label in labels for model in apps.get_app_config(label).get_models(True)
    }
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')
            digest.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
    return digest.hexdigest()


def watcher(*labels: str) -> Callable[[], None]:
    """Return a check to be called before and after a refusal: nothing may have been written between."""
    seen: list[str] = []

    def check() -> None:
        seen.append(tables_digest(*labels))
        assert seen[0] == seen[-1], "a refusal changed something"

    return check
