"""Figures of large districts, counted ahead: nobody waits while hundreds of thousands are counted."""

from __future__ import annotations

from django.db import models

from linli.core.fields import PathField


class KeptCount(models.Model):
    """How many people and households a district had at an instant, by one choice of filters; names nobody.

    ``figures`` are plain numbers before rounding (``selectors.figures``); only a large district has any.
    """

    area_path = PathField()
    presence = models.CharField(max_length=12, blank=True, default="")
    tenure = models.CharField(max_length=10, blank=True, default="")
    counted_at = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area_path", "presence", "tenure"], name="kept_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.area_path} {self.presence} {self.tenure}"
