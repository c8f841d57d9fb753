"""How much is paid, between what a clerk types in a form and what stands in the draft. Pure.

``typed_of`` returns ``None`` for an amount that no form says; it is then changed as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..language.policy import Pays
from .edits import Node

BANDS, CASES = 8, 6
EVERYBODY: Node = {"count": "all"}
Typed = Mapping[str, Any]


class Way(StrEnum):
    """By what the amount is reckoned."""

    FIXED = "fixed"
    BANDS = "bands"
    CASES = "cases"
    DIFFERENCE = "difference"
    SHARE = "share"
    PRORATE = "prorate"
    NONE = "none"


def amount_of(way: Way, typed: Typed) -> Node | str:
    """Return the amount that was typed."""
    return _WRITE[way](typed)


def typed_of(draft: Node) -> tuple[Way, dict[str, Any]] | None:
    """Return the form of a draft's amount and what stands in it; ``None`` where no form says all of it."""
    amount: Any = draft.get("amount", "")
    if isinstance(amount, dict) and set(amount) == {"fixed"}:
        amount = amount["fixed"]
    if amount in ("", None):
        return (Way.NONE if draft.get("pays") == Pays.STATUS else Way.FIXED), {}
    for way, read in _READ.items():
        found = read(amount)
        if found is not None and amount_of(way, found) == amount:
            return way, found
    return None


def is_number(value: Any) -> bool:
    """Whether something is a literal number as people write it."""
    return isinstance(value, str) and value.replace(".", "", 1).isdecimal()


# -- sums ---------------------------------------------------------------------------------------------------
def _text(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)


def _sum(typed: Typed) -> Node | str:
    """Return a sum: typed, or a figure of the city, perhaps several times."""
    if not typed.get("standard"):
        return _text(typed.get("number"))
    figure: Node = {"standard": typed["standard"]}
    times = _text(typed.get("times"))
    return {"times": [figure, times]} if times not in ("", "1") else figure


def _sum_read(value: Any) -> dict[str, Any] | None:
    match value:
        case str() if is_number(value):
            return {"number": value}
        case {"standard": str(code)} if len(value) == 1:
            return {"standard": code}
        case {"times": [{"standard": str(code)}, str(times)]} if len(value) == 1 and is_number(times):
            return {"standard": code, "times": times}
    return None


def _by_people(typed: Typed, amount: Node | str) -> Node | str:
    return {"times": [amount, EVERYBODY]} if typed.get("by_people") else amount


def _people_read(amount: Any) -> tuple[Any, dict[str, Any]]:
    match amount:
        case {"times": [inner, held]} if len(amount) == 1 and held == EVERYBODY:
            return inner, {"by_people": True}
    return amount, {}


def _fixed_read(amount: Any) -> dict[str, Any] | None:
    inner, people = _people_read(amount)
    found = _sum_read(inner)
    return {**found, **people} if found is not None else None


# -- bands --------------------------------------------------------------------------------------------------
def _bands(typed: Typed) -> Node:
    rows = []
    for at in range(BANDS):
        pay = typed.get(f"pay{at}")
        if pay not in (None, ""):
            ends = {"from": _text(typed.get(f"from{at}")), "to": _text(typed.get(f"to{at}"))}
            rows.append({**{name: value for name, value in ends.items() if value}, "pay": _text(pay)})
    return {"bands": {"of": typed.get("of") or "age", "rows": rows}}


def _bands_read(amount: Any) -> dict[str, Any] | None:
    match amount:
        case {"bands": {"of": str(of), "rows": list(rows)}} if len(rows) <= BANDS and all(map(_plain, rows)):
            return {"of": of, **{f"{name}{at}": row[name] for at, row in enumerate(rows) for name in row}}
    return None


def _plain(row: Any) -> bool:
    is_row = isinstance(row, dict) and set(row) <= {"from", "to", "pay"}
    return is_row and all(map(is_number, row.values()))


# -- cases --------------------------------------------------------------------------------------------------
def _cases(typed: Typed) -> Node:
    cases = []
    for at in range(CASES):
        pay = typed.get(f"pay{at}")
        if pay not in (None, ""):
            parts = [_choice(typed[name]) for name in (f"is{at}", f"also{at}") if typed.get(name)]
            if (low := _text(typed.get(f"low{at}"))) != "":
                parts.append({"age": {"from": low}})
            cases.append({"when": parts[0] if len(parts) == 1 else {"all": parts}, "pay": _text(pay)})
    otherwise = _text(typed.get("otherwise"))
    return {"choose": {"cases": cases, **({"otherwise": otherwise} if otherwise else {})}}


def _choice(chosen: str) -> Node:
    """Return the condition that a choice stands for: ``policy:CODE``, or ``FACT=VALUE``."""
    if chosen.startswith("policy:"):
        return {"policy": chosen.removeprefix("policy:")}
    fact, _sign, value = chosen.partition("=")
    return {"fact": fact, "in": [value]}


def _cases_read(amount: Any) -> dict[str, Any] | None:
    match amount:
        case {"choose": {"cases": list(cases), **rest}} if set(rest) <= {"otherwise"} and len(cases) <= CASES:
            found: dict[str, Any] = {"otherwise": rest["otherwise"]} if rest else {}
            for at, case in enumerate(cases):
                row = _case_read(case)
                if row is None:
                    return None
                found |= {f"{name}{at}": value for name, value in row.items()}
            return found
    return None


def _case_read(case: Any) -> dict[str, Any] | None:
    match case:
        case {"when": when, "pay": str(pay)} if len(case) == 2 and is_number(pay):
            parts = when["all"] if isinstance(when, dict) and set(when) == {"all"} else [when]
        case _:
            return None
    row, names = {"pay": pay}, ["also", "is"]
    for part in parts:
        match part:
            case {"age": {"from": str(low), **more}} if len(part) == 1 and not more and "low" not in row:
                row["low"] = low
            case {"fact": str(fact), "in": [str(value)]} if len(part) == 2 and names:
                row[names.pop()] = f"{fact}={value}"
            case {"policy": str(code)} if len(part) == 1 and names:
                row[names.pop()] = f"policy:{code}"
            case _:
                return None
    return row


# -- difference, share, proration ---------------------------------------------------------------------------
def _money(chosen: str) -> Node | str:
    """Return the money that a choice stands for: ``fact:NAME``, ``per_head:NAME`` or ``total:NAME``."""
    how, name = chosen.split(":", 1)
    return name if how == "fact" else {how: name}


def _money_read(value: Any) -> str:
    match value:
        case str() if value and not is_number(value):
            return f"fact:{value}"
        case {"per_head": str(name)} if len(value) == 1:
            return f"per_head:{name}"
        case {"total": str(name)} if len(value) == 1:
            return f"total:{name}"
    return ""


def _difference_read(amount: Any) -> dict[str, Any] | None:
    inner, people = _people_read(amount)
    match inner:
        case {"difference": [whole, less]} if len(inner) == 1:
            found, chosen = _sum_read(whole), _money_read(less)
            return {**found, **people, "less": chosen} if found is not None and chosen else None
    return None


def _share(typed: Typed) -> Node:
    whole = _money(typed["money"]) if typed.get("money") else _sum(typed)
    if typed["split"] == "percent":
        return {"percent": [_text(typed["part"]), whole]}
    return {"share": [whole, _text(typed["part"])]}


def _share_read(amount: Any) -> dict[str, Any] | None:
    match amount:
        case {"percent": [str(part), whole]} if len(amount) == 1 and is_number(part):
            split = "percent"
        case {"share": [whole, str(part)]} if len(amount) == 1 and is_number(part):
            split = "share"
        case _:
            return None
    money = _money_read(whole)
    found = {"money": money} if money else _sum_read(whole)
    return None if found is None else {**found, "split": split, "part": part}


def _prorate(typed: Typed) -> Node:
    since: Any = typed["since"]
    months = {"since": since, "calendar": "yes"} if typed.get("calendar") else since
    return {"prorate": {"whole": _sum(typed), "parts": {"months": months}, "of": _text(typed["of"])}}


def _prorate_read(amount: Any) -> dict[str, Any] | None:
    match amount:
        case {"prorate": {"whole": whole, "parts": {"months": months}, "of": str(of)}} if is_number(of):
            found = _sum_read(whole)
        case _:
            return None
    since: dict[str, Any]
    match months:
        case str():
            since = {"since": months}
        case {"since": str(name), "calendar": "yes"}:
            since = {"since": name, "calendar": True}
        case _:
            return None
    return None if found is None else {**found, **since, "of": of}


_WRITE: dict[Way, Callable[[Typed], Node | str]] = {
    Way.FIXED: lambda typed: _by_people(typed, _sum(typed)),
    Way.BANDS: _bands,
    Way.CASES: _cases,
    Way.DIFFERENCE: lambda typed: _by_people(typed, {"difference": [_sum(typed), _money(typed["less"])]}),
    Way.SHARE: _share,
    Way.PRORATE: _prorate,
    Way.NONE: lambda typed: "",
}
_READ: dict[Way, Callable[[Any], dict[str, Any] | None]] = {
    Way.FIXED: _fixed_read,
    Way.BANDS: _bands_read,
    Way.CASES: _cases_read,
    Way.DIFFERENCE: _difference_read,
    Way.SHARE: _share_read,
    Way.PRORATE: _prorate_read,
}
