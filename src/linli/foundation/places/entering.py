"""What is typed about compounds, buildings and parts: checked, with words that say what to do."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core.clock import today
from linli.core.errors import Conflict, InvalidInput, StaleVersion

from .models import FLOORS_MAX, YEARS, Building, HousingType, PartKind
from .selectors import position_find

FLOOR_MIN = -9
KINDS = frozenset(PartKind.values)


def named(value: str, limit: int, what: str) -> str:
    """Return a name without superfluous spaces; raises ``InvalidInput`` for none or a long one."""
    name = " ".join(value.split())
    if not name or len(name) > limit:
        message = _("请填写%(what)s，不超过%(limit)d个字。") % {"what": what, "limit": limit}
        raise InvalidInput(message, details={"name": message})
    return name


def position_whole(lng: float | None, lat: float | None) -> dict[str, float | None]:
    """Return a whole position or none; where a map is loaded it must lie in the city."""
    if lng is None and lat is None:
        return {"lng": None, "lat": None}
    position_find(lng, lat)
    return {"lng": lng, "lat": lat}


def name_free(model: type[Model], message: str, **where: Any) -> None:
    """Raise ``InvalidInput`` with the message if there is such a row already."""
    if model._default_manager.filter(**where).exists():
        raise InvalidInput(message, details={"name": message})


def area_checked(value: int | None, field: str) -> int | None:
    """Return an area in 1/100 m²; raises ``InvalidInput`` for 0 and less."""
    if value is not None and value <= 0:
        raise InvalidInput(details={field: _("面积必须大于0；不知道就留空。")})
    return value


def between(value: int | None, low: int, high: int, field: str, message: str) -> int | None:
    """Return a number within bounds or None; raises ``InvalidInput`` with the message at its field."""
    if value is not None and not low <= value <= high:
        raise InvalidInput(message, details={field: message})
    return value


def year_checked(value: int | None) -> int | None:
    """Return a year of building; raises ``InvalidInput`` for what is none."""
    return between(value, *YEARS, "built_year", _("建成年份应在1840年到2100年之间。"))


def housing_type_checked(value: str) -> str:
    """Return a housing type or nothing; raises ``InvalidInput`` for what is none."""
    if value and value not in HousingType.values:
        raise InvalidInput(details={"housing_type": _("请从列表里选择房屋类型。")})
    return value


def building_facts(
    *,
    housing_type: str = "",
    built_year: int | None = None,
    floors: int | None = None,
    floor_area: int | None = None,
    has_lift: bool | None = None,
) -> dict[str, Any]:
    """Return a building's facts, each checked; None and "" are unknown."""
    return {
        "housing_type": housing_type_checked(housing_type),
        "built_year": year_checked(built_year),
        "floors": between(floors, 1, FLOORS_MAX, "floors", _("层数应在1到200之间；不知道就留空。")),
        "floor_area": area_checked(floor_area, "floor_area"),
        "has_lift": has_lift,
    }


def part_kind_checked(value: str) -> str:
    """Return a kind of part; raises ``InvalidInput`` for what is none."""
    if value not in KINDS:
        raise InvalidInput(details={"kind": _("请从列表里选择房屋用途。")})
    return value


def floor_checked(value: int | None, field: str = "floor") -> int | None:
    """Return a floor, below ground negative; raises ``InvalidInput`` for 0 and what no house has."""
    if value is None or (value and FLOOR_MIN <= value <= FLOORS_MAX):
        return value
    message = _("楼层应在-9到200之间，没有0层；不知道就留空。")
    raise InvalidInput(message, details={field: message})


def is_standing(building: Building) -> None:
    """Raise ``Conflict`` for a building that is closed."""
    if building.closed_on is not None:
        raise Conflict(
            _("%s已经注销，不能再登记单元和房屋。") % building.name,
            hint=_("如果注销有误，请先恢复楼栋。"),
        )


def closing_day(value: Any) -> Any:
    """Return the day on which something is closed, today where none is given; never in the future."""
    day = value or today()
    if day > today():
        raise InvalidInput(details={"closed_on": _("注销日期不能晚于今天。")})
    return day


def version_same(row: Any, version: int, theirs: dict[str, Any], yours: dict[str, Any]) -> None:
    """Raise ``StaleVersion`` that shows both, when somebody else was faster."""
    if row.version != version:
        raise StaleVersion(details={"theirs": theirs, "yours": yours})
