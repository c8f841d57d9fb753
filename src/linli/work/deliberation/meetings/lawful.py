"""Where meetings ask the law: which rules there are, how early people are told, when enough are there.

The rules themselves, with articles and dates, stand in ``deliberation/law``; a kind of meeting without one
takes this part's own settings and has no lawful quorum.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from linli.core.clock import local_date
from linli.core.errors import Conflict, invalid
from linli.foundation.ui.templatetags.linli import day

from ..law import Basis, DecisionRule, NoSuchRule, Proxies, Tally, decide, periods, rule_of, rules_in_force
from ..law.measures import share_words
from .models import Meeting
from .rules import Quorum, kind_row


def rule_get(key: str, on: date) -> DecisionRule:
    """Return a rule as it stands on a day; raises ``Conflict`` where it does not hold then."""
    try:
        return rule_of(key, on)
    except NoSuchRule as error:
        raise Conflict(_("所选的规则在那一天没有施行，请重新选择。")) from error


def rules_offered(kind: str, on: date) -> list[tuple[str, str]]:
    """Return the rules that may stand behind a kind of meeting on a day: (key, title).

    What is counted by floor area is no meeting's: owners decide by ballot. An election has its quorum and its
    proxies at a meeting; its votes are secret ballots.
    """
    wanted = kind_row(kind).electorates
    return [
        (rule.key, rule.title)
        for rule in rules_in_force(on)
        if rule.electorate in wanted and not rule.by_area
    ]


def rule_for(meeting: Meeting) -> DecisionRule | None:
    """Return the rule that a meeting goes by, or ``None``."""
    if not meeting.rule_key:
        return None
    return rule_get(meeting.rule_key, meeting.rule_on or local_date(meeting.starts_at))


def is_election(meeting: Meeting) -> bool:
    """Whether somebody is elected at a meeting."""
    rule = rule_for(meeting)
    return rule is not None and rule.kind == "election"


def _counted_by(rule: DecisionRule, by_household: bool) -> DecisionRule:
    """Return the rule with the one threshold of turnout by which this meeting is composed.

    Where the law says “half the adults, or two thirds of the households”, a meeting is called as one of both.
    """
    wanted = Basis.HOUSEHOLDS if by_household else Basis.HEADS
    turnout = tuple(part for part in rule.turnout if part.basis is wanted)
    return dataclasses.replace(rule, turnout=turnout or rule.turnout)


# -- telling people in time -------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Notice:
    """Until when people must be told of a meeting, and by which rule."""

    last_on: date
    days: int
    today: date
    source: str

    @property
    def is_late(self) -> bool:
        """Whether that day has passed."""
        return self.today > self.last_on

    @property
    def earliest_on(self) -> date:
        """The first day for which people may still be told today."""
        return self.today + timedelta(days=self.days)

    def refusal(self) -> str:
        """Say that it is too late, with the article."""
        return _("通知晚了：应提前%(days)d日通知，最迟%(last)s。依据：%(source)s。") % {
            "days": self.days,
            "last": day(self.last_on),
            "source": self.source,
        }


def notice_of(meeting: Meeting, today: date) -> Notice:
    """Return until when people must be told of a meeting as it is arranged; the first day does not count."""
    meets_on = local_date(meeting.starts_at)
    rule, row = rule_for(meeting), kind_row(meeting.kind)
    if rule is not None and rule.notice_days is not None:
        last_on = periods(rule, voting_on=meets_on)["notice_by"]
        return Notice(last_on, rule.notice_days, today, rule.source)
    return Notice(meets_on - timedelta(days=row.notice_days), row.notice_days, today, row.source)


# -- enough are there -------------------------------------------------------------------
def quorum(meeting: Meeting, present: int) -> Quorum:
    """Return whether enough of a body are there; without a rule any number is."""
    rule, whole = rule_for(meeting), meeting.composition
    if rule is None:
        return Quorum(present, whole, 0, True, _("没有法定人数"), "")
    counted = _counted_by(rule, meeting.is_by_household)
    if not counted.turnout:
        return Quorum(present, whole, 1, present > 0, _("没有规定到会人数"), rule.source)
    strictest = max(counted.turnout, key=lambda part: part.share.least(whole))
    needed = strictest.share.least(whole)
    words = _("组成人员%(all)d%(unit)s，须%(share)s到会，即至少%(n)d%(unit)s") % {
        "all": whole,
        "share": share_words(strictest.share),
        "n": needed,
        "unit": _("户") if meeting.is_by_household else _("人"),
    }
    return Quorum(present, whole, needed, strictest.share.holds(present, whole), words, strictest.article)


def quorum_refusal(found: Quorum) -> str:
    """Say that too few are there, with how many are missing and the article."""
    return _("到会%(n)d，还差%(missing)d。%(words)s。依据：%(article)s。") % {
        "n": found.present,
        "missing": found.missing,
        "words": found.words,
        "article": found.article,
    }


# -- hands ------------------------------------------------------------------------------
def hands_checked(key: str, on: date) -> None:
    """Refuse a vote by show of hands that the law does not know: no rule, by area, or in secret."""
    if not key:
        raise invalid(rule_key=_("要表决的议题须有依据的规则；没有规则的，改为不表决、协商一致。"))
    rule = rule_get(key, on)
    if rule.is_secret:
        raise Conflict(
            _("“%(title)s”须无记名投票，不能举手表决。") % {"title": rule.title},
            hint=_("请到“表决”里发起无记名投票。"),
        )
    if rule.by_area:
        raise Conflict(
            _("“%(title)s”按人数和面积计票，不能举手表决。") % {"title": rule.title},
            hint=_("请到“表决”里发起业主表决。"),
        )


@dataclass(frozen=True, slots=True)
class HandsVerdict:
    """What came of counted hands, and the sum step by step as it is kept with the item."""

    is_valid: bool
    is_passed: bool
    steps: list[dict[str, Any]]


def hands_verdict(meeting: Meeting, *, key: str, present: int, hands: Mapping[str, int]) -> HandsVerdict:
    """Count a show of hands by the rule of law; whoever is there and raises no hand has come all the same."""
    on = meeting.rule_on or local_date(meeting.starts_at)
    whole = meeting.composition
    households = {"households": whole, "households_present": present} if meeting.is_by_household else {}
    tally = Tally.of_meeting(whole, present, hands, **households)
    verdict = decide(_counted_by(rule_get(key, on), meeting.is_by_household), tally)
    steps = [
        {
            "words": str(step.words),
            "part": step.part,
            "whole": step.whole,
            "holds": step.holds,
            "article": step.article,
        }
        for step in verdict.steps
    ]
    return HandsVerdict(verdict.is_valid, verdict.is_passed, steps)


# -- proxies ----------------------------------------------------------------------------
def proxy_terms(meeting: Meeting) -> tuple[Proxies | None, str]:
    """Return what the rule of a meeting says of acting for others, and by which source, in words.

    Without a rule nobody may.
    """
    rule = rule_for(meeting)
    source = (rule.proxies.article if rule.proxies else rule.source) if rule else ""
    return rule.proxies if rule else None, _("依据：%s。") % source if source else ""
