"""Pure decisions about resolutions: values in, values out; no database, request or clock."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

DATA = Path(__file__).parent / "data" / "resolutions.yaml"
MOST_YEARS = 5


@functools.cache
def _content() -> Any:
    return yaml.safe_load(DATA.read_text(encoding="utf-8"))


def setting(name: str) -> int:
    """Return a setting of ``data/resolutions.yaml``."""
    return int(_content()["settings"][name]["value"])


def source(name: str) -> str:
    """Return where a setting comes from."""
    return str(_content()["settings"][name]["source"])


def public_until(published_on: date, days: int) -> date:
    """Return the last day of a publication; the day on which it begins does not count."""
    return published_on + timedelta(days=max(days, setting("public_days")))


def due_refusal(due_on: date, today: date) -> str | None:
    """Return why a task cannot be due on a day, or ``None``."""
    if due_on < today:
        return _("完成日期不能早于今天。")
    if due_on > today + timedelta(days=366 * MOST_YEARS):
        return _("完成日期最多在%d年以内。") % MOST_YEARS
    return None


def spending_refusal(fen: int | None, spent: int, more: int) -> str | None:
    """Return why so much more cannot be spent on a task, or ``None``; amounts in fen."""
    if more < 0:
        return _("金额不能是负数。")
    if more and fen is None:
        return _("决议没有给这项任务预算，不能记支出。")
    if fen is not None and spent + more > fen:
        left = fen - spent
        return _("超出决定的预算：还剩%(yuan)d.%(fen)02d元。") % {"yuan": left // 100, "fen": left % 100}
    return None


@dataclass(frozen=True, slots=True)
class Money:
    """What a resolution may cost and has cost, in fen."""

    decided: int
    spent: int

    @property
    def left(self) -> int:
        """What is left of the decided amount."""
        return self.decided - self.spent


def money_of(tasks: Iterable[tuple[int | None, int, bool]]) -> Money:
    """Add up tasks, given as (decided fen or ``None``, spent fen, is dropped); a dropped one decides nothing
    more than what it has spent."""
    rows = list(tasks)
    decided = sum(spent if dropped else fen or 0 for fen, spent, dropped in rows)
    return Money(decided, sum(spent for _fen, spent, _dropped in rows))
