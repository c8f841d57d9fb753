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
from linli.registers.residents.rounding import rounded

from ...language.columns import columns
from ...models import Policy, Preview
from ..amounts import cost_words
from ..drafts import digest_of
from ..previewing import PER_WEEK
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
    """Return what is shown: people to the nearest ten and small numbers not at all; what they cost was kept
    like that.

    Authors choose the conditions: exact numbers would answer any question about a single person.
    """
    result, known = preview.result, columns()
    of_household = preview.version.policy.unit == Policy.Unit.HOUSEHOLD
    people = ("eligible", "unknown", "worth", "gain", "lose", "more", "less")
    return {
        **result,
        **{name: rounded(result[name]) for name in people if name in result},
        **_per_worker(result),
        "unit": _("户") if of_household else _("人"),
        "year": _said(result["year"]),
        "areas": _areas(result["areas"]),
        "missing": [
            (known[one].label if one in known else one, rounded(count)) for one, count in result["missing"]
        ],
        "against": _against(result) if result["before"] else [],
    }


def _areas(areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = division_names({f"{area['code']}/" for area in areas})
    return [
        {
            **{name: rounded(area[name]) for name in ("eligible", "unknown", "refused")},
            "name": names[f"{area['code']}/"] or _("所在区不明"),
            "cost": _said(area["cost"]),
        }
        for area in areas
    ]


def _per_worker(result: dict[str, Any]) -> dict[str, Any]:
    leads, workers = rounded(result["leads"]), result["workers"]
    each = -(-leads.drawn // workers) if workers else 0
    return {"per_worker": each if leads.value else leads, "weeks": max(-(-each // PER_WEEK), 1)}


def _said(cost: int | None) -> str:
    return "—" if cost is None else cost_words(cost)


def _against(result: dict[str, Any]) -> list[tuple[str, Any, Any, str]]:
    """Return the lines of the comparison: what, the version in force, the draft, by how much."""
    was, now = rounded(result["was_eligible"]), rounded(result["eligible"])
    cost_was, cost_now = result["was_year"], result["year"]
    people, cost = _more(was.value, now.value), _more(cost_was, cost_now)
    return [
        (_("符合的"), was, now, "—" if people is None else _signed(people)),
        (_("一年要多少钱"), _said(cost_was), _said(cost_now), "+" * bool(cost and cost > 0) + _said(cost)),
    ]


def _more(was: int | None, now: int | None) -> int | None:
    return None if was is None or now is None else now - was


def _signed(people: int) -> str:
    return f"{people:+,}".replace("-", "−") if people else "0"
