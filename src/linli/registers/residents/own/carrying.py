"""What is done in the register when the committee grants what somebody asked about their own data."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict
from linli.foundation.privacy.carrying import Change
from linli.foundation.privacy.models import DataRequest

from ..entries import PersonEntry, person_read
from ..facts.dictionary import fact_key
from ..facts.services import fact_correct
from ..facts.subjects import of_what, values_opened
from ..facts.values import canonical, shown
from ..linking.selectors import people_of_account, resident_linked
from ..models import Fact, Resident
from ..sealing import sealed_get
from ..services.erasing import resident_erase
from ..services.people import resident_correct

REASON = "本人申请更正"
SOURCE = "resident"
SEALED = ("name", "phone", "birth", "number")


def held_of(resident: Resident) -> dict[str, str]:
    """Return what is registered, by the fields that somebody may ask to correct."""
    return {**{field: sealed_get(resident, field) for field in SEALED}, "sex": resident.sex}


def corrected_entry(resident: Resident, proposal: dict[str, str]) -> None:
    """Raise ``InvalidInput`` by the field where a proposal cannot be right, alone or with what stays."""
    said = {**held_of(resident), **proposal}
    kind = "" if "number" in proposal else resident.number_kind
    person_read(PersonEntry(number_kind=kind, **said), clock.today())


def fact_text(fact: Fact) -> str:
    """Return the canonical value of a fact about a person, opened."""
    owner = fact.resident or fact.household
    if owner is None:
        return ""
    return values_opened([fact], {owner.pk: owner.data_key}, of_what(owner)).get(fact.pk, "")


def proposal_of(request: DataRequest) -> dict[str, str]:
    """Return what a request proposes, opened."""
    return dict(json.loads(request.proposal)) if request.proposal else {}


def still_theirs(request: DataRequest, resident: Resident) -> None:
    """Raise ``Conflict`` where who asked speaks for the person no more: no guardian now, or not linked."""
    if resident not in people_of_account(request.person_id):
        raise Conflict(
            _("申请人现在不是这个人本人，也不是其监护人（关联或监护已经结束）。"),
            hint=_("请选“不能照办”，请本人或现在的监护人提出。"),
        )


def resident_of(request: DataRequest) -> Resident:
    """Return whom a request is about, or raise ``Conflict`` where they are not registered any more."""
    found = Resident.objects.filter(public_id=request.subject_id).first()
    if found is None:
        raise Conflict(_("这份登记已经不在了。"), hint=_("请选“不能照办”，并说明情况。"))
    resident: Resident = found
    return resident


def resident_seen(actor: Actor, resident: Resident) -> Resident:
    """Return a person who is the reader's to see: not an operator's, nor who has moved to another area."""
    if not Resident.objects.visible_to(actor).filter(pk=resident.pk).exists():
        raise Conflict(
            _("这份登记不在您的辖区，或您的岗位看不到居民登记。"),
            hint=_("请选“不能照办”，告诉申请人向现住地的居委会提出。"),
        )
    return resident


def whose_words(request: DataRequest, resident: Resident) -> str:
    """Return of which child a guardian asks, to stand behind a label; nothing where it is themselves."""
    if resident == resident_linked(request.person_id):
        return ""
    return _("（所监护的孩子 %(name)s）") % {"name": sealed_get(resident, "name")}


def _fact(actor: Actor, request: DataRequest) -> tuple[Fact, Resident]:
    found = Fact.objects.filter(public_id=request.subject_id, to_on__isnull=True)
    fact = found.select_related("resident", "household").first()
    if fact is None or fact.resident is None:
        raise Conflict(
            _("这条登记已经变了。"), hint=_("请选“不能照办”，写明现在登记的是什么；仍不对的请本人再提。")
        )
    return fact, resident_seen(actor, fact.resident)


def person_changes(actor: Actor, request: DataRequest) -> list[Change]:
    """Return what a request about a person would change."""
    proposal = proposal_of(request)
    if not proposal:
        return []
    resident = resident_seen(actor, resident_of(request))
    held, sexes, whose = held_of(resident), dict(Resident.Sex.choices), whose_words(request, resident)
    labels = {
        "name": _("姓名"),
        "phone": _("电话"),
        "birth": _("出生日期"),
        "sex": _("性别"),
        "number": _("证件号码"),
    }

    def words(field: str, text: str) -> str:
        return str(sexes.get(text, "")) if field == "sex" else text

    return [
        Change(f"{labels[field]}{whose}", words(field, held[field]), words(field, text))
        for field, text in proposal.items()
    ]


def person_carry(actor: Actor, request: DataRequest) -> None:
    """Correct or erase a person as they asked."""
    if request.kind == DataRequest.Kind.DELETE:
        _person_delete(actor, request)
        return
    proposal = proposal_of(request)
    if not proposal:
        return
    resident = resident_seen(actor, resident_of(request))
    still_theirs(request, resident)
    resident_correct(
        actor=actor,
        resident_id=str(resident.public_id),
        version=resident.version,
        reason=REASON,
        source=SOURCE,
        **proposal,
    )


def _person_delete(actor: Actor, request: DataRequest) -> None:
    """Erase who has gone; who still lives here is kept by law."""
    resident = resident_seen(actor, resident_of(request))
    still_theirs(request, resident)
    if resident.state != Resident.State.AWAY:
        raise Conflict(
            _("这个人还在册，依法履行登记职责所必需，不能删除（个人信息保护法第13条第3项）。"),
            hint=_("如已搬走，请先办迁出；否则请选“不能照办”，写明依据。"),
        )
    resident_erase(actor=actor, resident_id=resident.public_id, reason="本人申请删除")


def person_basis(request: DataRequest) -> str:
    """Return by which law a person is kept, where they ask to be deleted."""
    if request.kind != DataRequest.Kind.DELETE:
        return ""
    if resident_of(request).state == Resident.State.AWAY:
        return _(
            "已迁出：目的已实现的，应当删除（个人信息保护法第47条）；照办前请核对有无争议、欠费或未办结的事。"
        )
    return _(
        "在册：为履行法定职责所必需，不需要同意，也不因申请而删除（个人信息保护法第13条第3项、第47条）；"
        "只凭同意登记的项目，可以撤回同意后删除。"
    )


def fact_changes(actor: Actor, request: DataRequest) -> list[Change]:
    """Return what a request about a fact would change."""
    (fact, owner), proposal = _fact(actor, request), proposal_of(request)
    line = fact_key(fact.key)

    def words(state: str, value: str) -> str:
        return shown(line, value) if state == Fact.State.KNOWN else str(Fact.State(state).label)

    after = canonical(line, proposal["value"]) if proposal["state"] == Fact.State.KNOWN else ""
    label = f"{line.label}{whose_words(request, owner)}"
    return [Change(label, words(fact.state, fact_text(fact)), words(proposal["state"], after))]


def fact_carry(actor: Actor, request: DataRequest) -> None:
    """Correct a fact as somebody asked."""
    (fact, owner), proposal = _fact(actor, request), proposal_of(request)
    still_theirs(request, owner)
    fact_correct(actor=actor, subject=owner, fact_id=fact.pk, reason=REASON, source=SOURCE, **proposal)


def nothing(_request: DataRequest) -> str:
    """Return no law beyond what every request names."""
    return ""
