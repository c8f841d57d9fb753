"""The pictures of the page of rates: for each the table under it, and in plain words how it was asked for.

Units and areas are put in order, always with what they are of; a percentage of few is left out, and so is
whoever has few from the order. Nobody is ever put in order by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.foundation.accounts.models import Unit
from linli.foundation.places.models import Division
from linli.work.matters.models import AffairClass
from linli.work.matters.rollup.models import STAGES, Axis
from linli.work.matters.rollup.selectors import (
    Span,
    Sums,
    category_names,
    open_by_day,
    sums,
    sums_by_area,
    sums_by_key,
)
from linli.work.matters.rules import Rate

from .overview import address_of, children_of
from .periods import FEW, Period

CURVE, BARS = 31, 10  # so many points of the curve, and so many bars, are drawn

ICONS = {
    "by-area": "map-pin",
    "by-stage": "hourglass",
    "open-by-day": "chart-line",
    "moves": "arrows-exchange",
    "by-unit": "building",
    "by-class-rates": "versions",
    "by-category": "category",
    "excluded": "filter-off",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: ``value`` is what a picture draws and a file holds, ``of`` what it is of."""

    words: str
    value: float | None = None
    of: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: drawn in the picture or only in the table; late ones are red."""

    words: str
    is_drawn: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A table and how it is drawn; ``how`` says in plain words what was asked for."""

    code: str
    title: str
    kind: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    how: str
    note: str = ""
    size: str = ""

    @property
    def icon(self) -> str:
        """The name of what stands beside its title."""
        return ICONS[self.code]

    @property
    def lines(self) -> list[tuple[Sequence[Cell], bool]]:
        """Each row and whether it is drawn: bars of those only that have a number, and of not too many."""
        drawn = [at for at, head in enumerate(self.heads) if head.is_drawn]
        has = [any(row[at].value is not None for at in drawn) for row in self.rows]
        if self.kind != "bar-across":
            return list(zip(self.rows, has, strict=True))
        return [
            (row, is_drawn and at < BARS)
            for at, (row, is_drawn) in enumerate(zip(self.rows, has, strict=True))
        ]

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw."""
        return any(is_drawn for _row, is_drawn in self.lines)


@dataclass(frozen=True)
class Reading:
    """Who reads which area in which period, and what was counted there, asked once."""

    actor: Actor
    division: Division
    period: Period

    @property
    def span(self) -> Span:
        """The area and days as the roll-up is asked."""
        return Span(self.division.path, self.period.from_on, self.period.to_on)

    @cached_property
    def now(self) -> Sums:
        """What was counted in the period."""
        return sums(self.actor, self.span)

    @cached_property
    def before(self) -> Sums:
        """What was counted in as many days right before."""
        was = self.period.before
        return sums(self.actor, Span(self.division.path, was.from_on, was.to_on))

    @property
    def about(self) -> dict[str, str]:
        """The area and the days in words."""
        days = _("%(first)s至%(last)s") % {"first": self.period.from_on, "last": self.period.to_on}
        return {"area": self.division.name, "days": days}


def share(rate: Rate) -> Cell:
    """Return a rate with its denominator; of fewer than ten only the numbers."""
    of = f"{rate.part}/{rate.whole}"
    if rate.percent is None:
        return Cell("—")
    if rate.whole < FEW:
        return Cell(of)
    return Cell(f"{rate.percent:.1f}%", rate.percent, of)


def number(value: int) -> Cell:
    """Return a count."""
    return Cell(str(value), value)


def _rates(found: Sums) -> list[Cell]:
    rates = found.rates
    return [share(rates.contacted), share(rates.solved), share(rates.satisfied)]


def _work(found: Sums) -> list[Cell]:
    return [share(found.on_time), *(number(found[name]) for name in ("returns", "reopenings", "whistles"))]


def _rate_heads() -> list[Head]:
    return [Head(_("联系率")), Head(_("解决率"), is_drawn=True), Head(_("满意率"), is_drawn=True)]


def _work_heads() -> list[Head]:
    return [Head(_("按时率")), Head(_("退单")), Head(_("重办")), Head(_("吹哨"))]


# -- the pictures -------------------------------------------------------------------
def by_area(reading: Reading) -> Picture:
    """The rates of the areas below, the best solved first; a level of one is passed by."""
    children = children_of(reading.division, reading.period)
    found = sums_by_area(reading.actor, reading.span, [child.path for child in children])
    rows = [
        [
            Cell(child.short_name or child.name, url=address_of(child, reading.period, "dashboards:rates")),
            number(found[child.path]["received"]),
            *_rates(found[child.path]),
            *_work(found[child.path]),
        ]
        for child in children
    ]
    return Picture(
        "by-area",
        _("各区域的三率"),
        "bar-across",
        [Head(_("区域")), Head(_("收到")), *_rate_heads(), *_work_heads()],
        _ordered(rows, 3),
        _(
            "取%(area)s内%(days)s上报的事项，按事发地所在的下一级区域分组；三率的分母是已办结并作了评价、"
            "没有被剔除的事项，按时率的分母是已办完或已超期的主办交办。按解决率从高到低排列。"
        )
        % reading.about,
    )


def by_unit(reading: Reading) -> Picture:
    """The lead units, in the order of what they did in time; who has few stands last, in no order."""
    found = sums_by_key(reading.actor, reading.span, Axis.UNIT)
    names = dict(Unit.objects.filter(pk__in=[key for key in found if key]).values_list("pk", "name"))
    rows = [
        [Cell(names.get(int(key), key)), share(each.on_time), *_rates(each), *(_work(each)[1:])]
        for key, each in found.items()
        if key
    ]
    heads = [Head(_("主办单位")), Head(_("按时率"), is_drawn=True), *_rate_heads(), *_work_heads()[1:]]
    return Picture(
        "by-unit",
        _("各主办单位"),
        "bar-across",
        [Head(head.words, head.words == _("按时率")) for head in heads],
        _ordered(rows, 1),
        _(
            "取%(area)s内%(days)s上报、已派遣的事项，按本轮主办单位分组；按时率的分母是该单位已办完或已超期的交办。"
            "只排单位，不排个人。"
        )
        % reading.about,
        _("不足%d件的不算百分比，也不参加排列。") % FEW,
    )


def _ordered(rows: list[list[Cell]], column: int) -> list[list[Cell]]:
    """Put rows in order by a rate; those without one come last, by their name."""
    ranked = [row for row in rows if row[column].value is not None]
    few = sorted((row for row in rows if row[column].value is None), key=lambda row: row[0].words)
    return [*sorted(ranked, key=lambda row: -(row[column].value or 0)), *few]


def by_category(reading: Reading) -> Picture:
    """What it was about, most received first."""
    found = sums_by_key(reading.actor, reading.span, Axis.CATEGORY)
    names = category_names(found)
    rows = [
        [Cell(names[key]), number(each["received"]), *_rates(each), *_work(each)]
        for key, each in sorted(found.items(), key=lambda pair: -pair[1]["received"])
    ]
    heads = [Head(_("类别")), Head(_("收到"), is_drawn=True), *_rate_heads(), *_work_heads()]
    return Picture(
        "by-category",
        _("各类别"),
        "bar-across",
        [Head(head.words, head.words == _("收到")) for head in heads],
        rows,
        _("取%(area)s内%(days)s上报的事项，按类别分组，从多到少排列；三率和按时率的分母同上。")
        % reading.about,
    )


def by_class(reading: Reading) -> Picture:
    """The three affairs."""
    found = sums_by_key(reading.actor, reading.span, Axis.AFFAIR_CLASS)
    names = {**{code: str(label) for code, label in AffairClass.choices}, "": _("待研判")}
    rows = [
        [Cell(words), number(found[code]["received"]), *_rates(found[code]), *_work(found[code])]
        for code, words in names.items()
        if code in found
    ]
    return Picture(
        "by-class-rates",
        _("三事的三率"),
        "bar",
        [Head(_("分类")), Head(_("收到")), *_rate_heads(), *_work_heads()],
        rows,
        _("取%(area)s内%(days)s上报的事项，按现在的三事分类分组；三率和按时率的分母同上。") % reading.about,
        size="small",
    )


STAGE_WORDS: dict[str, Callable[[], str]] = {
    "accept": lambda: _("受理"),
    "sort": lambda: _("研判派遣"),
    "sign": lambda: _("签收"),
    "handle": lambda: _("办理反馈"),
    "verify": lambda: _("核查"),
}


def by_stage(reading: Reading) -> Picture:
    """How many steps that ended a stage were made before its limit."""
    now, before = reading.now, reading.before
    rows = []
    for stage in STAGES:
        rate = now.stage(stage)
        late = number(rate.whole - rate.part)
        rows.append(
            [Cell(STAGE_WORDS[stage]()), number(rate.part), late, share(rate), share(before.stage(stage))]
        )
    return Picture(
        "by-stage",
        _("各环节是否按时"),
        "bar-stacked",
        [
            Head(_("环节")),
            Head(_("按时"), is_drawn=True),
            Head(_("超时"), is_drawn=True, is_late=True),
            Head(_("按时率")),
            Head(_("上期按时率")),
        ],
        rows,
        _("取%(area)s内%(days)s办理的每一步（不论何时上报），与这一步结束的时限比较；没有时限的步骤不算。")
        % reading.about,
        size="small",
    )


def open_days(reading: Reading) -> Picture:
    """How many were open when each day was over; of a long period the ends of equal stretches."""
    days = open_by_day(reading.actor, reading.span)
    step = -(-len(days) // CURVE)
    rows = []
    for end in range(len(days) - 1, -1, -step):
        stretch = days[max(end - step + 1, 0) : end + 1]
        came, went = sum(day.opened for day in stretch), sum(day.ended for day in stretch)
        rows.append([Cell(_day_words(days[end].day)), number(days[end].open), number(came), number(went)])
    rows.reverse()
    heads = [Head(_("日期")), Head(_("期末在办"), is_drawn=True)]
    each = _("每天") if step == 1 else _("每%d天") % step
    return Picture(
        "open-by-day",
        _("在办事项的变化"),
        "line",
        [*heads, Head(_("新增"), is_drawn=True), Head(_("办结或结束"), is_drawn=True)],
        rows,
        _("取%(area)s的全部事项，看它们在%(days)s%(each)s结束时是否还没有办结；申请重办的重新算作在办。")
        % {**reading.about, "each": each},
    )


def _day_words(day: date) -> str:
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}


def moves(reading: Reading) -> Picture:
    """Returns, what was sent back, reopenings, whistles, 督办 in the period, against the one before."""
    now, before = reading.now, reading.before
    names = {
        "returned": _("退单"),
        "sent_back": _("退回"),
        "reopened": _("重办"),
        "whistled": _("吹哨"),
        "supervised": _("督办"),
    }
    rows = [[Cell(words), number(now[name]), number(before[name])] for name, words in names.items()]
    return Picture(
        "moves",
        _("退单、退回、重办、吹哨、督办"),
        "bar",
        [Head(_("步骤")), Head(_("本期"), is_drawn=True), Head(_("上期"), is_drawn=True)],
        rows,
        _(
            "数%(area)s内在%(days)s发生的次数（不论何时上报）：退单是办理单位提出的，退回是退到前面的环节重做；"
            "上期是紧接在前、天数相同的一段。"
        )
        % reading.about,
        size="small",
    )


PICTURES: dict[str, Callable[[Reading], Picture]] = {
    "by-area": by_area,
    "by-stage": by_stage,
    "open-by-day": open_days,
    "moves": moves,
    "by-unit": by_unit,
    "by-class-rates": by_class,
    "by-category": by_category,
}


def pictures(reading: Reading) -> list[Picture]:
    """Return every picture of an area in a period that has something to show."""
    made = [make(reading) for make in PICTURES.values()]
    return [picture for picture in made if picture.rows]
