"""The same language in Chinese: every name, fact and choice has a word, read and written both ways. Pure.

``age: {from: 65}`` and ``年龄: {不低于: 65}`` are the same. What is kept is the one with codes; what is shown
to a clerk may be the Chinese one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .columns import ColumnLine, Kind, columns

Raw = str | list["Raw"] | dict[str, "Raw"]
Path = tuple[str | int, ...]

NAMES = {
    # a version
    **{"unit": "发给谁", "pays": "怎么发", "document": "文号", "source": "依据", "mark": "标记"},
    **{"when": "条件", "amount": "金额", "excludes": "互斥", "stacks": "叠加", "worth_asking": "值得核实"},
    **{"automatic": "免申即享", "bring": "要带", "where": "哪里", "plain": "大白话", "notes": "备注"},
    **{"not_income": "不算收入", "with": "可以同享", "missing": "缺", "what": "内容"},
    # conditions
    **{"label": "名称", "clause": "条款", "all": "都要", "any": "任一", "not": "不是", "at_least": "至少"},
    **{"count": "个数", "of": "其中", "fact": "事实", "in": "属于", "is": "是", "age": "年龄"},
    **{"years": "整年", "months": "整月", "since": "自", "calendar": "按日历月", "value": "数值"},
    **{"members": "成员", "every": "每人", "policy": "政策", "from": "不低于", "over": "高于"},
    **{"under": "低于", "at_most": "不高于", "equals": "等于"},
    # numbers
    **{"standard": "标准", "per_head": "人均", "total": "合计", "most": "最高", "least": "最低"},
    **{"sum": "相加", "difference": "差额", "times": "相乘", "share": "相除", "percent": "百分之"},
    **{"lower": "取小", "higher": "取大", "prorate": "折算", "whole": "整额", "parts": "份数"},
    **{"bands": "分档", "rows": "各档", "to": "到", "pay": "发", "choose": "按情形", "cases": "情形"},
    **{"otherwise": "其余", "fixed": "定额"},
    # cases
    **{"name": "案例", "on": "日期", "person": "本人", "household": "家庭", "policies": "别的政策"},
    **{"standards": "标准数值", "expect": "应当"},
}
_ALSO = {"从": "from", "满": "from", "不满": "under", "超过": "over", "不超过": "at_most", "全部": "all"}
_VERDICTS = {"eligible": "符合", "not": "不符合", "unknown": "待核"}
_YES = {"yes": "是", "no": "否"}
_MEANINGS: Mapping[str, Mapping[str, str]] = {
    "unit": {"person": "个人", "household": "家庭", "child": "孩子"},
    "pays": {"month": "按月", "year": "按年", "once": "一次性", "voucher": "消费券", "status": "只认定"},
    "expect": _VERDICTS,
    "policies": _VERDICTS,
    **dict.fromkeys(("automatic", "calendar", "not_income"), _YES),
}
_BARE = {"age": "年龄", "today": "当天", "all": "全部", "none": "没有"}
_TEXTS = frozenset(
    {
        *(
            "label",
            "clause",
            "name",
            "plain",
            "what",
            "source",
            "document",
            "where",
            "bring",
            "mark",
            "notes",
        ),
        *("policy", "standard", "with", "standards", "on"),
    }
)
_PLACE = re.compile(r"(?:\.?\w+|\[\d+\])+")
_STEP = re.compile(r"\[(\d+)\]|(\w+)")
_OF_FACTS = frozenset({"person", "household", "[members]"})


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {chinese: code for code, chinese in words.items()}


@functools.cache
def codes_of_names() -> dict[str, str]:
    """Return Chinese word → name, for every name of the language and every fact."""
    labels = {line.label: line.name for line in columns().values()}
    return {**labels, **_ALSO, **_turned(NAMES)}


@dataclass(frozen=True, slots=True)
class _Tongue:
    """One way of saying names, bare words, what fields mean and choices."""

    name: Callable[[str], str]
    fact: Callable[[str], str]
    bare: Mapping[str, str]
    meanings: Mapping[str, Mapping[str, str]]
    choices: Callable[[ColumnLine], Mapping[str, str]]


def _label(name: str) -> str:
    return columns()[name].label if name in columns() else name


def _code(label: str) -> str:
    found = codes_of_names().get(label, label)
    return found if found in columns() else label


_CHINESE = _Tongue(
    name=lambda name: NAMES.get(name, name),
    fact=_label,
    bare=_BARE,
    meanings=_MEANINGS,
    choices=lambda line: line.choices,
)
_CODES = _Tongue(
    name=lambda name: codes_of_names().get(name, name),
    fact=_code,
    bare=_turned(_BARE),
    meanings={name: _turned(words) for name, words in _MEANINGS.items()},
    choices=lambda line: _turned(line.choices),
)


def chinese_name(name: str) -> str:
    """Return the Chinese word of a name of the language or of a fact, itself where there is none."""
    return NAMES.get(name) or _label(name)


def place_words(place: str) -> str:
    """Return a place of a text as people read it: ``when.all[2].age`` → ``条件 › 都要第3项 › 年龄``."""
    before, rest = (place[:3], place[3:]) if place.startswith("案例 [") else ("", place)
    if not _PLACE.fullmatch(rest):
        return place
    said = ""
    for at, name in _STEP.findall(rest):
        said += f"第{int(at) + 1}项" if at else f" › {chinese_name(name)}"
    return before + said.removeprefix(" › ")


def meanings(field: str) -> Mapping[str, str]:
    """Return code → Chinese of what a field can say (``unit``: person → 个人)."""
    return _MEANINGS.get(field, {})


def in_chinese(raw: Raw) -> Raw:
    """Return what was read, said in Chinese."""
    return _said(raw, "", None, _CHINESE)


def in_codes(raw: Raw) -> Raw:
    """Return what was read, said in codes; names have been turned while reading (``codes_of_names``)."""
    return _said(raw, "", None, _CODES)


def _said(raw: Raw, under: str, line: ColumnLine | None, tongue: _Tongue) -> Raw:
    if isinstance(raw, list):
        inner = "[members]" if under == "members" else under
        return [_said(part, inner, line, tongue) for part in raw]
    if isinstance(raw, dict):
        return _table(raw, under, tongue)
    return raw if under in _TEXTS else _word(raw, under, line, tongue)


def _table(raw: dict[str, Raw], under: str, tongue: _Tongue) -> Raw:
    if under in _OF_FACTS:
        return {tongue.fact(name): _said(value, name, _column(name), tongue) for name, value in raw.items()}
    if under in {"policies", "standards"}:
        return {name: _said(value, under, None, tongue) for name, value in raw.items()}
    fact = raw.get("fact")
    line = _column(fact) if isinstance(fact, str) else None
    return {
        tongue.name(name): _said(value, name, line if name in {"in", "is"} else None, tongue)
        for name, value in raw.items()
    }


def _column(name: str) -> ColumnLine | None:
    return columns().get(_code(name))


def _word(text: str, under: str, line: ColumnLine | None, tongue: _Tongue) -> str:
    if line is not None:
        known = tongue.choices(line) if line.kind is Kind.CHOICE else {}
        return known.get(text, tongue.bare.get(text, text) if text in {"none", "没有"} else text)
    if under in tongue.meanings:
        return tongue.meanings[under].get(text, text)
    return tongue.bare.get(text) or tongue.fact(text)
