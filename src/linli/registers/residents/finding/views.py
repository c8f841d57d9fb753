"""找人: looking for people, and opening personal values for a purpose. Nothing of it is kept by a browser."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of

from ..masking import masked
from ..models import Household, Resident
from ..sealing import sealed_get
from ..views.guards import record_page, rows_page
from .forms import FIELDS, RevealForm, SearchForm
from .selectors import household_people
from .services import household_reveal, resident_reveal, residents_search


@require_http_methods(["GET", "POST"])
@rows_page
def search(request: HttpRequest) -> HttpResponse:
    """Find people; sent as a form, because words in an address would be kept by logs and browsers."""
    actor = actor_of(request)
    form = SearchForm(request.POST if request.method == "POST" else None, actor=actor)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = residents_search(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
    context = {"search_form": form, "found": found}
    return render(request, "residents/search.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@record_page
def resident(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open personal values of one person for a purpose."""
    actor = actor_of(request)
    person = Resident.objects.visible_to(actor).filter(public_id=public_id).first()
    if person is None:
        raise NotFound(_("没有找到这个人。"))
    return _reveal(request, actor, [person], resident_id=public_id)


@require_http_methods(["GET", "POST"])
@record_page
def household(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open personal values of a household's people for a purpose."""
    actor = actor_of(request)
    home = Household.objects.visible_to(actor).filter(public_id=public_id).first()
    if home is None:
        raise NotFound(_("没有找到这一户。"))
    return _reveal(request, actor, household_people(actor, home), household_id=public_id)


def _reveal(request: HttpRequest, actor: Actor, people: list[Resident], **of: UUID) -> HttpResponse:
    form = RevealForm(request.POST if request.method == "POST" else None)
    shown: dict[UUID, dict[str, str]] = {}
    if request.method == "POST" and form.is_valid():
        asked = {"fields": form.cleaned_data["fields_asked"], "purpose": form.cleaned_data["purpose"]}
        try:
            if "household_id" in of:
                shown = household_reveal(actor=actor, household_id=of["household_id"], **asked)
            else:
                shown = {
                    of["resident_id"]: resident_reveal(actor=actor, resident_id=of["resident_id"], **asked)
                }
        except InvalidInput as refusal:
            form_refuse(form, _by_field(refusal))
    context = {
        "form": form,
        "cards": [_card(person, shown.get(person.public_id, {})) for person in people],
        "is_shown": bool(shown),
        "of_household": "household_id" in of,
    }
    return render(request, "residents/reveal.html", context, status=422 if form.errors else 200)


def _by_field(refusal: InvalidInput) -> InvalidInput:
    details = {"fields_asked" if name == "fields" else name: words for name, words in refusal.details.items()}
    return InvalidInput(refusal.message, hint=refusal.hint, details=details)


def _card(person: Resident, shown: dict[str, str]) -> dict[str, Any]:
    """Return a person's values, in clear where they were opened, else masked."""
    rows = [
        {
            "label": label,
            "value": shown.get(name, "") or masked(name, sealed_get(person, name)),
            "is_shown": bool(shown.get(name)),
        }
        for name, label in FIELDS.items()
    ]
    return {"person": person, "rows": rows}
