"""How many people live where, as JSON: numbers only; no machine is told of a person of the registry."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from linli.core.actor import Scope
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import QueryInput

from . import selectors
from .finding.api import router as finding
from .permissions import can_see_counts
from .rounding import Rounded

router = Router(tags=[gettext_noop("居民登记")])
router.add_router("", finding)


class CountsAsked(QueryInput):
    """What is counted."""

    area: str = Field("", description=gettext_noop("区划代码；不填是您负责的区域。"), max_length=15)
    presence: Literal["", "living", "registered"] = Field(
        "", description=gettext_noop("living 实际居住，registered 户在人不在。")
    )
    tenure: Literal["", "owner", "tenant", "public", "employer", "lent"] = Field(
        "",
        description=gettext_noop("owner 自有，tenant 租住，public 公房承租，employer 单位宿舍，lent 借住。"),
    )


class BandOut(Schema):
    """One band of ages; null stands for less than five."""

    age: str
    male: int | None
    female: int | None
    unknown: int | None
    total: int | None


class CountsOut(Schema):
    """The figures of an area: rounded to ten; null stands for less than five."""

    area: str
    counted_at: datetime
    people: int | None
    households: int | None
    men: int | None
    women: int | None
    ages: list[BandOut]
    household_sizes: dict[str, int | None]
    tenures: dict[str, int | None]
    areas: dict[str, int | None]


@router.get(
    "/counts",
    response=CountsOut,
    auth=let_in(Scope.REGISTRY_COUNT),
    summary=gettext_noop("人口统计"),
    operation_id="registry_counts",
    description=gettext_noop("一个区划在册的居民和户，口径与“居民—统计”页相同：按10取整，不足5为null。"),
)
def counts(request: HttpRequest, asked: Query[CountsAsked]) -> dict[str, Any]:
    """Return the figures of an area."""
    actor = actor_of(request)
    if not can_see_counts(actor):
        raise NotAllowed(_("您的岗位不查看人口统计。"), hint=_("统计供居村委会、街镇、区和市查看。"))
    division = selectors.count_area(actor, asked.area)
    wanted = selectors.CountFilters(presence=asked.presence, tenure=asked.tenure)
    found = selectors.resident_counts(actor, division, wanted)
    return {
        "area": division.code,
        "counted_at": found.counted_at,
        **{name: getattr(found, name).value for name in ("people", "households", "men", "women")},
        "ages": [
            {
                "age": row.words,
                **{sex: getattr(row, sex).value for sex in ("male", "female", "unknown", "total")},
            }
            for row in found.bands
        ],
        "household_sizes": _plain(found.sizes),
        "tenures": _plain(found.tenures),
        "areas": _plain((place.code, number) for place, number in found.areas),
    }


def _plain(rows: Any) -> dict[str, int | None]:
    pairs: list[tuple[str, Rounded]] = list(rows)
    return {name: number.value for name, number in pairs}
