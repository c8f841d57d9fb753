"""The dictionary of facts: what may be kept, why, by which law, how long; read from ``data/facts.yaml``."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from linli.core.errors import NotFound

DATA = Path(__file__).parent.parent / "data"
MARKS = frozenset("✔○✘")


class Of(StrEnum):
    """Of whom a fact is known."""

    PERSON = "person"
    HOUSEHOLD = "household"


class Type(StrEnum):
    """What a value is; each is kept as canonical text (see ``values``)."""

    CHOICE = "choice"
    MONEY = "money"
    INTEGER = "integer"
    DATE = "date"
    MONTH = "month"
    YES_NO = "yes_no"
    TEXT = "text"
    CODE = "code"


class Per(StrEnum):
    """By what several values of one key are told apart."""

    NONE = ""
    MONTH_SOURCE = "month+source"
    YEAR = "year"


class BadDictionary(Exception):
    """The dictionary cannot be used; the message names the key and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Law:
    """One legal basis and how surely its text is known."""

    name: str
    mark: str


@dataclass(frozen=True, slots=True)
class FactKey:
    """One line of the dictionary; ``validity`` is in months after collecting, 0 where it does not age."""

    key: str
    label: str
    of: Of
    type: Type
    is_sensitive: bool
    laws: tuple[Law, ...]
    services: tuple[str, ...]
    unit: str = ""
    hint: str = ""
    choices: Mapping[str, str] = ()  # type: ignore[assignment]
    per: Per = Per.NONE
    sources: Mapping[str, str] = ()  # type: ignore[assignment]
    validity: int = 0
    reveal: tuple[str, ...] = ()
    pattern: str = ""
    most: int = 0
    mark: str = "✔"

    @property
    def purpose(self) -> str:
        """For what it is kept, in words."""
        return "、".join(self.services)


_KNOWN = frozenset(
    {
        *("key", "label", "of", "type", "sensitivity", "law", "services", "unit", "hint", "choices"),
        *("period", "sources", "validity", "reveal", "pattern", "most", "mark"),
    }
)


def dictionary_read(content: Mapping[str, Any]) -> dict[str, FactKey]:
    """Check the content of a dictionary file and return key → line; raises ``BadDictionary``."""
    laws = {code: Law(row["name"], row["mark"]) for code, row in content["laws"].items()}
    for code, law in laws.items():
        if law.mark not in MARKS:
            raise BadDictionary(f"law {code}: mark {law.mark!r}")
    found: dict[str, FactKey] = {}
    for row in content["keys"]:
        line = _line(row, laws, content)
        if line.key in found:
            raise BadDictionary(f"{line.key} stands twice")
        found[line.key] = line
    return found


def _line(row: Mapping[str, Any], laws: Mapping[str, Law], content: Mapping[str, Any]) -> FactKey:
    key = row.get("key", "?")
    if unknown := sorted(set(row) - _KNOWN):
        raise BadDictionary(f"{key}: unknown {', '.join(unknown)}")
    try:
        line = FactKey(
            key=row["key"],
            label=row["label"],
            of=Of(row["of"]),
            type=Type(row["type"]),
            is_sensitive={"sensitive": True, "plain": False}[row["sensitivity"]],
            laws=tuple(laws[code] for code in row["law"]),
            services=tuple(content["services"][code] for code in row["services"]),
            choices=dict(row.get("choices", {})),
            per=Per(row.get("period", "")),
            sources=dict(row.get("sources", {})),
            reveal=tuple(row.get("reveal", ())),
            **{
                name: row[name]
                for name in ("unit", "hint", "validity", "pattern", "most", "mark")
                if name in row
            },
        )
    except (KeyError, ValueError, TypeError) as error:
        raise BadDictionary(f"{key}: {error!r}") from error
    if fault := _fault(line, content["purposes"]):
        raise BadDictionary(f"{key}: {fault}")
    return line


def _fault(line: FactKey, purposes: Sequence[str]) -> str:
    """Return what is wrong with a line by itself, empty if nothing is."""
    checks = (
        (re.fullmatch(r"[a-z][a-z_]{1,39}", line.key) is not None, "a key is small letters"),
        (bool(line.laws and line.services), "needs a law and a service that asks for it"),
        ((line.type is Type.CHOICE) == bool(line.choices), "choices belong to a choice"),
        ((line.type is Type.CODE) == bool(line.pattern), "a pattern belongs to a code"),
        ((line.per is Per.MONTH_SOURCE) == bool(line.sources), "sources belong to a month and source"),
        (line.is_sensitive == bool(line.reveal), "a sensitive value says for which purposes it is opened"),
        (set(line.reveal) <= set(purposes), "opened for an unknown purpose"),
        (line.mark in MARKS, "unknown mark"),
        (line.validity >= 0, "validity is months"),
    )
    return next((words for holds, words in checks if not holds), "")


@functools.cache
def _content() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "facts.yaml").read_text(encoding="utf-8"))
    return loaded


@functools.cache
def dictionary() -> dict[str, FactKey]:
    """Return key → line of the dictionary that ships with this version."""
    return dictionary_read(_content())


def dictionary_date() -> str:
    """Return the day of the dictionary."""
    return str(_content()["dated"])


def fact_key(key: str, of: Of | None = None) -> FactKey:
    """Return one line, or raise ``NotFound``: what the dictionary lacks cannot be kept."""
    line = dictionary().get(key)
    if line is None or (of is not None and line.of is not of):
        raise NotFound(_("事实字典里没有这个项目，不能登记。"), hint=_("请从列出的项目里选择。"))
    return line


def keys_of(of: Of) -> list[FactKey]:
    """Return the lines about persons or about households, in the order of the file."""
    return [line for line in dictionary().values() if line.of is of]
