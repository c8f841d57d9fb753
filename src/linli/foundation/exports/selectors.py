"""Reading what was exported, and as whom the worker asks for a list again."""

from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed, NotFound
from linli.core.listing import Chosen, listing_get
from linli.foundation.accounts.models import Account
from linli.foundation.accounts.selectors import actor_of_resident, actor_of_role, role_list

from .models import Export, ExportFile


def export_list(
    actor: Actor, *, listing: str = "", whose: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[Export]:
    """Return the exports that an actor may see, newest first.

    ``whose`` is a user name, or ``me``; ``until`` is included.
    """
    rows: QuerySet[Export] = Export.objects.visible_to(actor).select_related("unit", "file")
    if listing:
        rows = rows.filter(listing=listing)
    if whose == "me":
        rows = rows.filter(actor_key=actor.key)
    elif whose:
        rows = rows.filter(account__username=whose)
    if since:
        rows = rows.filter(made_at__gte=clock.local_midnight(since))
    if until:
        rows = rows.filter(made_at__lt=clock.local_midnight(until + timedelta(days=1)))
    return rows


def export_get(actor: Actor, public_id: UUID | str) -> Export:
    """Return an export by the id that pages carry; missing and hidden are the same ``NotFound``."""
    try:
        return Export.objects.visible_to(actor).select_related("unit", "file").get(public_id=public_id)
    except (Export.DoesNotExist, ValidationError) as error:
        raise NotFound from error


def export_asked(export: Export, actor: Actor) -> Chosen:
    """Return what an export's list holds now for this actor."""
    return listing_get(export.listing).choose(actor, QueryDict(export.query))


def export_actor(export: Export) -> Actor:
    """Return the actor who asked for an export, as they may act now.

    Raises ``NotAllowed`` where the account is off or the role has ended meanwhile.
    """
    account = export.account
    if account is None or not account.is_active:
        raise NotAllowed(_("导出人的账号已停用，没有继续生成。"))
    if account.kind == Account.Kind.PHONE or export.role_id is None:
        return actor_of_resident(account)
    role = next((role for role in role_list(account.person) if role.pk == export.role_id), None)
    if role is None:
        raise NotAllowed(_("导出人的岗位已结束，没有继续生成。"))
    actor = actor_of_role(account, role)
    kept = tuple(area for area in export.areas if actor.covers(area))
    return actor.with_areas(kept) if export.areas and actor.function != Function.OPERATOR else actor


def expired_files() -> QuerySet[ExportFile]:
    """Return the kept files whose time is over."""
    return ExportFile.objects.filter(state=ExportFile.State.READY, expires_at__lte=clock.now())


def stuck_files(since: timedelta) -> QuerySet[ExportFile]:
    """Return the work that has not moved for so long: its worker is gone."""
    waiting = (ExportFile.State.QUEUED, ExportFile.State.RUNNING)
    return ExportFile.objects.filter(state__in=waiting, changed_at__lte=clock.now() - since)
