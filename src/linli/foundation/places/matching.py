"""Which division somebody means: by code, or by name within what stands above it; names are not unique."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.core.fields import in_areas

from .models import Division, Level
from .rules import code_unpadded, division_short_name, division_stem
from .selectors import division_names, named_like

SHOWN = 5
_CODE = re.compile(r"\d{2,15}")
_SPACES = re.compile(r"[\s/>›]+")
_ABOVE_ENDS = re.compile(r"[省市区县旗州盟镇乡道处]")
# How people write what stands in the register as a short name: the stem, or the stem and one of these.
_SHORT_ENDS = {
    Level.COMMITTEE: ("", "居委", "村", "社区", "居民区"),
    Level.STREET: ("", "街道", "镇", "乡", "街道办事处"),
    Level.COUNTY: ("", "区", "县", "市", "新区", "旗"),
    Level.CITY: ("", "市", "地区", "盟"),
    Level.PROVINCE: ("", "省", "市"),
    Level.GRID: ("", "网格"),
}


@dataclass(frozen=True, slots=True)
class DivisionMatch:
    """What a name may mean today; ``division`` is set where it means exactly one."""

    said: str
    candidates: tuple[Division, ...]
    division: Division | None

    def one(self) -> Division:
        """Return the division meant; raises ``InvalidInput`` that lists the candidates with their paths."""
        if self.division is not None:
            return self.division
        if not self.candidates:
            raise InvalidInput(
                _("没有找到区划“%s”。") % self.said[:60],
                hint=_("请核对名称和所属街镇，或直接填写区划代码。"),
            )
        names = division_names(row.path for row in self.candidates[:SHOWN])
        shown = "、".join(f"{names[row.path]}（{row.code}）" for row in self.candidates[:SHOWN])
        more = "……" if len(self.candidates) > SHOWN else ""
        raise InvalidInput(
            _("有%(n)d个“%(name)s”：%(shown)s%(more)s。")
            % {"n": len(self.candidates), "name": self.said[:60], "shown": shown, "more": more},
            hint=_("请写明街镇，或直接填写区划代码。"),
            details={"candidates": [row.code for row in self.candidates]},
        )


def division_match(
    name: str, under: str = "", level: Level = Level.COMMITTEE, area: str = ""
) -> DivisionMatch:
    """Find the division of today that a code or a name means.

    ``name`` may be a code (padded or not), a full name or what people call it: 光明, 光明居委, 光明社区居委会
    and 光明居民委员会 mean the same; a name with its street in front is taken apart. ``under`` is the street,
    or any place above, by code or by name, with or without its own district in front (徐汇区湖南路街道).
    ``area`` is a path that nothing outside may match. A name that stands in the register word for word
    goes before those that only sound like it. One or two queries by index, whatever the size of the country.
    """
    said = _SPACES.sub("", name)
    if _CODE.fullmatch(said):
        rows = Division.objects.on().under(area).filter(code=code_unpadded(said))
        return _weighed(name, list(rows))
    areas = tuple(_areas_named(_SPACES.sub("", under), level, area)) if under else (area,)
    found = _named(said, level, areas)
    return _weighed(name, found or (_apart(said, level, area) if not under else []))


def _weighed(said: str, found: Sequence[Division]) -> DivisionMatch:
    exact = [row for row in found if said in (row.name, row.short_name)]
    best = exact or found
    return DivisionMatch(said, tuple(best), best[0] if len(best) == 1 else None)


def _rows(said: str, level: Level) -> QuerySet[Division]:
    short = division_short_name(said, level)
    stems = {stem for stem in (said, short.removesuffix("居委"), division_stem(said, level)) if stem}
    words = {short, *(f"{stem}{end}" for stem in stems for end in _SHORT_ENDS[level])}
    condition = Q(short_name__in=words)
    if level in (Level.COUNTY, Level.CITY, Level.PROVINCE):
        condition |= Q(name__in=words)
    return Division.objects.on().filter(condition, level=level)


def _named(said: str, level: Level, areas: tuple[str, ...]) -> list[Division]:
    """Return what has a name, or one of its variants, within some areas, by code."""
    if not said or not areas:
        return []
    rows = list(_rows(said, level).filter(in_areas("path", areas)).order_by("code"))
    exact = [row for row in rows if said in (row.name, row.short_name)]
    return exact or rows


def _areas_named(under: str, level: Level, area: str) -> Iterator[str]:
    """Yield the paths of what a place above may be: by code, by name, or by two names in a row."""
    if _CODE.fullmatch(under):
        rows = Division.objects.on().under(area).filter(code=code_unpadded(under))
        yield from rows.values_list("path", flat=True)
        return
    for above in range(level - 1, 0, -1):
        found = _named(under, Level(above), (area,)) or _apart(under, Level(above), area)
        if found:
            yield from (row.path for row in found)
            return


def _apart(said: str, level: Level, area: str) -> list[Division]:
    """Read 徐汇区湖南路街道 as a place and what lies in it; the longest place that is known wins."""
    if level == Level.PROVINCE:
        return []
    for cut in sorted((m.end() for m in _ABOVE_ENDS.finditer(said[:-1])), reverse=True):
        areas = tuple(_areas_named(said[:cut], level, area))
        if areas and (found := _named(said[cut:], level, areas)):
            return found
    return []


def division_find(words: str, area: str = "", limit: int = 51) -> list[Division]:
    """Return divisions of today whose code begins with digits, or named like words (or pinyin, initials).

    The higher levels come first, of one level by code.
    """
    words = words.strip()
    if words.isascii() and words.isdigit():
        rows = Division.objects.on().filter(code__gte=words, code__lt=f"{words}:")
    else:
        rows = Division.objects.on().filter(named_like(words))
    return list(rows.under(area).order_by("level", "code")[:limit])
