"""What everybody may read: published versions, their map, the list of the three affairs, 我也遇到了."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of, actor_required
from linli.foundation.files.views import public_copy_response
from linli.foundation.places.mapdata import boundary_features
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_by_code, division_name, is_map_schematic

from .. import selectors, services
from ..models import Category, PublicVersion
from ..permissions import can_ask_reopen, can_start_move
from .browser import NEIGHBOURHOOD_COOKIE, neighbourhood_keep, neighbourhood_of
from .forms import ReopenForm
from .selectors import PublicFilters, is_affected, public_get, public_photo, public_versions

PER_PAGE = 20
MOST_ON_MAP = 500
STREET_DIGITS = 9  # of a code


def _area(request: HttpRequest) -> Division | None:
    code = request.GET.get("area", "")
    if code == "all":
        return None
    return division_by_code(code) if code else neighbourhood_of(request)


def _has_affairs(division: Division) -> bool:
    """Whether there is a 三事清单 of a place: of a street and of what lies in it, not of a district."""
    return len(division.code) >= STREET_DIGITS


def _filters(request: HttpRequest, area: Division | None) -> PublicFilters:
    return PublicFilters(
        area=area.path if area else "",
        stage=request.GET.get("stage", ""),
        category=request.GET.get("category", ""),
        words=request.GET.get("q", "").strip()[:60],
    )


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """List what is published around here, as rows and on a map."""
    area = _area(request)
    filters = _filters(request, area)
    page = Paginator(public_versions(filters), PER_PAGE).get_page(request.GET.get("page"))
    asked: dict[str, str] = {**request.GET.dict(), **({"area": area.code} if area else {"area": "all"})}
    asked.pop("page", None)
    context: dict[str, Any] = {
        "page": page,
        "filters": filters,
        "area": area,
        "has_affairs": area is not None and _has_affairs(area),
        "street": area.parent if area and len(area.code) == 12 else None,
        "home": neighbourhood_of(request),
        "categories": Category.objects.filter(is_active=True, is_never_public=False, depth=1),
        "map_query": urlencode(asked),
    }
    return render(request, "matters/resident/public_list.html", context)


@require_GET
def public_map_part(request: HttpRequest) -> HttpResponse:
    """Return the map of the list; it is asked for only by those who open it."""
    url = f"{reverse('matters:public_map')}?{request.GET.urlencode()}"
    context = {"map_url": url, "is_schematic": is_map_schematic()}
    return render(request, "matters/resident/public_map.html", context)


@require_GET
def public_map(request: HttpRequest) -> HttpResponse:
    """Return the published matters of the list as points over the outline of their area.

    Each place was rounded to its compound when it was published.
    """
    area = _area(request)
    versions = public_versions(_filters(request, area)).exclude(lng=None)[:MOST_ON_MAP]
    features = [*_outlines(area), *(_point(version) for version in versions)]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, json_dumps_params={"ensure_ascii": False}
    )


def _outlines(area: Division | None) -> list[dict[str, Any]]:
    """Return the outline of the area's street, or those of the districts."""
    if area is None:
        return boundary_features("", Level.COUNTY)
    if area.level < Level.STREET:
        return boundary_features(area.path, Level.STREET)
    street = area.parent if area.level > Level.STREET and area.parent else area
    return boundary_features(street.path, Level.STREET)


def _point(version: PublicVersion) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [version.lng, version.lat]},
        "properties": {
            "name": version.title[:12],
            "url": reverse("matters:public_detail", args=[version.public_id]),
        },
    }


@require_GET
def public_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one published version: its own words, never those of the report."""
    version = public_get(public_id)
    context = {
        "version": version,
        "photos": list(version.photos.all()),
        "affected": version.affected.count(),
        "is_affected": is_affected(actor_of(request), version),
        "may_reopen": _may_reopen(actor_of(request), version),
        "place": division_name(version.area_path),
    }
    return render(request, "matters/resident/public_detail.html", context)


def _may_reopen(actor: Actor, version: PublicVersion) -> bool:
    return can_start_move(version.matter, "ask_reopen") and can_ask_reopen(actor, version.matter)


@require_http_methods(["GET", "POST"])
@actor_required
def public_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let somebody who said 我也遇到了 ask to open a closed matter again."""
    actor, version = actor_of(request), public_get(public_id)
    if not _may_reopen(actor, version):
        raise NotFound
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.reopen_ask(actor=actor, matter_id=version.matter_id, reason=reason)
        messages.success(request, _("已交给街镇决定。"))
        return redirect("matters:public_detail", public_id=public_id)
    context = {"version": version, "form": form}
    return render(request, "matters/resident/public_reopen.html", context, status=422 if form.errors else 200)


@require_GET
def public_photo_show(
    request: HttpRequest, public_id: UUID, photo_id: UUID, variant: str
) -> HttpResponseBase:
    """Show the public copy of a photo that was chosen for a published version."""
    copy = public_photo(public_get(public_id), photo_id)
    return public_copy_response(request, copy, "thumb" if variant == "thumb" else "clean")


@actor_required
def affected(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that it happened to oneself too, or take that back; signing in comes first and leads back."""
    actor, version = actor_of(request), public_get(public_id)
    if request.method != "POST":
        return redirect("matters:public_detail", public_id=public_id)
    if "remove" in request.POST:
        services.affected_remove(actor=actor, public_id=version.public_id)
        messages.success(request, _("已取消。"))
    else:
        services.affected_add(actor=actor, public_id=version.public_id)
        messages.success(request, _("已记下您也遇到了。"))
    return redirect("matters:public_detail", public_id=public_id)


@require_GET
def affairs(request: HttpRequest, code: str) -> HttpResponse:
    """Show a community's 三事清单: what government, the community and each person answer for."""
    division = division_by_code(code)
    if not _has_affairs(division):
        raise NotFound
    context = {
        "division": division,
        "name": division_name(division),
        "affairs": selectors.affairs_list(division.path),
    }
    response = render(request, "matters/resident/affairs.html", context)
    if NEIGHBOURHOOD_COOKIE not in request.COOKIES:
        neighbourhood_keep(response, division.code)
    return response
