"""Whether somebody may vote for another: pure, the same at meetings, in elections and in ballots."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .rule import Proxies


@dataclass(frozen=True, slots=True)
class ProxyFacts:
    """What is known about a proxy before it is taken; ``held`` counts the proxies the holder has.

    ``holder_on_roll`` is also true where the rule lets somebody act who does not vote.
    """

    held: int
    holder_stands: bool
    giver_on_roll: bool
    holder_on_roll: bool
    has_document: bool
    is_same: bool = False


def proxy_refusal(rule: Proxies | None, facts: ProxyFacts) -> str:
    """Return why somebody cannot vote for another; empty where they can."""
    if rule is None:
        return _("按规则不能委托投票。")
    if facts.is_same:
        return _("不能委托给自己。")
    if not facts.giver_on_roll or not facts.holder_on_roll:
        return _("委托人和受托人都要在名册上。")
    if facts.holder_stands and not rule.candidate_may:
        return _("候选人和被提出罢免的人不能接受委托（%s）。") % rule.article
    if rule.limit is not None and facts.held >= rule.limit:
        words = _("每人接受的委托不能超过%(limit)d人（%(article)s）。")
        return words % {"limit": rule.limit, "article": rule.article}
    return _("委托要用书面形式，请写明委托书。") if rule.written and not facts.has_document else ""
