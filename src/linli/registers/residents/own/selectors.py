"""What a person decided about the use of their data in the register."""

from collections.abc import Iterable

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.privacy.models import DataRequest

from ..consents.selectors import ConsentShown, consents_of
from ..linking.rules import is_child
from ..models import Consent, Resident
from .words import NO_MATCHING

FOR_CHILDREN = "minor_facts"
# What a request about the register may be about: a person, a fact that is kept, one that is not yet.
PERSON, FACT, TOLD = "residents.resident", "residents.fact", "residents.told"
MOST_REQUESTS = 5


def objects_to_matching(resident: Resident) -> bool:
    """Whether somebody objects to being matched by machine (PIPL 24); whoever matches leaves them out."""
    return bool(objecting([resident.pk]))


def objecting(resident_ids: Iterable[int]) -> set[int]:
    """Return which of the people object to being matched by machine (one query)."""
    rows = Consent.objects.filter(purpose=NO_MATCHING, withdrawn_at__isnull=True)
    return set(rows.filter(resident__in=list(resident_ids)).values_list("resident_id", flat=True))


def objection_of(resident: Resident) -> Consent | None:
    """Return the standing objection to matching by machine."""
    rows = Consent.objects.filter(resident=resident, purpose=NO_MATCHING, withdrawn_at__isnull=True)
    return rows.first()


def consents_open_to(resident: Resident) -> list[ConsentShown]:
    """Return the uses that somebody can agree to, and those they do; what is asked for children is theirs."""
    is_ward = is_child(resident.birth_month, clock.today())
    return [
        one for one in consents_of(resident) if one.consent or is_ward or one.purpose.purpose != FOR_CHILDREN
    ]


def requests_own(actor: Actor) -> list[DataRequest]:
    """Return what the actor asked about the register, the newest first."""
    rows = DataRequest.objects.own(actor).filter(subject_kind__in=(PERSON, FACT, TOLD))
    return list(rows.order_by("-made_at")[:MOST_REQUESTS])
