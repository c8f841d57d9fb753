"""The story of a record of this room: its lines, and how an act writes its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Model

from linli.core.actor import Actor
from linli.core.rowact import RowAct
from linli.core.service import record
from linli.core.words import in_house_language
from linli.foundation.duties.services import duty_close


class StoryEvent(models.Model):
    """One line of a story: what was done, when and by whom; a part adds of what it tells."""

    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.verb


class StoryAct(RowAct):
    """An act that ends with a line of its subject's story; ``told_of`` is what the line calls the subject."""

    room: ClassVar[str]
    told_of: ClassVar[str]
    line: ClassVar[type[StoryEvent]]
    actor: Actor
    at: datetime
    is_new: bool
    facts: dict[str, Any]

    def duties_done(self, subject: Model, action: str | None = None) -> None:
        """Take duties about a record off the lists: one action's, or all."""
        subject_id = str(subject.public_id)  # type: ignore[attr-defined]
        duty_close(room=self.room, subject_id=subject_id, action=action, by=self.actor.person_id)

    def write(self, verb: str, note: str) -> None:
        """Write the subject and its line of the story, and record the act."""
        with in_house_language():
            if not self.is_new:
                self.set(version=self.subject.version + 1)  # type: ignore[attr-defined]
                self.subject.save(update_fields=list(self.changes))
            told = {
                self.told_of: self.subject,
                "person_id": self.actor.person_id,
                "unit_id": self.actor.unit_id,
                "facts": {name: value for name, value in self.facts.items() if value not in ("", [], None)},
            }
            self.save_row(self.line(verb=verb, at=self.at, note=note, **told))
        changes = None if self.is_new else self.changes
        record(f"{self.told_of}.{verb}", self.subject, changes, touched=self.touched)
