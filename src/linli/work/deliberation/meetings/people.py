"""The page of a meeting's list: who is asked, told, there, and acts for whom; many are ticked at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, invalid
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from . import selectors, services
from .forms import CodeForm, ToldForm
from .models import Way
from .pages import counts_of, live, page, to_meeting
from .permissions import can_help_meeting, can_run_meeting
from .workflow import State


@require_GET
@desk_page
def people_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show who is asked, told, there, and acts for whom; many are ticked at once."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    if not can_help_meeting(actor, meeting):
        raise NotAllowed(_("名单由召集单位查看。"))
    moves = selectors.acts_for(actor, meeting)
    show = request.GET.get("show", "")
    people = selectors.people_of(meeting)
    context = {
        "meeting": meeting,
        "rows": [row for row in people if _shown(row, show)],
        "counts": counts_of(people),
        "show": show,
        "moves": moves,
        "told": ToldForm(),
        "code_form": CodeForm(),
        "is_online": bool(meeting.online),
        "has_proxies": any(row.through for row in people),
        "may_drop": can_run_meeting(actor, meeting) and meeting.state == State.DRAFT,
        **live(meeting),
    }
    return page(request, "people", context)


def _shown(row: selectors.PersonRow, show: str) -> bool:
    if show == "untold":
        return row.invitee.told_at is None
    if show == "there":
        return row.is_there
    if show == "absent":
        return row.invitee.is_member and not row.is_there and row.through is None
    return True


@require_POST
@desk_page
def people_act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Do one thing for those who are ticked: come, leave, told, off the list; or one by their code."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    chosen = meeting.invitees.filter(public_id__in=_uuids(request.POST.getlist("people")))
    ids = list(chosen.values_list("pk", flat=True))
    key = request.POST.get("request_key", "")
    common = {"actor": actor, "meeting_id": meeting.pk}
    try:
        said = _people_done(code, request.POST, common, ids, key)
    except (InvalidInput, Conflict) as refusal:
        messages.error(request, f"{refusal.message}{refusal.hint if isinstance(refusal, Conflict) else ''}")
        return to_meeting(meeting, "people")
    messages.success(request, said)
    return to_meeting(meeting, "people")


def _people_done(code: str, typed: QueryDict, common: dict[str, Any], ids: list[int], key: str) -> str:
    if code in ("come", "online"):
        way = Way.ONLINE if code == "online" else Way.LIST
        services.attendance_take(**common, invitee_ids=ids, way=way, request_key=key)
        return _("已签到。")
    if code == "leave":
        services.attendance_leave(**common, invitee_ids=ids, request_key=key)
        return _("已记下离场。")
    if code == "tell":
        services.invitees_tell(**common, invitee_ids=ids, how=typed.get("how", ""), request_key=key)
        return _("已记下通知到了。")
    if code == "code":
        services.attendance_by_code(**common, code=typed.get("code", ""), request_key=key)
        return _("已签到。")
    if code in ("drop", "unproxy"):
        _one_done(code, common, ids)
        return _("已移出。") if code == "drop" else _("委托已撤销。")
    raise NotFound


def _one_done(code: str, common: dict[str, Any], ids: list[int]) -> None:
    if len(ids) != 1:
        raise invalid(people=_("请勾选一个人。"))
    if code == "drop":
        services.invitee_drop(**common, invitee_id=ids[0])
    else:
        services.proxy_drop(**common, giver_id=ids[0])


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
