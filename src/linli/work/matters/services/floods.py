"""How much may be sent: by somebody who has not signed in, and by one resident in a day.

The limits stop floods, not people: whoever reaches one is told how long to wait and that signing in helps,
and an emergency is told whom to call meanwhile. Nobody is limited who works at the desk.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import TooMany
from linli.core.service import require_service
from linli.core.words import gettext_lazy
from linli.foundation.accounts.rules import RateLimit
from linli.foundation.accounts.services.rates import visitor_rate_check

from ..models import Matter

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGN_IN_HELPS = gettext_lazy("已填写的内容不会丢失；用手机号登录后可以马上发送。")


@dataclass(frozen=True, slots=True)
class Flood:
    """What visitors may do only so often, and what is said to whoever reaches the limit."""

    per_browser: tuple[RateLimit, ...]
    per_network: tuple[RateLimit, ...]
    message: str
    hint: str = SIGN_IN_HELPS


ALARMS = Flood(
    (RateLimit("matters.alarm.browser.hour", 5, HOUR), RateLimit("matters.alarm.browser.day", 20, DAY)),
    (RateLimit("matters.alarm.network.hour", 60, HOUR), RateLimit("matters.alarm.network.day", 300, DAY)),
    gettext_lazy("没有发出：从您这里没有登录就上报的紧急情况太多，请{wait}后再试。"),
    gettext_lazy("有人有危险，请现在就拨打110、119或120。已填写的内容不会丢失；用手机号登录后可以马上发送。"),
)
DRAFTS = Flood(
    (RateLimit("matters.draft.browser.hour", 20, HOUR), RateLimit("matters.draft.browser.day", 60, DAY)),
    (RateLimit("matters.draft.network.hour", 120, HOUR), RateLimit("matters.draft.network.day", 600, DAY)),
    gettext_lazy("没有登录时发送得太多了，请{wait}后再试。"),
)
PHOTOS = Flood(
    (RateLimit("matters.photo.browser.hour", 60, HOUR), RateLimit("matters.photo.browser.day", 120, DAY)),
    (RateLimit("matters.photo.network.hour", 240, HOUR), RateLimit("matters.photo.network.day", 1200, DAY)),
    gettext_lazy("没有登录时上传的照片太多了，请{wait}后再添加照片。"),
)
# A video may be fifty times as large as a photo.
CLIPS = Flood(
    (RateLimit("matters.clip.browser.hour", 10, HOUR), RateLimit("matters.clip.browser.day", 20, DAY)),
    (RateLimit("matters.clip.network.hour", 40, HOUR), RateLimit("matters.clip.network.day", 200, DAY)),
    gettext_lazy("没有登录时上传的录音和视频太多了，请{wait}后再添加。"),
)


@require_service
def visitor_limited(*, actor: Actor, flood: Flood) -> None:
    """Count one act of a visitor, by browser and by network; raises ``TooMany``."""
    visitor_rate_check(
        actor=actor,
        per_browser=flood.per_browser,
        per_network=flood.per_network,
        message=flood.message,
        hint=flood.hint,
    )


@require_service
def reports_limited(*, actor: Actor, is_emergency: bool) -> None:
    """Refuse a resident's report beyond the day's number, never one of an emergency; raises ``TooMany``."""
    most: int = settings.REPORTS_PER_DAY
    if not most or is_emergency or actor.function != Function.RESIDENT:
        return
    # The newest so-many-th: read off the end of the index (reporter, newest first), however many there are.
    newest = Matter.objects.filter(reporter_id=actor.person_id).order_by("-reported_at")
    at = newest.values_list("reported_at", flat=True)[most - 1 : most].first()
    if at is None or clock.local_date(at) < clock.today():
        return
    tomorrow = clock.local_midnight(clock.today() + timedelta(days=1))
    raise TooMany(
        _("您今天已经反映了%(most)s件事，明天零点以后可以接着反映。") % {"most": most},
        hint=_("已填写的内容不会丢失。紧急情况不受这个限制；急事也可以直接联系居委会。"),
        details={"retry_after": int((tomorrow - clock.now()).total_seconds()) + 1},
    )
