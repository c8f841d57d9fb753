"""Runs as JSON: progress and rounded figures, for those who read them on the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core.cursor import slice_of
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.shapes import Cursor, Limit, QueryInput
from linli.foundation.places.selectors import division_names
from linli.registers.residents.rounding import rounded

from ..models import Run
from . import selectors
from .services import run_ask

router = Router(tags=[_("政策找人")])


class BenefitRunLine(Schema):
    """One run among others."""

    public_id: UUID
    kind: str = Field(description=_("full 全部政策，again 只重算写明的政策。"))
    as_of: date
    policies: list[str] = Field(description=_("只算这些政策代号；空为全部。"))
    state: str = Field(
        description=_("waiting 等待，running 进行中，done 完成，failed 没有完成，dropped 已取消或已清除。")
    )
    parts_done: int
    parts_all: int
    asked_at: datetime
    finished_at: datetime | None


class BenefitRunsOut(Schema):
    """Some runs, and the cursor of those that follow."""

    items: list[BenefitRunLine]
    next_cursor: str


class BenefitCountOut(Schema):
    """What a run says of one policy in one district: rounded to ten; null stands for less than five."""

    policy: str
    policy_name: str
    area: str
    eligible: int | None
    unknown: int | None
    refused: int | None
    new: int | None = Field(description=_("新线索。"))
    is_baseline: bool = Field(description=_("第一次匹配，只是底数。"))


class BenefitRunOut(BenefitRunLine):
    """One run with its figures in the reader's areas."""

    counts: list[BenefitCountOut]


class BenefitRunAsk(Schema):
    """What to match now."""

    policies: list[str] = Field(
        default=[], max_length=200, description=_("只算这些政策代号；空为全部。区只能写自己的政策。")
    )


class BenefitRunsAsked(QueryInput):
    """Which page of the runs."""

    limit: Limit = 50
    cursor: Cursor = ""


@router.get("/runs", response=BenefitRunsOut, summary=_("政策匹配列表"), operation_id="benefit_runs")
def benefit_runs(request: HttpRequest, asked: Query[BenefitRunsAsked]) -> dict[str, Any]:
    """List the runs, the latest first."""
    found = slice_of(
        selectors.run_list(actor_of(request)),
        by=("-asked_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "benefit-runs"},
    )
    return {"items": [_line(run) for run in found.rows], "next_cursor": found.next_cursor}


@router.get(
    "/runs/{uuid:public_id}", response=BenefitRunOut, summary=_("一次政策匹配"), operation_id="benefit_run"
)
def benefit_run(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return one run with its figures."""
    actor = actor_of(request)
    run = selectors.run_get(actor, public_id)
    rows = selectors.run_counts(actor, run)
    names = division_names({row.area_path for row in rows if row.area_path})
    counts = [
        {
            "policy": row.version.policy.code,
            "policy_name": row.version.policy.name,
            "area": names.get(row.area_path, ""),
            "is_baseline": row.is_baseline,
            **{name: rounded(getattr(row, name)).value for name in ("eligible", "unknown", "refused", "new")},
        }
        for row in rows
    ]
    return {**_line(run), "counts": counts}


@router.post("/runs", response=BenefitRunLine, summary=_("发起政策匹配"), operation_id="benefit_run_ask")
def benefit_run_ask(request: HttpRequest, body: BenefitRunAsk) -> dict[str, Any]:
    """Ask for a run now; the worker carries it out."""
    return _line(run_ask(actor=actor_of(request), policies=body.policies))


def _line(run: Run) -> dict[str, Any]:
    names = ("public_id", "kind", "as_of", "policies", "state", "parts_done", "parts_all", "asked_at")
    return {name: getattr(run, name) for name in (*names, "finished_at")}
