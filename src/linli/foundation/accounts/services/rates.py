"""How often something may be tried."""

from collections.abc import Iterable

from linli.core import clock
from linli.core.crypto import key_ring
from linli.core.errors import TooMany
from linli.core.service import require_service

from ..models import RateHit
from ..rules import RateLimit, retry_after, wait_words


@require_service
def rate_check(*, limits: Iterable[RateLimit], key: str) -> None:
    """Count one use for ``key`` under each limit, or raise ``TooMany`` with the seconds to wait.

    A refused use is not counted (it is rolled back), so that waiting always helps.
    """
    digest, at = key_ring().digest("rate", key), clock.now()
    for limit in limits:
        hits = RateHit.objects.filter(kind=limit.kind, key=digest, at__gt=at - limit.window)
        newest = list(hits.order_by("-at").values_list("at", flat=True)[: limit.times])
        if seconds := retry_after(newest, limit, at):
            raise TooMany(
                f"操作太频繁了，请{wait_words(seconds)}后再试。",
                hint="已填写的内容不会丢失。",
                details={"retry_after": seconds},
            )
        RateHit.objects.create(kind=limit.kind, key=digest, at=at)
