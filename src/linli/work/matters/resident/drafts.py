"""After sending without an account: the phone and its code, then the draft becomes a matter.

An emergency does not wait: it has been reported already, and only its reporter joins it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, Refusal, TooMany
from linli.foundation.accounts.forms import CodeForm, PhoneForm, form_refuse
from linli.foundation.accounts.middleware import ActorRequest, session_begin
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.privacy import notice_current
from linli.foundation.accounts.selectors import actor_of_resident
from linli.foundation.accounts.services import code_send
from linli.foundation.accounts.sign_in import resident_sign_in_or_up
from linli.foundation.accounts.views.ways import pending_get, pending_keep, secret_unwrap, secret_wrap

from .. import services
from ..models import Matter, ReportDraft
from .browser import owner_keys
from .selectors import DraftWords, draft_get, draft_words, emergency_get

PENDING = "report_phone"
PURPOSE = "sign_in"


@dataclass
class Waiting:
    """What waits for its reporter's phone: a draft, or an emergency that was reported at once."""

    draft: ReportDraft | None = None
    matter: Matter | None = None

    @property
    def words(self) -> DraftWords | None:
        """Return what the draft says, to be read again before it is sent."""
        return draft_words(self.draft) if self.draft else None

    @property
    def done(self) -> Matter | None:
        """Return the matter once it has a reporter."""
        found = self.draft.matter if self.draft else self.matter
        return found if found is not None and found.reporter_id is not None else None


@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Ask for the phone and its code, then send what was kept."""
    return _answer(request, Waiting(draft=draft_get(owner_keys(request), public_id)))


@never_cache
@require_http_methods(["GET", "POST"])
def emergency(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Say that an emergency has been reported, and ask who can be called back."""
    return _answer(request, Waiting(matter=emergency_get(owner_keys(request), public_id)))


def _answer(request: ActorRequest, waiting: Waiting) -> HttpResponse:
    actor = actor_of(request)
    if waiting.done and waiting.done.reporter_id == actor.person_id:
        return redirect("matters:receipt", public_id=waiting.done.public_id)
    if request.method == "GET":
        return _page(request, waiting)
    try:
        return _posted(request, waiting, actor)
    except TooMany as refusal:
        response = _page(request, waiting, refusal.status, refused=f"{refusal.message}{refusal.hint}")
        response["Retry-After"] = str(refusal.details.get("retry_after", 60))
        return response


def _posted(request: ActorRequest, waiting: Waiting, actor: Actor) -> HttpResponse:
    if actor.is_signed_in:
        return _sent(request, waiting, actor)
    if "another" in request.POST:
        request.session.pop(PENDING, None)
        return redirect(request.path)
    if "code" in request.POST:
        return _code_tried(request, waiting)
    return _code_asked(request, waiting)


def _page(request: HttpRequest, waiting: Waiting, status: int = 200, **more: Any) -> HttpResponse:
    notice = notice_current()
    context = {
        "waiting": waiting,
        "words": waiting.words,
        "photos": list(waiting.draft.photos.all()) if waiting.draft else [],
        "notice": notice,
        "kept": pending_get(request, PENDING),
        "form": PhoneForm(initial={"privacy_version": notice.version}),
        "code_form": CodeForm(),
        **more,
    }
    return render(request, "matters/resident/draft.html", context, status=status)


def _code_asked(request: ActorRequest, waiting: Waiting) -> HttpResponse:
    kept = pending_get(request, PENDING) if "resend" in request.POST else {}
    form = PhoneForm(request.POST)
    if not kept and not form.is_valid():
        return _page(request, waiting, 422, form=form)
    phone = secret_unwrap(kept["phone"]) if kept else form.cleaned_data["phone"]
    version = kept["version"] if kept else form.cleaned_data["privacy_version"]
    try:
        sent = code_send(actor=actor_of(request), phone=phone, purpose=PURPOSE, address=request.address)
    except InvalidInput as refusal:
        form_refuse(form, refusal)
        return _page(request, waiting, 422, form=form)
    pending_keep(
        request,
        PENDING,
        phone=secret_wrap(phone),
        masked=sent.phone_masked,
        shown=sent.shown,
        version=version,
    )
    return redirect(request.path)


def _code_tried(request: ActorRequest, waiting: Waiting) -> HttpResponse:
    kept, form = pending_get(request, PENDING), CodeForm(request.POST)
    if not kept or not form.is_valid():
        return _page(request, waiting, 422, code_form=form)
    try:
        account = resident_sign_in_or_up(
            actor=actor_of(request),
            phone=secret_unwrap(kept["phone"]),
            code=form.cleaned_data["code"],
            privacy_version=kept["version"],
            address=request.address,
        )
    except (InvalidInput, NotAllowed) as refusal:
        form.add_error("code", _one_sentence(refusal))
        return _page(request, waiting, 422, code_form=form)
    del request.session[PENDING]
    session_begin(request, account)
    return _sent(request, waiting, actor_of_resident(account))


def _one_sentence(refusal: Refusal) -> str:
    said = [value for value in refusal.details.values() if isinstance(value, str)]
    return said[0] if said else refusal.message


def _sent(request: HttpRequest, waiting: Waiting, actor: Actor) -> HttpResponse:
    keys = owner_keys(request)
    if waiting.draft is not None:
        matter = services.draft_submit(actor=actor, draft_id=waiting.draft.pk, owner_keys=keys)
    else:
        assert waiting.matter is not None  # one of the two, by construction
        matter = services.reporter_attach(actor=actor, matter_id=waiting.matter.pk, owner_keys=keys)
    return redirect("matters:receipt", public_id=matter.public_id)
