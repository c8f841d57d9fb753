"""Pages of buildings: what stands on which floor; stairs, parts and many rooms at once."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound

from .buildinggrid import building_grid, floor_label
from .homeforms import BuildingFactsForm, CloseForm, GridsForm, PartForm, RoomPlanForm, StairForm
from .models import Building, Part, Stair
from .permissions import can_edit_building
from .roomplan import RoomPlanned, rooms_planned
from .selectors import division_names, part_by_public_id, stair_by_public_id
from .services import (
    building_close,
    building_grids_set,
    building_reopen,
    building_update,
    part_add,
    part_close,
    part_reopen,
    part_update,
    parts_make,
    parts_undo,
    stair_add,
    stair_remove,
    stair_update,
)
from .views import fault, keeper

_batch = Signer(salt="places.rooms")


def _status(*forms: Form) -> int:
    return 422 if any(form.is_bound and form.errors for form in forms) else 200


def _version(request: HttpRequest) -> int:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdigit() else 0


def _building(actor: Actor, public_id: UUID) -> Building:
    """Return a building the actor may see."""
    rows = Building.objects.visible_to(actor).select_related("compound__street", "compound__committee")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这个楼栋。"), hint=_("它可能不在您的辖区内。"))
    return found


def _editable(actor: Actor, public_id: UUID) -> Building:
    building = _building(actor, public_id)
    if not can_edit_building(actor, building):
        raise NotAllowed(_("楼栋和房屋由所在居村委会和街镇登记。"))
    return building


def _part(actor: Actor, public_id: UUID) -> Part:
    part = part_by_public_id(public_id)
    part.building = _editable(actor, part.building.public_id)
    return part


def _whole(building: Building) -> dict[str, Any]:
    """Return what every page of a building says of it."""
    place = building.compound.area_path
    return {"building": building, "compound": building.compound, "place": division_names([place])[place]}


@require_GET
def building_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a building: its facts, its parts floor by floor from the top."""
    actor = keeper(request)
    building = _building(actor, public_id)
    with_closed = bool(request.GET.get("closed"))
    grid = building_grid(building, with_closed=with_closed)
    context = {
        **_whole(building),
        "plan": grid,
        "columns": [
            (stair, [(floor, floor.cells[at]) for floor in grid.floors if floor.cells[at]])
            for at, stair in enumerate(grid.stairs)
        ],
        "dwellings": sum(part.is_dwelling and part.closed_on is None for part in grid.parts),
        "others": sum(not part.is_dwelling and part.closed_on is None for part in grid.parts),
        "with_closed": with_closed,
        "has_closed": Part.objects.filter(building=building, closed_on__isnull=False).exists(),
        "grids": list(building.grids.order_by("code")),
        "may_edit": can_edit_building(actor, building),
        "undo": _undo_offered(request),
    }
    return render(request, "places/building.html", context)


def _undo_offered(request: HttpRequest) -> str:
    """Return the batch that was just made, as signed by us, so that it can be taken back at once."""
    sent = request.GET.get("made", "")
    try:
        _batch.unsign(sent)
    except BadSignature:
        return ""
    return sent


def _edit_page(
    request: HttpRequest, building: Building, bound: dict[str, Form] | None = None
) -> HttpResponse:
    """Draw the page where a building is corrected; ``bound`` holds the form that was sent and refused."""
    grids = list(building.grids.values_list("code", flat=True))
    stairs = list(building.stairs.all())
    forms: dict[str, Form] = {
        "form": BuildingFactsForm(initial=BuildingFactsForm.first(building)),
        "stair_form": StairForm(auto_id="id_stair_%s"),
        "grids_form": GridsForm(building=building, initial={"grids": grids}),
        "close_form": CloseForm(auto_id="id_close_%s"),
        **(bound or {}),
    }
    taken = set(Part.objects.filter(building=building).values_list("stair_id", flat=True))
    rows = [
        (stair, StairForm(initial=StairForm.first(stair), auto_id=f"id_{stair.pk}_%s"), stair.pk in taken)
        for stair in stairs
    ]
    context = {**_whole(building), **forms, "stairs": rows}
    return render(request, "places/building_edit.html", context, status=_status(*(bound or {}).values()))


@require_http_methods(["GET", "POST"])
def building_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a building's facts."""
    actor = keeper(request)
    building = _editable(actor, public_id)
    if request.method == "GET":
        return _edit_page(request, building)
    form = BuildingFactsForm(request.POST)
    if form.is_valid():
        try:
            building_update(actor=actor, building_id=public_id, version=_version(request), **form.facts())
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("places:building", public_id=public_id)
    return _edit_page(request, building, {"form": form})


@require_POST
def building_grids(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say in which grids a building lies."""
    actor = keeper(request)
    building = _editable(actor, public_id)
    form = GridsForm(request.POST, building=building)
    if not form.is_valid():
        return _edit_page(request, building, {"grids_form": form})
    codes = form.cleaned_data["grids"]
    building_grids_set(actor=actor, building_id=public_id, version=_version(request), codes=codes)
    messages.success(request, _("已保存所在网格。"))
    return redirect("places:building", public_id=public_id)


@require_POST
def building_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a building."""
    actor = keeper(request)
    building = _editable(actor, public_id)
    form = CloseForm(request.POST, auto_id="id_close_%s")
    if form.is_valid():
        try:
            building_close(actor=actor, building_id=public_id, version=_version(request), **form.cleaned_data)
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("%s已注销。") % building.name)
            return redirect("places:compound", public_id=building.compound.public_id)
    return _edit_page(request, building, {"close_form": form})


@require_POST
def building_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back the closing of a building."""
    actor = keeper(request)
    _editable(actor, public_id)
    building_reopen(actor=actor, building_id=public_id, version=_version(request))
    messages.success(request, _("已恢复。"))
    return redirect("places:building", public_id=public_id)


# -- stairs ------------------------------------------------------------------------------------------------


@require_POST
def stair_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Enter a stair."""
    actor = keeper(request)
    building = _editable(actor, public_id)
    form = StairForm(request.POST, auto_id="id_stair_%s")
    if form.is_valid():
        key = request.POST.get("request_key", "")
        try:
            stair_add(actor=actor, building_id=public_id, request_key=key, **form.facts())
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已添加%s。") % form.cleaned_data["name"])
            return redirect("places:building_edit", public_id=public_id)
    return _edit_page(request, building, {"stair_form": form})


def _stair(actor: Actor, public_id: UUID) -> Stair:
    stair = stair_by_public_id(public_id)
    stair.building = _editable(actor, stair.building.public_id)
    return stair


@require_POST
def stair_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a stair."""
    actor = keeper(request)
    stair = _stair(actor, public_id)
    form = StairForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("请填写单元名称。"))
    stair_update(actor=actor, stair_id=public_id, version=_version(request), **form.facts())
    messages.success(request, _("已保存%s。") % form.cleaned_data["name"])
    return redirect("places:building_edit", public_id=stair.building.public_id)


@require_POST
def stair_delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take away a stair without parts."""
    actor = keeper(request)
    stair = _stair(actor, public_id)
    stair_remove(actor=actor, stair_id=public_id)
    messages.success(request, _("已删除%s。") % stair.name)
    return redirect("places:building_edit", public_id=stair.building.public_id)


# -- parts -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def part_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Enter a part."""
    actor = keeper(request)
    building = _editable(actor, public_id)
    form = PartForm(request.POST or None, building=building)
    if request.method == "POST" and form.is_valid():
        key = request.POST.get("request_key", "")
        try:
            part = part_add(
                actor=actor, building_id=public_id, source="worker", request_key=key, **form.facts()
            )
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已登记%s。") % part.room_label)
            return redirect("places:building", public_id=public_id)
    context = {**_whole(building), "form": form, "part": None}
    return render(request, "places/part.html", context, status=_status(form))


def _part_page(request: HttpRequest, part: Part, bound: dict[str, Form] | None = None) -> HttpResponse:
    forms: dict[str, Form] = {
        "form": PartForm(building=part.building, initial=PartForm.first(part)),
        "close_form": CloseForm(auto_id="id_close_%s"),
        **(bound or {}),
    }
    context = {**_whole(part.building), **forms, "part": part}
    return render(request, "places/part.html", context, status=_status(*(bound or {}).values()))


@require_http_methods(["GET", "POST"])
def part_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a part."""
    actor = keeper(request)
    part = _part(actor, public_id)
    if request.method == "GET":
        return _part_page(request, part)
    form = PartForm(request.POST, building=part.building)
    if form.is_valid():
        try:
            part_update(actor=actor, part_id=public_id, version=_version(request), **form.facts())
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("places:building", public_id=part.building.public_id)
    return _part_page(request, part, {"form": form})


@require_POST
def part_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a part."""
    actor = keeper(request)
    part = _part(actor, public_id)
    form = CloseForm(request.POST, auto_id="id_close_%s")
    if form.is_valid():
        try:
            part_close(actor=actor, part_id=public_id, version=_version(request), **form.cleaned_data)
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            messages.success(request, _("%s已注销。") % part.room_label)
            return redirect("places:building", public_id=part.building.public_id)
    return _part_page(request, part, {"close_form": form})


@require_POST
def part_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back the closing of a part."""
    actor = keeper(request)
    part = _part(actor, public_id)
    part_reopen(actor=actor, part_id=public_id, version=_version(request))
    messages.success(request, _("已恢复。"))
    return redirect("places:building", public_id=part.building.public_id)


# -- many rooms at once ------------------------------------------------------------------------------------


def _preview(building: Building, rooms: list[RoomPlanned]) -> dict[str, Any]:
    """Return a plan as it will look: by stair and floor from the top, with what is there already."""
    there = set(Part.objects.filter(building=building).values_list("stair__name", "name"))
    columns: dict[str, dict[int, list[tuple[str, bool]]]] = {}
    for room in rooms:
        floors = columns.setdefault(room.stair, {})
        floors.setdefault(room.floor, []).append((room.name, (room.stair or None, room.name) in there))
    shown = [
        (stair, [(floor_label(number), row) for number, row in sorted(floors.items(), reverse=True)])
        for stair, floors in columns.items()
    ]
    new = sum(not known for floors in columns.values() for row in floors.values() for _name, known in row)
    return {"columns": shown, "new_count": new, "there_count": len(rooms) - new}


@require_http_methods(["GET", "POST"])
def rooms_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make many rooms: a plan, how it will look, and then the act."""
    actor = keeper(request)
    building = _editable(actor, public_id)
    first = {"last_floor": building.floors} if building.floors else {}
    form = RoomPlanForm(request.POST or None, initial=first)
    context: dict[str, Any] = {**_whole(building), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "make":
                return _rooms_make(request, actor, building, form)
            context |= _preview(building, rooms_planned(form.plan()))
        except InvalidInput as refusal:
            fault(form, refusal)
    return render(request, "places/rooms.html", context, status=_status(form))


def _rooms_make(request: HttpRequest, actor: Actor, building: Building, form: RoomPlanForm) -> HttpResponse:
    done = parts_make(actor=actor, building_id=building.public_id, plan=form.plan(), **form.facts())
    said = _("已登记%d处房屋。") % done.made
    messages.success(request, said + (_("%d处原来就有，没有改动。") % done.there if done.there else ""))
    url = reverse("places:building", args=[building.public_id])
    return redirect(f"{url}?{urlencode({'made': _batch.sign(done.batch)})}" if done.batch else url)


@require_POST
def rooms_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back rooms that were just made."""
    actor = keeper(request)
    _editable(actor, public_id)
    try:
        batch = _batch.unsign(request.POST.get("made", ""))
    except BadSignature as error:
        raise InvalidInput(_("没有可以撤销的一批房屋。")) from error
    done = parts_undo(actor=actor, building_id=public_id, batch=batch)
    said = _("已撤销%d处房屋。") % done.removed
    messages.success(request, said + (_("%d处已有登记或已改过，保留。") % done.kept if done.kept else ""))
    return redirect("places:building", public_id=public_id)
