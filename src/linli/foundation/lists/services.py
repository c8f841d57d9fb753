"""Every write of the room: saving a view, changing and removing it, choosing what a list opens with."""

from copy import copy
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from linli.core.listing import listing_get
from linli.core.service import changes_of, record, require_service, service

from .models import DefaultView, SavedView
from .permissions import can_change_view, can_save_view
from .rules import MOST_LETTERS, name_cleaned, query_kept
from .selectors import view_get

MOST_VIEWS = 30


@service(idempotent=True)
def view_save(
    *,
    actor: Actor,
    listing: str,
    name: str,
    query: str = "",
    is_shared: bool = False,
    is_default: bool = False,
) -> SavedView:
    """Keep what a list is narrowed by under a name.

    Raises the list's own refusals, and ``InvalidInput`` with ``details['name']`` where the name is missing,
    too long or taken, or where a person has ``MOST_VIEWS`` of a list.
    """
    _may(actor)
    view = SavedView(
        listing=listing,
        name=name_cleaned(name),
        query=_query(actor, listing, query),
        person_id=actor.person_id or 0,
        unit_id=actor.unit_id or 0,
        is_shared=is_shared,
        made_at=clock.now(),
    )
    _checked(view)
    own = SavedView.objects.filter(person=view.person_id, unit=view.unit_id, listing=listing)
    if own.count() >= MOST_VIEWS:
        raise _refused("name", _("一个列表最多保存%(most)d个视图，请先删除不用的。") % {"most": MOST_VIEWS})
    view.save()
    record("view.save", view)
    if is_default:
        view_default_set(actor=actor, view_id=view.pk, is_default=True)
    return view


def _may(actor: Actor) -> None:
    if not actor.is_signed_in:
        raise NotSignedIn
    if not can_save_view(actor):
        raise NotAllowed(_("只有工作人员可以保存视图。"))


def _refused(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})


def _query(actor: Actor, listing: str, query: str) -> str:
    """Return what is kept of the query, after the list itself has taken it."""
    wanted = listing_get(listing)
    if not wanted.page:
        raise NotFound(_("这个列表不能保存视图。"))
    try:
        kept = query_kept(query)
    except ValueError as error:
        raise _refused("name", _("条件太多，不能保存。请减少条件。")) from error
    if len(kept) > MOST_LETTERS:
        raise _refused("name", _("条件太长，不能保存。请减少条件。"))
    wanted.choose(actor, QueryDict(kept))
    return kept


def _checked(view: SavedView) -> None:
    """Raise the model's own messages as a refusal beside the name."""
    if not view.name:
        raise _refused("name", _("请给视图起个名称。"))
    if len(view.name) > 20:
        raise _refused("name", _("名称请不超过20个字。"))
    try:
        view.validate_constraints()
    except ValidationError as error:
        raise _refused("name", error.messages[0]) from error


@service
def view_change(
    *, actor: Actor, public_id: UUID | str, name: str, is_shared: bool, is_default: bool
) -> SavedView:
    """Rename a view, share it with the unit or no longer (nobody else's list opens with it then)."""
    view = _changeable(actor, public_id)
    view_default_set(actor=actor, view_id=view.pk, is_default=is_default)
    changed = copy(view)
    changed.name, changed.is_shared = name_cleaned(name), is_shared
    _checked(changed)
    if changes := changes_of(view, name=changed.name, is_shared=is_shared):
        if not is_shared:
            view.defaults.exclude(person_id=view.person_id).delete()
        record("view.change", view, changes, touched=[DefaultView])
    return view


def _changeable(actor: Actor, public_id: UUID | str) -> SavedView:
    view = view_get(actor, public_id)
    if not can_change_view(actor, view):
        raise NotAllowed(_("这个视图由保存它的人或本单位管理员修改。"))
    return view


@service
def view_remove(*, actor: Actor, public_id: UUID | str) -> None:
    """Remove a view; lists that opened with it open with everything again."""
    view = _changeable(actor, public_id)
    view.delete()
    record("view.remove", view, touched=[DefaultView])


@service
def view_open_with(*, actor: Actor, public_id: UUID | str, is_default: bool) -> SavedView:
    """Let one's own list open with a view, or no longer."""
    _may(actor)
    view = view_get(actor, public_id)
    view_default_set(actor=actor, view_id=view.pk, is_default=is_default)
    return view


@require_service
def view_default_set(*, actor: Actor, view_id: int, is_default: bool) -> None:
    """Make a view the one that a list opens with for this actor, in place of another, or take it back."""
    view = SavedView.objects.get(pk=view_id)
    place = {"person_id": actor.person_id, "unit_id": actor.unit_id, "listing": view.listing}
    present = DefaultView.objects.filter(**place)
    if present.filter(view=view).exists() == is_default:
        return
    (present if is_default else present.filter(view=view)).delete()
    if is_default:
        DefaultView.objects.create(**place, view=view)
    record("view.open_with", view, touched=[DefaultView])
