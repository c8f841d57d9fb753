"""One page for every act: show its form, call its service, say what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..selectors import HouseholdPeople, MemberCard
from ..views.guards import record_page
from .forms import ActForm
from .table import ESTABLISHMENT_ACTS, HOUSEHOLD_ACTS, PART_ACTS, PERSON_ACTS, About, ActPage


def member_of(card: HouseholdPeople, key: UUID) -> MemberCard:
    """Return a person of a household by public id, or raise ``NotFound``."""
    found = next((row for row in card.members if row.resident.public_id == key), None)
    if found is None:
        raise NotFound(_("这个人不在这一户。"))
    return found


@require_http_methods(["GET", "POST"])
@record_page
def household_act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Do something to a household."""
    if code not in HOUSEHOLD_ACTS:
        raise NotFound
    card = selectors.household_card(actor_of(request), public_id)
    return _act(request, HOUSEHOLD_ACTS[code], str(card.part or ""), {"card": card}, _card_url(card))


@require_http_methods(["GET", "POST"])
@record_page
def person_act(request: HttpRequest, public_id: UUID, person: UUID, code: str) -> HttpResponse:
    """Do something to a person of a household."""
    if code not in PERSON_ACTS:
        raise NotFound
    card = selectors.household_card(actor_of(request), public_id)
    member = member_of(card, person)
    subject = {"card": card, "member": member}
    return _act(request, PERSON_ACTS[code], member.name, subject, _card_url(card))


@require_http_methods(["GET", "POST"])
@record_page
def part_act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Do something in a part."""
    if code not in PART_ACTS:
        raise NotFound
    part = selectors.part_home(actor_of(request), public_id).part
    back = f"{reverse('residents:part', args=[public_id])}?stay=1"
    return _act(request, PART_ACTS[code], str(part), {"part": part}, back)


@require_http_methods(["GET", "POST"])
@record_page
def establishment_act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Do something to an establishment."""
    if code not in ESTABLISHMENT_ACTS:
        raise NotFound
    row = selectors.establishment_get(actor_of(request), public_id)
    back = reverse("residents:establishment", args=[public_id])
    return _act(request, ESTABLISHMENT_ACTS[code], row.firm.name, {"firm": row}, back)


def _card_url(card: HouseholdPeople) -> str:
    return reverse("residents:household", args=[card.household.public_id])


def _act(request: HttpRequest, page: ActPage, about: str, subject: dict[str, Any], back: str) -> HttpResponse:
    actor = actor_of(request)
    posted = request.POST if request.method == "POST" else None
    form = page.form(posted, actor=actor, **subject)
    if request.method == "POST" and form.is_valid():
        try:
            done = _call(actor, page, form, request.POST)
        except InvalidInput as refusal:
            form_refuse(form, _named(form, refusal))
        else:
            messages.success(request, _("已登记：%(act)s。") % {"act": page.title})
            return redirect("residents:household", done.public_id) if page.leads_on else redirect(back)
    version = request.POST.get("version") or _version(page, form)
    context = {"act": page, "form": form, "about": about, "back": back, "version": version}
    return render(request, "residents/act.html", context, status=422 if form.errors else 200)


def _version(page: ActPage, form: ActForm) -> int:
    if form.firm is not None:
        return form.firm.firm.version
    if form.member is not None and not page.of_household:
        return form.member.resident.version
    return form.card.household.version if form.card is not None else 0


def _call(actor: Actor, page: ActPage, form: ActForm, sent: Any) -> Any:
    asked = form.arguments()
    if page.has_version and page.about != About.PART:
        version = sent.get("version", "")
        asked["version"] = int(version) if version.isascii() and version.isdigit() else 0
    if page.is_once:
        asked["request_key"] = sent.get("request_key", "")
    return page.service(actor=actor, **_subject(page, form), **asked)


def _subject(page: ActPage, form: ActForm) -> dict[str, str]:
    """Return how the service names what the act is done to."""
    found: dict[str, str] = {}
    if form.firm is not None:
        found["establishment_id"] = str(form.firm.firm.public_id)
    if form.part is not None:
        found["part_id"] = str(form.part.public_id)
    if form.member is not None:
        found["resident_id"] = str(form.member.resident.public_id)
    if form.card is not None and page.has_version and (form.member is None or page.of_household):
        found["household_id"] = str(form.card.household.public_id)
    return found


def _named(form: ActForm, refusal: InvalidInput) -> InvalidInput:
    """Put a service's messages beside the fields as this form calls them."""
    details = {form.names.get(name, name): words for name, words in refusal.details.items()}
    return InvalidInput(refusal.message, hint=refusal.hint, details=details)
