"""What erasing somebody would destroy, and what the law keeps of them."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import Fact, Owner, Receipt, RegisterEvent, Resident

GONE_BEFORE = (Resident.State.AWAY, Resident.State.DEAD)


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much goes and how much stays; ``is_erasable``: the person is not here any more."""

    facts: int
    titles: int
    receipts: int
    acts: int
    is_erasable: bool
    is_erased: bool


def erasing_weighed(person: Resident) -> Weighed:
    """Return what erasing a person whom the actor has read would mean (four queries)."""
    return Weighed(
        facts=Fact.objects.filter(resident=person).count(),
        titles=Owner.objects.filter(resident=person).count(),
        receipts=Receipt.objects.filter(resident=person).count(),
        acts=RegisterEvent.objects.filter(resident=person).count(),
        is_erasable=person.state in GONE_BEFORE,
        is_erased=person.state == Resident.State.ERASED,
    )
