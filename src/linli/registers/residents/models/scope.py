"""Who sees rows of the registry, and who may only count them: one query for every table with a place."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.core.actor import GOVERNING, Actor, Function, Scope

from .ways import lying_in

# They work with people: rows, masked. District and city govern by numbers: counts, never rows.
WORKING = frozenset({Function.GRID_WORKER, Function.COMMITTEE, Function.STREET, Function.SYSTEM})
COUNTING = GOVERNING | WORKING | {Function.OPERATOR}


class RegisterQuerySet(models.QuerySet[Any]):
    """Rows with an ``area_path``; ``visible_to`` and ``countable_by`` are the only places of scope."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the rows in the areas of those who work with people; nobody else reads any."""
        if actor.function not in WORKING:
            return self.none()
        return self.filter(lying_in(self.model, actor.areas))

    def countable_by(self, actor: Actor) -> Self:
        """Return the rows that the actor may count, never to be listed for them."""
        if actor.function not in COUNTING and not actor.grants(Scope.REGISTRY_COUNT):
            return self.none()
        return self.filter(lying_in(self.model, actor.areas))


class Sourced(models.Model):
    """From where a row is known, and since and until when it holds (``to_on`` is the first day after)."""

    from_on = models.DateField(_("起"), null=True, blank=True)
    to_on = models.DateField(_("止"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=30, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        abstract = True
