"""Benefits already paid: of a household and its people for one screen, and how many of each in an area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.places.models import Division

from ..facts.permissions import can_record_facts
from ..facts.selectors import MASK
from ..facts.subjects import Subject, column_of, of_what, subject_seen
from ..holding import holds_on
from ..models import Household, Receipt, Resident
from ..models.ways import lying_in
from ..rounding import Rounded, rounded
from ..words import source_words


def receipts_of(actor: Actor, subject: Subject) -> QuerySet[Receipt]:
    """Return what a person or a household already received, newest first."""
    seen = subject_seen(actor, subject)
    return Receipt.objects.filter(**{column_of(of_what(seen)): seen.pk}).order_by("-from_on", "-pk")


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """One benefit of a card: what and how much is masked until it is opened for a purpose."""

    public_id: UUID
    policy: str
    amount: str
    authority: str
    from_on: date
    to_on: date | None
    source: str
    recorded_on: date
    is_masked: bool

    @property
    def is_over(self) -> bool:
        """Whether it is not paid any more."""
        return self.to_on is not None and self.to_on <= clock.today()


def receipts_of_many(
    actor: Actor, subjects: Iterable[Subject], *, opened: Collection[int] = ()
) -> dict[UUID, list[ReceiptShown]]:
    """Return the benefits of several subjects that the actor has read, by public id; one query.

    Newest first. Which benefit somebody gets says much about them: ``opened`` may be read in full.
    """
    seen = [row for row in subjects if can_record_facts(actor, row.area_path)]
    owners = {(column_of(of_what(row)), row.pk): row.public_id for row in seen}
    people = [pk for column, pk in owners if column == "resident"]
    homes = [pk for column, pk in owners if column == "household"]
    rows = Receipt.objects.filter(Q(resident__in=people) | Q(household__in=homes)).order_by("-from_on", "-pk")
    found: dict[UUID, list[ReceiptShown]] = defaultdict(list)
    for row in rows:
        owner = ("resident", row.resident_id) if row.resident_id else ("household", row.household_id or 0)
        found[owners[owner]].append(_shown(row, is_masked=row.pk not in opened))
    return dict(found)


def _shown(row: Receipt, *, is_masked: bool) -> ReceiptShown:
    amount = "" if row.amount is None else _("%(yuan).2f元") % {"yuan": row.amount / 100}
    return ReceiptShown(
        public_id=row.public_id,
        policy=MASK if is_masked else row.policy,
        amount="" if is_masked else amount,
        authority="" if is_masked else row.authority,
        from_on=row.from_on,
        to_on=row.to_on,
        source=source_words(row.source),
        recorded_on=clock.local_date(row.recorded_at),
        is_masked=is_masked,
    )


@dataclass(frozen=True, slots=True)
class ReceiptCount:
    """How many people and households of an area get one benefit today."""

    policy: str
    people: Rounded
    households: Rounded


def receipt_counts(actor: Actor, division: Division) -> list[ReceiptCount]:
    """Return how many get which benefit today in an area, most people first; rounded, small ones hidden."""
    people = Resident.objects.countable_by(actor).filter(
        lying_in(Resident, (division.path,)), state=Resident.State.HERE
    )
    homes = Household.objects.countable_by(actor).filter(
        lying_in(Household, (division.path,)), ended_on__isnull=True
    )
    standing = Receipt.objects.filter(holds_on(clock.today())).order_by()
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, (column, rows) in enumerate((("resident", people), ("household", homes))):
        of_area = standing.filter(**{f"{column}__in": rows}).values_list("policy")
        for policy, number in of_area.annotate(n=Count(column, distinct=True)):
            counted[policy][place] = number
    order = sorted(counted.items(), key=lambda line: (-sum(line[1]), line[0]))
    return [ReceiptCount(policy, rounded(people), rounded(homes)) for policy, (people, homes) in order]
