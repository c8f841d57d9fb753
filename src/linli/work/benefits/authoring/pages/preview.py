"""What a draft would mean: asked for with one press, shown when the worker has reckoned it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from linli.core.errors import Conflict
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.selectors import division_names

from ...language.columns import columns
from ...models import Policy, Preview
from ..amounts import cost_words
from ..drafts import digest_of
from ..services.previews import preview_ask
from .draft import draft_context
from .shared import page, work_of


@desk_page
def preview_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for a preview, or show the newest."""
    version = work_of(request, public_id)
    if request.method == "POST":
        try:
            preview_ask(actor=actor_of(request), policy_id=version.policy_id)
        except Conflict as refusal:
            messages.error(request, f"{refusal.message}{refusal.hint}")
        return redirect("benefits:preview", public_id)
    preview = version.previews.select_related("snapshot").first()
    context = {
        **draft_context(request, version),
        "preview": preview,
        "is_old": preview is not None and preview.digest != digest_of(version),
        "found": _found(preview) if preview and preview.result else None,
    }
    return page(request, "preview", context)


def _found(preview: Preview) -> dict[str, Any]:
    result, known = preview.result, columns()
    names = division_names({f"{area['code']}/" for area in result["areas"]})
    unknown = _("所在区不明")
    areas = [
        {**area, "name": names[f"{area['code']}/"] or unknown, "cost": cost_words(area["amount"])}
        for area in result["areas"]
    ]
    of_household = preview.version.policy.unit == Policy.Unit.HOUSEHOLD
    return {
        **result,
        "unit": _("户") if of_household else _("人"),
        "year": cost_words(result["year"]),
        "areas": areas,
        "missing": [(known[one].label if one in known else one, count) for one, count in result["missing"]],
        "against": _against(result) if result.get("was_year") is not None else [],
    }


def _against(result: dict[str, Any]) -> list[tuple[str, Any, Any, str]]:
    """Return the lines of the comparison: what, the version in force, the draft, by how much."""
    people = result["eligible"] - result["was_eligible"]
    cost = result["year"] - result["was_year"]
    return [
        (
            _("符合的"),
            result["was_eligible"],
            result["eligible"],
            f"{people:+,}".replace("-", "−") if people else "0",
        ),
        (
            _("一年要多少钱"),
            cost_words(result["was_year"]),
            cost_words(result["year"]),
            ("+" if cost > 0 else "") + cost_words(cost),
        ),
    ]
