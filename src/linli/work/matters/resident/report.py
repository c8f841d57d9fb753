"""我要反映: one screen from words, a voice note or a photo to a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, NotFound, TooMany
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES
from linli.foundation.files.views import file_response
from linli.foundation.files.words import files_words
from linli.foundation.places.models import CODE_LENGTH, Level
from linli.foundation.places.selectors import Place, is_map_schematic, place_resolve

from .. import selectors, services
from ..catalog.asked import asked, leaf_chosen, offered
from ..desk.forms import LONG_TEXT
from ..models import Category, Matter
from ..place import (
    Browse,
    PlaceChoice,
    bounds_of,
    browse,
    choice_of,
    choice_of_compound,
    choices_for_point,
    choices_for_words,
    city,
    place_of,
)
from .browser import neighbourhood_keep, neighbourhood_of, owner_keys
from .forms import ReportForm
from .photos import PhotosTaken, photos_take
from .selectors import draft_list, emergency_vocabulary, last_reported, poster_get, uploads_of

COUNTY_DIGITS = CODE_LENGTH[Level.COUNTY]
LIKELY, MOST_KINDS = 3, 6
SELF_REPORTING = frozenset({Function.VISITOR, Function.RESIDENT})


@dataclass
class Where:
    """What the place part of the page shows: choices, the one that is tapped, the way by street."""

    choices: list[PlaceChoice] = field(default_factory=list)
    chosen: str = ""
    browse: Browse | None = None
    remark: str = ""


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the report page, or take what was sent."""
    actor = actor_of(request)
    if actor.function not in SELF_REPORTING:
        return render(request, "matters/resident/report_desk.html")
    if request.method == "POST":
        return _received(request, actor)
    where = _where_at_first(request, actor)
    return _page(request, ReportForm(initial={"place": where.chosen}), where)


@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """Open the report page from a QR poster, its place filled in."""
    found = poster_get(code)
    chosen = choice_of_compound(found.compound)
    address = str(found.building.name) if found.building else ""
    initial = {"place": chosen.token, "poster": found.code, "address": address}
    response = _page(request, ReportForm(initial=initial), Where([chosen], chosen.token))
    if found.compound.committee:
        neighbourhood_keep(response, found.compound.committee.code)
    return response


def _where_at_first(request: HttpRequest, actor: Actor) -> Where:
    last = last_reported(actor)
    place = _place_of_matter(last) if last else _place_of_neighbourhood(request)
    if place is None:
        return Where()
    choice = choice_of(place)
    return Where([choice], choice.token)


def _place_of_matter(matter: Matter) -> Place | None:
    try:
        if matter.compound is not None:
            return place_resolve(compound=matter.compound)
        return place_resolve(committee=matter.place_code) if len(matter.place_code) > 9 else None
    except (InvalidInput, NotFound):
        return None  # the compound or committee has gone since


def _place_of_neighbourhood(request: HttpRequest) -> Place | None:
    division = neighbourhood_of(request)
    if division is None or len(division.code) < 12:
        return None
    return place_resolve(committee=division.code)


def _page(
    request: HttpRequest,
    form: ReportForm,
    where: Where,
    taken: PhotosTaken | None = None,
    status: int = 200,
    refusal: TooMany | None = None,
) -> HttpResponse:
    context = {
        "refusal": refusal,
        "form": form,
        "where": where,
        "drafts": draft_list(owner_keys(request)),
        "kept": taken.photos if taken else [],
        "kept_words": files_words(taken.photos) if taken else "",
        "photo_problems": taken.problems if taken else [],
        "most_photos": MAX_FILES - (len(taken.photos) if taken else 0),
        "emergency": selectors.emergency(form["text"].value() or ""),
        "emergency_words": emergency_vocabulary(),
        **_asked(request, _likely(request, form), form.wrong_answers),
        "is_on_behalf_open": bool(form["beneficiary_name"].value() or form["phone"].value()),
    }
    response = render(request, "matters/resident/report.html", context, status=status)
    if refusal or (refusal := taken.refusal if taken else None):
        response.status_code = refusal.status
        response["Retry-After"] = str(refusal.details["retry_after"])
    return response


def _received(request: HttpRequest, actor: Actor) -> HttpResponse:
    form, taken = ReportForm(request.POST), photos_take(request)
    if "find" in request.POST or "browse" in request.POST:
        return _page(request, form, where_asked(request, request.POST), taken)
    if "kinds" in request.POST:
        return _page(request, form, _where_of(request, form), taken)
    if not form.is_valid() or (taken.problems and not _goes_without_photos(form, taken)):
        return _page(request, form, _where_of(request, form), taken, status=422)
    try:
        place = _place(form)
        response = _send(request, actor, form, place, taken.photos)
    except TooMany as refusal:
        return _page(request, form, _where_of(request, form), taken, refusal=refusal)
    except InvalidInput as refusal:
        form.take(refusal)
        return _page(request, form, _where_of(request, form), taken, status=422)
    if taken.refusal:
        messages.warning(request, taken.refusal.message)
    return response


def _goes_without_photos(form: ReportForm, taken: PhotosTaken) -> bool:
    """Whether words of an emergency are sent though too many photos came before; nobody waits for those."""
    return taken.refusal is not None and selectors.emergency(form.cleaned_data["text"]) is not None


def _place(form: ReportForm) -> Place:
    """Return the tapped place, else the map's, else the only one that the typed words can mean."""
    said = form.cleaned_data
    if said["place"]:
        return place_of(said["place"])
    if said["lng"] and said["lat"]:
        return place_of(f"point:@{said['lng']},{said['lat']}")
    found = choices_for_words(said["words"])
    if len(found) == 1 and found[0].title == said["words"].strip():
        return place_of(found[0].token)
    if found:
        words = _("请点选是下面的哪一个地方。")
    else:
        words = _("请告诉我们在哪里：点“用我现在的位置”，或填写小区名、路名，或按街道选择。")
    raise InvalidInput(words, details={"place": words})


def _where_of(request: HttpRequest, form: ReportForm) -> Where:
    """Return what the place part showed when the form was sent, so that nothing seems lost."""
    token, words = str(form["place"].value() or ""), str(form["words"].value() or "").strip()
    choices = _where_named(request, words).choices if words else []
    if token and token not in [choice.token for choice in choices]:
        try:
            choices.insert(0, choice_of(place_of(token)))
        except InvalidInput:
            token = ""
    return Where(choices, choices[0].token if token and choices else token)


def where_asked(request: HttpRequest, asked: Any) -> Where:
    """Return the choices for a position, for words, or for the next step by street (a GET or a POST)."""
    lng, lat = asked.get("lng", ""), asked.get("lat", "")
    if "browse" in asked:
        return Where(browse=browse(asked["browse"]))
    if asked.get("words", "").strip():
        return _where_named(request, asked["words"])
    if lng and lat:
        try:
            choices = choices_for_point(lng, lat)
        except InvalidInput as refusal:
            return Where(remark=f"{refusal.message}{refusal.hint}")
        return Where(choices, choices[0].token)
    return Where()


def _where_named(request: HttpRequest, words: str) -> Where:
    near = neighbourhood_of(request)
    street = "/".join(near.path.split("/")[:4]) + "/" if near else ""
    choices = choices_for_words(words, street) or choices_for_words(words)
    if choices:
        return Where(choices)
    return Where(
        remark=_("没有找到“%(words)s”。可以换个叫法，或点“按区、街道选择”，把地址写在“具体位置”里。")
        % {"words": words[:30]}
    )


def _send(
    request: HttpRequest, actor: Actor, form: ReportForm, place: Place, photos: Sequence[StoredFile]
) -> HttpResponse:
    if actor.is_signed_in:
        matter = services.matter_report(
            actor=actor,
            place=place,
            photos=photos,
            request_key=request.POST.get("request_key", ""),
            **said_in(form),
        )
        response: HttpResponse = redirect("matters:receipt", public_id=matter.public_id)
    else:
        response = _send_as_visitor(request, actor, form, place, photos)
    neighbourhood_keep(response, place.code)
    return response


def said_in(form: ReportForm) -> dict[str, Any]:
    """Return what the form says beside place and photos, under the service's names."""
    said = form.cleaned_data
    return {
        "text": said["text"],
        "category": form.leaf,
        "answers": form.answers,
        "address": said["address"],
        "channel": "poster" if said["poster"] else "web",
        "beneficiary_name": said["beneficiary_name"],
        "beneficiary_relation": said["beneficiary_relation"],
        "reporter_phone": said["phone"],
    }


def _send_as_visitor(
    request: HttpRequest, actor: Actor, form: ReportForm, place: Place, photos: Sequence[StoredFile]
) -> HttpResponse:
    """Keep the report until the phone is proven; an emergency is reported at once, the phone comes after."""
    said, key = said_in(form), request.POST.get("request_key", "")
    if selectors.emergency(said["text"]):
        named = {name: said[name] for name in ("text", "address", "channel", "reporter_phone")}
        matter = services.emergency_report(actor=actor, place=place, photos=photos, request_key=key, **named)
        return redirect("matters:emergency", public_id=matter.public_id)
    leaf = said.pop("category")
    content = {**said, "place": choice_of(place).token, **({"category": leaf.code} if leaf else {})}
    draft = services.draft_save(actor=actor, content=content, photos=photos, request_key=key)
    return redirect("matters:draft", public_id=draft.public_id)


@require_POST
def report_help(request: HttpRequest) -> HttpResponse:
    """While typing: what it is probably about, when it will be answered, who reported it already.

    A POST, because what people write does not belong into addresses and logs; nothing is stored.
    """
    text = request.POST.get("text", "")[:LONG_TEXT]
    place = _place_if_known(request.POST.get("place", ""))
    area = place.area_path if place else ""
    suggested = selectors.category_suggest(text, area)[:LIKELY] if text.strip() else []
    category, words = suggested[0] if suggested else (None, [])
    chosen = leaf_chosen(request.POST.get("category", ""))
    context = {
        "category": category,
        "words": words,
        **_asked(request, [leaf for leaf, _words in suggested]),
        "promise": selectors.promise_for(chosen or category, place) if text.strip() else None,
        "similar": selectors.duplicates_near(actor_of(request), text, place)[:3] if place else [],
    }
    return render(request, "matters/resident/help.html", context)


def _asked(
    request: HttpRequest, likely: list[Category], wrong: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the kinds to tap (the chosen one stays), what words find, and what the chosen one asks."""
    said = request.POST
    chosen, words = (
        leaf_chosen(said.get("category", "")),
        (said.get("kind_words") or said.get("kind_find", ""))[:60],
    )
    kinds = offered(words, chosen, likely)[:MOST_KINDS]
    return {
        "kinds": kinds,
        "chosen": chosen,
        "kind_words": words.strip(),
        "asked": asked(chosen, said, wrong or {}),
    }


def _likely(request: HttpRequest, form: ReportForm) -> list[Category]:
    """Return the kinds that the words make likely, where a page without script asks for them."""
    text = str(form["text"].value() or "")
    suggested = selectors.category_suggest(text)[:LIKELY] if "kinds" in request.POST and text else []
    return [leaf for leaf, _words in suggested]


def _place_if_known(token: str) -> Place | None:
    try:
        return place_of(token) if token else None
    except InvalidInput:
        return None


@require_GET
def report_places(request: HttpRequest) -> HttpResponse:
    """Return the places to tap for a position, for words, or for the next step by street."""
    return render(request, "matters/resident/places.html", {"where": where_asked(request, request.GET)})


@require_GET
def report_map(request: HttpRequest) -> HttpResponse:
    """Return the map to tap on; it is asked for only by those who open it."""
    last, near = last_reported(actor_of(request)), neighbourhood_of(request)
    above = near or city()
    street = near.parent if near and near.level > Level.STREET else near
    context = {
        "centre": last if last and last.lat else last.compound if last else None,
        "bounds": bounds_of(street) if street else "",
        "parent": above.code[:COUNTY_DIGITS] if above else "",
        "is_schematic": is_map_schematic(),
    }
    return render(request, "matters/resident/report_map.html", context)


@require_GET
def report_photo(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Show a photo, or play a recording, to the browser that has just uploaded it."""
    found = uploads_of(owner_keys(request), [str(public_id)])
    if not found:
        raise NotFound
    return file_response(request, found[0], "thumb" if found[0].is_photo else "clean")
