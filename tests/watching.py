"""Whether anything was written: a digest of every row of some rooms' tables, before and after."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256

from django.apps import apps
from django.db import connection
from django.db.models import Model


def tables_digest(*labels: str) -> str:
    """Return a digest of all rows of the tables of some apps; the order of the rows does not matter."""
    with connection.cursor() as cursor:
        cursor.execute(_every_row(labels))
        return sha256(repr(sorted(cursor.fetchall())).encode()).hexdigest()


@cache
def _every_row(labels: tuple[str, ...]) -> str:
    """Return one statement (many take ten times as long) for (table, row as text) of all rows."""
    models = {model for label in labels for model in apps.get_app_config(label).get_models(True)}
    return " UNION ALL ".join(
        f"SELECT '{model._meta.db_table}', {_as_text(model)} FROM \"{model._meta.db_table}\""
        for model in sorted(models, key=lambda model: model._meta.db_table)
    )


def _as_text(model: type[Model]) -> str:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return f'"{table}"::text'
    return " || ',' || ".join(f'quote("{field.column}")' for field in model._meta.concrete_fields)


def watcher(*labels: str) -> Callable[[], None]:
    """Return a check to be called before and after a refusal: nothing may have been written between."""
    seen: list[str] = []

    def check() -> None:
        seen.append(tables_digest(*labels))
        assert seen[0] == seen[-1], "a refusal changed something"

    return check
