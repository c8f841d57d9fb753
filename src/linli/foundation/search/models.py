"""A bigram index over texts, one row a record."""

from django.db import models

from linli.core.fields import PathField


class SearchDocument(models.Model):
    """What can be found of one record: its grams, and the place that scopes it."""

    room = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    area_path = PathField(blank=True)
    grams = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "subject_id"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.room} {self.subject_id}"
