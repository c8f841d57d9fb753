"""How rows stand in the journal of an act, so that it can be taken back."""

from datetime import UTC, datetime
from typing import Any

from django.db import models

# What follows from other columns or from other machinery, and is neither compared nor, alone, worth a word
# (origins are kept field by field, and taken back so).
DERIVED = frozenset(
    {
        "id",
        "version",
        "updated_at",
        "data_key",
        "place_code",
        "area_path",
        "compound_id",
        "county_code",
        "origins",
    }
)


def _plain(value: Any) -> Any:
    """Return a column's value as JSON can hold it; ``_meta.get_field(…).to_python`` reads it back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # as it is read back, whatever zone it was set in
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


def values_of(row: models.Model) -> dict[str, Any]:
    """Return every column of a row as the journal holds it."""
    return {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}
