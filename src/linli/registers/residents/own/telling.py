"""A fact that the register does not hold yet, told by whom it is about; a worker confirms it."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput
from linli.foundation.privacy.carrying import Carrier, Change, carrier_add
from linli.foundation.privacy.models import DataRequest

from ..facts.dictionary import FactKey, Of, fact_key
from ..facts.rules import is_void
from ..facts.services import fact_none, fact_set
from ..facts.steps import Entry, entry_complete
from ..facts.subjects import Subject, rows_of
from ..facts.values import canonical, period_shown, shown
from ..models import Fact, Membership, Resident
from .carrying import (
    SOURCE,
    fact_carry,
    fact_changes,
    nothing,
    person_basis,
    person_carry,
    person_changes,
    proposal_of,
    resident_of,
    resident_seen,
    still_theirs,
    whose_words,
)
from .selectors import FACT, PERSON, TOLD

STATES = (Fact.State.KNOWN, Fact.State.NONE)


def told_subject(resident: Resident, line: FactKey) -> Subject:
    """Return of whom a fact is kept: the person, or the household in which they live."""
    if line.of is Of.PERSON:
        return resident
    rows = Membership.objects.filter(resident=resident, to_on__isnull=True).order_by("presence", "pk")
    living = rows.select_related("household").first()  # 实际居住 before 户在人不在
    if living is None:
        raise Conflict(_("还没有登记您住在哪一户，这一项没处记。"), hint=_("请先到居委会登记住处。"))
    return living.household


def told_proposal(resident: Resident, key: str, state: str, value: str, period: str) -> dict[str, str]:
    """Return what is proposed, or refuse what cannot be right, stands there already, or was told before."""
    line = fact_key(key)
    subject = told_subject(resident, line)
    if state not in STATES:
        words = _("请选择实际情况。")
        raise InvalidInput(words, details={"state": words})
    text = canonical(line, value) if state == Fact.State.KNOWN else ""
    when = entry_complete(line, Entry(state, text, period), clock.today()).period
    if _is_known(subject, key, when):
        raise Conflict(_("这一项已经登记了。"), hint=_("登记得不对的，请在“居民登记”里更正。"))
    said = {"key": key, "state": str(state), "value": value.strip() if state == Fact.State.KNOWN else ""}
    if any((one["key"], one["period"]) == (key, when) for one in told_open(resident)):
        raise Conflict(_("这一项您已经说过，居委会正在核对。"), hint=_("答复以前想改的，请先撤回那份申请。"))
    return {**said, "period": when}


def _is_known(subject: Subject, key: str, period: str) -> bool:
    rows = rows_of(subject).filter(key=key, period=period, to_on__isnull=True)
    return any(not is_void(row) and row.state != Fact.State.UNKNOWN for row in rows)


def told_open(resident: Resident) -> list[dict[str, str]]:
    """Return what was told of somebody and is not answered yet."""
    rows = DataRequest.objects.filter(
        subject_kind=TOLD, subject_id=str(resident.public_id), state=DataRequest.State.OPEN
    )
    return [dict(json.loads(row.proposal)) for row in rows]


def _told(actor: Actor, request: DataRequest) -> tuple[Resident, FactKey, dict[str, str]]:
    proposal = proposal_of(request)
    return resident_seen(actor, resident_of(request)), fact_key(proposal["key"]), proposal


def _changes(actor: Actor, request: DataRequest) -> list[Change]:
    resident, line, proposal = _told(actor, request)
    is_known = proposal["state"] == Fact.State.KNOWN
    after = shown(line, canonical(line, proposal["value"])) if is_known else str(Fact.State.NONE.label)
    period = period_shown(line, proposal["period"])
    label = f"{line.label} {period}".strip() + whose_words(request, resident)
    return [Change(label, _("没有登记"), after)]


def _carry(actor: Actor, request: DataRequest) -> None:
    resident, line, proposal = _told(actor, request)
    still_theirs(request, resident)
    subject = told_subject(resident, line)
    if _is_known(subject, line.key, proposal["period"]):
        raise Conflict(_("这一项后来已经登记了。"), hint=_("请选“不能照办”，写明现在登记的是什么。"))
    said = {
        "actor": actor,
        "subject": subject,
        "key": line.key,
        "period": proposal["period"],
        "source": SOURCE,
        "collected_on": min(clock.today(), request.made_at.date()),
    }
    if proposal["state"] == Fact.State.KNOWN:
        fact_set(**said, value=proposal["value"])
    else:
        fact_none(**said)


def carriers_declare() -> None:
    """Tell the privacy room how requests about the register are carried out."""
    carrier_add(PERSON, Carrier(person_changes, person_carry, person_basis))
    carrier_add(FACT, Carrier(fact_changes, fact_carry, nothing))
    carrier_add(TOLD, Carrier(_changes, _carry, nothing))
