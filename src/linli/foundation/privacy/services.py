"""Asking about one's own data, and answering."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import unit_list
from linli.foundation.accounts.services import own_data_export
from linli.foundation.audit.services import look_record
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.files.models import StoredFile
from linli.foundation.notices.selectors import subscription_of
from linli.foundation.notices.services import notice_queue

from .carrying import carrier_of
from .models import DataRequest
from .permissions import can_answer_request
from .rules import ANSWER_LIMIT, LONGEST, MOST_OPEN, URGE_LIMIT
from .selectors import LATE, URGE, Held, held_about, request_get

ROOM = "privacy"


def _text(name: str, text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        said = _("请填写，最多%(n)d个字。") % {"n": LONGEST}
        raise InvalidInput(said, details={name: said})
    return words


def _who_answers(actor: Actor) -> tuple[Unit | None, str]:
    """The committee of the neighbourhood that the person named, else the operators."""
    subscribed = subscription_of(actor)
    unit = unit_list(Function.COMMITTEE, subscribed.area_path).first() if subscribed else None
    return unit, subscribed.area_path if subscribed and unit else ""


@dataclass(frozen=True, slots=True)
class About:
    """Which record of another room a request is about, who answers it there, and what should stand in it."""

    subject_kind: str
    subject_id: str
    unit: Unit | None
    area_path: str
    proposal: Mapping[str, str] = field(default_factory=dict)


@service(idempotent=True)
def request_make(
    *, actor: Actor, kind: str, text: str, about: About | None = None, photo: StoredFile | None = None
) -> DataRequest:
    """Ask for something about one's data; somebody must answer with reasons within the limit."""
    if actor.person_id is None or actor.deputy_for is not None:
        raise NotAllowed(_("只能由本人提出。"), hint=_("请用本人的账号登录。"))
    if kind not in DataRequest.Kind.values:
        raise InvalidInput(details={"kind": _("请选择事由。")})
    words = _text("text", text)
    if DataRequest.objects.own(actor).filter(state=DataRequest.State.OPEN).count() >= MOST_OPEN:
        raise TooMany(_("您还有5份申请没有答复。"), hint=_("请等答复，或先撤回一份。"))
    unit, area_path = (about.unit, about.area_path) if about else _who_answers(actor)
    made = DataRequest(
        person_id=actor.person_id,
        unit=unit,
        area_path=area_path,
        kind=kind,
        text=words,
        subject_kind=about.subject_kind if about else "",
        subject_id=about.subject_id if about else "",
        proposal=json.dumps(dict(about.proposal), ensure_ascii=False) if about and about.proposal else "",
        photo=photo,
        made_at=clock.now(),
    )
    duty = _duty(made)
    made.due_at = duty.due_at
    made.save()
    record("data_request.make", made)
    return made


def _duty(made: DataRequest) -> Duty:
    return duty_open(
        room=ROOM,
        subject_id=str(made.public_id),
        subject_number="",
        title=str(made.get_kind_display()),
        url=f"/desk/settings/data-requests/{made.public_id}/",
        action="answer_data_request",
        action_label=_("答复个人信息申请"),
        area_path=made.area_path,
        limit=ANSWER_LIMIT,
        function=made.unit.function if made.unit else Function.OPERATOR,
        unit_id=made.unit_id,
    )


@service
def request_urge(*, actor: Actor, request_id: int) -> DataRequest:
    """Put an answer that a committee owes beyond the limit on its street's list; closes with the answer."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    found = _open_for(DataRequest.objects.select_related("unit").get(pk=request_id))
    duty_open(
        room=ROOM,
        subject_id=str(found.public_id),
        subject_number="",
        title=f"{found.get_kind_display()}（{found.unit}逾期未答复）",
        url=f"/desk/settings/data-requests/?state={LATE}",
        action=URGE,
        action_label=_("督促答复个人信息申请"),
        area_path=found.area_path,
        limit=URGE_LIMIT,
        function=Function.STREET,
    )
    record("data_request.urge", found)
    return found


@service
def request_open(*, actor: Actor, request_id: str) -> DataRequest:
    """Show a request with who made it to whoever answers it; the person sees the look."""
    found = request_get(actor, request_id)
    if not can_answer_request(actor, found):
        raise NotAllowed(_("不能办理自己的申请。"), hint=_("请由同事或运维人员答复。"))
    look_record(
        actor=actor,
        subject=found.person,
        fields=["name", "phone", *(["proposal"] if found.proposal else [])],
        purpose="答复本人的个人信息申请",
    )
    return found


@service
def request_answer(*, actor: Actor, request_id: str, is_granted: bool, answer: str) -> DataRequest:
    """Answer with what was done, or with why not and where the person may turn.

    Granting a request about a record of another room carries it out with the answer.
    """
    found = _open_for(request_get(actor, request_id))
    if not can_answer_request(actor, found):
        raise NotAllowed(_("不能答复自己的申请。"), hint=_("请由同事或运维人员答复。"))
    carrier = carrier_of(found)
    if is_granted and carrier is not None:
        carrier.carry(actor, found)
    state = DataRequest.State.GRANTED if is_granted else DataRequest.State.REFUSED
    _end(actor, found, "answer", state=state, answer=_text("answer", answer), answered_by_id=actor.person_id)
    notice_queue(
        person_ids=[found.person_id],
        kind="data_request.answer",
        title="您的个人信息申请有了答复",
        url="/me/data/",
        purpose="lawful",
    )
    return found


@service
def request_withdraw(*, actor: Actor, request_id: str) -> DataRequest:
    """Take one's own request back."""
    found = DataRequest.objects.own(actor).filter(public_id=request_id).first()
    if found is None:
        raise NotFound()
    return _end(actor, _open_for(found), "withdraw", state=DataRequest.State.WITHDRAWN)


def _open_for(request: DataRequest) -> DataRequest:
    locked = DataRequest.objects.select_for_update().get(pk=request.pk)
    if locked.state != DataRequest.State.OPEN:
        raise Conflict(_("这份申请已经办结。"))
    return locked


def _end(actor: Actor, request: DataRequest, verb: str, **after: Any) -> DataRequest:
    changes = changes_of(request, answered_at=clock.now(), **after)
    duty_close(room=ROOM, subject_id=str(request.public_id), by=actor.person_id)
    record(f"data_request.{verb}", request, changes)
    return request


@service
def held_take(*, actor: Actor) -> list[Held]:
    """Return everything that is held about the actor, to be taken along; recorded as a copy of one's data."""
    return held_about(own_data_export(actor=actor).pk)
