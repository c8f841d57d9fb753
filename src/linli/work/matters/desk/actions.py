"""One view for everything that is done to a matter: show the form, call the service, say what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from linli.core.errors import Conflict, InvalidInput, NotFound, StaleVersion
from linli.foundation.accounts.keeping import desk_page, kept
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.refusals import is_htmx

from .. import selectors
from ..models import Matter
from ..permissions import can_use_phrases
from ..replies.selectors import hints_for
from ..resident.photos import PhotosTaken, photos_take
from ..selectors import PhraseOffer
from .action_forms import ActionForm
from .keeping import page
from .table import ACTIONS, ActionPage

SENT = "sent_form"
MANY = {"co_units", "units", "chosen"}  # fields in which several things are ticked


def record_url(matter: Matter) -> str:
    """Return the address of a matter's record page."""
    return reverse("matters:record", args=[matter.public_id])


def _offered(request: HttpRequest, matter: Matter, code: str, subject: Any) -> Any:
    """Return the action as the record page offers it, or refuse in words."""
    offered = selectors.actions_for(actor_of(request), matter)
    found = next((a for a in offered if a.code == code and a.subject_key in ("", key_of(subject))), None)
    if found is not None:
        return found
    state = matter.get_state_display()
    raise Conflict(
        _("这一步现在不能办理：事项状态是「%(state)s」，或这一步不归您的岗位办理。") % {"state": state},
        hint=_("请回到事项页面，查看最新进展和可以办理的操作。"),
    )


def key_of(subject: Any) -> str:
    """Return by which key an address names what an action is about."""
    return str(getattr(subject, "public_id", None) or subject.pk)


@desk_page
def action_page(request: HttpRequest, public_id: UUID, code: str, key: str = "") -> HttpResponse:
    """Show and take the form of one action on one matter."""
    if code not in ACTIONS:
        raise NotFound
    matter = selectors.matter_get(actor_of(request), public_id)
    row = ACTIONS[code]
    subject = row.subject(matter, key)
    if request.method == "POST" and "check" in request.POST:
        return _check(request, row, matter, code, subject)
    if request.method == "POST" and "insert" in request.POST:
        return _insert(request, row, matter, code, subject)
    if request.method == "POST":
        return _take(request, row, matter, code, subject)
    offered = _offered(request, matter, code, subject)
    before = kept(request)
    form = _form(request, row, matter, subject, before)
    return _show(request, row, form, offered, restored=before is not None)


def _form(
    request: HttpRequest, row: ActionPage, matter: Matter, subject: Any, typed: QueryDict | None
) -> ActionForm:
    initial: dict[str, Any] = typed.dict() if typed else {}
    initial.pop("version", None)
    for name in MANY & initial.keys():
        initial[name] = typed.getlist(name) if typed else []
    return row.form(actor=actor_of(request), matter=matter, subject=subject, initial=initial)


def _insert(request: HttpRequest, row: ActionPage, matter: Matter, code: str, subject: Any) -> HttpResponse:
    """Put the chosen stock answer below what was typed; with script the page does this by itself."""
    offered = _offered(request, matter, code, subject)
    form = _form(request, row, matter, subject, request.POST)
    name = form.phrase_field
    found = [offer for offer in phrases_of(form) if offer.key == request.POST.get("phrase", "")]
    typed = [str(form.initial.get(name, "")), *(offer.text for offer in found[:1])]
    form.initial[name] = "\n".join(part for part in typed if part)
    return _show(request, row, form, offered)


def _check(request: HttpRequest, row: ActionPage, matter: Matter, code: str, subject: Any) -> HttpResponse:
    """Say what the reply lacks: beside the field while it is written, or with the form without script."""
    form = _form(request, row, matter, subject, request.POST)
    hints = hints_for(form.actor, form.phrase_use, str(form.initial.get(form.phrase_field, "")))
    if is_htmx(request):
        return page(request, "reply_hints", {"hints": hints})
    return _show(request, row, form, _offered(request, matter, code, subject), hints=hints)


def phrases_of(form: ActionForm) -> list[PhraseOffer]:
    """Return the stock answers that fit a form, none where it takes no words for others."""
    if not form.phrase_field or not can_use_phrases(form.actor):
        return []
    return selectors.phrases_for(form.actor, form.matter, form.phrase_use)


def _take(request: HttpRequest, row: ActionPage, matter: Matter, code: str, subject: Any) -> HttpResponse:
    form = row.form(request.POST, actor=actor_of(request), matter=matter, subject=subject)
    taken = photos_take(request) if form.has_photos else PhotosTaken()
    for words in taken.problems:
        form.add_error(None, words)
    if not form.is_valid():
        return _again(request, row, form, taken, code)
    try:
        row.call(form=form, photos=taken.photos, request_key=request.POST.get("request_key", ""))
    except InvalidInput as refusal:
        form.take(refusal)
        return _again(request, row, form, taken, code)
    except Conflict as refusal:
        if isinstance(refusal, StaleVersion):
            return _stale(request, row, form, taken, code)
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return _again(request, row, form, taken, code, status=409)
    messages.success(request, str(row.done))
    request.session[SENT] = request.path
    return _done(request, matter)


def _done(request: HttpRequest, matter: Matter) -> HttpResponse:
    """Lead to the record, or back to the list of duties from which it was done by one press."""
    asked = request.POST.get("next", "")
    is_safe = asked.startswith("/desk/") and url_has_allowed_host_and_scheme(asked, None)
    where = asked if is_safe else record_url(matter)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def _again(
    request: HttpRequest,
    row: ActionPage,
    form: ActionForm,
    taken: PhotosTaken,
    code: str,
    status: int = 422,
) -> HttpResponse:
    offered = next((a for a in selectors.actions_for(form.actor, form.matter) if a.code == code), None)
    return _show(request, row, form, offered, kept_photos=taken.photos, status=status)


def _stale(
    request: HttpRequest, row: ActionPage, form: ActionForm, taken: PhotosTaken, code: str
) -> HttpResponse:
    """Say who did what meanwhile, and keep what was typed; sent again, it goes over the new version."""
    matter = selectors.matter_get(form.actor, form.matter.public_id)
    behind = max(1, matter.version - (form.cleaned_data["version"] or 0))
    meanwhile = selectors.story_list(form.actor, matter)[-behind:]
    typed = request.POST.copy()
    typed["version"] = str(matter.version)
    again = row.form(typed, actor=form.actor, matter=matter, subject=form.subject)
    offered = next((a for a in selectors.actions_for(form.actor, matter) if a.code == code), None)
    return _show(request, row, again, offered, kept_photos=taken.photos, status=409, meanwhile=meanwhile)


def _show(
    request: HttpRequest, row: ActionPage, form: ActionForm, offered: Any, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "matter": form.matter,
        "action": offered,
        "where": request.path,
        "label": offered.label if offered else _("办理"),
        "phrases": phrases_of(form),
        **more,
    }
    template = "action_form" if is_htmx(request) else "action"
    return page(request, template, context, status)
