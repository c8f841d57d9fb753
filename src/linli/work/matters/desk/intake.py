"""Intake at the door or on the telephone: one screen, on behalf of somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, Refusal
from linli.foundation.accounts.keeping import desk_page, kept
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.selectors import Place

from .. import selectors
from ..assist.outside import asked_further
from ..assist.shown import suggestion_rows
from ..catalog.asked import asked, leaf_chosen, leaves_unfolded, offered
from ..models import Channel, Matter
from ..permissions import can_intake_matter
from ..place import place_of
from ..resident.photos import PhotosTaken, photos_take
from ..services import document_receive, matter_report, visit_finish
from .actions import SENT, record_url
from .forms import places_named
from .intake_forms import SOURCES, IntakeForm
from .keeping import page

ENOUGH_LETTERS = 4


def intake_actor(request: HttpRequest) -> Actor:
    """Return the actor, or refuse roles that take nothing in for others."""
    actor = actor_of(request)
    if not can_intake_matter(actor):
        raise NotAllowed(_("您的岗位不登记来访来电。"), hint=_("请由居委会、网格员或街镇工作人员登记。"))
    return actor


@desk_page
def intake_page(request: HttpRequest) -> HttpResponse:
    """Write down what somebody reports at the door or on the telephone."""
    actor = intake_actor(request)
    if request.method == "POST":
        return _take(request, actor)
    before = kept(request)
    form = IntakeForm(initial=before.dict() if before else _of_visit(request, actor))
    form.offer_places(actor)
    return _show(request, form, restored=before is not None)


def _of_visit(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Begin with what somebody at the counter has said already."""
    if not request.GET.get("visit"):
        return {}
    visit = selectors.visit_get(actor, request.GET["visit"])
    return {"channel": Channel.DOOR, "reporter_name": visit.name, "text": visit.topic}


def _take(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = IntakeForm(request.POST)
    form.offer_places(actor)
    taken = photos_take(request)
    for words in taken.problems:
        form.add_error(None, words)
    if form.is_valid():
        try:
            return _store(request, actor, form, taken)
        except InvalidInput as refusal:
            form.take(refusal)
    return _show(request, form, kept_photos=taken.photos, status=422)


def _store(request: HttpRequest, actor: Actor, form: IntakeForm, taken: PhotosTaken) -> HttpResponse:
    matter = matter_report(
        actor=actor,
        place=form.chosen_place,
        photos=taken.photos,
        on_behalf=True,
        request_key=request.POST.get("request_key", ""),
        **form.report(),
    )
    is_repeat = matter.documents.exists()  # the same form sent twice has stored its papers already
    for name in () if is_repeat else form.document_names():
        document_receive(actor=actor, matter_id=matter.pk, name=name)
    if request.GET.get("visit") and not is_repeat:
        visit = selectors.visit_get(actor, request.GET["visit"])
        if visit.matter_id is None:
            visit_finish(actor=actor, visit_id=visit.pk, matter=matter)
    messages.success(request, _("已登记，编号 %s。您是这件事的首问责任人。") % matter.number)
    request.session[SENT] = request.path
    return HttpResponseRedirect(record_url(matter))


def _show(request: HttpRequest, form: IntakeForm, status: int = 200, **more: Any) -> HttpResponse:
    first = selectors.matter_of_source(actor_of(request), form.origin()) if form.errors else None
    return page(request, "intake", {"form": form, "sources": SOURCES, "first": first, **more}, status)


@desk_page
def place_choices(request: HttpRequest) -> HttpResponse:
    """Answer with the places that words name, while typing."""
    words = request.GET.get("place_words", "")[:60]
    choices = list(places_named(actor_of(request), words))
    return render(request, "matters/desk/place_choices.html", {"choices": choices, "words": words.strip()})


@require_POST
@desk_page
def category_asked(request: HttpRequest) -> HttpResponse:
    """Answer with the leaves that words find, or that the text makes likely, and what the chosen one asks.

    A POST, because answers and words do not belong into addresses; nothing is stored.
    """
    said = request.POST
    tapped = [code for code in said.getlist("category") if code]  # an empty list may stand beside
    words, chosen = said.get("category_words", "")[:60], leaf_chosen(tapped[-1] if tapped else "")
    text = said.get("text", "")[:2000]
    likely = selectors.category_suggest(text)[:3] if len(text) >= ENOUGH_LETTERS else []
    pick = {
        "words": words.strip(),
        "asks": "asks" in said,
        "offered": offered(words, chosen, [category for category, _words in likely]),
        "asked": asked(chosen, said, {}) if "asks" in said else [],
    }
    return render(request, "matters/desk/category_offered.html", {"pick": pick})


@desk_page
def category_tree(request: HttpRequest) -> HttpResponse:
    """Answer with every leaf under what stands above it, to choose one."""
    return render(request, "matters/desk/category_tree.html", {"tops": leaves_unfolded()})


@require_POST
@desk_page
def intake_hints(request: HttpRequest) -> HttpResponse:
    """Answer with what helps while typing: emergency, likely category, the promised time, likely repeats.

    What is typed may name people: it travels in the body, never in an address.
    """
    actor = intake_actor(request)
    found = hints(actor, request.POST.get("text", ""), request.POST.get("place", ""))
    return render(request, "matters/desk/intake_hints.html", found)


def hints(actor: Actor, words: str, token: str) -> dict[str, Any]:
    """Return what helps with a report: its emergency, likely categories, the promised time, repeats."""
    text, place = words[:2000], _place(token)
    area = place.area_path if place else ""
    said = selectors.suggestion_for(text, area) if len(text) >= ENOUGH_LETTERS else None
    said = asked_further(actor, text, said) if said else None
    suggested = said.categories[:3] if said else ()
    return {
        "emergency": selectors.emergency(text),
        "said": said,
        "suggested": suggestion_rows(suggested),
        "due": selectors.promise_for(suggested[0].category, place) if suggested and place else None,
        "alike": _alike(actor, text, place),
    }


def _place(token: str) -> Place | None:
    try:
        return place_of(token) if token else None
    except Refusal:
        return None


def _alike(actor: Actor, text: str, place: Place | None) -> list[Matter]:
    if place is None or len(text) < ENOUGH_LETTERS:
        return []
    found = selectors.duplicates_near(actor, text, place)
    return [matter for matter in found if isinstance(matter, Matter)][:5]
