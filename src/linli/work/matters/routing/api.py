"""Decision tables as JSON: which there are, their rows in words, and what they say of a described matter."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema
from pydantic import field_validator

from linli.core import clock
from linli.core.actor import Scope
from linli.core.clock import BEIJING
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.timelimits import Limit
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Input
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.places.selectors import division_by_code

from . import selectors
from .conditions import Facts, Moment
from .models import DecisionTable, DecisionVersion
from .permissions import can_ask_tables
from .ruling import Fault, Ruling
from .words import PLACES

router = Router(tags=[gettext_noop("派单规则")])


class TableOut(Schema):
    """One table and where it stands."""

    public_id: UUID
    name: str
    subject: str = Field(
        description=gettext_noop("route 派给谁，class 三事分类，clock 办理时限，urgency 紧急程度。")
    )
    level: str = Field(description=gettext_noop("street、district 或 city。"))
    version: int | None = Field(description=gettext_noop("现在起用的版本；空表示还没有。"))
    starts_at: datetime | None


class TablesOut(Schema):
    """Every table that the caller may read."""

    items: list[TableOut]


class RowOut(Schema):
    """One row in words."""

    number: int
    cells: dict[str, str] = Field(description=gettext_noop("列的代码和文字，例如 category、lead。"))
    faults: list[str] = Field(description=gettext_noop("读不懂或已失效的地方。"))


class VersionOut(Schema):
    """The rows of the version in force."""

    table: str
    number: int
    policy: str = Field(description=gettext_noop("first 第一行，unique 只许一行，collect 都算。"))
    rows: list[RowOut]


class FactsIn(Input):
    """A matter as rows see it."""

    area: str = Field(min_length=9, max_length=15, description=gettext_noop("居村委或街镇的区划代码。"))
    category: str = Field("", max_length=400, description=gettext_noop("类别的路径，例如“市容/违建”。"))
    at: datetime | None = Field(None, description=gettext_noop("上报时间；不填就是现在。"))
    places: list[str] = Field(
        [], max_length=5, description=gettext_noop("地点种类：compound 小区内，outside 小区外，housing:…。")
    )
    answers: dict[str, str] = Field({}, description=gettext_noop("问题和回答。"))
    text: str = Field("", max_length=5_000, description=gettext_noop("反映的内容，不保存。"))

    @field_validator("at")
    @classmethod
    def _in_this_age(cls, at: datetime | None) -> datetime | None:
        if at is not None and not 2000 <= at.year < 2100:
            raise ValueError("year")
        return at


class ReasonOut(Schema):
    """Which row spoke, and why it applied."""

    subject: str
    table: str
    version: int
    row: int
    words: str
    note: str


class FaultOut(Schema):
    """Why a table could not speak."""

    table: str
    version: int
    row: int
    words: str


class RulingOut(Schema):
    """What the tables say; a person decides."""

    unit: UUID | None
    unit_name: str
    unit_kind: str
    co_units: list[UUID]
    affair_class: str
    limit_amount: int | None
    limit_unit: str
    urgency: str
    because: list[ReasonOut]
    faults: list[FaultOut]


@router.get(
    "/tables",
    response=TablesOut,
    summary=gettext_noop("规则表"),
    operation_id="routing_tables",
    description=gettext_noop("管到自己区域的规则表，从近到远。"),
)
def routing_tables(request: HttpRequest) -> dict[str, Any]:
    """Return the tables over and in the caller's areas."""
    found = selectors.table_list(actor_of(request))
    return {"items": [_table(table, selectors.version_now(table)) for table in found]}


def _table(table: DecisionTable, now: DecisionVersion | None) -> dict[str, Any]:
    return {
        "public_id": table.public_id,
        "name": table.name,
        "subject": table.subject,
        "level": table.level,
        "version": now.number if now else None,
        "starts_at": now.starts_at if now else None,
    }


@router.get(
    "/tables/{uuid:public_id}",
    response=VersionOut,
    summary=gettext_noop("规则表的内容"),
    operation_id="routing_table",
    description=gettext_noop("现在起用的版本，一行一行的文字。"),
)
def routing_table(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return the rows of the version in force, in words."""
    found = selectors.table_get(actor_of(request), public_id)
    version = selectors.version_now(found)
    rows = selectors.rows_shown(version) if version else []
    return {
        "table": found.name,
        "number": version.number if version else 0,
        "policy": version.policy if version else "first",
        "rows": [
            {"number": r.number, "cells": {c: w for c, w, _raw in r.cells if w}, "faults": r.faults}
            for r in rows
        ],
    }


@router.post(
    "/rulings",
    response=RulingOut,
    auth=let_in(Scope.MATTERS_READ),
    summary=gettext_noop("问规则"),
    operation_id="routing_rule",
    description=gettext_noop(
        "按现在起用的规则，一件这样的事建议派给谁、算哪一类、多久办完；附依据。什么也不保存。"
    ),
)
def routing_rulings(request: HttpRequest, asked: FactsIn) -> dict[str, Any]:
    """Return what the tables in force say of a matter that is described; nothing is stored."""
    actor = actor_of(request)
    area = _area(asked.area)
    if not can_ask_tables(actor, area):
        raise NotAllowed(_("只能问自己区域内的规则。"))
    at = (asked.at or clock.now()).astimezone(BEIJING)
    facts = Facts(
        category=asked.category,
        area=area,
        moment=Moment.of(at, holiday_calendar().is_workday(at.date())),
        places=frozenset(place for place in asked.places if place in PLACES),
        answers={question: (answer,) for question, answer in asked.answers.items()},
        words=asked.text,
    )
    return _said(selectors.route(facts))


def _area(code: str) -> str:
    try:
        return division_by_code(code).path
    except Exception as error:
        words = _("没有区划代码为“%s”的地区。") % code
        raise InvalidInput(words, details={"area": words}) from error


def _said(ruling: Ruling) -> dict[str, Any]:
    return {
        "unit": ruling.unit.public_id if ruling.unit else None,
        "unit_name": ruling.unit.name if ruling.unit else "",
        "unit_kind": ruling.unit_kind,
        "co_units": [unit.public_id for unit in ruling.co_units],
        "affair_class": ruling.affair_class,
        **_limit(ruling.clock),
        "urgency": ruling.urgency,
        "because": selectors.because_kept(ruling),
        "faults": [_fault(fault) for fault in ruling.faults],
    }


def _limit(limit: Limit | None) -> dict[str, Any]:
    return {"limit_amount": limit.amount if limit else None, "limit_unit": limit.unit.value if limit else ""}


def _fault(fault: Fault) -> dict[str, Any]:
    return {"table": fault.table, "version": fault.version, "row": fault.row, "words": fault.words}
