"""Cases beside a policy, as a clerk writes them: a household, a day, and what must come out. Pure.

    - name: 65岁生日当天还不算
      on: 2025-03-01
      person: {birth: 1960-03-01, hukou: local}
      expect: not

``person`` is whom a policy of persons is asked for; ``members`` are who else lives there, ``household`` the
facts of all. What is not written is unknown; ``none`` is known to be nothing. ``policies`` sets verdicts of
other policies, ``standards`` figures of the city; without them those in force on the day are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from . import values
from .columns import Kind
from .grammar import Reading, Table
from .source import Path, Raw, Source, source_read
from .tree import Of

MOST_CASES = 200
_MOST_PEOPLE = 30
_VERDICTS: dict[str, bool | None] = {"eligible": True, "not": False, "unknown": None}
_VERDICT_WORDS = {True: "符合", False: "不符合", None: "待核"}
_FIELDS = (
    *("name", "on", "person", "members", "household", "policies", "standards"),
    *("expect", "amount", "missing"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: ``people`` begin with the one who is asked for, all live in the household.

    ``amount`` (fen) and ``missing`` are held to where they are written; ``verdicts`` are given ones of other
    policies.
    """

    name: str
    on: date
    people: tuple[Mapping[str, int], ...]
    household: Mapping[str, int]
    expect: bool | None
    amount: int | None = None
    missing: frozenset[str] | None = None
    verdicts: Mapping[str, bool | None] = field(default_factory=dict)
    standards: Mapping[str, int] = field(default_factory=dict)
    place: str = ""
    line: int = 0


def verdict_words(verdict: bool | None) -> str:
    """Return 符合, 不符合 or 待核."""
    return _VERDICT_WORDS[verdict]


def cases_read(text: str, standards: Mapping[str, Kind] | None = None) -> tuple[Case, ...]:
    """Return the cases of a text, none of an empty one; raises ``Unreadable`` with every wrong place."""
    return cases_of(source_read(text), standards) if text.strip() else ()


def cases_of(source: Source, standards: Mapping[str, Kind] | None = None) -> tuple[Case, ...]:
    """Return the cases that have been read from YAML already."""
    reading = _Cases(source, Of.PERSON, standards or {})
    if not isinstance(source.raw, list):
        raise source.fault((), _("案例要写成列表，每个案例以“- 案例:”开头。"))
    if len(source.raw) > MOST_CASES:
        raise source.fault((), _("案例太多，一个版本最多%(most)d个。") % {"most": MOST_CASES})
    found = reading.gather(source.raw, (), reading.case)
    _named_once(source, found)
    return found


def _named_once(source: Source, found: tuple[Case, ...]) -> None:
    names: set[str] = set()
    for at, case in enumerate(found):
        if case.name in names:
            words = _("已有一个案例叫“%(name)s”。") % {"name": case.name}
            raise source.fault((at, "name"), words, _("请换一个名称。"))
        names.add(case.name)


class _Cases(Reading):
    """Reads cases with the same words for what is wrong as the conditions."""

    def case(self, raw: Raw, path: Path) -> Case:
        """Return one case."""
        table = self.table(raw, path, _FIELDS)
        name = self.text(table.get("name", ""), (*path, "name"), 80)
        if not name:
            raise self.source.fault(path, _("案例要有名称，说明它考的是什么。"))
        on = self.word(table.get("on", ""), (*path, "on"), values.day)
        expect = self.verdict(table.get("expect", ""), (*path, "expect"))
        amount = self._optional(table, path, "amount")
        missing = self._missing(table, path)
        if (amount is not None and expect is not True) or (missing is not None and expect is not None):
            raise self.source.fault(path, _("写了金额的应当是符合，写了缺什么的应当是待核。"))
        return Case(
            name=name,
            on=date(on // 10000, on // 100 % 100, on % 100),
            people=self._people(table, path),
            household=self._facts(table.get("household", {}), (*path, "household"), Of.HOUSEHOLD),
            expect=expect,
            amount=amount,
            missing=missing,
            verdicts=self._verdicts(table.get("policies", {}), (*path, "policies")),
            standards=self._figures(table.get("standards", {}), (*path, "standards")),
            place=name,
            line=self.source.lines.get(path, 0),
        )

    def verdict(self, raw: Raw, path: Path) -> bool | None:
        """Return what a verdict says."""
        if not isinstance(raw, str) or raw not in _VERDICTS:
            raise self.source.fault(path, _("这里只能写符合、不符合或待核。"))
        return _VERDICTS[raw]

    def _optional(self, table: Table, path: Path, name: str) -> int | None:
        return self.word(table[name], (*path, name), values.money) if name in table else None

    def _missing(self, table: Table, path: Path) -> frozenset[str] | None:
        if "missing" not in table:
            return None
        place = (*path, "missing")
        names = self.gather(
            self.items(table["missing"], place), place, lambda raw, at: self.column(raw, at).name
        )
        return frozenset(names)

    def _people(self, table: Table, path: Path) -> tuple[Mapping[str, int], ...]:
        found = []
        if "person" in table:
            found.append(self._facts(table["person"], (*path, "person"), Of.PERSON))
        if "members" in table:
            place = (*path, "members")
            found += self.gather(
                self.items(table["members"], place), place, lambda raw, at: self._facts(raw, at, Of.PERSON)
            )
        if len(found) > _MOST_PEOPLE:
            raise self.source.fault(path, _("一个案例最多%(most)d人。") % {"most": _MOST_PEOPLE})
        return tuple(found)

    def _facts(self, raw: Raw, path: Path, of: Of) -> Mapping[str, int]:
        table = self.table(raw, path)
        return dict(
            self.gather(
                list(table), path, lambda name, _at: self._fact_value(str(name), table[str(name)], path, of)
            )
        )

    def _fact_value(self, name: str, raw: Raw, path: Path, of: Of) -> tuple[str, int]:
        place = (*path, name)
        line = self.column(name, place)
        if line.of is not of:
            whose = (
                _("个人的事实，请写在“本人”或“成员”里")
                if of is Of.HOUSEHOLD
                else _("家庭的事实，请写在“家庭”里")
            )
            raise self.source.fault(
                place, _("“%(label)s”是%(whose)s。") % {"label": line.label, "whose": whose}
            )
        return line.name, self.word(raw, place, lambda text: values.value_of(line, text))

    def _verdicts(self, raw: Raw, path: Path) -> Mapping[str, bool | None]:
        table = self.table(raw, path)
        return {code: self.verdict(table[code], (*path, code)) for code in table}

    def _figures(self, raw: Raw, path: Path) -> Mapping[str, int]:
        table = self.table(raw, path)
        readers = {
            code: values.number if self.standards.get(code) is Kind.NUMBER else values.money for code in table
        }
        return {code: self.word(table[code], (*path, code), readers[code]) for code in table}
