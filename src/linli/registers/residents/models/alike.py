"""Registrations that look like one person: found by the machine, an index that is made anew at any time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .people import Resident


class Alike(models.Model):
    """That two registrations of one street look like one person, and by what; the lower id first.

    Holds no name and no number. A person decides: joined, or said to be two (``Distinct``).
    """

    first = models.ForeignKey(Resident, models.CASCADE, related_name="+", db_constraint=False)
    second = models.ForeignKey(Resident, models.CASCADE, related_name="+", db_constraint=False)
    has_birth = models.BooleanField(default=False)  # same name, day of birth and sex
    has_phone = models.BooleanField(default=False)  # same name and telephone
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="alike_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="alike_lower_first"),
            models.CheckConstraint(
                condition=Q(has_birth=True) | Q(has_phone=True), name="alike_by_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} looks like {self.second_id}"


class AlikeMark(models.Model):
    """How far registrations were looked through, by when they changed last; there is one row."""

    changed_at = models.DateTimeField()
    resident_id = models.BigIntegerField(default=0)  # the last one of that instant

    def __str__(self) -> str:
        return f"{self.changed_at} {self.resident_id}"
