"""What a dwelling is marked with on the plan of its building; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linli.core.words import gettext_lazy as _

from .ages import DAYS_NEW
from .models import Membership, Occupancy

VACANT, TENANT, NEW, UNSURE, CARE = "vacant", "tenant", "new", "unsure", "care"
WORDS = {
    VACANT: _("空置"),
    TENANT: _("租住"),
    NEW: _("新迁入"),
    UNSURE: _("待核"),
    CARE: _("关爱"),
}
TAG_ICONS = {
    VACANT: "door-off",
    TENANT: "key",
    NEW: "sparkles",
    UNSURE: "zoom-question",
    CARE: "heart",
}
TENANCIES = (Occupancy.Tenure.TENANT, Occupancy.Tenure.PUBLIC, Occupancy.Tenure.EMPLOYER)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household as a plan counts them: no name, the month of birth."""

    resident_id: int
    relation: str
    presence: str
    born: date | None
    sex: str

    @property
    def lives_here(self) -> bool:
        """Whether the person lives there and is not only registered."""
        return self.presence == Membership.Presence.LIVING


def household_tags(tenure: str, since: date | None, members: Sequence[Member], today: date) -> list[str]:
    """Return the marks of a household that lives in a dwelling: tenant, newly moved in, to be checked."""
    marks = []
    if tenure in TENANCIES:
        marks.append(TENANT)
    if since is not None and timedelta() <= today - since <= timedelta(days=DAYS_NEW):
        marks.append(NEW)
    if is_unsure(tenure, members):
        marks.append(UNSURE)
    return marks


def is_unsure(tenure: str, members: Sequence[Member]) -> bool:
    """Whether somebody should ask: nobody is said to live here, no head, no tenure, no birth or sex."""
    lacks = any(member.born is None or not member.sex for member in members)
    has_head = any(member.relation == Membership.Relation.HEAD for member in members)
    return not tenure or not members or not has_head or lacks
