"""One's own registration: corrections, deletion, objection to machines, for oneself and one's children."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotFound, TooMany
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, actor_required
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.rules import ANSWER_LIMIT

from ..consents.services import SELF, consent_give, consent_withdraw
from ..facts.dictionary import Of, dictionary, fact_key
from ..facts.rules import is_void
from ..facts.subjects import rows_of
from ..facts.values import period_shown, shown
from ..linking.selectors import people_of_account, resident_linked
from ..models import Fact, Resident
from ..sealing import sealed_get
from .carrying import fact_text, held_of
from .forms import CorrectForm, DeleteForm, FactCorrectForm, FactTellForm
from .selectors import consents_open_to, objects_to_matching
from .services import (
    correction_ask,
    deletion_ask,
    fact_correction_ask,
    fact_tell,
    objection_lift,
    objection_make,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

Asks = Callable[[dict[str, str]], DataRequest]


def own_person(actor: Actor, resident_id: UUID) -> Resident:
    """Return oneself or a ward, or raise ``NotFound``."""
    for one in people_of_account(actor.person_id):
        if one.public_id == resident_id:
            return one
    raise NotFound(_("没有找到这份登记。"), hint=_("请先关联居民登记。"))


def whom(actor: Actor, resident: Resident) -> str:
    """Return of whom a page speaks: oneself, or which child."""
    name = sealed_get(resident, "name")
    is_self = resident == resident_linked(actor.person_id)
    words = _("%(name)s（本人）") if is_self else _("%(name)s（您监护的孩子）")
    return words % {"name": name}


def own_people(actor: Actor) -> list[dict[str, object]]:
    """Return oneself and one's wards with what may be corrected of each, for the page."""
    return [
        {
            "resident": one,
            "whom": whom(actor, one),
            "agreed": sum(line.consent is not None for line in consents_open_to(one)),
            "facts": _facts(one),
        }
        for one in people_of_account(actor.person_id)
    ]


def _facts(one: Resident) -> list[dict[str, object]]:
    rows = rows_of(one).filter(to_on__isnull=True, key__in=dictionary()).order_by("key", "period")
    return [
        {
            "id": row.public_id,
            "label": dictionary()[row.key].label,
            "period": period_shown(dictionary()[row.key], row.period),
            "words": _words(row),
            "on": row.collected_on,
        }
        for row in rows
        if not is_void(row)
    ]


def _words(row: Fact) -> str:
    is_known = row.state == Fact.State.KNOWN
    return shown(dictionary()[row.key], fact_text(row)) if is_known else str(row.get_state_display())


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def correct(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Put one's registration right, field by field; the committee answers."""
    actor = actor_of(request)
    resident = own_person(actor, resident_id)
    form = CorrectForm(request.POST or None, request.FILES or None, initial=held_of(resident))

    def ask(said: dict[str, str]) -> DataRequest:
        upload = said.pop("photo", None)
        photo = _stored(actor, upload) if upload else None  # type: ignore[arg-type]
        why = said.pop("why", "")
        key = request.POST.get("request_key", "")
        return correction_ask(
            actor=actor, resident_id=resident_id, wanted=said, why=why, photo=photo, request_key=key
        )

    return _asked(request, form, ask, {"title": _("更正登记"), "whom": whom(actor, resident), "upload": True})


def _stored(actor: Actor, upload: UploadedFile[bytes]) -> StoredFile:
    stored = file_store(actor=actor, upload=upload)
    if stored.state != StoredFile.State.READY or not stored.is_photo:
        words = stored.refusal or _("请附照片（JPG、PNG）。")
        raise InvalidInput(words, details={"photo": words})
    return stored


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def correct_fact(request: HttpRequest, resident_id: UUID, fact_id: UUID) -> HttpResponse:
    """Put one fact right."""
    actor = actor_of(request)
    resident = own_person(actor, resident_id)
    fact = rows_of(resident).filter(public_id=fact_id, to_on__isnull=True).first()
    if fact is None or fact.key not in dictionary():
        raise NotFound(_("没有找到这条登记。"))
    form = FactCorrectForm(request.POST or None, line=dictionary()[fact.key])

    def ask(said: dict[str, str]) -> DataRequest:
        key = request.POST.get("request_key", "")
        return fact_correction_ask(
            actor=actor, resident_id=resident_id, fact_id=fact_id, request_key=key, **said
        )

    title = dictionary()[fact.key].label
    return _asked(request, form, ask, {"title": title, "now": _words(fact), "whom": whom(actor, resident)})


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def tell_fact(request: HttpRequest, resident_id: UUID, key: str) -> HttpResponse:
    """Tell a fact that is not registered yet; the committee confirms it."""
    actor = actor_of(request)
    resident = own_person(actor, resident_id)
    line = fact_key(key)
    form = FactTellForm(request.POST or None, line=line)

    def ask(_said: dict[str, str]) -> DataRequest:
        sent = request.POST.get("request_key", "")
        return fact_tell(actor=actor, resident_id=resident_id, key=key, request_key=sent, **form.said())

    about = _("全家") if line.of is Of.HOUSEHOLD else whom(actor, resident)
    return _asked(request, form, ask, {"title": line.label, "whom": about, "purpose": line.purpose})


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def delete(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Ask that one's registration be deleted; says before what the law keeps."""
    actor = actor_of(request)
    resident = own_person(actor, resident_id)

    def ask(said: dict[str, str]) -> DataRequest:
        key = request.POST.get("request_key", "")
        return deletion_ask(actor=actor, resident_id=resident_id, request_key=key, **said)

    is_here = resident.state == Resident.State.HERE
    context = {
        "title": _("申请删除登记"),
        "whom": whom(actor, resident),
        "is_here": is_here,
        "is_deleting": True,
    }
    return _asked(request, DeleteForm(request.POST or None), ask, context)


def _asked(request: HttpRequest, form: forms.Form, ask: Asks, context: Mapping[str, object]) -> HttpResponse:
    """Show a form, or take what it says: refusals stand beside their fields."""
    if request.method == "POST" and form.is_valid():
        try:
            made = ask(dict(form.cleaned_data))
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        except (TooMany, Conflict) as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
        else:
            on = f"{made.due_at:%Y-%m-%d}" if made.due_at else ""
            messages.success(request, _("已提交，居委会最迟%(on)s答复您。") % {"on": on})
            return redirect("residents:registry")
    face = "ui/desk.html" if actor_of(request).is_staff else "ui/portal.html"
    shown = {"face": face, "form": form, "days": ANSWER_LIMIT.amount, **context}
    return render(request, "residents/own/ask_form.html", shown, status=422 if form.errors else 200)


@require_POST
@actor_required
def objection(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Object to being matched by machine, or take that back."""
    act = objection_lift if request.POST.get("act") == "lift" else objection_make
    act(actor=actor_of(request), resident_id=resident_id)
    messages.success(request, _("已登记，马上生效。"))
    return redirect("residents:own_consents", resident_id=resident_id)


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def consents(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Show to what somebody agrees and could agree; give a consent or take it back, at once."""
    actor = actor_of(request)
    resident = own_person(actor, resident_id)
    if request.method == "POST":
        _consented(request, actor, resident)
        return redirect("residents:own_consents", resident_id=resident_id)
    context = {
        "face": "ui/desk.html" if actor.is_staff else "ui/portal.html",
        "resident": resident,
        "whom": whom(actor, resident),
        "lines": consents_open_to(resident),
        "objects": objects_to_matching(resident),
    }
    return render(request, "residents/own/consents.html", context)


def _consented(request: HttpRequest, actor: Actor, resident: Resident) -> None:
    purpose = request.POST.get("purpose", "")
    if request.POST.get("act") != "withdraw":
        consent_give(actor=actor, resident_id=resident.pk, purpose=purpose, how=SELF)
        messages.success(request, _("已登记同意，随时可以撤回。"))
        return
    standing = {line.purpose.purpose: line.consent for line in consents_open_to(resident)}
    found = standing.get(purpose)
    consent_withdraw(actor=actor, consent_id=found.pk if found else 0)
    messages.success(request, _("已撤回，马上生效。"))
