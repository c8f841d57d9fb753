"""Pure decisions about meetings: values in, values out; no database, request or clock."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

DATA = Path(__file__).parent / "data" / "meetings.yaml"
MARKS = {"✔": "", "○": "（待复核）", "✘": "（建议值）"}
LONGEST_NAME, LONGEST_PART, MOST_PEOPLE = 40, 30, 500
APART = re.compile(r"[\t,，;；|]+| {2,}|\u3000+")


@functools.cache
def _content() -> Any:
    return yaml.safe_load(DATA.read_text(encoding="utf-8"))


def setting(name: str) -> int:
    """Return a setting of ``data/meetings.yaml``."""
    return int(_content()["settings"][name]["value"])


@dataclass(frozen=True, slots=True)
class KindRow:
    """What ``data/meetings.yaml`` says of a kind: days of notice without a rule, whose rules, outcomes."""

    notice_days: int
    source: str
    electorates: frozenset[str]
    outcomes: tuple[str, ...]


@functools.cache
def kind_row(kind: str) -> KindRow:
    """Return the line of one kind."""
    row = _content()["kinds"][kind]
    words = f"{row['source']}{MARKS[row['mark']]}"
    return KindRow(row["notice_days"], words, frozenset(row["electorates"]), tuple(row["outcomes"]))


def start_refusal(starts_at: datetime, now: datetime) -> str | None:
    """Return why nobody can be called to such an hour, or ``None``."""
    if starts_at <= now:
        return _("开会时间必须晚于现在。")
    if starts_at > now + timedelta(days=setting("ahead_days")):
        return _("最多提前%d天召集，请把时间改近一些。") % setting("ahead_days")
    return None


def early_refusal(starts_at: datetime, now: datetime, words: str) -> str | None:
    """Return why it is too early to sign in, or ``None``; ``words`` are the hour as people read it."""
    if now >= starts_at - timedelta(minutes=setting("early_minutes")):
        return None
    return _("还没到签到的时候：%(at)s开会，提前%(n)d分钟起可以签到。") % {
        "at": words,
        "n": setting("early_minutes"),
    }


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a meeting is for, of which body, when and where, by which rule.

    ``rule_key`` names the rule of law that says how many must come; with it ``composition`` is how many
    members (or households) the body has. Without a rule the meeting has no lawful quorum. ``organ_id`` names
    a body of the register: what is left out (name, how many members) is then taken from there.
    """

    kind: str
    title: str
    body: str
    place: str
    starts_at: datetime
    about: str = ""
    online: str = ""
    rule_key: str = ""
    composition: int | None = None
    is_by_household: bool = False
    is_public: bool = True
    organ_id: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """One line of a typed list: a name, and as what they come."""

    name: str
    part: str = ""


def names_read(text: str) -> list[Named]:
    """Return the people of a typed list, one a line: ``王芳，3号楼代表``; blank lines are passed over."""
    rows = []
    for line in text.splitlines():
        parts = [part.strip() for part in APART.split(line.strip()) if part.strip()]
        if parts:
            rows.append(Named(parts[0], "，".join(parts[1:])))
    return rows


def names_refusal(rows: Sequence[Named], already: int) -> str | None:
    """Return what is wrong with a typed list, or ``None``; says the line, never the name."""
    if not rows:
        return _("请填写名单，一行一个人。")
    if len(rows) + already > MOST_PEOPLE:
        return _("一次会议最多登记%d人。") % MOST_PEOPLE
    for number, row in enumerate(rows, 1):
        if len(row.name) > LONGEST_NAME or len(row.part) > LONGEST_PART:
            return _("第%d行太长：一行写一个人，姓名和身份之间用逗号隔开。") % number
    return None


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough are there: how many of how many, what is asked for in words, how many are missing."""

    present: int
    whole: int
    needed: int
    holds: bool
    words: str
    article: str

    @property
    def missing(self) -> int:
        """How many more must come."""
        return max(self.needed - self.present, 0)


def hands_refusals(present: int, hands: Mapping[str, int | None]) -> dict[str, str]:
    """Return what is wrong with counted hands: missing, below nothing, more than are there."""
    wrong = {name: _("请填写举手的人数，没有就填0。") for name, n in hands.items() if n is None or n < 0}
    total = sum(n or 0 for n in hands.values())
    if not wrong and total > present:
        words = _("举手合计%(total)d人，多于到会的%(present)d人，请重新清点。")
        wrong["yes"] = words % {"total": total, "present": present}
    if not wrong and total == 0:
        wrong["yes"] = _("一只手也没有举，不成为表决。请重新清点。")
    return wrong


def content_digest(content: Mapping[str, Any], text: str) -> str:
    """Return the digest of what is signed: the meeting's facts and the text of its minutes."""
    whole = json.dumps({"content": content, "text": text}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def points_read(text: str) -> list[tuple[str, str, str]]:
    """Return the open points of a typed list, one a line: what, who, when (``2026-12-01``)."""
    rows = []
    for line in text.splitlines():
        parts = [part.strip() for part in APART.split(line.strip()) if part.strip()]
        if parts:
            what, who, when = [*parts, "", ""][:3]
            rows.append((what, who, when))
    return rows


def points_refusal(rows: Iterable[tuple[str, str, str]]) -> str | None:
    """Return what is wrong with typed open points, or ``None``."""
    for number, (what, who, when) in enumerate(rows, 1):
        if len(what) > 200 or len(who) > 80:
            return _("第%d条太长，请精简。") % number
        if when and date_read(when) is None:
            return _("第%d条的日期看不懂，请写成 2026-12-01。") % number
    return None


def date_read(text: str) -> date | None:
    """Return a day written as ``2026-12-01``, ``2026/12/1`` or ``2026年12月1日``, or ``None``."""
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
