"""What people ask and decide about their own registration: corrections, deletion, objection to machines."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.selectors import unit_list
from linli.foundation.files.models import StoredFile
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.services import About, request_make

from ..facts.dictionary import fact_key
from ..facts.subjects import rows_of
from ..facts.values import canonical
from ..linking.selectors import people_of_account
from ..models import Consent, Fact, RegisterEvent, Resident
from ..services.events import event_note
from .carrying import corrected_entry, fact_text, held_of
from .following import objection_followed
from .selectors import FACT, PERSON, TOLD, objection_of
from .telling import told_proposal
from .words import NO_MATCHING

CORRECTABLE = ("name", "phone", "birth", "sex", "number")
OBJECTION_VERSION = "2026-11"

ASKED = "请按填写的内容更正登记。"  # where somebody gives no reason of their own
TELLING = "请按填写的内容补充登记。"


def _own(actor: Actor, resident_id: UUID | str) -> Resident:
    """Return oneself or a ward; anybody else is missing. A deputy or a desk role speaks for nobody here."""
    if actor.person_id is None or actor.deputy_for is not None:
        raise NotAllowed(_("只能由本人办理。"), hint=_("请用本人的账号登录。"))
    for one in people_of_account(actor.person_id):
        if str(one.public_id) == str(resident_id):
            return one
    raise NotFound(_("没有找到这份登记。"), hint=_("请先关联居民登记。"))


def _about(resident: Resident, kind: str, subject_id: UUID, proposal: Mapping[str, str]) -> About:
    """Who answers: the committee where the person is registered, else the street, else the operators."""
    found = (unit_list(one, resident.area_path).first() for one in (Function.COMMITTEE, Function.STREET))
    unit = next((one for one in found if one), None)
    return About(kind, str(subject_id), unit, resident.area_path if unit else "", proposal)


@service(idempotent=True)
def correction_ask(
    *,
    actor: Actor,
    resident_id: UUID | str,
    wanted: Mapping[str, str],
    why: str = "",
    photo: StoredFile | None = None,
) -> DataRequest:
    """Propose what should stand in one's registration, field by field; the committee answers in 30 days.

    ``wanted`` maps fields of ``CORRECTABLE`` to text; what is there already is left out. What cannot be right
    (a wrong check digit, a day that is none) is refused now, not in a month.
    """
    resident = _own(actor, resident_id)
    held = held_of(resident)
    proposal = {
        field: wanted[field].strip()
        for field in CORRECTABLE
        if field in wanted and wanted[field].strip() != held[field]
    }
    if not proposal:
        words = _("没有改动。请先改掉写错的那一项。")
        raise InvalidInput(words)
    corrected_entry(resident, proposal)
    about = _about(resident, PERSON, resident.public_id, proposal)
    text = why.strip() or ASKED
    return request_make(actor=actor, kind=DataRequest.Kind.CORRECT, text=text, about=about, photo=photo)


@service(idempotent=True)
def fact_correction_ask(
    *, actor: Actor, resident_id: UUID | str, fact_id: UUID | str, state: str, value: str = "", why: str = ""
) -> DataRequest:
    """Propose what should stand for one fact about oneself or one's ward."""
    resident = _own(actor, resident_id)
    fact = rows_of(resident).filter(public_id=fact_id, to_on__isnull=True).first()
    if fact is None:
        raise NotFound(_("没有找到这条登记。"))
    line = fact_key(fact.key)
    if state not in (Fact.State.KNOWN, Fact.State.NONE):
        words = _("请选择实际情况。")
        raise InvalidInput(words, details={"state": words})
    text = canonical(line, value) if state == Fact.State.KNOWN else ""
    if (state, text) == (fact.state, fact_text(fact)):
        words = _("与现在的登记相同，不用更正。")
        raise InvalidInput(words, details={"value": words})
    proposal = {"state": state, "value": value.strip() if text else ""}
    about = _about(resident, FACT, fact.public_id, proposal)
    said = why.strip() or ASKED
    return request_make(actor=actor, kind=DataRequest.Kind.CORRECT, text=said, about=about)


@service(idempotent=True)
def fact_tell(
    *,
    actor: Actor,
    resident_id: UUID | str,
    key: str,
    state: str,
    value: str = "",
    period: str = "",
    why: str = "",
) -> DataRequest:
    """Tell a fact about oneself, one's ward or one's household that is not registered yet.

    It stands once the committee has confirmed it; refused where it is registered, or told and not answered.
    """
    resident = _own(actor, resident_id)
    about = _about(resident, TOLD, resident.public_id, told_proposal(resident, key, state, value, period))
    return request_make(actor=actor, kind=DataRequest.Kind.CORRECT, text=why.strip() or TELLING, about=about)


@service(idempotent=True)
def deletion_ask(*, actor: Actor, resident_id: UUID | str, why: str) -> DataRequest:
    """Ask that one's registration be deleted; the committee answers with the law that keeps or frees it."""
    resident = _own(actor, resident_id)
    about = _about(resident, PERSON, resident.public_id, {})
    return request_make(actor=actor, kind=DataRequest.Kind.DELETE, text=why, about=about)


@service
def objection_make(*, actor: Actor, resident_id: UUID | str) -> Consent:
    """Object to being matched with policies by machine (PIPL 24); holds at once, nothing else is refused."""
    resident = _own(actor, resident_id)
    if objection_of(resident) is not None:
        raise Conflict(_("已经登记过这项异议。"))
    made = Consent.objects.create(
        resident=resident,
        purpose=NO_MATCHING,
        version=OBJECTION_VERSION,
        how="self",
        given_by=people_of_account(actor.person_id)[0],
        given_at=clock.now(),
    )
    _note(actor, resident, "objection.make")
    record("objection.make", made, touched=[RegisterEvent, *objection_followed(resident)])
    return made


@service
def objection_lift(*, actor: Actor, resident_id: UUID | str) -> Consent:
    """Take the objection back: from now on policies may be matched again."""
    resident = _own(actor, resident_id)
    standing = objection_of(resident)
    if standing is None:
        raise Conflict(_("没有登记这项异议。"))
    _note(actor, resident, "objection.lift")
    changes = changes_of(standing, withdrawn_at=clock.now())
    record("objection.lift", standing, changes, touched=[RegisterEvent])
    return standing


def _note(actor: Actor, resident: Resident, verb: str) -> None:
    event_note(actor=actor, verb=verb, area_path=resident.area_path, resident=resident, fields=[NO_MATCHING])
