"""How a matter comes in: reported, accepted or declined, withdrawn, merged, its place set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.crypto import blind_index
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotSignedIn
from linli.core.fields import public_number, uuid7
from linli.core.service import service
from linli.foundation.accounts.models import Person, Unit
from linli.foundation.accounts.rules import phone_normal
from linli.foundation.duties.models import Duty
from linli.foundation.files.models import StoredFile
from linli.foundation.links.services import link_add
from linli.foundation.places.selectors import Place, division_name

from ..clusters.receipts import cluster_of, receipts_follow
from ..models import Category, Channel, Matter, MatterEvent, client_key
from ..permissions import can_decide_intake, can_intake_matter, can_report_matter, is_reporter
from ..refusals import invalid, invalid_if
from ..routing.services import ruling_keep
from ..rules import (
    Origin,
    caller_number,
    happened_refusals,
    is_committee_path,
    street_of,
    text_cleaned,
    text_refusals,
    title_of,
)
from ..words import Emergency, emergency_in, sensitivity_of
from ..workflow import LIVE, State
from .answers import answers_checked
from .floods import ALARMS, reports_limited, visitor_limited
from .origins import origin_set
from .steps import ROOM, Step, matter_locked, matters_lock, step_begin
from .texts import text_limited, text_required

NUMBER_DIGITS = 10
PROTECTED_CHANNELS = frozenset({Channel.IMPORT})


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports, cleaned and checked."""

    text: str
    photos: Sequence[StoredFile]
    place: Place
    address: str
    happened_at: datetime
    channel: str
    emergency: Emergency | None
    is_emergency: bool
    is_sensitive: bool
    hides_reporter: bool


@service(idempotent=True)
def matter_report(
    *,
    actor: Actor,
    text: str = "",
    photos: Sequence[StoredFile] = (),
    place: Place,
    address: str = "",
    happened_at: datetime | None = None,
    channel: str = Channel.PHONE_PAGE,
    category: Category | None = None,
    reporter_name: str = "",
    reporter_phone: str = "",
    beneficiary_name: str = "",
    beneficiary_relation: str = "",
    on_behalf: bool = False,
    public_id: UUID | None = None,
    is_emergency: bool | None = None,
    is_complaint: bool = False,
    about_unit: Unit | None = None,
    origin: Origin | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Matter:
    """Take a report: from a resident for themselves or for a parent, or by a worker on someone's behalf.

    ``place`` comes from ``place_resolve``. Text or photo is needed. ``is_emergency=None`` lets the words
    decide. A visitor may report an emergency only; everything else waits as a draft for the phone code.
    A worker who takes a report for someone else stays named until it closes (首问负责). A client reports for
    whoever turned to it, in its areas, and finds again what it reported. ``origin`` is the number and limit
    that it has elsewhere (12345); a number that is here already is refused. ``answers`` are those to the
    category's questions, by key; where they are given, none that is needed may be missing. An emergency
    waits for no answer: what is wrong is left out.
    """
    if not can_report_matter(actor) or (on_behalf and not can_intake_matter(actor)):
        raise NotAllowed(_("您没有上报事项的权限。"))
    report = _report_checked(text, photos, place, address, happened_at, channel, is_emergency, is_complaint)
    if actor.function == Function.VISITOR and not report.is_emergency:
        raise NotSignedIn(_("请先用手机验证码登录，您写的内容已保留。"))
    visitor_limited(actor=actor, flood=ALARMS)
    reports_limited(actor=actor, is_emergency=report.is_emergency)
    if _is_bound(actor) and not _covers(actor, place.area_path):
        raise _outside()
    matter = _matter_of(actor, report, public_id)
    matter.category, matter.about_unit = category, about_unit
    matter.answers = answers_checked(category=category, said=answers, is_strict=not report.is_emergency)
    origin_set(actor=actor, matter=matter, origin=origin, on_behalf=on_behalf)
    _people(matter, actor, on_behalf, reporter_name, reporter_phone, beneficiary_name, beneficiary_relation)
    return _matter_store(actor, matter, report)


@service(idempotent=True)
def emergency_report(
    *,
    actor: Actor,
    text: str = "",
    photos: Sequence[StoredFile] = (),
    place: Place,
    address: str = "",
    happened_at: datetime | None = None,
    channel: str = Channel.PHONE_PAGE,
    reporter_name: str = "",
    reporter_phone: str = "",
    public_id: UUID | None = None,
) -> Matter:
    """Store an emergency at once and show it to committee and street, before any phone code."""
    if not can_report_matter(actor):
        raise NotAllowed(_("您没有上报事项的权限。"))
    visitor_limited(actor=actor, flood=ALARMS)
    if actor.function == Function.CLIENT and not _covers(actor, place.area_path):
        raise _outside()
    report = _report_checked(text, photos, place, address, happened_at, channel, True, False)
    matter = _matter_of(actor, report, public_id)
    _people(matter, actor, False, reporter_name, reporter_phone, "", "")
    return _matter_store(actor, matter, report)


def _is_bound(actor: Actor) -> bool:
    """Whether the actor may report in their own areas only; residents may report anywhere."""
    return actor.is_staff or actor.function == Function.CLIENT


def _outside() -> InvalidInput:
    return invalid(place=_("这个地点不在您的服务范围内，请转告当地居委会或街镇。"))


def _covers(actor: Actor, area_path: str) -> bool:
    """Whether a worker serves a place; a grid worker's grid lies inside the committee's path."""
    return actor.covers(area_path) or any(area.startswith(area_path) for area in actor.areas)


def _report_checked(
    text: str,
    photos: Sequence[StoredFile],
    place: Place,
    address: str,
    happened_at: datetime | None,
    channel: str,
    is_emergency: bool | None,
    is_complaint: bool,
) -> Report:
    now, plain = time.now(), text_cleaned(text)
    wrong = {**text_refusals(plain, bool(photos)), **happened_refusals(happened_at, now)}
    if channel not in Channel.values or channel in PROTECTED_CHANNELS:
        wrong["channel"] = _("没有这种来源。")
    invalid_if(wrong)
    emergency, sensitivity = emergency_in(plain), sensitivity_of(plain)
    urgent = emergency is not None if is_emergency is None else is_emergency
    return Report(
        text=plain,
        photos=photos,
        place=place,
        address=text_limited(value=address, name="address", most=160),
        happened_at=happened_at or now,
        channel=channel,
        emergency=emergency,
        is_emergency=urgent,
        is_sensitive=bool(sensitivity) or is_complaint or urgent,
        hides_reporter=bool(sensitivity) or is_complaint,
    )


def _title_without_words(photos: Sequence[StoredFile]) -> str:
    kinds = {photo.kind for photo in photos}
    if StoredFile.Kind.PHOTO in kinds:
        return _("照片反映")
    return _("视频反映") if StoredFile.Kind.VIDEO in kinds else _("语音反映")


def _number_new() -> str:
    """Return a number that people read out: the year's last two digits and ten that cannot be guessed."""
    return f"{time.now():%y}{public_number(NUMBER_DIGITS)}"


def _matter_of(actor: Actor, report: Report, public_id: UUID | None) -> Matter:
    place = report.place
    return Matter(
        public_id=public_id or uuid7(),
        number=_number_new(),
        title=title_of(report.text, _title_without_words(report.photos)),
        text=report.text,
        place_code=place.code,
        area_path=place.area_path,
        place_how=place.how,
        compound=place.compound,
        address=report.address,
        lng=place.lng,
        lat=place.lat,
        channel=Channel.INTERFACE if actor.function == Function.CLIENT else report.channel,
        is_emergency=report.is_emergency,
        emergency_kind=report.emergency.kind if report.emergency else "",
        is_never_public=report.is_sensitive,
        hides_reporter=report.hides_reporter,
        happened_at=report.happened_at,
        reported_at=time.now(),
    )


def _phone(phone: str, on_behalf: bool) -> str:
    """Return a telephone number's digits; the refusal names the field that people filled in.

    Who calls or comes may leave a fixed number: nothing is sent to it.
    """
    if not phone.strip():
        return ""
    if on_behalf:
        if digits := caller_number(phone):
            return digits
        raise invalid(reporter_phone=_("请填写11位手机号，或带区号的固定电话，例如 021-6500 0000。"))
    try:
        return phone_normal(phone)
    except InvalidInput as refusal:
        raise invalid(reporter_phone=refusal.message) from refusal


def _people(
    matter: Matter,
    actor: Actor,
    on_behalf: bool,
    name: str,
    phone: str,
    beneficiary: str,
    relation: str,
) -> None:
    """Say who reports, for whom, and (at the door or on the telephone) who took it."""
    is_for_another = on_behalf or actor.function == Function.CLIENT
    digits = _phone(phone, is_for_another)
    matter.reporter_name = text_limited(value=name, name="reporter_name", most=40)
    matter.reporter_phone = digits
    matter.reporter_phone_index = blind_index("phone", digits)
    matter.beneficiary_name = text_limited(value=beneficiary, name="beneficiary_name", most=40)
    matter.beneficiary_relation = text_limited(value=relation, name="beneficiary_relation", most=20)
    if is_for_another:
        matter.intake_by_id, matter.intake_unit_id = actor.person_id, actor.unit_id
        known = Person.objects.filter(phone_index=matter.reporter_phone_index).first() if digits else None
        matter.reporter_id = known.pk if known else None
    else:
        matter.reporter_id = actor.person_id
    if actor.function == Function.VISITOR:
        matter.reporter_key = blind_index("visitor", actor.key)
    if actor.function == Function.CLIENT:
        matter.reporter_key = client_key(actor)


def _matter_store(actor: Actor, matter: Matter, report: Report) -> Matter:
    """Write a new matter with its event, first duty, receipt and index."""
    step = Step(actor, matter, time.now(), State.REPORTED, State.REPORTED, is_new=True)
    whose = _("居委会") if is_committee_path(matter.area_path) else _("街镇")
    step.facts.update(number=matter.number, unit=whose)
    if report.is_emergency:
        _alarm(step, report.emergency)
    else:  # nobody's by name yet: whoever is on duty hears of it
        step.tell_on_duty([step.area_function()], "on_duty", "您正在值班，有一件新事项待受理")
    verb = "emergency" if report.is_emergency else "report"
    try:
        step.finish(verb, photos=report.photos)
    except IntegrityError as error:  # of two at once with one number from outside, the second
        if "source_number" not in str(error):
            raise
        raise invalid(source_number=_("这个来件编号刚刚已有人登记，没有重复登记。")) from error
    return matter


def _alarm(step: Step, emergency: Emergency | None) -> None:
    """Put an emergency on the lists of committee and street at once, and tell the people there."""
    step.facts["numbers"] = list(emergency.numbers) if emergency else ["110", "119", "120"]
    functions = {step.area_function(), Function.STREET}
    told = step.tell_on_duty(functions, "emergency", "紧急：您正在值班，请立即核实并报告")
    for function in sorted(functions):
        step.duty("emergency", stage="mandatory_report", function=function)
        step.tell_function(function, "emergency", "紧急：有人上报险情，请立即核实", besides=told)


def _alarm_move(step: Step) -> None:
    """Put an emergency that nobody has reported yet on the list of the committee that is now known."""
    standing = Duty.objects.filter(
        room=ROOM, subject_id=str(step.matter.public_id), action="emergency", state="open"
    )
    functions = set(standing.values_list("function", flat=True))
    if functions and step.area_function() not in functions:
        step.duty("emergency", stage="mandatory_report", function=step.area_function())
        step.tell_function(step.area_function(), "emergency", "紧急：有人上报险情，请立即核实")


@service(idempotent=True)
def matter_accept(*, actor: Actor, matter_id: int, version: int | None, note: str = "") -> Matter:
    """Accept a matter: from now on the neighbourhood answers for it."""
    step = step_begin(actor=actor, matter_id=matter_id, move="accept", may=can_decide_intake, version=version)
    step.set(accepted_at=step.at)
    if step.matter.intake_by_id is None:
        step.set(intake_by_id=actor.person_id, intake_unit_id=actor.unit_id)
    ruling_keep(step=step)
    return step.finish("accept", note=text_limited(value=note, name="note"))


@service(idempotent=True)
def matter_decline(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    reason: str,
    where_to_go: str = "",
    next_unit: Unit | None = None,
) -> Matter:
    """Decline with a reason and who is next instead, a unit or words; the reporter is told both."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="decline", may=can_decide_intake, version=version
    )
    why = text_required(value=reason, name="reason", words=_("请写明不予受理的理由。"))
    note = f"{next_unit.name}，电话{next_unit.phone}" if next_unit and next_unit.phone else next_unit
    step.facts["where"] = text_required(
        value="；".join(str(part) for part in (note, where_to_go.strip()) if part),
        name="where_to_go",
        words=_("不归我们办的，请告诉居民归谁、可以去哪里办。"),
    )
    step.assignments_end()
    return step.finish("decline", note=why)


@service(idempotent=True)
def matter_withdraw(*, actor: Actor, matter_id: int, version: int | None, reason: str = "") -> Matter:
    """Take back one's own report before it is handed over."""
    step = step_begin(actor=actor, matter_id=matter_id, move="withdraw", may=is_reporter, version=version)
    step.assignments_end()
    if step.state_before == State.ACCEPTED and step.matter.intake_by_id:
        step.tell_staff([step.matter.intake_by_id], "withdraw", "反映人撤回了一件事")
    return step.finish("withdraw", note=text_limited(value=reason, name="reason"))


@service(idempotent=True)
def matter_merge(
    *, actor: Actor, matter_id: int, version: int | None, target_id: int, reason: str = ""
) -> Matter:
    """Join a matter to another about the same thing; its reporter gets every later notice of the other."""
    matters_lock(matter_ids=(matter_id, target_id))
    step = step_begin(actor=actor, matter_id=matter_id, move="merge", may=can_decide_intake, version=version)
    target = matter_locked(actor=actor, matter_id=target_id)
    _merge_checked(step.matter, target)
    for unit in Unit.objects.filter(assignments__matter=step.matter, assignments__ended_at__isnull=True):
        step.tell_unit(unit, "merge", "一件交办已并入另一件，不用再办")
    step.assignments_end()
    family = [matter_id, *step.matter.merged.values_list("pk", flat=True)]
    step.touched.update(receipts_follow(actor=actor, head=target, matter_ids=family))
    for earlier in step.matter.merged.all():  # what was merged into this one now belongs to the target
        earlier.merged_into = target
        step.save_row(earlier, "merged_into")
    step.set(merged_into_id=target.pk)
    step.facts["target"] = target.number
    link_add(
        actor=actor,
        from_room=ROOM,
        from_id=str(step.matter.public_id),
        to_room=ROOM,
        to_id=str(target.public_id),
        kind="merged",
    )
    _target_event(step, target)
    return step.finish("merge", note=text_limited(value=reason, name="reason"))


def _merge_checked(matter: Matter, target: Matter) -> None:
    if target.pk == matter.pk:
        raise invalid(target_id=_("不能并入自己。"))
    if target.state not in LIVE:
        raise invalid(
            target_id=_("%(number)s已经结束（%(label)s），请另选。")
            % {"number": target.number, "label": State(target.state).label}
        )
    if street_of(target.area_path) != street_of(matter.area_path):
        raise invalid(target_id=_("只能并入同一街镇的事项。"))
    if cluster_of(matter) is not None:
        raise Conflict(
            _("%(number)s是一案多回执里办理的那一件，不能并入别的。") % {"number": matter.number},
            hint=_("请把另一件并入它，或先解散那组同类事项。"),
        )


def _target_event(step: Step, target: Matter) -> None:
    event = MatterEvent(
        matter=target,
        verb="receive_merged",
        round=target.round,
        at=step.at,
        recorded_at=step.at,
        person_id=step.actor.person_id,
        unit_id=step.actor.unit_id,
        from_state=target.state,
        to_state=target.state,
        audience=MatterEvent.Audience.DESK,
        facts={"number": step.matter.number},
    )
    step.save_row(event)


@service(idempotent=True)
def matter_place_set(
    *, actor: Actor, matter_id: int, version: int | None, place: Place, address: str = ""
) -> Matter:
    """Set where it happened: from the street down to its committee, or a correction within the street."""
    step = step_begin(
        actor=actor, matter_id=matter_id, move="place_set", may=can_decide_intake, version=version
    )
    if street_of(place.area_path) != street_of(step.matter.area_path):
        raise invalid(place=_("新的地点在另一个街镇。请不予受理，并告诉居民去哪里反映。"))
    step.set(
        place_code=place.code,
        area_path=place.area_path,
        place_how=place.how,
        compound_id=place.compound.pk if place.compound else None,
        lng=place.lng,
        lat=place.lat,
        address=text_limited(value=address, name="address", most=160) or step.matter.address,
    )
    step.facts["place"] = division_name(place.area_path, 4)
    step.stage_move()
    _alarm_move(step)
    step.finish("place_set")
    return step.matter
