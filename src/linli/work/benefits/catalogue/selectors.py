"""What everybody may read of policies: what has been published, with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Function
from linli.core.errors import NotFound
from linli.foundation.places.selectors import division_names

from ..authoring.amounts import ShownAmount, ends_of
from ..authoring.permissions import level_of
from ..authoring.saying import Names
from ..authoring.selectors import PUBLISHED, versions_in_force
from ..authoring.shown import ShownVersion, names_known, shown_version
from ..models import Policy, PolicyVersion

MOST_ROWS = 80  # letters of a table in one line
MOST_SHORT = 20


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One policy as the list shows it: in force today."""

    policy: Policy
    version: PolicyVersion
    shown: ShownVersion
    area: str = ""  # for whose people alone it is; of the whole city ""

    @property
    def first_words(self) -> str:
        """The first line of what is said in plain words."""
        return self.shown.plain.strip().split("\n")[0]

    @property
    def short_amount(self) -> str:
        """How much, where a few words say it; a formula stands on the policy's own page."""
        amount = self.shown.amount
        said = _stretch(amount) if len(amount.rows) > 1 else amount.words
        return said if len(said) <= MOST_SHORT else ""


def public_list(*, words: str = "", unit: str = "") -> list[PublicLine]:
    """Return the policies in force today whose name, authority or plain words say ``words``, by name."""
    names, found = names_known(), list[PublicLine]()
    versions = versions_in_force(clock.today())
    areas = districts_of([version.policy for version in versions])
    for version in versions:
        if unit and version.policy.unit != unit:
            continue
        shown = shown_version(version, names)
        if shown is not None and _says(version.policy, shown, words):
            found.append(PublicLine(version.policy, version, shown, areas.get(version.policy_id, "")))
    return sorted(found, key=lambda line: line.policy.name)


def districts_of(policies: Sequence[Policy]) -> dict[int, str]:
    """Return policy → the district whose people alone it is for; what the whole city has is left out."""
    own = [policy for policy in policies if level_of(policy.area_path) == Function.DISTRICT]
    names = division_names({policy.area_path for policy in own})
    return {policy.pk: names.get(policy.area_path, "") for policy in own}


def _says(policy: Policy, shown: ShownVersion, words: str) -> bool:
    text = f"{policy.name} {policy.authority} {shown.plain}".lower()
    return all(word in text for word in words.lower().split())


def public_get(code: str) -> Policy:
    """Return a policy of which a version has been published, or raise ``NotFound``."""
    found = Policy.objects.public().filter(code=code).first()
    if found is None:
        raise NotFound(_("没有这项政策。"), hint=_("请回到惠民政策看全部政策。"))
    return found


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One published version: its days, what changed, how much it paid."""

    version: PolicyVersion
    until: date | None
    amount: str
    is_now: bool


def history_of(policy: Policy, names: Names, now: PolicyVersion | None) -> Sequence[HistoryLine]:
    """Return the published versions of a policy, the newest first."""
    later: date | None = None
    found = list[HistoryLine]()
    for version in policy.versions.filter(PUBLISHED).order_by("-from_on"):
        version.policy = policy
        shown = shown_version(version, names)
        until = min((day for day in (version.to_on, later) if day is not None), default=None)
        is_now = now is not None and version.pk == now.pk
        found.append(HistoryLine(version, until, _amount_words(shown), is_now))
        later = version.from_on
    return found


def _stretch(amount: ShownAmount) -> str:
    least, most = ends_of(amount)
    return f"{least} — {most}" if least != most else least


def _amount_words(shown: ShownVersion | None) -> str:
    if shown is None:
        return ""
    amount = shown.amount
    if amount.rows:
        rows = "；".join(f"{who} {much}" for who, much in amount.rows)
        if len(rows) <= MOST_ROWS:
            return f"{amount.period}：{rows}"
        ends = {"stretch": _stretch(amount), "n": len(amount.rows)}
        return f"{amount.period} " + _("%(stretch)s，分%(n)d种情形") % ends
    return f"{amount.period} {amount.words}".strip()
