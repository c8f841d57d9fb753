"""Who calls: the earlier matters of a telephone number, for whoever takes the call."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.crypto import blind_index
from linli.core.errors import NotAllowed
from linli.core.service import record, service
from linli.foundation.accounts.rules import RateLimit
from linli.foundation.accounts.services.rates import rate_check

from ..models import Matter
from ..permissions import can_intake_matter, can_see_reporter
from ..refusals import invalid
from ..rules import caller_number, name_masked

MOST_SHOWN, MOST_READ = 5, 50
# A busy telephone desk takes some twenty calls an hour; whoever tries numbers in a row is stopped.
LOOKS = (
    RateLimit("matters.caller.hour", 90, timedelta(hours=1)),
    RateLimit("matters.caller.day", 400, timedelta(days=1)),
)
LOOKED_AT = ("reporter_name", "reporter_phone")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a number belongs to as far as this desk may know: a name, and their latest matters."""

    phone: str
    name: str
    masked: str
    matters: tuple[Matter, ...]


@service
def caller_look(*, actor: Actor, phone: str) -> Caller:
    """Show the earlier matters of a full telephone number in the actor's areas, latest first.

    Each matter shown is a recorded look (来电识别) that its reporter can see. Matters whose reporter the
    actor may not know are left out, so that calling back never tells who complained. Raises ``TooMany``.
    """
    if not can_intake_matter(actor):
        raise NotAllowed(_("您的岗位不登记来访来电。"))
    digits = caller_number(phone)
    if not digits:
        raise invalid(phone=_("请输入完整的电话号码再查。"))
    rate_check(limits=LOOKS, key=actor.key, message=_("查号太频繁了，请{wait}后再查；登记不受影响。"))
    rows = Matter.objects.visible_to(actor).filter(reporter_phone_index=blind_index("phone", digits))
    latest = rows.select_related("category").order_by("-reported_at", "-id")[:MOST_READ]
    shown = tuple(matter for matter in latest if can_see_reporter(actor, matter))[:MOST_SHOWN]
    for matter in shown:
        record(
            "matter.caller_look",
            matter,
            purpose="来电识别",
            looked_at=LOOKED_AT,
            about_id=matter.reporter_id,
        )
    name = next((matter.reporter_name for matter in shown if matter.reporter_name), "")
    return Caller(digits, name, name_masked(name), shown)
