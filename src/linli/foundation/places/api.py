"""Public JSON for maps and place pickers; names and outlines of places are no secret."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core.errors import InvalidInput, NotFound, Refusal
from linli.core.geometry import Datum, to_wgs84

from .history import division_history
from .mapdata import divisions_geojson
from .matching import division_find
from .models import Compound, Division, Level
from .selectors import (
    committee_list,
    compound_nearby,
    compound_search,
    division_by_code,
    division_children,
    division_names,
    division_search,
    position_checked,
    position_find,
    position_street,
)

MAP_SECONDS = 300
QUERY_MAX = 40
CHILDREN_MAX = 1_000
View = Callable[..., HttpResponse]


def answers_json(view: View) -> View:
    """Answer refusals as JSON, whatever the caller's Accept header says."""

    @wraps(view)
    def inner(request: HttpRequest, **captured: str) -> HttpResponse:
        try:
            return view(request, **captured)
        except Refusal as refusal:
            body = {
                "code": refusal.code,
                "message": refusal.message,
                "hint": refusal.hint,
                "details": refusal.details,
                "request_id": getattr(request, "request_id", ""),
            }
            return JsonResponse(body, status=refusal.status, json_dumps_params={"ensure_ascii": False})

    return inner


@require_GET
@answers_json
def map_divisions(request: HttpRequest) -> HttpResponse:
    """GET /map/divisions.geojson?parent=CODE&level=N: the outlines below a division."""
    text, tag = divisions_geojson(request.GET.get("parent", ""), request.GET.get("level", ""))
    etag = f'"{tag}"'
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={MAP_SECONDS}"}
    if any(sent.removeprefix("W/") == etag for sent in parse_etags(request.headers.get("If-None-Match", ""))):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(text, content_type="application/geo+json", headers=headers)


def _division_json(division: Division | None) -> dict[str, Any] | None:
    if division is None:
        return None
    return {"code": division.code, "name": division.name, "short_name": division.short_name}


def _compound_json(compound: Compound) -> dict[str, Any]:
    committee = compound.committee if compound.is_committee_confirmed else None
    return {
        "id": str(compound.public_id),
        "name": compound.name,
        "address": compound.address,
        "lng": compound.lng,
        "lat": compound.lat,
        "street": _division_json(compound.street),
        "committee": _division_json(committee),
    }


def _position(request: HttpRequest) -> tuple[float, float]:
    """Return the position asked about, in WGS-84."""
    lng, lat = position_checked(request.GET.get("lng"), request.GET.get("lat"))
    try:
        datum = Datum(request.GET.get("datum", Datum.WGS84.value))
    except ValueError as error:
        raise InvalidInput(_("不认识这个坐标系。"), hint=_("datum 写 wgs84、gcj02 或 bd09。")) from error
    x, y = to_wgs84(lng, lat, datum)
    return float(x), float(y)


@require_GET
@answers_json
def place_locate(request: HttpRequest) -> HttpResponse:
    """GET /place/locate/?lng=&lat=&datum=: the street, its committees, compounds nearby."""
    lng, lat = _position(request)
    position = position_find(lng, lat)
    street = position_street(position)
    committee = position.committee if position else None
    near = [{**_compound_json(n.compound), "metres": n.metres} for n in compound_nearby(lng, lat)]
    body = {
        "lng": lng,
        "lat": lat,
        "street": {**(_division_json(street) or {}), "label": division_names([street.path])[street.path]},
        "committee": _division_json(committee),
        "committees": [_division_json(row) for row in committee_list(street)],
        "compounds": near,
        "is_schematic": street.boundary.is_schematic,
    }
    # Where somebody stands is nobody else's business: not even a cache keeps it.
    return JsonResponse(
        body, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "no-store"}
    )


def _area(request: HttpRequest) -> str:
    code = request.GET.get("area", "")
    return division_by_code(code).path if code else ""


@require_GET
@answers_json
def place_search(request: HttpRequest) -> HttpResponse:
    """GET /place/search/?q=&area=CODE: compounds, streets and committees by name, pinyin or initials."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_MAX]
    area = _area(request)
    compounds = compound_search(query, area)
    streets = division_search(query, Level.STREET, area)
    committees = division_search(query, Level.COMMITTEE, area)
    paths = {row.path for row in (*streets, *committees)} | {row.street.path for row in compounds}
    labels = division_names(paths)
    body = {
        "compounds": [{**_compound_json(row), "label": labels[row.street.path]} for row in compounds],
        "streets": [{**(_division_json(row) or {}), "label": labels[row.path]} for row in streets],
        "committees": [{**(_division_json(row) or {}), "label": labels[row.path]} for row in committees],
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@require_GET
@answers_json
def place_committees(request: HttpRequest) -> HttpResponse:
    """GET /place/committees/?street=CODE: the committees of a street, by pinyin."""
    street = division_by_code(request.GET.get("street", ""))
    if street.level != Level.STREET:
        raise NotFound(_("“%s”不是街镇。") % street.name, hint=_("请选择一个街镇。"))
    rows = [_division_json(row) for row in committee_list(street)]
    return JsonResponse({"committees": rows}, json_dumps_params={"ensure_ascii": False})


def _division_long(division: Division, label: str) -> dict[str, Any]:
    facts = {"level": division.level, "kind": division.kind, "valid_from": str(division.valid_from)}
    return {**(_division_json(division) or {}), **facts, "label": label}


@require_GET
@answers_json
def place_divisions(request: HttpRequest) -> HttpResponse:
    """GET /place/divisions/?q=&area=CODE: divisions by name, pinyin or code; ?parent=CODE: what is below."""
    parent, query = request.GET.get("parent"), request.GET.get("q", "").replace("\0", "").strip()[:QUERY_MAX]
    if parent is not None:
        above = division_by_code(parent).path if parent else ""
        rows = list(division_children(above))
    elif query:
        rows = division_find(query, _area(request))
    else:
        raise InvalidInput(_("请写要找的名称（q）或上级代码（parent）。"))
    labels = division_names((row.path for row in rows), from_level=Level.PROVINCE)
    body = {"divisions": [_division_long(row, labels[row.path]) for row in rows[:CHILDREN_MAX]]}
    return JsonResponse(
        {**body, "has_more": len(rows) > CHILDREN_MAX}, json_dumps_params={"ensure_ascii": False}
    )


@require_GET
@answers_json
def place_division_history(request: HttpRequest, code: str) -> HttpResponse:
    """GET /place/divisions/CODE/history/: the acts that made a division, what it came from and became."""
    steps = [
        {
            "kind": step.change.kind,
            "kind_name": step.change.get_kind_display(),
            "document": step.change.document,
            "effective_on": str(step.change.effective_on),
            "before": [{"code": part.code, "name": part.name} for part in step.before],
            "after": [{"code": part.code, "name": part.name} for part in step.after],
        }
        for step in division_history(code[:15])
    ]
    if not steps and not Division.objects.filter(code=code[:15]).exists():
        raise NotFound(_("没有区划代码为“%s”的地区。") % code[:20])
    return JsonResponse({"code": code, "history": steps}, json_dumps_params={"ensure_ascii": False})
