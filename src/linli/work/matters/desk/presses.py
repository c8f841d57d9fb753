"""What may be pressed beside this room's duties on the page 待办."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.foundation.duties.models import Duty
from linli.foundation.duties.todoparts import BulkBar, Press

from ..models import Assignment, HandlingRequest, Matter
from .bulk import bulk_choices
from .table import ACTIONS

# duty → the desk's action; those on an assignment or a request are about the actor's own, or the open one
ON_MATTER = {
    "accept": "accept",
    "sort": "sort",
    "confirm_class": "confirm_class",
    "discuss": "finish_discussion",
    "verify": "verify",
    "resume": "resume",
    "mandatory_report": "mandatory_report",
}
ON_ASSIGNMENT = {"sign": "sign", "attend": "sign", "handle": "report_result", "answer": "answer"}
ON_REQUEST = {
    "decide_return": "return",
    "decide_extension": "extension",
    "decide_pause": "pause",
    "decide_reopen": "reopen",
}
ONE_PRESS = frozenset({"accept", "sign"})
# What has climbed to these is looked at on the record and supervised there; its act stays with those below.
ABOVE = frozenset({Function.DISTRICT, Function.CITY})


def duty_presses(actor: Actor, duties: Sequence[Duty]) -> Mapping[str, Sequence[Press]]:
    """Return for each duty its own act, at once where one press is enough, and a note (three queries)."""
    keys = {duty.subject_id for duty in duties if _is_key(duty.subject_id)}
    rows = Matter.objects.filter(public_id__in=keys).only("public_id", "version", "class_set_by_id")
    matters = {str(matter.public_id): matter for matter in rows}
    whose = [matter.pk for matter in matters.values()]
    own = Assignment.objects.filter(matter__in=whose, unit_id=actor.unit_id or 0, ended_at__isnull=True)
    parts = dict(own.values_list("matter_id", "public_id"))
    asked = HandlingRequest.objects.filter(matter__in=whose, outcome="")
    requests = {(pk, kind): key for pk, kind, key in asked.values_list("matter_id", "kind", "public_id")}
    found: dict[str, list[Press]] = {}
    for duty in duties:
        if (matter := matters.get(duty.subject_id)) is not None:
            # Whoever set a class does not confirm it: beside that duty they only add a note.
            is_own = duty.action == "confirm_class" and matter.class_set_by_id in actor.person_ids
            is_above = actor.function in ABOVE
            acts = [] if is_own or is_above else _presses(duty, matter, parts, requests)
            found[str(duty.pk)] = acts if is_above else [*acts, _note(matter)]
    return found


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _presses(
    duty: Duty, matter: Matter, parts: Mapping[int, UUID], requests: Mapping[tuple[int, str], UUID]
) -> list[Press]:
    presses = []
    if duty.action in ON_MATTER:
        presses.append(_press(duty, matter, ON_MATTER[duty.action], None))
    elif duty.action in ON_ASSIGNMENT and matter.pk in parts:
        presses.append(_press(duty, matter, ON_ASSIGNMENT[duty.action], parts[matter.pk]))
    elif duty.action in ON_REQUEST and (key := requests.get((matter.pk, ON_REQUEST[duty.action]))):
        presses.append(_press(duty, matter, duty.action, key))
    return presses


def _note(matter: Matter) -> Press:
    url = reverse("matters:action", args=[matter.public_id, "note"])
    return Press(_("补记"), ACTIONS["note"].icon, url)


def _press(duty: Duty, matter: Matter, code: str, key: UUID | None) -> Press:
    arguments: list[Any] = [matter.public_id, code, *([str(key)] if key else [])]
    url = reverse("matters:action_on" if key else "matters:action", args=arguments)
    fields = {"version": str(matter.version)} if code in ONE_PRESS else {}
    return Press(_(duty.action_label), ACTIONS[code].icon, url, code in ONE_PRESS, fields)


def bulk_bar(actor: Actor) -> BulkBar:
    """Return what this actor may do to several of this room's duties at once."""
    return BulkBar(reverse("matters:bulk"), bulk_choices(actor))
