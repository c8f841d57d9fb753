"""Acting on matters: reporting, and one address a move; each is a call of one service."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Schema, Status

from linli.core.actor import Function, Scope
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import unit_by_public_id
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Nothing, request_key_of
from linli.foundation.files.models import StoredFile

from .. import selectors, services
from ..models import Category, Matter
from ..place import place_of
from ..refusals import invalid
from ..resident.browser import owner_keys
from ..rules import Origin
from ..satisfaction.services import revisit_record
from ..selectors.offers import OFFERS
from ..whistles.services import whistle_blow
from . import shapes as form
from .reading import router

Input = type[Schema]


# -- from words to records ----------------------------------------------------
def _owners(request: HttpRequest) -> list[str]:
    """Return under which keys photos may have been kept; a client's cookies are nobody's."""
    actor = actor_of(request)
    return [actor.key] if actor.function == Function.CLIENT else owner_keys(request)


def _photos(request: HttpRequest, ids: Iterable[UUID]) -> list[StoredFile]:
    wanted = list(ids)
    found = list(StoredFile.objects.filter(public_id__in=wanted, uploaded_by__in=_owners(request)))
    if len(found) != len(set(wanted)):
        raise invalid(photos=gettext("有照片没有找到，请重新上传。"))
    return found


def _any_photos(request: HttpRequest, ids: Iterable[UUID]) -> list[StoredFile]:
    """Return photos whoever uploaded them; that they are the matter's own, the service makes sure."""
    wanted = list(ids)
    found = list(StoredFile.objects.filter(public_id__in=wanted).order_by("pk"))
    if len(found) != len(set(wanted)):
        raise invalid(photos=gettext("所选的里面有不是这件事的照片。"))
    return found


def _category(request: HttpRequest, code: str | None) -> Category | None:
    found = Category.objects.offered().filter(code=code).first() if code else None
    if code and found is None:
        raise invalid(category=gettext("没有“%s”这个类别。") % code[:40])
    return found


def _unit(request: HttpRequest, public_id: UUID | None) -> Any:
    return unit_by_public_id(str(public_id)) if public_id else None


def _units(request: HttpRequest, ids: Iterable[UUID]) -> list[Any]:
    return [_unit(request, public_id) for public_id in ids]


READ: Mapping[str, tuple[str, Callable[[HttpRequest, Any], Any]]] = {
    "photos": ("photos", _photos),
    "public_photos": ("photos", _any_photos),
    "category": ("category", _category),
    "unit": ("unit", _unit),
    "about_unit": ("about_unit", _unit),
    "next_unit": ("next_unit", _unit),
    "proposed_unit": ("proposed_unit", _unit),
    "units": ("units", _units),
    "lead": ("lead", _unit),
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


# -- reporting ------------------------------------------------------------------
@router.post(
    "",
    response={201: form.MatterOut},
    auth=let_in(Scope.MATTERS_REPORT),
    summary=_("上报事项"),
    operation_id="matter_report",
    description=_(
        "写明发生了什么（text）、在哪里（place）。place 可以是 committee:区划代码、street:区划代码、"
        "compound:小区标识，或 point:@经度,纬度（WGS-84）。请带 Idempotency-Key："
        "网络中断后原样重发，不会重复登记。"
    ),
)
def report(request: HttpRequest, body: form.ReportIn) -> Status[Matter]:
    """Report something."""
    said = _arguments(request, body)
    origin = Origin(said.pop("source"), said.pop("source_number"), said.pop("source_due_at"))
    key = request_key_of(request)
    stored = services.matter_report(actor=actor_of(request), origin=origin, request_key=key, **said)
    return Status(201, stored)


# -- one address a move ---------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Row:
    """A move: its address, its service, its input, and what it is about besides the matter.

    ``offer`` is the code of the page's button where it differs; ``words`` stand where there is none.
    """

    code: str
    service: Callable[..., Any]
    body: Input
    about: str = "matter"
    offer: str = ""
    words: tuple[str, str] = ("", "")

    @property
    def said(self) -> tuple[str, str]:
        """What the move is called and what it does, in the page's words."""
        known = {offer.code: (offer.label, offer.help) for offer in reversed(OFFERS)}
        return self.words if self.words[0] else known[self.offer or self.code.replace("-", "_")]


# What a unit's own system may do with what was handed to its unit; everything else is for people.
FOR_CLIENTS = frozenset({"sign", "ask-return", "ask-extension", "ask-pause", "answer", "result", "note"})
MOVES = (
    Row("accept", services.matter_accept, form.Noted),
    Row("decline", services.matter_decline, form.Declined),
    Row("withdraw", services.matter_withdraw, form.Reasoned),
    Row("merge", services.matter_merge, form.Merged),
    Row("split", services.matter_split, form.Reasoned),
    Row("place", services.matter_place_set, form.Placed, offer="place_set"),
    Row("sort", services.matter_sort, form.Sorted),
    Row("confirm-class", services.matter_class_confirm, form.Confirmed),
    Row("guide", services.matter_guide, form.Guided),
    Row("confirm-guidance", services.guidance_confirm, form.Plain),
    Row("object", services.guidance_object, form.Reasoned),
    Row("start-discussion", services.matter_discussion_start, form.Discussed),
    Row("finish-discussion", services.matter_discussion_finish, form.Resolved),
    Row("end-discussion", services.matter_discussion_end, form.Reasoned),
    Row("mandatory-report", services.mandatory_report, form.Reported),
    Row("hand-over", services.matter_hand_over, form.HandedOver),
    Row("rehand", services.matter_rehand, form.Rehanded),
    Row("send-back", services.matter_send_back, form.SentBack),
    Row("straight-back", services.matter_straight_back, form.Reasoned),
    Row("ask-countersign", services.countersign_ask, form.CountersignAsked),
    Row("whistle", whistle_blow, form.Whistled),
    Row("resume", services.matter_resume, form.Reasoned),
    Row("verify", services.matter_verify, form.Verified),
    Row("rate", services.matter_rate, form.Rated),
    Row("revisit", revisit_record, form.Revisited, words=(_("回访"), _("没有经手的人问反映人办得怎么样"))),
    Row("ask-reopen", services.reopen_ask, form.Because),
    Row("ask", services.question_ask, form.Asked),
    Row("note", services.note_add, form.Remark),
    Row("remind", services.matter_remind, form.Reminded),
    Row("supervise", services.matter_supervise, form.Supervised),
    Row("publish", services.matter_publish, form.Published),
    Row("unpublish", services.matter_unpublish, form.Because),
    Row("protect", services.matter_protect, form.Because),
    Row("sign", services.assignment_sign, Nothing, "assignment"),
    Row("ask-return", services.assignment_return_ask, form.Returned, "assignment"),
    Row("ask-extension", services.extension_ask, form.Extended, "assignment"),
    Row("ask-pause", services.pause_ask, form.Paused, "assignment"),
    Row("answer", services.assignment_answer, form.Answered, "assignment"),
    Row("waive", services.assignment_waive, form.Because, "assignment"),
    Row("recall", services.assignment_recall, form.Because, "assignment"),
    Row("retract-result", services.result_retract, form.Because, "assignment"),
    Row("countersign", services.assignment_countersign, form.Countersigned, "assignment"),
    Row("result", services.result_report, form.Done, "assignment", "report_result"),
    Row(
        "decide",
        services.request_decide,
        form.Decided,
        "request",
        words=(_("审批延期或挂起"), _("同意后时限随之变动")),
    ),
    Row("withdraw", services.request_withdraw, Nothing, "request", "withdraw_request"),
    Row("decide-return", services.return_decide, form.ReturnDecided, "request"),
    Row("decide-reopen", services.reopen_decide, form.ReopenDecided, "request"),
    Row("answer", services.question_answer, form.Replied, "question", "answer_question"),
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
    subject = {f"{row.about}_id": about.pk}
    row.service(actor=actor, **subject, **_arguments(request, body), request_key=request_key_of(request))
    # Whoever has just moved it elsewhere may no longer see it, and is told all the same how it stands.
    return Matter.objects.select_related("category").get(pk=found.pk)


def _mount(row: Row) -> None:
    schema = row.body

    def act(request: HttpRequest, public_id: UUID, body: schema) -> Matter:  # type: ignore[valid-type]
        return _act(request, row, public_id, body)

    def act_on(request: HttpRequest, public_id: UUID, key: UUID, body: schema) -> Matter:  # type: ignore[valid-type]
        return _act(request, row, public_id, body, key)

    is_own = row.about == "matter"
    where = "" if is_own else f"/{row.about}s/{{uuid:key}}"
    is_for_clients = row.code in FOR_CLIENTS and row.about != "question"
    router.post(
        f"/{{uuid:public_id}}{where}/{row.code}",
        response=form.MatterOut,
        auth=let_in(Scope.MATTERS_ACT) if is_for_clients else let_in(),
        operation_id=f"{row.about}_{row.code.replace('-', '_')}",
        summary=row.said[0],
        description=row.said[1],
    )(act if is_own else act_on)


for _row in MOVES:
    _mount(_row)
