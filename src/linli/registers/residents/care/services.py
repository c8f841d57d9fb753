"""Proposals for care: made and let lapse by the nightly job; confirmed, refused, renewed, ended by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.accounts.rules import lies_within
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open

from ..facts.rules import months_later
from ..models import AccountLink, CareEntry, CareGap, RegisterEvent, Resident
from ..services.events import event_note
from .givers import Givers
from .permissions import can_decide_care, can_propose_care
from .rules import CareGroup, Finding, Truth, care_group, care_rules, evaluated
from .situations import situations

ROOM, ACTION = "residents", "care_review"
MAX_REASON = 200
MOST_PRINTED = 500
State = CareEntry.State
OPEN = (State.PROPOSED, State.CONFIRMED)
# Written down for good, so in Chinese whoever reads: why the machine ended an entry.
LAPSED, EXPIRED, GONE = "条件已不再符合", "有效期满", "已不在本社区"
TAKEN_BACK = "本人已撤回同意"


Gap = tuple[str, str, str]  # rule, place, what is missing (empty: the people themselves)


@dataclass(slots=True)
class Night:
    """What a batch did: proposed, withdrawn as no longer met, not decidable for lack of facts."""

    proposed: int = 0
    lapsed: int = 0
    unknown: int = 0
    written: CareEntry | None = None  # one of them, for the record
    gaps: Counter[Gap] = field(default_factory=Counter)


@service
def care_propose(*, actor: Actor, resident_ids: Sequence[int]) -> Night:
    """Propose those of a batch whom a rule names, withdraw proposals that no longer hold; confirm nothing.

    Whom a person refused is not proposed again for the same reasons, until those have ceased to hold.
    """
    if not can_propose_care(actor):
        raise NotAllowed
    day, night = clock.today(), Night()
    groups = care_rules().on(day)
    here = Resident.objects.filter(pk__among=list(resident_ids), state=Resident.State.HERE)
    residents = list(here.order_by("pk"))
    found = situations(actor, residents, groups, day)
    entries = _entries(residents)
    givers = Givers([resident.pk for resident in residents])
    for resident in residents:
        for group in groups:
            before = entries.get((resident.pk, group.group))
            _weigh(resident, group, evaluated(group, found[resident.pk]), before, givers, night)
    if night.written is not None:
        record("care.propose", night.written, touched=[CareEntry])
    return night


def _entries(residents: Sequence[Resident]) -> dict[tuple[int, str], CareEntry]:
    """Return (resident, group) → the latest entry."""
    rows = CareEntry.objects.filter(resident__in=residents).order_by("pk")
    return {(row.resident_id, row.group): row for row in rows}


def _weigh(
    resident: Resident,
    group: CareGroup,
    finding: Finding,
    before: CareEntry | None,
    givers: Givers,
    night: Night,
) -> None:
    """Do what follows for one person and one rule."""
    if finding.answer is Truth.UNKNOWN:
        night.unknown += 1
        night.gaps.update((group.group, resident.area_path, what) for what in ("", *finding.missing))
    elif finding.answer is Truth.NO:
        if before is not None and _rests_on_reasons(before):
            _end_by_itself(before, LAPSED)
            night.lapsed, night.written = night.lapsed + 1, before
    elif before is None or _may_return(before, finding):
        _propose(resident, group, finding, givers, night)
    elif before.state == State.PROPOSED and changes_of(before, reasons=[*finding.reasons]):
        night.written = before


def _rests_on_reasons(entry: CareEntry) -> bool:
    """Whether an entry lapses with its reasons: a proposal, and what a person refused or ended."""
    return entry.state == State.PROPOSED or _was_decided_against(entry)


def _was_decided_against(entry: CareEntry) -> bool:
    return entry.state in (State.REFUSED, State.ENDED) and entry.decided_by_id is not None


def _may_return(entry: CareEntry, finding: Finding) -> bool:
    if entry.state in OPEN:
        return False
    return not _was_decided_against(entry) or entry.reasons != [*finding.reasons]


def _end_by_itself(entry: CareEntry, reason: str) -> None:
    """End an entry without a person: whoever decided before no longer stands behind its state."""
    changes_of(entry, state=State.ENDED, decided_by_id=None, decided_at=clock.now(), reason=reason)


def _propose(resident: Resident, group: CareGroup, finding: Finding, givers: Givers, night: Night) -> None:
    unit = givers.of(group, resident)
    if unit is None:
        return
    night.written = CareEntry.objects.create(
        resident=resident,
        group=group.group,
        rule_version=care_rules().version,
        service=group.service,
        unit_id=unit,
        reasons=[*finding.reasons],
        area_path=resident.area_path,
        proposed_at=clock.now(),
    )
    night.proposed += 1


@service
def care_gaps_keep(*, actor: Actor, gaps: Mapping[Gap, int]) -> int:
    """Keep how many people could not be judged last night, by rule, place and what is missing."""
    if not can_propose_care(actor):
        raise NotAllowed
    kept = {(row.group, row.area_path, row.missing): row.people for row in CareGap.objects.all()}
    if kept == gaps:
        return 0
    CareGap.objects.all().delete()
    rows = [
        CareGap(group=group, area_path=path, missing=missing, people=people)
        for (group, path, missing), people in gaps.items()
    ]
    CareGap.objects.bulk_create(rows, batch_size=1_000)
    record("care.gaps", rows[0] if rows else CareGap(), touched=[CareGap])
    return len(rows)


@service
def care_settle(*, actor: Actor, limit: int = 500) -> int:
    """End what has expired or whose person is gone, and remind of what soon expires; returns how many."""
    if not can_propose_care(actor):
        raise NotAllowed
    day = clock.today()
    standing = CareEntry.objects.filter(state__in=OPEN).select_related("resident", "unit").order_by("pk")
    moved = _moved(standing, limit)
    gone = list(standing.exclude(resident__state=Resident.State.HERE)[:limit])
    gone += [row for row in moved if row.unit and not lies_within((row.area_path,), row.unit.area_paths)]
    over = list(standing.filter(state=State.CONFIRMED, expires_on__lte=day)[:limit])
    ended = {entry.pk: (entry, EXPIRED) for entry in over} | {entry.pk: (entry, GONE) for entry in gone}
    for entry, reason in ended.values():
        _end_by_itself(entry, reason)
        duty_close(room=ROOM, subject_id=str(entry.public_id), action=ACTION)
    reminded = _remind(day, limit)
    if done := [*(entry for entry, _reason in ended.values()), *reminded, *moved]:
        record("care.end" if ended else "care.remind", done[0], touched=[CareEntry])
    return len(done)


def _moved(standing: QuerySet[CareEntry], limit: int) -> list[CareEntry]:
    """Let entries follow those who moved, and return them."""
    moved = list(standing.exclude(area_path=F("resident__area_path"))[:limit])
    for entry in moved:
        changes_of(entry, area_path=entry.resident.area_path)
    return moved


def _remind(day: date, limit: int) -> list[CareEntry]:
    soon = day + timedelta(days=care_rules().remind_days)
    told = Duty.objects.filter(room=ROOM, action=ACTION, state__in=("open", "paused")).values("subject_id")
    asked = {row["subject_id"] for row in told}
    rows = CareEntry.objects.filter(state=State.CONFIRMED, expires_on__gt=day, expires_on__lte=soon)
    due = [
        row
        for row in rows.select_related("unit").order_by("expires_on", "pk")
        if str(row.public_id) not in asked
    ]
    for entry in due[:limit]:
        _duty(entry)
    return due[:limit]


def _duty(entry: CareEntry) -> None:
    group = care_group(entry.group)
    assert entry.expires_on is not None
    duty_open(
        room=ROOM,
        subject_id=str(entry.public_id),
        subject_number="",
        title=f"关爱服务到期复核：{group.label if group else entry.group}",
        url=f"{reverse('residents:care')}?state=expiring&group={entry.group}",
        action=ACTION,
        action_label="复核关爱服务",
        area_path=entry.area_path,
        limit=None,
        due_at=clock.local_midnight(entry.expires_on),
        function=entry.unit.function if entry.unit else Function.COMMITTEE,
        unit_id=entry.unit_id,
    )


@require_service
def care_taken_back(*, resident: Resident, purpose: str) -> None:
    """End what a unit gives only by a consent that was taken back; from now on it sees nothing of it."""
    groups = [group.group for group in care_rules().groups if group.consent == purpose]
    rows = CareEntry.objects.filter(resident=resident, group__in=groups, state__in=OPEN)
    for entry in rows.exclude(unit__function=Function.COMMITTEE):
        _end_by_itself(entry, TAKEN_BACK)
        duty_close(room=ROOM, subject_id=str(entry.public_id), action=ACTION)


# -- people ------------------------------------------------------------------------------------------------
@service
def care_confirm(*, actor: Actor, entry_id: int) -> CareEntry:
    """Take somebody in: the service is given from now on, until the rule's months are over."""
    entry = care_locked(actor=actor, entry_id=entry_id, states=(State.PROPOSED,))
    return _confirmed(actor, entry, "care.confirm")


@service
def care_renew(*, actor: Actor, entry_id: int) -> CareEntry:
    """Go on for another term, counted from today."""
    entry = care_locked(actor=actor, entry_id=entry_id, states=(State.CONFIRMED,))
    return _confirmed(actor, entry, "care.renew")


def _confirmed(actor: Actor, entry: CareEntry, verb: str) -> CareEntry:
    group = care_group(entry.group)
    if group is None:
        raise Conflict(_("这一类关爱服务已经停止，不能再确认。"))
    until = months_later(clock.today(), group.months)
    _decide(actor, entry, verb, state=State.CONFIRMED, expires_on=until, reason="")
    return entry


@service
def care_refuse(*, actor: Actor, entry_id: int, reason: str) -> CareEntry:
    """Decide that somebody is not taken in, with the reason; they are not proposed again for the same."""
    entry = care_locked(actor=actor, entry_id=entry_id, states=(State.PROPOSED,))
    _decide(actor, entry, "care.refuse", state=State.REFUSED, reason=_reasoned(reason))
    return entry


@service
def care_end(*, actor: Actor, entry_id: int, reason: str) -> CareEntry:
    """End a service that was confirmed, with the reason."""
    entry = care_locked(actor=actor, entry_id=entry_id, states=(State.CONFIRMED,))
    _decide(actor, entry, "care.end", state=State.ENDED, reason=_reasoned(reason))
    return entry


@service
def care_print(*, actor: Actor, group: str) -> list[CareEntry]:
    """Open the names of those to whom the actor's unit gives a service, to go to them; recorded for each."""
    rows = CareEntry.objects.visible_to(actor).filter(group=group, state=State.CONFIRMED)
    entries = list(rows.select_related("resident").order_by("area_path", "pk")[:MOST_PRINTED])
    ids = [entry.resident_id for entry in entries]
    links = AccountLink.objects.filter(resident__in=ids, state=AccountLink.State.STANDING)
    persons = dict(links.values_list("resident_id", "person_id"))
    if not entries:
        raise NotFound(_("这一类现在没有已确认的人。"))
    for entry in entries:
        looked = ["name", "address"]
        about = persons.get(entry.resident_id)
        record("care.print", entry.resident, purpose="走访", looked_at=looked, about_id=about)
    return entries


def _reasoned(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise InvalidInput(_("请写明原因。"), details={"reason": _("请写明原因。")})
    if len(text) > MAX_REASON:
        raise InvalidInput(_("原因最多200个字。"), details={"reason": _("原因最多200个字。")})
    return text


@require_service
def care_locked(*, actor: Actor, entry_id: int, states: Sequence[str]) -> CareEntry:
    """Return an entry for a decision, locked; hidden is ``NotFound``, decided already is ``Conflict``."""
    rows = CareEntry.objects.visible_to(actor).select_for_update(of=("self",))
    entry: CareEntry | None = rows.select_related("resident").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(_("没有找到这条记录。"))
    if not can_decide_care(actor, entry):
        raise NotAllowed
    if entry.state not in states:
        raise Conflict(_("这一条已经有人办理过了。"), hint=_("请刷新页面，查看最新情况。"))
    return entry


def _decide(actor: Actor, entry: CareEntry, verb: str, **after: object) -> None:
    decided = {"decided_at": clock.now(), "decided_by_id": actor.person_id}
    changes = changes_of(entry, **after, **decided)
    duty_close(room=ROOM, subject_id=str(entry.public_id), action=ACTION, by=actor.person_id)
    record(verb, entry, changes, touched=[RegisterEvent])
    resident = entry.resident
    event_note(actor=actor, verb=verb, resident=resident, area_path=resident.area_path, fields=["care"])
