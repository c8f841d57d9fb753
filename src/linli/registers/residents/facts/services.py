"""What people do with facts: set, none, unknown, confirm, correct, end, reveal."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import record, service
from linli.core.words import in_house_language
from linli.foundation.accounts.services.rates import rate_check

from ..finding.services import PURPOSES, REVEALS
from ..models import Fact, Household, Resident
from .dictionary import FactKey, fact_key
from .permissions import can_reveal_fact
from .rules import is_void
from .steps import (
    WORKER,
    Entry,
    State,
    act_begun,
    fact_confirmed,
    fact_new,
    fact_value,
    fact_write,
    overlap_check,
    subject_locked,
)
from .subjects import Subject, accounts_of, of_what, rows_of, subject_seen
from .values import canonical


@service
def fact_set(
    *,
    actor: Actor,
    subject: Subject,
    key: str,
    value: str,
    period: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
    source: str = WORKER,
    document: str = "",
    collected_on: date | None = None,
) -> Fact:
    """Write down a value as people say it; an earlier one ends on the day on which this begins.

    ``from_on`` is by default the first day of the period, else the day of collecting. With ``to_on`` it is a
    value of the past, which must not overlap another. The same value again only confirms it.
    """
    line = fact_key(key, of_what(subject))
    text = canonical(line, value)
    entry = Entry(State.KNOWN, text, period, from_on, to_on, source, document, collected_on)
    return fact_write(actor=actor, subject=subject, line=line, entry=entry)


@service
def fact_none(
    *,
    actor: Actor,
    subject: Subject,
    key: str,
    period: str = "",
    from_on: date | None = None,
    source: str = WORKER,
    document: str = "",
    collected_on: date | None = None,
) -> Fact:
    """Write down that there is none (no disability, no car): that is known, not unknown."""
    line = fact_key(key, of_what(subject))
    entry = Entry(State.NONE, "", period, from_on, None, source, document, collected_on)
    return fact_write(actor=actor, subject=subject, line=line, entry=entry)


@service
def fact_unknown(
    *,
    actor: Actor,
    subject: Subject,
    key: str,
    period: str = "",
    source: str = WORKER,
    collected_on: date | None = None,
) -> Fact:
    """Write down that it was asked and is not known; refused where something known holds."""
    line = fact_key(key, of_what(subject))
    entry = Entry(State.UNKNOWN, "", period, source=source, collected_on=collected_on)
    return fact_write(actor=actor, subject=subject, line=line, entry=entry)


@service
def fact_confirm(*, actor: Actor, subject: Subject, fact_id: int, collected_on: date | None = None) -> Fact:
    """Confirm that a row is still true: its age counts from now (or from ``collected_on``)."""
    seen, fact = _standing(actor=actor, subject=subject, fact_id=fact_id)
    on = collected_on or clock.today()
    if on > clock.today() or on < fact.collected_on:
        raise _refused("collected_on", _("确认日期要在上次采集之后，且不晚于今天。"))
    return fact_confirmed(actor=actor, subject=seen, fact=fact, on=on)


@service
def fact_end(*, actor: Actor, subject: Subject, fact_id: int, on: date, reason: str = "") -> Fact:
    """End a row: ``on`` is the first day on which it no longer holds; nothing takes its place."""
    seen, fact = _standing(actor=actor, subject=subject, fact_id=fact_id)
    if on > clock.today():
        raise _refused("on", _("结束日期不能晚于今天。"))
    if fact.from_on is not None and on < fact.from_on:
        raise _refused("on", _("结束日期不能早于开始日期。"))
    act = act_begun(actor, "fact.end", seen, on=on, source=fact.source, reason=reason)
    act.change(fact, to_on=on)
    act.finish(fact, says=[fact.key])
    return fact


@service
def fact_correct(
    *,
    actor: Actor,
    subject: Subject,
    fact_id: int,
    reason: str,
    state: str = State.KNOWN,
    value: str = "",
    source: str = WORKER,
    document: str = "",
) -> Fact:
    """Replace a row that was wrong from the start; it stays in the history as never having held."""
    if not reason.strip():
        raise _refused("reason", _("请写明为什么更正。"))
    seen, wrong = _of(actor=actor, subject=subject, fact_id=fact_id)
    if is_void(wrong):
        raise Conflict(_("这条登记已经更正过。"), hint=_("请在现在的登记上更正。"))
    line = fact_key(wrong.key, of_what(seen))
    text = canonical(line, value) if state == State.KNOWN else ""
    if state == wrong.state and text == fact_value(seen, wrong):
        raise _refused("value", _("更正后的内容与原来相同。"))
    begins, ends = wrong.from_on, wrong.to_on
    never = begins or wrong.collected_on
    act = act_begun(actor, "fact.correct", seen, on=begins, source=source, reason=reason)
    act.change(wrong, from_on=never, to_on=never)
    entry = Entry(state, text, wrong.period, begins, ends, source, document, clock.today())
    fact = fact_new(actor=actor, subject=seen, line=line, entry=entry)
    overlap_check(fact, list(rows_of(seen).filter(key=line.key, period=wrong.period)))
    act.add(fact)
    act.finish(fact, says=[line.key])
    return fact


@service
def facts_reveal(*, actor: Actor, subject: Subject, keys: list[str], purpose: str) -> dict[int, str]:
    """Open the sensitive values of some keys for this answer: fact id → canonical value.

    Recorded with the purpose and the keys for every person concerned who has an account, who can see it.
    Refused for a purpose that a key does not name.
    """
    seen: Subject = subject_seen(actor, subject)
    lines = [fact_key(key, of_what(seen)) for key in keys]
    if not lines:
        raise _refused("keys", _("请选择要查看的项目。"))
    for line in lines:
        if not can_reveal_fact(actor, line, purpose):
            raise NotAllowed(_("不能为这个用途查看“%s”。") % line.label, hint=_("请选择符合实际的用途。"))
    rate_check(limits=REVEALS, key=actor.key, message=_("查看太频繁了，请{wait}后再看。"))
    rows = rows_of(seen).filter(key__in=[line.key for line in lines])
    _looked(subject=seen, lines=lines, purpose=purpose)
    return {row.pk: fact_value(seen, row) for row in rows}


@service
def household_facts_reveal(*, actor: Actor, household: Household, purpose: str) -> dict[int, str]:
    """Open what a purpose allows to see of a household and its people: fact id → canonical value.

    Nothing is opened, and nothing recorded, where there is nothing of the kind.
    """
    members = Resident.objects.visible_to(actor).filter(
        memberships__household=household, memberships__to_on__isnull=True
    )
    opened: dict[int, str] = {}
    for subject in [household, *members.distinct().order_by("pk")]:
        known = rows_of(subject).filter(to_on__isnull=True).exclude(value_sealed="")
        lines = [fact_key(key, of_what(subject)) for key in sorted({*known.values_list("key", flat=True)})]
        keys = [line.key for line in lines if can_reveal_fact(actor, line, purpose)]
        if keys:
            opened |= facts_reveal(actor=actor, subject=subject, keys=keys, purpose=purpose)
    return opened


def _looked(*, subject: Subject, lines: list[FactKey], purpose: str) -> None:
    looked_at = [f"fact.{line.key}" for line in lines]
    with in_house_language():
        why = str(PURPOSES.get(purpose, ""))
    for about in accounts_of(subject) or [None]:
        record("fact.reveal", subject, purpose=why, looked_at=looked_at, about_id=about)


def _refused(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})


def _of(*, actor: Actor, subject: Subject, fact_id: int) -> tuple[Subject, Fact]:
    seen = subject_locked(actor=actor, subject=subject)
    fact = rows_of(seen).filter(pk=fact_id).first()
    if fact is None:
        raise NotFound(_("没有找到这条登记。"))
    return seen, fact


def _standing(*, actor: Actor, subject: Subject, fact_id: int) -> tuple[Subject, Fact]:
    seen, fact = _of(actor=actor, subject=subject, fact_id=fact_id)
    if fact.to_on is not None:
        raise Conflict(_("这条登记已经结束。"), hint=_("请刷新页面，在现在的登记上办理。"))
    return seen, fact
