"""Duties, opened through the step inside a service."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from linli.core.actor import Actor, Function, system
from linli.core.service import service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties import services
from linli.foundation.duties.models import Duty

MACHINE = system("test")
FIVE_DAYS = Limit(5, LimitUnit.WORKING_DAY, "热线办理规范第六条")


@service
def step(*, actor: Actor, call: Callable[..., Any], **given: Any) -> Any:
    """Call a step as another room's service would."""
    return call(**given)


def duty_make(**given: Any) -> Duty:
    """Open a duty for the committee over the whole test city, unless said otherwise."""
    plain: dict[str, Any] = {
        "room": "matters",
        "subject_id": "m1",
        "subject_number": "20260310001",
        "title": "路灯不亮",
        "url": "/desk/matters/m1/",
        "action": "accept",
        "action_label": "受理",
        "area_path": "99/",
        "limit": FIVE_DAYS,
        "function": Function.COMMITTEE,
    }
    duty: Duty = step(actor=MACHINE, call=services.duty_open, **plain | given)
    return duty


def due(duty: Duty) -> datetime | None:
    """Return a duty's due time as it stands in the database."""
    duty.refresh_from_db()
    return duty.due_at
