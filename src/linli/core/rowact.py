"""What one act changes: columns of its subject and rows that belong to it, kept for the act's one record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from .rows import row_insert


@dataclass(slots=True, kw_only=True)
class RowAct(ABC):
    """The changing half of an act on one row; a room adds who acts, duties, notices and how it ends."""

    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    touched: set[type[Model]] = field(default_factory=set)

    @property
    @abstractmethod
    def subject(self) -> Model:
        """The row that the act is about."""

    def set(self, **after: Any) -> None:
        """Change columns of the subject; what they were at first is kept."""
        for name, value in after.items():
            before = getattr(self.subject, name)
            if before != value:
                self.changes[name] = (self.changes.get(name, (before,))[0], value)
                setattr(self.subject, name, value)

    def save_row(self, row: Model, *fields: str) -> None:
        """Write a row that belongs to the act, whole or some columns."""
        if fields:
            row.save(update_fields=fields)
        else:
            row_insert(row)
        self.touched.add(type(row))
