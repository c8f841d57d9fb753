"""The policies and the figures that come with Linli: ``data/policies`` and ``data/standards.yaml``."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from . import values
from .columns import Kind
from .source import Raw, source_read
from .writing import cases_write, policy_write

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ShippedStandard:
    """One figure from one day on; ``amount`` in fen, or a plain number where it is no money."""

    code: str
    name: str
    from_on: date
    amount: int
    is_money: bool
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class ShippedVersion:
    """One version: ``text`` and ``cases`` are YAML in the one layout, as they are kept."""

    from_on: date
    to_on: date | None
    remark: str
    document: str
    text: str
    cases: str


@dataclass(frozen=True, slots=True)
class ShippedPolicy:
    """One policy with its versions, the oldest first."""

    code: str
    name: str
    authority: str
    unit: str
    versions: tuple[ShippedVersion, ...]

    def version_on(self, on: date) -> ShippedVersion | None:
        """Return the version that holds on a day, ``None`` before the first and after the last."""
        found = next((one for one in reversed(self.versions) if one.from_on <= on), None)
        return found if found and (found.to_on is None or on < found.to_on) else None


@functools.cache
def standards_shipped() -> tuple[ShippedStandard, ...]:
    """Return every figure of every day, by code, the oldest first."""
    return tuple(
        _figure(_table(row), _table(value))
        for row in _rows(DATA / "standards.yaml", "standards")
        for value in _list(_table(row)["values"])
    )


def _figure(row: dict[str, Raw], value: dict[str, Raw]) -> ShippedStandard:
    is_money = row["kind"] == Kind.MONEY
    amount = str(value["amount"])
    return ShippedStandard(
        code=str(row["code"]),
        name=str(row["name"]),
        from_on=_day(value["from"]),
        amount=values.money(amount) if is_money else values.number(amount),
        is_money=is_money,
        source=str(value["source"]),
        mark=str(value["mark"]),
    )


def standard_kinds(standards: Iterable[ShippedStandard]) -> dict[str, Kind]:
    """Return code → what kind of number a figure is."""
    return {one.code: Kind.MONEY if one.is_money else Kind.NUMBER for one in standards}


def standards_on(standards: Iterable[ShippedStandard], on: date) -> dict[str, int]:
    """Return code → the figure that holds on a day; those that have not begun are not there."""
    begun = sorted((one for one in standards if one.from_on <= on), key=lambda one: one.from_on)
    return {one.code: one.amount for one in begun}


@functools.cache
def policies_shipped() -> tuple[ShippedPolicy, ...]:
    """Return the policies by code."""
    return tuple(_policy(path) for path in sorted((DATA / "policies").glob("*.yaml")))


def _policy(path: Path) -> ShippedPolicy:
    content = _table(source_read(path.read_text("utf-8")).raw)
    versions = tuple(_version(_table(row)) for row in _list(content["versions"]))
    rule = _table(_table(_list(content["versions"])[-1])["rule"])
    return ShippedPolicy(
        code=str(content["code"]),
        name=str(content["name"]),
        authority=str(content["authority"]),
        unit=str(rule["unit"]),
        versions=versions,
    )


def _version(row: dict[str, Raw]) -> ShippedVersion:
    rule = _table(row["rule"])
    return ShippedVersion(
        from_on=_day(row["from"]),
        to_on=_day(row["to"]) if "to" in row else None,
        remark=str(row.get("remark", "")),
        document=str(rule["document"]),
        text=policy_write(rule),
        cases=cases_write(row["cases"]),
    )


def _rows(path: Path, name: str) -> list[Raw]:
    return _list(_table(source_read(path.read_text("utf-8")).raw)[name])


def _table(raw: Raw) -> dict[str, Raw]:
    assert isinstance(raw, dict), raw
    return raw


def _list(raw: Raw) -> list[Raw]:
    assert isinstance(raw, list), raw
    return raw


def _day(raw: Raw) -> date:
    number = values.day(str(raw))
    return date(number // 10000, number // 100 % 100, number % 100)
