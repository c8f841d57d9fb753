"""Matters of the demo that are left out of the three rates: one waits, one is approved, one is refused."""

from collections.abc import Mapping

from linli.core.actor import Actor
from linli.work.matters.models import Matter
from linli.work.matters.rollup.services import exclusion_ask, exclusion_decide

# reason, what speaks for it, whether it is approved (None: it waits), the opinion
ASKED = (
    (
        "lawful_way",
        "双方已就漏水赔偿向法院起诉，法院已受理，居委会不再调解。",
        True,
        "已核对受理通知书，同意。",
    ),
    ("repeated", "同一住户就同一事项第三次来电，前两次都已书面答复。", False, "两次答复的事由不同，应计入。"),
    ("outside", "事发路段属相邻街道管理，已转请对方受理。", None, ""),
)


def exclusions_build(cast: Mapping[str, Actor]) -> None:
    """Ask for each on the street's closed matters, and let a colleague decide."""
    closed = Matter.objects.filter(state="closed", is_imported=False).order_by("-closed_at")
    for matter, (reason, note, is_granted, opinion) in zip(closed[: len(ASKED)], ASKED, strict=False):
        asked = exclusion_ask(actor=cast["street.second"], number=matter.number, reason=reason, note=note)
        if is_granted is not None:
            exclusion_decide(
                actor=cast["street.duty"], public_id=asked.public_id, is_granted=is_granted, decision=opinion
            )
