"""Pages of the register of places, under 设置: divisions and their boundaries, compounds, buildings."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn

from .buildinggrid import compound_buildings
from .forms import BuildingForm, CommitteeForm, CompoundAddForm, CompoundForm, committees_of
from .history import division_history, division_last
from .matching import division_find
from .models import Compound, Division, Level
from .permissions import (
    can_confirm_committee,
    can_edit_compound,
    can_keep_places,
    can_plan_division_change,
    can_see_places,
)
from .rules import path_codes
from .selectors import PSEUDO_CITIES, compound_filter, division_names, division_overview, is_map_schematic
from .services import (
    building_add,
    compound_add,
    compound_confirm_committee,
    compound_update,
)

PAGE = 50
FOUND = 50


def keeper(request: HttpRequest) -> Actor:
    """Return who looks at the register as a plain value; visitors sign in first."""
    lazy = cast(Actor, request.actor)  # type: ignore[attr-defined]
    actor = lazy.with_areas(lazy.areas)
    if not actor.is_signed_in:
        raise NotSignedIn
    if not can_see_places(actor):
        raise NotAllowed(_("区划和小区由居村委会、街镇和区市查看。"), hint=_("如需查看，请联系所在街镇。"))
    return actor


def fault(form: Form, refusal: InvalidInput) -> None:
    """Show a refused input at its field, or above the form."""
    found = {field: text for field, text in refusal.details.items() if field in form.fields}
    for field, text in found.items():
        form.add_error(field, text)
    if not found:
        form.add_error(None, f"{refusal.message}{refusal.hint}")


def _trail(division: Division) -> list[Division]:
    """Return a division and what stands above it, without the city that stands for the code's sake."""
    codes = path_codes(division.path)
    rows = Division.objects.on().filter(code__in=codes).exclude(name__in=PSEUDO_CITIES).order_by("level")
    return list(rows)


def _area(actor: Actor) -> str:
    return next((area for area in actor.areas if area), "")


def _divisions_found(request: HttpRequest, words: str) -> HttpResponse:
    found = division_find(words)
    names = division_names((row.path for row in found), from_level=Level.PROVINCE)
    rows = [(row, names[row.path]) for row in found[:FOUND]]
    context = {"words": words, "rows": rows, "has_more": len(found) > FOUND}
    return render(request, "places/divisions_found.html", context)


def _home(actor: Actor) -> Division | None:
    """Return the division at which an actor's view begins."""
    area = _area(actor)
    rows = Division.objects.on()
    return rows.filter(path=area).first() if area else rows.filter(level=Level.PROVINCE).first()


@require_GET
def division_page(request: HttpRequest) -> HttpResponse:
    """Show one division: its map, what stands below it, how it came to be; or what is called like words."""
    actor = keeper(request)
    code, words = request.GET.get("code", ""), request.GET.get("q", "").replace("\0", "").strip()[:40]
    if words:
        return _divisions_found(request, words)
    # An ended division is still read: what became of it stands in its history.
    division = division_last(code, date.min) if code else _home(actor)
    provinces = Division.objects.on().filter(parent=None).order_by("code")
    if division is None or (not code and not _area(actor) and len(provinces) > 1):
        return render(request, "places/divisions.html", {"division": None, "provinces": provinces})
    context = {
        "division": division,
        "history": division_history(division.code),
        "may_change": can_plan_division_change(actor)
        and division.valid_to is None
        and (actor.covers(division.path) or not _area(actor)),
        "trail": _trail(division),
        "overview": division_overview(division),
        "is_keeper": can_keep_places(actor),
    }
    return render(request, "places/divisions.html", context)


@require_GET
def compound_list(request: HttpRequest) -> HttpResponse:
    """List the compounds of the actor's areas, found by name, pinyin, committee, or as unconfirmed."""
    actor = keeper(request)
    words, state = request.GET.get("q", "").strip()[:40], request.GET.get("state", "")
    committee = request.GET.get("committee", "")
    rows = compound_filter(Compound.objects.visible_to(actor), words=words, state=state, committee=committee)
    rows = (
        rows.select_related("street", "committee")
        .annotate(building_count=Count("buildings"))
        .order_by("pinyin", "name", "pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    labels = division_names(compound.street.path for compound in page)
    context = {
        "page": page,
        "rows": [(compound, labels[compound.street.path]) for compound in page],
        "words": words,
        "state": state,
        "committee": committee,
        "committees": committees_of(actor)[:300],
        "is_filtered": bool(words or state or committee),
        "is_keeper": can_keep_places(actor),
    }
    return render(request, "places/compounds.html", context)


@require_http_methods(["GET", "POST"])
def compound_new(request: HttpRequest) -> HttpResponse:
    """Enter a compound."""
    actor = keeper(request)
    if not can_keep_places(actor):
        raise NotAllowed(_("小区由居村委会和街镇登记。"), hint=_("请把小区名称和地址告诉所在街镇。"))
    form = CompoundAddForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        committee = chosen["committee"]
        try:
            compound = compound_add(
                actor=actor,
                street=committee.parent if committee else chosen["street"],
                committee=committee,
                request_key=request.POST.get("request_key", ""),
                **form.facts(),
            )
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已登记%s。可以继续添加楼栋。") % compound.name)
            return redirect("places:compound", public_id=compound.public_id)
    home = _home(actor)
    codes = path_codes(home.path) if home else []
    context = {
        "form": form,
        "map_parent": codes[min(len(codes), Level.COUNTY) - 1] if codes else "",
        "is_schematic": is_map_schematic(),
    }
    return render(request, "places/compound_add.html", context, status=_status(form))


def _status(*forms: Form) -> int:
    return 422 if any(form.is_bound and form.errors for form in forms) else 200


def _compound(actor: Actor, public_id: UUID) -> Compound:
    """Return a compound the actor may see."""
    rows = Compound.objects.visible_to(actor).select_related("street", "committee")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这个小区。"), hint=_("它可能不在您的辖区内。"))
    return found


def _compound_page(
    request: HttpRequest, actor: Actor, compound: Compound, bound: dict[str, Form] | None = None
) -> HttpResponse:
    """Draw a compound's page; ``bound`` holds the form that was sent and refused."""
    first = {name: getattr(compound, name) for name in CompoundForm.base_fields}
    choice = {"committee": compound.committee.code if compound.committee else None}
    forms: dict[str, Form] = {
        "form": CompoundForm(initial=first),
        "committee_form": CommitteeForm(initial=choice, compound=compound, actor=actor),
        "building_form": BuildingForm(auto_id="id_building_%s"),
        **(bound or {}),
    }
    choices = committees_of(actor).filter(parent=compound.street)
    context: dict[str, Any] = {
        **forms,
        "compound": compound,
        "place": division_names([compound.area_path])[compound.area_path],
        "buildings": compound_buildings(compound),
        "is_schematic": is_map_schematic(),
        "may_edit": can_edit_compound(actor, compound),
        "may_confirm": any(can_confirm_committee(actor, compound, choice) for choice in choices),
    }
    return render(request, "places/compound.html", context, status=_status(*(bound or {}).values()))


@require_http_methods(["GET", "POST"])
def compound_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a compound with its committee and buildings; correct its facts."""
    actor = keeper(request)
    compound = _compound(actor, public_id)
    if request.method == "GET":
        return _compound_page(request, actor, compound)
    form = CompoundForm(request.POST)
    version = request.POST.get("version", "")
    if form.is_valid():
        try:
            compound_update(
                actor=actor,
                compound_id=public_id,
                version=int(version) if version.isdigit() else 0,
                **form.facts(),
            )
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("places:compound", public_id=public_id)
    return _compound_page(request, actor, compound, {"form": form})


@require_POST
def compound_committee(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm the committee of a compound."""
    actor = keeper(request)
    compound = _compound(actor, public_id)
    form = CommitteeForm(request.POST, compound=compound, actor=actor)
    if not form.is_valid():
        return _compound_page(request, actor, compound, {"committee_form": form})
    committee = form.cleaned_data["committee"]
    compound_confirm_committee(actor=actor, compound_id=public_id, committee=committee)
    messages.success(request, _("已确认属于%s，今后的事项直接到该居委。") % committee.short_name)
    return redirect("places:compound", public_id=public_id)


@require_POST
def building_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Enter a building."""
    actor = keeper(request)
    compound = _compound(actor, public_id)
    form = BuildingForm(request.POST, auto_id="id_building_%s")
    if form.is_valid():
        try:
            building = building_add(
                actor=actor,
                compound_id=public_id,
                request_key=request.POST.get("request_key", ""),
                **form.cleaned_data,
            )
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已添加%s，可以接着登记房屋。") % building.name)
            return redirect("places:building", public_id=building.public_id)
    return _compound_page(request, actor, compound, {"building_form": form})
