"""Reading keys, trustees and what is sealed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.selectors import person_ids_for, person_names
from linli.registers.residents.linking.selectors import resident_linked

from ..ballots.models import Ballot, Channel, Elector
from ..ballots.models.roll import STANDING
from .models import FUNCTION_OF, Ceremony, Opening, Side, Trustee
from .permissions import can_see_ceremony
from .rules import standing
from .workflow import State


def ceremony_of(ballot: Ballot) -> Ceremony | None:
    """Return a ballot's key, where trustees were named."""
    return Ceremony.objects.filter(ballot=ballot).first()


def ballot_for_key(actor: Actor, public_id: UUID) -> tuple[Ballot, Ceremony | None]:
    """Return a ballot and its key as who organises, oversees or holds a share sees them, or ``NotFound``."""
    ballot = Ballot.objects.select_related("unit").filter(public_id=public_id).first()
    ceremony = ceremony_of(ballot) if ballot else None
    if ballot is None or not ballot.is_secret or not can_see_ceremony(actor, ballot, ceremony):
        raise NotFound(_("没有找到这次表决。"))
    return ballot, ceremony


def trustee_choices(ballot: Ballot) -> dict[str, list[int]]:
    """Return side → persons who may hold its share: whoever holds its function over the ballot's place."""
    return {
        side: person_ids_for(function=FUNCTION_OF[Side(side)], area_path=ballot.area_path)
        for side in Side.values
    }


def trustee_names(trustees: Iterable[Trustee]) -> dict[int, str]:
    """Return person → name of trustees; they act in public."""
    return person_names([trustee.person_id for trustee in trustees])


def sealed_rows(ballot: Ballot) -> list[tuple[bytes, str]]:
    """Return what is sealed and the place under which it is counted, sorted by content: no row, no order."""
    rows = Elector.objects.filter(ballot=ballot, sealed_choice__isnull=False, state__in=STANDING).order_by()
    found = rows.values_list("sealed_choice", "resident__area_path", "household__area_path")
    return sorted((bytes(sealed or b""), own or home or ballot.area_path) for sealed, own, home in found)


def sealed_count(ballot: Ballot) -> int:
    """Return how many have sealed a choice so far."""
    return Elector.objects.filter(ballot=ballot, sealed_choice__isnull=False, state__in=STANDING).count()


def own_electors(actor: Actor, ballot: Ballot) -> list[Elector]:
    """Return the rows of the roll for which the actor votes."""
    resident = resident_linked(actor.person_id)
    if resident is None:
        return []
    return list(Elector.objects.filter(ballot=ballot, resident=resident, state__in=STANDING))


def opening_standing(ceremony: Ceremony) -> Opening | None:
    """Return the opening whose result stands; ``None`` where there is none, or where openings differ."""
    openings = list(ceremony.openings.all())
    digest = standing([one.digest for one in openings])
    return next((one for one in openings if one.digest == digest), None)


def to_close(now: object) -> list[Ceremony]:
    """Return keys whose ballot is over and not sealed yet."""
    rows = Ceremony.objects.filter(state=State.READY, ballot__closes_at__lte=now)
    return list(rows.exclude(ballot__state__in=("cancelled", "draft")).select_related("ballot"))


def to_destroy() -> list[Ceremony]:
    """Return keys whose ballot is final or was cancelled."""
    final = Ceremony.objects.filter(ballot__state="settled", state=State.OPENED)
    cancelled = Ceremony.objects.filter(ballot__state="cancelled").exclude(state=State.DESTROYED)
    return list((final | cancelled).select_related("ballot"))


def ballot_public(public_id: UUID) -> Ballot:
    """Return an announced secret ballot with votes on the web, which anybody may see, or ``NotFound``."""
    ballot = Ballot.objects.public().select_related("unit").filter(public_id=public_id).first()
    if ballot is None or not ballot.is_secret or not ballot.takes(Channel.WEB):
        raise NotFound(_("没有找到这次表决。"))
    return ballot
