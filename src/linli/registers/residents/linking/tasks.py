"""What happens by itself: links follow what became of their people."""

import logging
from datetime import timedelta

from django.db.models import Q

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Refusal

from ..models import AccountLink, Resident
from .rules import children_from
from .selectors import links_holding
from .services import link_settle

logger = logging.getLogger(__name__)
KEEPER = system("links")
BATCH = 500
UNDO = timedelta(days=30)  # so long an act on the register can be taken back


def links_follow() -> int:
    """Move or end the links whose people were merged, have died, were erased or turn out to be children.

    So do those that only say where somebody lives, once the dwelling emptied.

    What such a link lets its holder see ends at once, because reads look at the person's state; here the
    link itself follows, once the act can no longer be undone. Returns how many.
    """
    before = clock.today() - UNDO
    gone = Q(resident__state__in=(Resident.State.DEAD, Resident.State.MERGED), resident__state_on__lt=before)
    gone |= Q(resident__state=Resident.State.ERASED)
    gone |= Q(resident__birth_month__gte=children_from(clock.today()))
    gone |= Q(resident__isnull=True) & ~Q(pk__in=links_holding().values("pk"))
    rows = AccountLink.objects.standing().filter(gone)
    found = list(rows.order_by("pk").values_list("pk", "resident__merged_into_id")[:BATCH])
    return sum(_settled(link_id, other_id) for link_id, other_id in found)


def _settled(link_id: int, resident_id: int | None) -> int:
    try:
        link_settle(actor=KEEPER, link_id=link_id, resident_id=resident_id)
    except Refusal as refusal:
        logger.warning("link %s: %s", link_id, refusal.message)
        return 0
    return 1
