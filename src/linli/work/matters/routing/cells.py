"""The cells of a row: how each is kept, read from what somebody typed, and said again in words. Pure.

A row is a mapping from a column's code to a plain value (JSON). What was typed and could not be read is kept
under ``raw`` as it was, so that an import or an edit loses nothing and says what to mend.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _now

from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import gettext_lazy as _
from linli.core.words import in_house_language

from ..models.category import AffairClass
from ..words import folded
from . import rules
from .conditions import DAY, Condition, Span
from .rules import Outcome, Row
from .words import DAYS, DAYS_ALSO, LIMITS, PLACES, hour_words, joined

Cells = Mapping[str, Any]
RAW = "raw"
UNIT, KIND = "unit:", "kind:"
MOST_VALUES, LONGEST, LONGEST_NOTE = 60, 400, 200
_HOURS = re.compile(r"(\d{1,2})[:点]?(\d{2})?(?:-|到|至|~)(?:次日)?(\d{1,2})[:点]?(\d{2})?")
_LIMIT = re.compile(r"(\d{1,4})个?(.+)")
_LIMIT_ALSO = {
    "工作小时": LimitUnit.WORK_HOUR,
    "日": LimitUnit.DAY,
    "自然日": LimitUnit.DAY,
    "分": LimitUnit.MINUTE,
}
URGENCIES = {rules.URGENT: _("紧急"), rules.USUAL: _("一般")}
CLASSES: Mapping[str, Any] = dict(AffairClass.choices)


def _in_house(words: Mapping[Any, Any]) -> dict[Any, str]:
    with in_house_language():
        return {code: str(label) for code, label in words.items()}


# What stands in cells is written down, and is the same in every language of the interface.
PLACE_WORDS, DAY_WORDS, LIMIT_WORDS = _in_house(PLACES), _in_house(DAYS), _in_house(LIMITS)
CLASS_WORDS, URGENCY_WORDS = _in_house(CLASSES), _in_house(URGENCIES)
YES = ("是", "直接派遣", "1", "yes", "true", "√", "✔")
NO = ("否", "不", "0", "no", "false")


class Unread(ValueError):
    """A cell that cannot be read; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What words typed in a table's area can mean: name (or code) in its ``plain`` spelling → what rows keep.

    ``categories`` maps each path, each code and each name to the paths it may mean.
    """

    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What the names that rows keep stand for today.

    ``areas``: code → (name, path). ``units``: public id → (name, is it open). ``kinds``: those of open units.
    ``categories``: paths of the edition in force.
    """

    categories: frozenset[str] = frozenset()
    areas: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    units: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """One column: code, heading, an example, the subjects that have it, how it is read and said."""

    code: str
    label: str
    example: str
    read: Callable[[str, Lookup], Any]
    say: Callable[[Any, Known], str]
    subjects: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Return the spelling in which names are compared: widths and dashes alike, no blanks around."""
    return unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-").strip()


def _several(text: str) -> list[str]:
    found = [part.strip() for part in re.split(r"[、,;\n]", plain(text))]
    return list(dict.fromkeys(part for part in found if part))[:MOST_VALUES]


def _names(text: str, known: Container[str]) -> list[str]:
    """Return the names that a list holds; a name may itself hold the sign that parts the list."""
    parts, names = re.split(r"([、,;\n])", plain(text)), list[str]()
    at = 0
    while at < len(parts):
        ends = range(len(parts), at, -2)
        end = next((end for end in ends if "".join(parts[at:end]).strip() in known), at + 1)
        names.append("".join(parts[at:end]).strip())
        at = end + 1
    return list(dict.fromkeys(name for name in names if name))[:MOST_VALUES]


# -- reading -------------------------------------------------------------------------
def _categories(text: str, known: Lookup) -> list[str]:
    paths = []
    for word in _names(text, known.categories):
        found = known.categories.get(word, ())
        if not found:
            raise Unread(_now("类别清单里没有“%s”。请从清单中选，或写完整路径。") % word)
        if len(found) > 1:
            raise Unread(_now("有%(n)d个类别叫“%(word)s”，请写完整路径，例如“%(path)s”。")
                         % {"n": len(found), "word": word, "path": found[0]})  # fmt: skip
        paths.append(found[0])
    return paths


def _named(words: Mapping[str, str], what: str) -> Callable[[str, Lookup], list[str]]:
    by_word = {label: code for code, label in words.items()}

    def read(text: str, known: Lookup) -> list[str]:
        codes = []
        for word in _several(text):
            code = by_word.get(word) or DAYS_ALSO.get(word, "")
            if code not in words:
                raise Unread(
                    _now("读不懂“%(word)s”。可以写：%(words)s。") % {"word": word, "words": joined(by_word)}
                )
            codes.append(code)
        return codes

    read.__name__ = f"read_{what}"
    return read


def _areas(text: str, known: Lookup) -> list[str]:
    codes = []
    for word in _names(text, known.areas):
        if word not in known.areas:
            raise Unread(_now("本区域内没有“%s”。请写居村委或街镇的名称或代码。") % word)
        codes.append(known.areas[word])
    return codes


def _hours(text: str, known: Lookup) -> list[list[int]]:
    spans = []
    for word in _several(text):
        found = _HOURS.fullmatch("".join(word.split()))
        span = (
            [int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)]
            if found
            else []
        )
        is_clock = found is not None and all(int(found[at] or 0) < 60 for at in (2, 4))
        if not span or not is_clock or max(span) > DAY or span[0] in (span[1], DAY):
            raise Unread(_now("读不懂时段“%s”。请这样写：22:00-06:00。") % word)
        spans.append([span[0], span[1] % DAY if span[1] == DAY and span[0] else span[1]])
    return spans


def _answers(text: str, known: Lookup) -> list[list[Any]]:
    rows: dict[str, list[str]] = {}
    for word in filter(None, re.split(r"[;\n]", plain(text))):  # a question may hold a comma
        question, sign, answer = word.partition("=")
        accepted = [part.strip() for part in answer.split("|") if part.strip()]
        if not sign or not question.strip() or not accepted:
            raise Unread(_now("读不懂“%s”。请这样写：是否正在搭建=是；几种回答都可以的，用“|”分开。") % word)
        rows.setdefault(question.strip(), []).extend(accepted)
    return [[question, accepted] for question, accepted in rows.items()]


def _words(text: str, known: Lookup) -> list[str]:
    found = [folded(word) for word in _several(text)]
    if any(len(word) > 30 for word in found):
        raise Unread(_now("每个词最多30个字，请用“、”分开。"))
    return [word for word in found if word]


def _unit(word: str, known: Lookup) -> str:
    kind = re.fullmatch(r"(?:单位)?类别[:=]?(.+)", word)
    name = kind[1].strip() if kind else word
    if not kind and name in known.units:
        return UNIT + known.units[name]
    if name in known.kinds:
        return KIND + name
    raise Unread(_now("本区域内没有在用的单位或单位类别叫“%s”。请从清单中选。") % name)


def _lead(text: str, known: Lookup) -> str:
    found = _names(text, {*known.units, *known.kinds, *_kind_names(known)})
    if len(found) > 1:
        raise Unread(_now("主办只能写一个，其余写在协办里。"))
    return _unit(found[0], known)


def _helpers(text: str, known: Lookup) -> list[str]:
    names = _names(text, {*known.units, *known.kinds, *_kind_names(known)})
    return list(dict.fromkeys(_unit(name, known) for name in names))


def _kind_names(known: Lookup) -> list[str]:
    return [f"类别:{kind}" for kind in known.kinds]


def _yes(text: str, known: Lookup) -> bool:
    word = plain(text).lower()
    if word not in YES + NO:
        raise Unread(_now("请写“是”或留空。"))
    return word in YES


def _choice(words: Mapping[str, Any]) -> Callable[[str, Lookup], str]:
    def read(text: str, known: Lookup) -> str:
        word = plain(text)
        for code, label in words.items():
            if word == label:
                return code
        raise Unread(_now("读不懂“%(word)s”。可以写：%(words)s。")
                     % {"word": word, "words": joined(words.values())})  # fmt: skip

    return read


def _limit(text: str, known: Lookup) -> list[Any]:
    found = _LIMIT.fullmatch("".join(plain(text).split()))
    units = {label.removeprefix("个"): unit for unit, label in LIMIT_WORDS.items()} | _LIMIT_ALSO
    if not found or found[2] not in units or not int(found[1]):
        raise Unread(_now("读不懂时限“%(word)s”。请这样写：2小时、5个工作日。") % {"word": text.strip()})
    return [int(found[1]), units[found[2]].value]


def _note(text: str, known: Lookup) -> str:
    if len(text) > LONGEST_NOTE:
        raise Unread(_now("最多%d个字。") % LONGEST_NOTE)
    return text.strip()


# -- saying --------------------------------------------------------------------------
def _say_list(value: Any, known: Known) -> str:
    return joined(value)


def _say_areas(value: Any, known: Known) -> str:
    return joined(known.areas.get(code, (code, ""))[0] for code in value)


def _say_named(words: Mapping[str, str]) -> Callable[[Any, Known], str]:
    return lambda value, known: joined(words.get(code, code) for code in value)


def _say_hours(value: Any, known: Known) -> str:
    return joined(hour_words((begin, end)) for begin, end in value)


def _say_answers(value: Any, known: Known) -> str:
    return "；".join(f"{question}={'|'.join(accepted)}" for question, accepted in value)


def unit_words(name: str, known: Known) -> str:
    """Return what a unit of a row is called; a kind as 类别：城管."""
    if name.startswith(KIND):
        return f"类别：{name.removeprefix(KIND)}"
    return known.units.get(name.removeprefix(UNIT), ("已不存在的单位", False))[0]


def _say_units(value: Any, known: Known) -> str:
    return joined(unit_words(name, known) for name in value)


def _say_yes(value: Any, known: Known) -> str:
    return "是" if value else ""


def _say_choice(words: Mapping[str, Any]) -> Callable[[Any, Known], str]:
    return lambda value, known: str(words.get(value, value))


def _say_limit(value: Any, known: Known) -> str:
    return f"{value[0]}{LIMIT_WORDS[LimitUnit(value[1])]}"


def _say_text(value: Any, known: Known) -> str:
    return str(value)


CONDITIONS = (
    ColumnOf("category", _("类别"), _("例如：市容/违建，含它下面的各类"), _categories, _say_list),
    ColumnOf("area", _("区域"), _("居村委的名称，不写就是全部"), _areas, _say_areas),
    ColumnOf("place", _("地点"), _("例如：小区外"), _named(PLACE_WORDS, "place"), _say_named(PLACE_WORDS)),
    ColumnOf(
        "days", _("日子"), _("例如：休息日，或周六、周日"), _named(DAY_WORDS, "days"), _say_named(DAY_WORDS)
    ),
    ColumnOf("hours", _("时段"), _("例如：22:00-06:00"), _hours, _say_hours),
    ColumnOf("answers", _("回答"), _("例如：是否正在搭建=是"), _answers, _say_answers),
    ColumnOf("words", _("文字里有"), _("例如：正在搭建、正在施工（有一个就算）"), _words, _say_list),
)
RESULTS = (
    ColumnOf(
        "lead",
        _("主办"),
        _("单位名称，或“类别：城管”"),
        _lead,
        unit_words,
        (rules.ROUTE,),
    ),
    ColumnOf("helpers", _("协办"), _("可以不写"), _helpers, _say_units, (rules.ROUTE,)),
    ColumnOf(
        "direct", _("直接派遣"), _("是：街镇打开开关后，研判完就自动派出"), _yes, _say_yes, (rules.ROUTE,)
    ),
    ColumnOf(
        "class",
        _("三事分类"),
        _("大事、小事或私事"),
        _choice(CLASS_WORDS),
        _say_choice(CLASS_WORDS),
        (rules.CLASS,),
    ),
    ColumnOf("limit", _("办理时限"), _("例如：2小时、5个工作日"), _limit, _say_limit, (rules.CLOCK,)),
    ColumnOf(
        "urgency",
        _("紧急程度"),
        _("紧急或一般"),
        _choice(URGENCY_WORDS),
        _say_choice(URGENCY_WORDS),
        (rules.URGENCY,),
    ),
)
NOTE = ColumnOf("note", _("依据或说明"), _("例如：权责清单第12项"), _note, _say_text)
MAIN = {rules.ROUTE: "lead", rules.CLASS: "class", rules.CLOCK: "limit", rules.URGENCY: "urgency"}


def columns_of(subject: str) -> tuple[ColumnOf, ...]:
    """Return the columns of a table: what it asks, what it says, why."""
    return (*CONDITIONS, *(column for column in RESULTS if subject in column.subjects), NOTE)


EVERY = (*CONDITIONS, *RESULTS, NOTE)


def cells_read(
    typed: Mapping[str, str], subject: str, known: Lookup
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a row from what was typed, and for each cell that cannot be read what is wrong with it."""
    row: dict[str, Any] = {}
    raw, faults = dict[str, str](), dict[str, str]()
    for column in columns_of(subject):
        text = str(typed.get(column.code, "") or "").strip()[: 4 * LONGEST]
        if not text:
            continue
        try:
            row[column.code] = column.read(text, known)
        except Unread as fault:
            raw[column.code], faults[column.code] = text, str(fault)
    if MAIN[subject] not in {*row, *raw}:
        label = next(column.label for column in RESULTS if column.code == MAIN[subject])
        faults[MAIN[subject]] = _now("请填写“%s”。") % label
    return {**row, **({RAW: raw} if raw else {})}, faults


def cells_said(row: Cells, subject: str, known: Known) -> dict[str, str]:
    """Return a row's cells in words, as they would be typed; what could not be read as it was typed."""
    said = {}
    for column in columns_of(subject):
        if column.code in row:
            said[column.code] = column.say(row[column.code], known)
    return said | dict(row.get(RAW, {}))


# -- from kept rows to rules ---------------------------------------------------------------
def row_of(number: int, kept: Cells, subject: str, known: Known) -> Row:
    """Return a kept row as a rule, with everything about it that cannot be read today."""
    if not is_sound(kept):
        return Row(number, Condition(), Outcome(), faults=(_now("这一行的内容已损坏，请重写"),))
    faults = []
    for code, text in kept.get(RAW, {}).items():
        faults.append(_now("“%(column)s”读不懂：%(text)s") % {"column": _label(code), "text": text})
    faults += _gone(kept, known)
    if MAIN[subject] not in {*kept, *kept.get(RAW, {})}:
        faults.append(_now("没有写“%s”") % _label(MAIN[subject]))
    return Row(number, condition_of(kept, known), outcome_of(kept), str(kept.get("note", "")), tuple(faults))


def is_sound(kept: Any) -> bool:
    """Whether a kept row has the shape that rows are written in, whatever its names mean today."""
    try:
        condition_of(kept, Known())
        outcome_of(kept)
        texts = [*kept.get(RAW, {}).values(), *units_named(kept), *kept.get("area", ())]
        return all(isinstance(text, str) for text in texts)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return False


def _label(code: str) -> str:
    return next((str(column.label) for column in EVERY if column.code == code), code)


def condition_of(kept: Cells, known: Known) -> Condition:
    """Return what a row asks, of what of it stands for something today."""
    return Condition(
        categories=tuple(kept.get("category", ())),
        areas=tuple(known.areas[code][1] for code in kept.get("area", ()) if code in known.areas),
        places=tuple(kept.get("place", ())),
        hours=tuple(_span(span) for span in kept.get("hours", ())),
        days=tuple(kept.get("days", ())),
        answers=tuple((question, tuple(accepted)) for question, accepted in kept.get("answers", ())),
        words=tuple(kept.get("words", ())),
    )


def _span(span: Sequence[int]) -> Span:
    begin, end = span
    return int(begin), int(end)


def outcome_of(kept: Cells) -> Outcome:
    """Return what a row says."""
    limit = kept.get("limit")
    return Outcome(
        lead=kept.get("lead", ""),
        helpers=tuple(kept.get("helpers", ())),
        is_direct=bool(kept.get("direct", False)),
        affair_class=kept.get("class", ""),
        limit=Limit(int(limit[0]), LimitUnit(limit[1]), str(kept.get("note", ""))) if limit else None,
        urgency=kept.get("urgency", ""),
    )


def units_named(kept: Cells) -> list[str]:
    """Return the units and kinds that a row names, as rows keep them."""
    return [name for name in (kept.get("lead", ""), *kept.get("helpers", ())) if name]


def _gone(kept: Cells, known: Known) -> Iterable[str]:
    for path in kept.get("category", ()):
        if path not in known.categories:
            yield _now("类别“%s”已不在现行的类别清单里") % path
    for code in kept.get("area", ()):
        if code not in known.areas:
            yield _now("区域代码“%s”已撤销或变更") % code
    for name in units_named(kept):
        if words := unit_fault(name, known):
            yield words


def unit_fault(name: str, known: Known) -> str:
    """Return why a unit that a row names cannot be given anything, or nothing."""
    if name.startswith(KIND):
        kind = name.removeprefix(KIND)
        return "" if kind in known.kinds else _now("没有在用的“%s”类单位") % kind
    found = known.units.get(name.removeprefix(UNIT))
    if found is None:
        return _now("所写的单位已不存在")
    return "" if found[1] else _now("单位“%s”已停用") % found[0]


def condition_words(kept: Cells, known: Known) -> str:
    """Return why a row applies: its filled conditions in words, or that it always does."""
    parts = []
    for column in CONDITIONS:
        if column.code in kept:
            parts.append(f"{column.label}：{column.say(kept[column.code], known)}")
    return "；".join(parts) if parts else _now("不分情况")
