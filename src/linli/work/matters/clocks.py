"""The room's clocks and settings, read from ``data/clocks.yaml`` and checked on reading."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from linli.core.timelimits import Limit, LimitUnit

from .models.category import AffairClass

DATA = Path(__file__).parent / "data"
MARKS = {"✔": "", "○": _("（待复核）"), "✘": _("（建议值）")}
STAGES = frozenset(
    {
        *("accept", "emergency", "mandatory_report", "sort", "confirm_class", "sign", "attend", "handle"),
        *("discuss", "verify", "confirm", "answer_question", "decide_return", "decide_extension"),
        *(
            "decide_pause",
            "resume",
            "decide_reopen",
            "reopen_window",
            "rating_link",
            "countersign",
            "supervise",
            "draft",
            "review_closing",
            "closing_undo",
        ),
    }
)
SETTINGS = frozenset(
    {
        *("bounce_limit", "extension_limit", "send_back_limit"),
        *("revisit_after_days", "revisit_days", "revisit_attempts"),
        *("closing_at_once", "closing_a_day"),
    }
)


class BadClocks(Exception):
    """The file of clocks cannot be used; the message names the row and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One row: a stage's limit, for a category or a class or for all, with where it comes from."""

    stage: str
    limit: Limit
    start: str
    mark: str
    affair_class: str = ""
    category: str = ""

    @property
    def is_suggestion(self) -> bool:
        """Whether the number is a setting without a rule behind it."""
        return self.mark == "✘"


@dataclass(frozen=True, slots=True)
class ClockTable:
    """All clocks and settings of one version."""

    version: str
    clocks: Mapping[tuple[str, str, str], Clock]
    settings: Mapping[str, int]

    def clock(self, stage: str, *, affair_class: str = "", category: str = "") -> Clock:
        """Return a stage's clock: the category's, else the class's, else the one for all."""
        for key in ((stage, "", category), (stage, affair_class, ""), (stage, "", "")):
            if key in self.clocks:
                return self.clocks[key]
        raise KeyError(stage)


def _clock(row: Any, number: int) -> Clock:
    where = f"clocks.yaml row {number}"
    if not isinstance(row, dict):
        raise BadClocks(f"{where}: not a mapping")
    stage, mark = row.get("stage"), row.get("mark")
    if stage not in STAGES:
        raise BadClocks(f"{where}: unknown stage {stage!r}; known: {', '.join(sorted(STAGES))}")
    if mark not in MARKS:
        raise BadClocks(f"{where} ({stage}): mark {mark!r} is none of {' '.join(MARKS)}")
    affair_class = row.get("class", "")
    if affair_class and affair_class not in AffairClass.values:
        raise BadClocks(f"{where} ({stage}): unknown class {affair_class!r}")
    if not row.get("source") or not row.get("start"):
        raise BadClocks(f"{where} ({stage}): source and start are needed")
    try:
        limit = Limit(int(row["amount"]), LimitUnit(row["unit"]), row["source"] + MARKS[mark])
    except (KeyError, TypeError, ValueError) as error:
        raise BadClocks(f"{where} ({stage}): {error}") from error
    return Clock(stage, limit, row["start"], mark, affair_class, row.get("category", ""))


def _settings(content: Mapping[str, Any]) -> dict[str, int]:
    settings = {name: row.get("value") for name, row in (content.get("settings") or {}).items()}
    if set(settings) != SETTINGS:
        raise BadClocks(f"settings: expected exactly {', '.join(sorted(SETTINGS))}")
    for name, value in settings.items():
        if not isinstance(value, int) or value < 0:
            raise BadClocks(f"settings.{name}: {value!r} is not a whole number")
    return settings


def clock_table(content: Mapping[str, Any]) -> ClockTable:
    """Check the content of a clocks file and return it as a table; raises ``BadClocks``."""
    clocks: dict[tuple[str, str, str], Clock] = {}
    for number, row in enumerate(content.get("clocks") or [], 1):
        clock = _clock(row, number)
        key = (clock.stage, clock.affair_class, clock.category)
        if key in clocks:
            raise BadClocks(f"clocks.yaml row {number}: {key} stands twice")
        clocks[key] = clock
    missing = sorted(stage for stage in STAGES if (stage, "", "") not in clocks)
    if missing:
        raise BadClocks(f"clocks.yaml: no clock for all of: {', '.join(missing)}")
    return ClockTable(str(content.get("version", "")), clocks, _settings(content))


def yaml_read(name: str) -> Any:
    """Return one of the room's data files; the list of responsibilities is long, so libyaml reads it."""
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@functools.cache
def clocks() -> ClockTable:
    """Return the clocks that ship with this version of Linli."""
    return clock_table(yaml_read("clocks.yaml"))


def setting(name: str) -> int:
    """Return one of the room's settings."""
    return clocks().settings[name]
