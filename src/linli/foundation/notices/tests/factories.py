"""Messages, queued through the step inside a service."""

from typing import Any

from linli.core.actor import Actor, system
from linli.core.service import service
from linli.foundation.notices.services import notice_queue

MACHINE = system("test")


@service
def _queue(*, actor: Actor, **given: Any) -> int:
    return notice_queue(**given)


def tell(*person_ids: int, **given: Any) -> int:
    """Queue a message as another room's service would."""
    plain: dict[str, Any] = {"kind": "matter.accept", "title": "已受理", "url": "/m/1/"}
    return _queue(actor=MACHINE, person_ids=person_ids, **plain | given)
