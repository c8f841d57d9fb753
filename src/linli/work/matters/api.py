"""Matters as JSON: the same services and selectors as the pages, one address a move.

Session sign-in with CSRF; an ``Idempotency-Key`` header makes a repeated request give the first result.
Refusals are ``{code, message, hint, details, request_id}`` with the page's status.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import unit_by_public_id
from linli.foundation.files.models import StoredFile

from . import selectors, services
from .models import Category, Matter
from .place import place_of
from .refusals import invalid
from .resident.browser import owner_keys
from .rules import Origin
from .selectors import MatterFilters

router = Router(tags=["matters"])
MOST = 100
Input = type[Schema]


# -- what goes out ------------------------------------------------------------
class MatterOut(Schema):
    """A matter as whoever may see it reads it; never who reported it."""

    public_id: UUID
    number: str
    version: int
    state: str
    state_label: str = Field(alias="get_state_display")
    title: str
    text: str
    category: str | None = Field(None, alias="category.code")
    affair_class: str
    place_code: str
    address: str
    is_emergency: bool
    round: int
    reported_at: datetime
    due_at: datetime | None
    due_is_provisional: bool
    closed_at: datetime | None
    closed_as: str
    source: str
    source_number: str
    source_due_at: datetime | None


class PageOut(Schema):
    """One page of a list and how many there are in all."""

    count: int
    items: list[MatterOut]


class ActionOut(Schema):
    """What may be done now, and to which assignment, request, question or document."""

    code: str
    label: str
    help: str
    is_primary: bool
    subject_key: str


class StepOut(Schema):
    """One step of the story."""

    verb: str
    label: str
    at: datetime
    who: str
    note: str


class RecordOut(Schema):
    """A matter with its story and the next steps."""

    matter: MatterOut
    actions: list[ActionOut]
    story: list[StepOut]


# -- what comes in ------------------------------------------------------------
class Plain(Schema):
    """The version that was read; acts on an assignment, a request or a question need none."""

    version: int | None = None


class Noted(Plain):
    note: str = ""


class Reasoned(Plain):
    reason: str = ""


class Declined(Reasoned):
    where_to_go: str


class Merged(Reasoned):
    target: UUID


class Placed(Plain):
    place: str
    address: str = ""


class Sorted(Reasoned):
    affair_class: str
    category: str | None = None
    about_unit: UUID | None = None
    is_complaint: bool = False


class Confirmed(Plain):
    council_on: date
    minutes: str


class Guided(Reasoned):
    guidance: str
    target_link: str = ""


class Discussed(Plain):
    topic_link: str


class Resolved(Plain):
    resolution: str
    unit: UUID | None = None


class Reported(Noted):
    authority: str


class HandedOver(Reasoned):
    affair_class: str
    unit: UUID
    co_units: list[UUID] = []
    instruction: str = ""


class Rehanded(Reasoned):
    unit: UUID


class Whistled(Noted):
    cause: str
    units: list[UUID]
    place_words: str
    at: datetime


class Verified(Plain):
    is_passed: bool
    finding: str
    is_unverifiable: bool = False
    photos: list[UUID] = []


class Rated(Schema):
    was_contacted: bool
    was_solved: bool
    was_satisfied: bool
    comment: str = ""


class Because(Schema):
    reason: str


class Returned(Because):
    proposal: str


class Extended(Because):
    new_due_on: date


class Paused(Because):
    lawful_reason: str
    until_on: date


class Answered(Schema):
    result: str
    photos: list[UUID] = []


class Done(Answered):
    done_at: datetime | None = None


class Decided(Schema):
    is_granted: bool
    decision: str


class DecidedForUnit(Decided):
    unit: UUID | None = None


class ReturnDecided(DecidedForUnit):
    is_final: bool = False


class ReopenDecided(DecidedForUnit):
    affair_class: str = ""


class Asked(Schema):
    text: str


class Replied(Schema):
    answer: str
    photos: list[UUID] = []


class Remark(Schema):
    note: str
    photos: list[UUID] = []


class Supervised(Schema):
    note: str
    due_on: date | None = None


class Published(Schema):
    title: str
    text: str


class Nothing(Schema):
    """No input beside the address."""


class ReportIn(Schema):
    """A report; ``place`` is ``committee:CODE``, ``compound:ID``, ``street:CODE`` or ``point:@lng,lat``."""

    text: str = ""
    place: str
    address: str = ""
    happened_at: datetime | None = None
    channel: str = "web"
    category: str | None = None
    on_behalf: bool = False
    reporter_name: str = ""
    reporter_phone: str = ""
    beneficiary_name: str = ""
    beneficiary_relation: str = ""
    is_complaint: bool = False
    photos: list[UUID] = []
    source: str = ""
    source_number: str = ""
    source_due_at: datetime | None = None


# -- from words to records ----------------------------------------------------
def _photos(request: HttpRequest, ids: Iterable[UUID]) -> list[StoredFile]:
    wanted = list(ids)
    found = list(StoredFile.objects.filter(public_id__in=wanted, uploaded_by__in=owner_keys(request)))
    if len(found) != len(set(wanted)):
        raise invalid(photos="有照片没有找到，请重新上传。")
    return found


def _category(request: HttpRequest, code: str | None) -> Category | None:
    found = Category.objects.filter(code=code, is_active=True).first() if code else None
    if code and found is None:
        raise invalid(category=f"没有“{code[:40]}”这个类别。")
    return found


def _unit(request: HttpRequest, public_id: UUID | None) -> Any:
    return unit_by_public_id(str(public_id)) if public_id else None


def _units(request: HttpRequest, ids: Iterable[UUID]) -> list[Any]:
    return [_unit(request, public_id) for public_id in ids]


READ: Mapping[str, tuple[str, Callable[[HttpRequest, Any], Any]]] = {
    "photos": ("photos", _photos),
    "category": ("category", _category),
    "unit": ("unit", _unit),
    "about_unit": ("about_unit", _unit),
    "units": ("units", _units),
    "co_units": ("co_units", _units),
    "place": ("place", lambda request, token: place_of(token)),
    "place_words": ("place", lambda request, words: words),
    "target": ("target_id", lambda request, public_id: selectors.matter_get(actor_of(request), public_id).pk),
}


def _arguments(request: HttpRequest, body: Schema) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in body.dict().items():
        known, read = READ.get(name, (name, lambda request, value: value))
        said[known] = read(request, value)
    return said


# -- reading ------------------------------------------------------------------
@router.get("", response=PageOut)
def matters(
    request: HttpRequest, q: str = "", stage: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the matters that the caller may see, nearest limit first."""
    rows = selectors.matter_list(actor_of(request), filters=MatterFilters(q=q, stage=stage, state=state))
    start = max(offset, 0)
    return {"count": rows.count(), "items": list(rows[start : start + min(max(limit, 1), MOST)])}


@router.get("/{uuid:public_id}", response=RecordOut)
def matter(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return one matter with its story and what the caller may do next."""
    actor = actor_of(request)
    found = selectors.matter_get(actor, public_id)
    return {
        "matter": found,
        "actions": selectors.actions_for(actor, found),
        "story": selectors.story_list(actor, found) if actor.is_staff else [],
    }


@router.post("", response={201: MatterOut})
def report(request: HttpRequest, body: ReportIn) -> Status[Matter]:
    """Report something."""
    said = _arguments(request, body)
    origin = Origin(said.pop("source"), said.pop("source_number"), said.pop("source_due_at"))
    key = request.headers.get("Idempotency-Key", "")
    stored = services.matter_report(actor=actor_of(request), origin=origin, request_key=key, **said)
    return Status(201, stored)


# -- one address a move ---------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Row:
    """A move: its address, its service, its input, and what it is about besides the matter."""

    code: str
    service: Callable[..., Any]
    body: Input
    about: str = "matter"
    is_repeatable: bool = True


MOVES = (
    Row("accept", services.matter_accept, Noted),
    Row("decline", services.matter_decline, Declined),
    Row("withdraw", services.matter_withdraw, Reasoned),
    Row("merge", services.matter_merge, Merged),
    Row("place", services.matter_place_set, Placed),
    Row("sort", services.matter_sort, Sorted),
    Row("confirm-class", services.matter_class_confirm, Confirmed),
    Row("guide", services.matter_guide, Guided),
    Row("confirm-guidance", services.guidance_confirm, Plain),
    Row("object", services.guidance_object, Reasoned),
    Row("start-discussion", services.matter_discussion_start, Discussed),
    Row("finish-discussion", services.matter_discussion_finish, Resolved),
    Row("end-discussion", services.matter_discussion_end, Reasoned),
    Row("mandatory-report", services.mandatory_report, Reported),
    Row("hand-over", services.matter_hand_over, HandedOver),
    Row("rehand", services.matter_rehand, Rehanded),
    Row("whistle", services.matter_whistle, Whistled),
    Row("resume", services.matter_resume, Reasoned),
    Row("verify", services.matter_verify, Verified),
    Row("rate", services.matter_rate, Rated, is_repeatable=False),
    Row("ask-reopen", services.reopen_ask, Because),
    Row("ask", services.question_ask, Asked),
    Row("note", services.note_add, Remark),
    Row("supervise", services.matter_supervise, Supervised),
    Row("publish", services.matter_publish, Published),
    Row("unpublish", services.matter_unpublish, Because, is_repeatable=False),
    Row("protect", services.matter_protect, Because),
    Row("sign", services.assignment_sign, Nothing, "assignment"),
    Row("ask-return", services.assignment_return_ask, Returned, "assignment"),
    Row("ask-extension", services.extension_ask, Extended, "assignment"),
    Row("ask-pause", services.pause_ask, Paused, "assignment"),
    Row("answer", services.assignment_answer, Answered, "assignment"),
    Row("waive", services.assignment_waive, Because, "assignment"),
    Row("result", services.result_report, Done, "assignment"),
    Row("decide", services.request_decide, Decided, "request"),
    Row("decide-return", services.return_decide, ReturnDecided, "request"),
    Row("decide-reopen", services.reopen_decide, ReopenDecided, "request"),
    Row("answer", services.question_answer, Replied, "question"),
)


def _subject(found: Matter, about: str, key: UUID) -> Model:
    row: Model | None = getattr(found, f"{about}s").filter(public_id=key).first()
    if row is None:
        raise NotFound
    return row


def _act(request: HttpRequest, row: Row, public_id: UUID, body: Schema, key: UUID | None = None) -> Matter:
    actor = actor_of(request)
    found = selectors.matter_get(actor, public_id)
    about = _subject(found, row.about, key) if key else found
    repeat = {"request_key": request.headers.get("Idempotency-Key", "")} if row.is_repeatable else {}
    row.service(actor=actor, **{f"{row.about}_id": about.pk}, **_arguments(request, body), **repeat)
    return selectors.matter_get(actor, public_id)


def _mount(row: Row) -> None:
    schema = row.body

    def act(request: HttpRequest, public_id: UUID, body: schema) -> Matter:  # type: ignore[valid-type]
        return _act(request, row, public_id, body)

    def act_on(request: HttpRequest, public_id: UUID, key: UUID, body: schema) -> Matter:  # type: ignore[valid-type]
        return _act(request, row, public_id, body, key)

    is_own = row.about == "matter"
    where = "" if is_own else f"/{row.about}s/{{uuid:key}}"
    said = (row.service.__doc__ or "").split("\n", 1)[0]
    router.post(
        f"/{{uuid:public_id}}{where}/{row.code}",
        response=MatterOut,
        operation_id=f"{row.about}_{row.code.replace('-', '_')}",
        summary=said,
    )(act if is_own else act_on)


for _row in MOVES:
    _mount(_row)
