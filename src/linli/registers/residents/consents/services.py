"""Consent to a use of one's data: given, and taken back as easily."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service

from ..ages import MINOR_UNDER, age_on
from ..care.services import care_taken_back
from ..linking.selectors import people_of_account, resident_linked
from ..models import CareEntry, Consent, RegisterEvent, Resident
from ..models.scope import WORKING
from ..services.events import event_note
from .purposes import consent_purposes

# How it was said: to a worker on paper, or by word of mouth before a witness; or by themselves.
PAPER, ORAL, SELF = "paper", "oral", "self"
GONE = (Resident.State.MERGED, Resident.State.ERASED)


@service
def consent_give(
    *, actor: Actor, resident_id: int, purpose: str, how: str = PAPER, given_by_id: int | None = None
) -> Consent:
    """Write down that somebody agreed to a use, in its present words.

    A worker writes down what was said on paper or before a witness; whoever is linked agrees for themselves
    or their wards, also where they work at the desk (``how`` is then ``self``). For somebody under 14 only a
    guardian can agree.
    """
    resident = resident_locked(actor=actor, resident_id=resident_id)
    if purpose not in consent_purposes():
        raise _refused("purpose", _("请选择同意的事项。"))
    is_own = _is_own(actor, resident.pk)
    speaker = _self_speaking(actor, resident) if is_own else _speaker(resident, given_by_id)
    if is_own and how != SELF:
        raise _refused("how", _("自己和所监护的孩子的同意，请在自己的“居民登记”页办理。"))
    if not is_own and how not in (PAPER, ORAL):
        raise _refused("how", _("请选择是书面同意，还是有人见证的口头同意。"))
    version = consent_purposes()[purpose].version
    standing = Consent.objects.filter(resident=resident, purpose=purpose, withdrawn_at__isnull=True).first()
    if standing is not None and standing.version == version:
        raise Conflict(_("已经登记过这项同意。"), hint=_("如要撤回，请用撤回。"))
    if standing is not None:  # the words have changed: the former consent was to others
        changes_of(standing, withdrawn_at=clock.now())
    consent = Consent.objects.create(
        resident=resident, purpose=purpose, version=version, how=how, given_by=speaker, given_at=clock.now()
    )
    record("registry_consent.give", consent, touched=[Consent, RegisterEvent])
    event_note(
        actor=actor,
        verb="registry_consent.give",
        resident=resident,
        area_path=resident.area_path,
        fields=[purpose],
    )
    return consent


@service
def consent_withdraw(*, actor: Actor, consent_id: int) -> Consent:
    """Take a consent back; nothing else is refused for it."""
    consent = Consent.objects.select_for_update(of=("self",)).filter(pk=consent_id).first()
    if consent is None:
        raise NotFound(_("没有找到这项同意。"))
    resident = resident_locked(actor=actor, resident_id=consent.resident_id)
    if consent.withdrawn_at is not None:
        raise Conflict(_("这项同意已经撤回。"))
    changes = changes_of(consent, withdrawn_at=clock.now())
    care_taken_back(resident=resident, purpose=consent.purpose)
    record("registry_consent.withdraw", consent, changes, touched=[RegisterEvent, CareEntry])
    event_note(
        actor=actor,
        verb="registry_consent.withdraw",
        resident=resident,
        area_path=resident.area_path,
        fields=[consent.purpose],
    )
    return consent


@require_service
def resident_locked(*, actor: Actor, resident_id: int) -> Resident:
    """Return whom a consent is about, locked: of a worker's areas, or oneself, or one's ward."""
    if _is_own(actor, resident_id):
        rows = Resident.objects.all()
    elif actor.function in WORKING:
        rows = Resident.objects.visible_to(actor)
    elif actor.function == Function.RESIDENT:
        rows = Resident.objects.none()
    else:
        raise NotAllowed
    resident: Resident | None = rows.select_for_update(of=("self",)).filter(pk=resident_id).first()
    if resident is None:
        raise NotFound(_("没有找到这份登记。"))
    if resident.state in GONE:
        raise Conflict(_("这份登记已并入他人或已删除。"))
    return resident


def _is_own(actor: Actor, resident_id: int) -> bool:
    """Whether somebody is oneself or one's ward; a deputy speaks for nobody."""
    if actor.deputy_for is not None:
        return False
    return any(one.pk == resident_id for one in people_of_account(actor.person_id))


def _self_speaking(actor: Actor, resident: Resident) -> Resident:
    """Return who the signed-in person is in the register, who agrees for themselves or for a ward."""
    return _may_speak(resident_linked(actor.person_id), resident)


def _speaker(resident: Resident, given_by_id: int | None) -> Resident:
    """Return who agreed before a worker: the person, or a guardian."""
    if given_by_id in (None, resident.pk):
        return _may_speak(resident, resident)
    return _may_speak(_guardians(resident).filter(pk=given_by_id).first(), resident)


def _guardians(resident: Resident) -> QuerySet[Resident]:
    return Resident.objects.filter(wards__ward=resident, wards__to_on__isnull=True)


def _may_speak(speaker: Resident | None, resident: Resident) -> Resident:
    """Return the speaker; only the person or a guardian, and for somebody under 14 the guardian alone."""
    if speaker is None or (speaker != resident and not _guardians(resident).filter(pk=speaker.pk).exists()):
        raise _refused("given_by", _("只有本人或登记的监护人可以同意。"))
    age = age_on(resident.birth_month, clock.today())
    if speaker == resident and age is not None and age < MINOR_UNDER:
        raise _refused("given_by", _("不满十四周岁的，须由监护人同意，请先登记监护人。"))
    return speaker


def _refused(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})
