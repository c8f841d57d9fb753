"""What a rule may look at: the columns of a snapshot, from the dictionary of facts and what is plain."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from linli.registers.residents.facts.dictionary import Of as FactOf
from linli.registers.residents.facts.dictionary import Type, dictionary

from .tree import Of


class Kind(StrEnum):
    """What the whole number of a column means."""

    MONEY = "money"  # fen
    NUMBER = "number"
    DATE = "date"  # yyyymmdd
    CHOICE = "choice"  # the place in ``choices``; 0 is known to be nothing
    CODE = "code"  # digits as a number (a division)


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One thing that may be looked at. ``choices`` in the order of their numbers, from 1."""

    name: str
    label: str
    of: Of
    kind: Kind
    choices: Mapping[str, str]
    is_sensitive: bool = False
    is_fact: bool = True
    unit: str = ""

    def number(self, value: str) -> int:
        """Return the number of a choice; ``KeyError`` for one that it does not have."""
        return {choice: at for at, choice in enumerate(self.choices, 1)}[value]


_KINDS = {
    Type.MONEY: Kind.MONEY,
    Type.INTEGER: Kind.NUMBER,
    Type.DATE: Kind.DATE,
    Type.MONTH: Kind.DATE,
    Type.CHOICE: Kind.CHOICE,
    Type.YES_NO: Kind.CHOICE,
    Type.CODE: Kind.CODE,
}
PRESENCE = {"living": "实际居住", "registered": "户在人不在"}
YES_NO = {"yes": "是", "no": "否"}
_PLAIN = (
    ColumnLine("birth", "出生日期", Of.PERSON, Kind.DATE, {}, is_fact=False),
    ColumnLine("sex", "性别", Of.PERSON, Kind.CHOICE, {"m": "男", "f": "女"}, is_fact=False),
    ColumnLine(
        "presence",
        "居住情况",
        Of.PERSON,
        Kind.CHOICE,
        {"living": "实际居住", "registered": "户在人不在"},
        is_fact=False,
    ),
    ColumnLine("district", "所在区", Of.PERSON, Kind.CODE, {}, is_fact=False),
)


@functools.cache
def columns() -> dict[str, ColumnLine]:
    """Return name → line: every fact with a number behind it, and what is plain of a person; no texts."""
    facts = (
        ColumnLine(
            name=line.key,
            label=line.label,
            of=Of.PERSON if line.of is FactOf.PERSON else Of.HOUSEHOLD,
            kind=_KINDS[line.type],
            choices=YES_NO if line.type is Type.YES_NO else dict(line.choices),
            is_sensitive=line.is_sensitive,
            unit=line.unit,
        )
        for line in dictionary().values()
        if line.type in _KINDS
    )
    return {line.name: line for line in (*_PLAIN, *facts)}
