"""Open311 for people: what it is and how to use it, and which keys and jurisdictions a unit has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.core.actor import Scope
from linli.foundation.accounts.middleware import ActorRequest
from linli.foundation.accounts.permissions import actor_of, administrator_required
from linli.foundation.places.models import Division

from .document import ERRORS, LISTED, POSTED
from .selectors import jurisdictions_of, keys_of, published_counts, service_list


def _common(example: str) -> dict[str, Any]:
    base = settings.BASE_URL.rstrip("/")
    return {
        "base": f"{base}{reverse('open311:guide')}v2",
        "discovery": f"{base}{reverse('open311:discovery', args=['json'])}",
        "example": example,
        "media_hosts": settings.OPEN311_MEDIA,
    }


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """Explain the interface to whoever builds on it: addresses, jurisdictions, services, examples, errors."""
    example = settings.HOME_PLACE or _first_code()
    context = _common(example) | {
        "services": service_list(),
        "filters": LISTED,
        "fields": POSTED.items(),
        "errors": ERRORS.items(),
    }
    return render(request, "open311/guide.html", context)


def _first_code() -> str:
    found = Division.objects.on().filter(units__isnull=False).order_by("-level", "code").first()
    return found.code if found else ""


@require_GET
@administrator_required
def settings_page(request: ActorRequest) -> HttpResponse:
    """Show an administrator the keys and jurisdictions of their units, and what is public there."""
    actor = actor_of(request)
    places = jurisdictions_of(actor)
    counts = published_counts(places)
    keys = list(keys_of(actor))
    context = _common(places[0].code if places else "") | {
        "jurisdictions": [(place, counts[place.path]) for place in places],
        "keys": [key for key in keys if Scope.MATTERS_REPORT in key.scopes],
        "service_count": len(service_list()),
    }
    return render(request, "open311/settings.html", context)
