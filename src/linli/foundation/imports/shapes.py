"""What the interface for imports takes and gives."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop
from ninja import Field, Schema

from linli.foundation.clients.shapes import MOST, Cursor, Input, Limit, QueryInput

from .models import Import
from .selectors import progress_percent


class ShareOut(Schema):
    """What a committee would lose."""

    name: str
    now: int
    ends: int
    percent: int
    is_much: bool


class EndingOut(Schema):
    """What a file that is complete for an area no longer names."""

    ends: int
    now: int
    keyless: int = Field(description=gettext_noop("看不出是谁的行有多少；改好之前什么也不能注销。"))
    is_much: bool
    is_settled: bool = False
    is_declined: bool = False
    shares: list[ShareOut]


class ImportOut(Schema):
    """An import as whoever may see it reads it; never a row's cells."""

    public_id: UUID
    target: str
    state: str
    name: str
    total: int
    percent: int
    counts: dict[str, int]
    preview: dict[str, Any]
    headers: list[str]
    notes: list[str]
    dropped: list[str]
    ending: EndingOut | None
    spec: dict[str, Any]
    is_counted: bool
    failure: str
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None

    @staticmethod
    def resolve_preview(job: Import) -> dict[str, Any]:
        """Counts, reasons and unknown words; the first rows stay on the page."""
        return {name: part for name, part in job.preview.items() if name not in ("first", "contested")}

    @staticmethod
    def resolve_ending(job: Import) -> dict[str, Any] | None:
        """What ends, or nothing where the file is not complete for an area."""
        return job.ending if job.ending.get("shares") else None

    @staticmethod
    def resolve_percent(job: Import) -> int:
        """How much of the present step is done."""
        return progress_percent(job) if job.is_working else 100


class MapIn(Schema):
    """A column map: ``columns``, ``fixed``, ``values``, ``keep``, ``date_order`` as in a kept one."""

    spec: dict[str, Any]
    is_counted: bool = False
    save_as: str = ""


class PreviewAsked(QueryInput):
    """Which rows of the preview."""

    outcome: Literal["new", "changed", "unchanged", "conflicts", "quarantined"] = Field(
        "new",
        description=gettext_noop(
            "new 新增，changed 更新，unchanged 没有变化，conflicts 有出入，quarantined 有问题。"
        ),
    )
    offset: int = Field(0, ge=0, description=gettext_noop("从第几行起，0是第一行。"))
    limit: Limit = 50


class ChangeOut(Schema):
    """One field as it is and as the file would have it; personal values masked."""

    field: str
    before: str
    after: str


class PreviewRowOut(Schema):
    """One row of the file as looking through it saw it."""

    number: int = Field(description=gettext_noop("文件里的行号。"))
    values: dict[str, str] = Field(description=gettext_noop("内容，个人信息已遮盖。"))
    changes: list[ChangeOut] = Field(description=gettext_noop("会改什么，个人信息已遮盖。"))
    clashes: list[str] = Field(description=gettext_noop("哪几项有出入。"))
    remarks: list[str] = Field(description=gettext_noop("原因和提示。"))


class PreviewOut(Schema):
    """Rows of the preview with one outcome."""

    total: int
    items: list[PreviewRowOut]


class ConflictsAsked(QueryInput):
    """Which rows in conflict."""

    limit: Limit = 20
    cursor: Cursor = ""


class ChoiceOut(Schema):
    """A way to decide."""

    choice: str
    label: str


class ClashOut(Schema):
    """One field in which a row and the record disagree."""

    field: str
    label: str
    ours: str = Field(description=gettext_noop("登记的。"))
    theirs: str = Field(description=gettext_noop("来件的。"))
    why: str
    choices: list[ChoiceOut]


class ConflictOut(Schema):
    """One row that waits for a decision."""

    number: int = Field(description=gettext_noop("文件里的行号。"))
    clashes: list[ClashOut]


class ConflictsOut(Schema):
    """Rows that wait for a decision, personal values masked."""

    items: list[ConflictOut]
    next_cursor: str


class NumbersIn(Input):
    """Rows by their numbers."""

    numbers: list[int] = Field(min_length=1, max_length=MOST, description=gettext_noop("文件里的行号。"))


class DecisionIn(Input):
    """What was decided about a row: every field of it."""

    number: int = Field(description=gettext_noop("文件里的行号。"))
    choices: dict[str, str] = Field(description=gettext_noop("字段 → 决定，每一项都要有。"))


class DecisionsIn(Input):
    """Rows decided one by one, all or none."""

    rows: list[DecisionIn] = Field(min_length=1, max_length=1_000)


class DecideAllIn(Input):
    """All rows decided the same way."""

    choice: Literal["keep", "take"] = Field(description=gettext_noop("keep 保留现有，take 采用来件。"))
    field: str = Field("", max_length=60, description=gettext_noop("只决定仅有这一项出入的行；不填是全部。"))


class EndingIn(Input):
    """How many records end, repeated by whoever confirms it."""

    ends: int = Field(ge=1, description=gettext_noop("会注销多少条，须与 ending.ends 相同。"))
