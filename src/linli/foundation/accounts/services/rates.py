"""How often something may be tried."""

from collections.abc import Iterable

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.crypto import key_ring
from linli.core.errors import TooMany
from linli.core.service import require_service
from linli.core.words import gettext_lazy as _

from ..models import RateHit
from ..rules import RateLimit, retry_after, wait_words

TOO_OFTEN = _("操作太频繁了，请{wait}后再试。")
NOTHING_LOST = _("已填写的内容不会丢失。")


@require_service
def rate_check(
    *, limits: Iterable[RateLimit], key: str, message: str = TOO_OFTEN, hint: str = NOTHING_LOST
) -> None:
    """Count one use for ``key`` under each limit, or raise ``TooMany`` with the seconds to wait.

    A refused use is not counted (it is rolled back), so that waiting always helps. ``message`` says what
    was too often; its ``{wait}`` becomes the time to wait.
    """
    digest, at = key_ring().digest("rate", key), clock.now()
    for limit in limits:
        hits = RateHit.objects.filter(kind=limit.kind, key=digest, at__gt=at - limit.window)
        newest = list(hits.order_by("-at").values_list("at", flat=True)[: limit.times])
        if seconds := retry_after(newest, limit, at):
            raise TooMany(
                message.format(wait=wait_words(seconds)),
                hint=hint,
                details={"retry_after": seconds},
            )
        RateHit.objects.create(kind=limit.kind, key=digest, at=at)


@require_service
def visitor_rate_check(
    *,
    actor: Actor,
    per_browser: Iterable[RateLimit],
    per_network: Iterable[RateLimit],
    message: str = TOO_OFTEN,
    hint: str = NOTHING_LOST,
) -> None:
    """Count one act of somebody who has not signed in; everybody with a name passes uncounted.

    A browser is known by a cookie that it may throw away, so its network is counted too. Behind one
    address of a mobile network stand hundreds of people: let ``per_network`` be generous.
    """
    if actor.function != Function.VISITOR:
        return
    rate_check(limits=per_browser, key=actor.key, message=message, hint=hint)
    if actor.network:
        rate_check(limits=per_network, key=f"address:{actor.network}", message=message, hint=hint)
