"""Saved views as lists show them."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet

from linli.core.actor import Actor
from linli.core.errors import NotFound

from .models import DefaultView, SavedView


def view_list(actor: Actor, listing: str = "") -> QuerySet[SavedView]:
    """Return the views that an actor may open, of one list or of all, shared ones last.

    ``is_default`` says whether the list opens with it for this actor.
    """
    mine = DefaultView.objects.filter(view=OuterRef("pk"), person_id=actor.person_id or 0)
    rows: QuerySet[SavedView] = SavedView.objects.visible_to(actor).annotate(is_default=Exists(mine))
    return rows.filter(listing=listing) if listing else rows


def view_get(actor: Actor, public_id: UUID | str) -> SavedView:
    """Return a view that the actor may open; missing and hidden are the same ``NotFound``."""
    try:
        return view_list(actor).get(public_id=public_id)
    except (SavedView.DoesNotExist, ValidationError) as error:
        raise NotFound from error


def view_default(actor: Actor, listing: str) -> SavedView | None:
    """Return the view that a list opens with for this actor."""
    return view_list(actor, listing).filter(defaults__person_id=actor.person_id or 0).first()
