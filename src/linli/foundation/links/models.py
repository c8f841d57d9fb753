"""Typed links between records of any rooms."""

from django.db import models


class Link(models.Model):
    """That one record belongs with another, in which way, and who said so."""

    from_room = models.CharField(max_length=30)
    from_id = models.CharField(max_length=40)
    to_room = models.CharField(max_length=30)
    to_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_room", "from_id", "to_room", "to_id", "kind"], name="link_once"
            )
        ]
        indexes = [models.Index(fields=["to_room", "to_id"])]

    def __str__(self) -> str:
        return self.kind
