"""The record page: where a matter stands, the next step, its story left, its facts right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import person_names
from linli.foundation.files.views import file_response, proposals_response
from linli.foundation.places.models import Compound, Level
from linli.foundation.places.selectors import division_name, is_map_schematic
from linli.registers.organizations.roster.selectors import on_duty_over

from .. import selectors
from ..catalog.answers import answers_words
from ..catalog.rules import questions_of
from ..catalog.selectors import duty_row_of
from ..clusters.selectors import cluster_of_matter
from ..models import Matter
from ..permissions import can_reveal_reporter
from ..routing.selectors import ruling_of_record
from ..services import reporter_reveal
from ..whistles.models import Whistle
from ..whistles.selectors import whistles_of_matter
from . import selectors as desk_selectors
from .actions import SENT
from .forms import RevealForm
from .joined import joined_acts
from .keeping import page
from .papers import papers_offered
from .shown import (
    assignment_level,
    clock_level,
    earlier_limit,
    state_tone,
    step_details,
    step_icon,
    step_tone,
)
from .table import ACTIONS

REVEALED = "revealed"


@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one matter to whom it may concern."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    found = selectors.actions_for(actor, matter)
    # What only the reporter does stands on the reporter's own page, also where the reporter is staff.
    offered = [_button(matter, action) for action in found if action.code in ACTIONS]
    codes = {action["code"] for action in offered}
    facts = _facts(actor, matter)
    context = {
        "matter": matter,
        "first": next((action for action in offered if action["is_primary"]), None),
        "others": [action for action in offered if not action["is_primary"]],
        "tone": state_tone(matter.state),
        "level": clock_level(matter),
        "earlier": earlier_limit(matter),
        "story": [_step(step, facts["whistles"]) for step in selectors.story_list(actor, matter)],
        "sent_form": request.session.pop(SENT, ""),
        "joined": joined_acts(actor, matter),
        "publishes": "publish" in codes,
        "transcribes": "note" in codes and any(not file.is_photo for file in facts["photos"]),
        **facts,
    }
    return page(request, "record", context)


def _button(matter: Matter, action: Any) -> dict[str, Any]:
    """Return what a template needs to draw one action."""
    arguments = [matter.public_id, action.code, *([action.subject_key] if action.subject_key else [])]
    name = "matters:action_on" if action.subject_key else "matters:action"
    row = ACTIONS[action.code]
    return {
        "label": action.label,
        "help": action.help,
        "who_is_told": action.who_is_told,
        "is_primary": action.is_primary,
        "is_one_press": not row.form.base_fields.keys() - {"version"} and not row.form.has_photos,
        "icon": row.icon,
        "code": action.code,
        "url": reverse(name, args=arguments),
    }


def _step(step: Any, whistles: Iterable[Whistle]) -> dict[str, Any]:
    """Return a step for the story; it leads to a whistle only who may open that."""
    link = step.facts.get("link", "")
    known = {reverse("whistles:record", args=[whistle.public_id]) for whistle in whistles}
    return {
        "step": step,
        "link": link if link in known or not link.startswith(reverse("whistles:list")) else "",
        "icon": step_icon(step.verb),
        "tone": step_tone(step.verb),
        "details": step_details(step.verb, step.facts),
    }


def _facts(actor: Actor, matter: Matter) -> dict[str, Any]:
    ready = list(matter.photos.filter(state="ready"))
    readable = selectors.files_readable(actor, matter, ready)
    assignments = list(matter.assignments.select_related("unit").order_by("round", "sent_at"))
    is_paused = matter.state == "suspended"
    names = person_names([matter.intake_by_id, matter.class_set_by_id, matter.class_confirmed_by_id])
    return {
        "place": division_name(matter.area_path, Level.STREET),
        "duty_row": duty_row_of(matter.category, on=local_date(matter.reported_at)),
        "on_duty": on_duty_over(matter.area_path),
        "point": _point(matter),
        "map_url": _map_url(matter),
        "is_schematic": is_map_schematic(),
        "papers": papers_offered(actor, matter, assignments),
        "assignments": [(row, assignment_level(row, is_paused)) for row in assignments],
        "ruling": ruling_of_record(actor, matter),
        "requests": list(matter.requests.filter(outcome="").select_related("asked_unit")),
        "questions": list(matter.questions.all()),
        "answers": answers_words(
            questions_of(matter.category.questions) if matter.category else (), matter.answers
        ),
        "documents": desk_selectors.document_list(matter),
        "photos": readable,
        "withholds": len(readable) < len(ready),
        "public": getattr(matter, "public_version", None),
        "merged_here": list(matter.merged.all()),
        "cluster": cluster_of_matter(actor, matter.pk),
        "whistles": whistles_of_matter(actor, matter.pk),
        "intake_name": names.get(matter.intake_by_id or 0, ""),
        "class_set_name": names.get(matter.class_set_by_id or 0, ""),
        "class_confirmed_name": names.get(matter.class_confirmed_by_id or 0, ""),
        "may_reveal": can_reveal_reporter(actor, matter),
        "has_reporter": bool(matter.reporter_id or matter.reporter_phone or matter.reporter_name),
    }


def _point(matter: Matter) -> Matter | Compound | None:
    """Return what carries the position to show: the matter's own, else its compound's."""
    if matter.lat is not None:
        return matter
    return matter.compound if matter.compound and matter.compound.lat is not None else None


def _map_url(matter: Matter) -> str:
    """Return where the outlines around the place come from: the streets of its district."""
    codes = matter.area_path.split("/")
    return f"{reverse('places:map_divisions')}?parent={codes[2]}" if len(codes) > 3 else ""


@desk_page
def reporter_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for a purpose, then show who reported; the look is recorded and shown to the reporter."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    if not can_reveal_reporter(actor, matter):
        raise NotAllowed(_("您的岗位不能查看反映人信息。"), hint=_("需要联系时，请联系居委会或街镇。"))
    form = RevealForm(request.POST if request.method == "POST" else None)
    contact = None
    if request.method == "POST" and form.is_valid():
        contact = reporter_reveal(actor=actor, matter_id=matter.pk, purpose=form.words())
    context = {"matter": matter, "form": form, "contact": contact}
    response = page(request, "reporter", context, 422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@staff_required
def photo(request: HttpRequest, public_id: UUID, photo_id: UUID, variant: str) -> HttpResponse:
    """Send a photo of a matter to those who may see the matter."""
    if variant not in ("clean", "thumb"):
        raise NotFound
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    stored = desk_selectors.photo_get(actor, matter, photo_id)
    return cast(HttpResponse, file_response(request, stored, "thumb" if variant == "thumb" else "clean"))


@require_GET
@staff_required
def photo_proposals(request: HttpRequest, public_id: UUID, photo_id: UUID) -> JsonResponse:
    """Answer where a photo probably shows faces and number plates; somebody decides about each."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    found = desk_selectors.photo_proposals(actor, matter, photo_id)
    return proposals_response(found)
