"""The fields of a file of persons: who, where, in which household, and what is known of them."""

import re
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.imports.targets import Field, Kind

from ..entries import name_read
from ..facts.dictionary import FactKey, Of, Per, Type, keys_of
from ..facts.values import NO, YES, canonical, canonical_period, shown
from ..models import Household, Membership, Occupancy, Resident
from ..numbers import number_plain
from .wording import choice, field, source_field

CODE = "residents"
FACT = "fact_"
NONE_WORDS = frozenset({"无", "没有", "-", "/", "—"})
UNKNOWN_WORDS = frozenset({"不详", "不清楚", "未知", "未登记", "待核"})
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?")


def _month(text: str) -> str:
    found = _MONTH.fullmatch(text.strip())
    if not found or not 1 <= int(found[2]) <= 12:
        raise ValueError(text)
    return f"{found[1]}-{int(found[2]):02}"


def _year(text: str) -> str:
    plain = text.strip().removesuffix("年")
    if not re.fullmatch(r"(19|20)\d\d", plain):
        raise ValueError(text)
    return plain


def _who() -> tuple[Field, ...]:
    lazy = gettext_lazy
    return (
        field(
            CODE, "number", lazy("证件号码"), longest=40, parse=number_plain, is_personal=True,
            help=lazy("再次导入时凭它认出同一个人；没有号码的，凭姓名、出生日期和住处。"),
        ),
        choice(CODE, "number_kind", lazy("证件种类"), Resident.NumberKind, is_strict=False, is_fixable=True),
        field(
            CODE, "name", lazy("姓名"), longest=60, parse=name_read, is_required=True, is_personal=True
        ),
        choice(CODE, "sex", lazy("性别"), Resident.Sex, is_strict=False),
        field(CODE, "birth", lazy("出生日期"), Kind.DATE, is_personal=True),
        field(CODE, "phone", lazy("联系电话"), longest=60, is_personal=True),
    )  # fmt: skip


def _home() -> tuple[Field, ...]:
    lazy = gettext_lazy
    return (
        field(CODE, "household_number", lazy("户号"), longest=40, parse=number_plain,
              help=lazy("同一户号是一户。没有户号的，住同一套房屋的算一户。")),
        choice(CODE, "household_kind", lazy("户别"), Household.Kind, is_strict=False),
        choice(CODE, "relation", lazy("与户主关系"), Membership.Relation, is_strict=False),
        choice(CODE, "presence", lazy("居住情况"), Membership.Presence, is_strict=False),
        field(CODE, "address", lazy("居住地址"), longest=160,
              help=lazy("写到室号。也可以分成小区、楼栋、单元、室号几列。")),
        field(CODE, "compound", lazy("小区"), longest=80),
        field(CODE, "building", lazy("楼栋"), longest=40),
        field(CODE, "stair", lazy("单元"), longest=40),
        field(CODE, "room", lazy("室号"), longest=40),
        choice(CODE, "tenure", lazy("居住方式"), Occupancy.Tenure, is_strict=False),
        field(CODE, "moved_in", lazy("入住日期"), Kind.DATE),
    )  # fmt: skip


def fact_lines() -> dict[str, tuple[FactKey, str]]:
    """Return field → (line of the dictionary, source of income) for every fact that a file may bring."""
    found: dict[str, tuple[FactKey, str]] = {}
    for line in (*keys_of(Of.PERSON), *keys_of(Of.HOUSEHOLD)):
        if line.per is Per.MONTH_SOURCE:
            found |= {f"{FACT}{line.key}_{source}": (line, source) for source in line.sources}
        else:
            found[f"{FACT}{line.key}"] = (line, "")
    return found


def _value(line: FactKey, text: str) -> str:
    """Read a cell: ``=value``, or what it says instead of one."""
    plain = text.strip()
    if plain in UNKNOWN_WORDS:
        return "?"
    if plain in NONE_WORDS and line.type is not Type.YES_NO:
        return "-"
    if line.type is Type.YES_NO and plain in ("有", "无"):
        return f"={YES if plain == '有' else NO}"
    return f"={canonical(line, plain)}"


def _shown(line: FactKey, value: str) -> str:
    """Return what ``_value`` read as people read it."""
    if value.startswith("="):
        return shown(line, value[1:])
    return _("无") if value == "-" else _("不详")


def _fact_fields() -> tuple[Field, ...]:
    lazy = gettext_lazy
    month = field(CODE, "facts_month", lazy("收入月份"), parse=_month, is_fixable=True,
                  kind_words=lazy("收入月份要写成 2026-03。"))  # fmt: skip
    year = field(CODE, "facts_year", lazy("支出年度"), parse=_year, is_fixable=True,
                 kind_words=lazy("支出年度要写成 2025。"))  # fmt: skip
    lines = []
    for code, (line, source) in fact_lines().items():
        label = f"{line.label}（{line.sources[source]}）" if source else line.label
        words = (label, line.sources[source]) if source else (line.label,)
        lines.append(
            Field(
                code,
                label,
                words=words,
                longest=200,
                parse=partial(_value, line),
                shows=partial(_shown, line),
                is_personal=line.is_sensitive,
                help=line.hint,
            )
        )
    return (month, year, *lines)


def fields() -> tuple[Field, ...]:
    """Return every field of a file of persons."""
    return (*_who(), source_field(CODE, "police"), *_home(), *_fact_fields())


def fact_period(line: FactKey, source: str, values: dict[str, Any]) -> str:
    """Return the period of a row's fact; ``InvalidInput`` where the file does not say it."""
    if line.per is Per.NONE:
        return ""
    raw = {
        Per.YEAR: values.get("facts_year", ""),
        Per.MONTH_SOURCE: f"{values.get('facts_month', '')}/{source}",
    }[line.per]
    return canonical_period(line, raw)


def birth_of(values: dict[str, Any]) -> date | None:
    """Return the day of birth of a row, if it has one."""
    text = values.get("birth")
    return date.fromisoformat(text) if text else None


def key(values: Any) -> str:
    """Return what names the same person in the next file of the same office."""
    source, number = values.get("source", ""), values.get("number", "")
    if number:
        return f"{source}\0{number}"
    where = "\0".join(str(values.get(name, "")) for name in ("address", "compound", "building", "room"))
    return f"{source}\0\0{values.get('name', '')}\0{values.get('birth', '')}\0{where}"


def refused_words(code: str) -> str:
    """Return what is noted where a file's word counts less than what is registered."""
    return _("“%s”以现有登记为准，没有改。") % code
