"""A bigram index over texts, one row a record."""

from typing import Any

from django.db import models
from django.db.models import Lookup

from linli.core.fields import PathField


class GramsField(models.TextField[str, str]):
    """Grams joined by spaces; ``__holds_all=[…]`` finds rows that hold every one of a list."""


@GramsField.register_lookup
class HoldsAll(Lookup[Any]):
    """Every item of the list stands in the column; answered by FTS5 or by GIN, with the same result.

    An item is one token, or a tuple of tokens of which one is enough.
    """

    lookup_name = "holds_all"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        """Pass the list on as it is."""
        return "%s", [value]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Ask the FTS5 table, whose rowid is the document's id; each gram is a quoted string."""
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        match = fts_match(self.rhs)
        return f"{alias}.id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH %s)", [match]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Ask the GIN index over the same expression."""
        every = [item for item in self.rhs if isinstance(item, str)]
        some = [list(item) for item in self.rhs if not isinstance(item, str)]
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        tokens = f"search_tokens({alias}.grams, {alias}.area_path)"
        sql = [f"{tokens} @> %s::text[]"] * bool(every) + [f"{tokens} && %s::text[]"] * len(some)
        return " AND ".join(sql), [*[every] * bool(every), *some]


def fts_match(items: Any) -> str:
    """Return a question for FTS5: all items, of a tuple any one."""

    def quoted(token: str) -> str:
        return '"' + token.replace('"', '""') + '"'

    return " AND ".join(
        quoted(item) if isinstance(item, str) else f"({' OR '.join(map(quoted, item))})" for item in items
    )


class SearchDocument(models.Model):
    """What can be found of one record: its grams, and the place that scopes it."""

    room = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    area_path = PathField(blank=True)
    grams = GramsField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "subject_id"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.room} {self.subject_id}"
