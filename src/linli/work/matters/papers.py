"""What stands on the papers that are printed about a matter: 受理单, 派单, 回执. Never who reported.

A paper is values in the order in which they are read; one template draws all three on A4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.core.errors import Conflict
from linli.foundation.duties.calendar import limit_due

from . import selectors
from .clocks import clocks
from .models import Assignment, Matter, MatterEvent
from .selectors import JourneyStep
from .wording import instant_words
from .workflow import ENDED, State

ISSUED_BY = ("accept", "decline", "report", "emergency")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paper; ``basis`` is the rule behind it, in small type."""

    label: str
    value: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet: who issues it, its lines, what happened, what the reader may do, who signs."""

    heading: str
    issuer: str
    lines: Sequence[Line]
    address: str
    signatures: Sequence[str]
    steps: Sequence[JourneyStep] = ()
    remarks: Sequence[str] = ()
    blank: str = ""
    picture: str = field(init=False)

    def __post_init__(self) -> None:
        """Draw the code that leads to the record."""
        drawn = segno.make(self.address, error="m").svg_data_uri(scale=4, border=1, dark="#000")
        object.__setattr__(self, "picture", drawn)


def _address(name: str, matter: Matter) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse(name, args=[matter.public_id])}"


def _when(at: datetime | None, is_provisional: bool = False) -> str:
    """Return an instant with its year: a paper is read later than a page."""
    return (
        _("%(year)s年%(is_provisional)s")
        % {"year": at.astimezone(BEIJING).year, "is_provisional": instant_words(at, is_provisional)}
        if at
        else ""
    )


def _lines(*rows: tuple[str, str] | tuple[str, str, str]) -> list[Line]:
    """Return the lines that have something to say."""
    return [Line(*row) for row in rows if row[1]]


def _event(matter: Matter, *verbs: str) -> MatterEvent | None:
    return matter.events.filter(verb__in=verbs).select_related("unit").order_by("-recorded_at", "-id").first()


def _issuer(matter: Matter) -> str:
    """Return the unit that took the matter on, refused it or took it in."""
    for verb in ISSUED_BY:
        event = _event(matter, verb)
        if event and event.unit:
            return event.unit.name
    return str(matter.intake_unit or "")


def _subject(matter: Matter) -> list[Line]:
    source = f"{matter.source} {matter.source_number}".strip()
    return _lines(
        (_("编号"), matter.number),
        (_("来件"), source),
        (_("事由"), "" if matter.text.startswith(matter.title) else matter.title),
        (_("反映内容"), matter.text),
        (_("地点"), selectors.place_words(matter)),
        (_("来源"), str(matter.get_channel_display())),
        (_("反映时间"), _when(matter.reported_at)),
    )


def _class(matter: Matter) -> str:
    if not matter.affair_class:
        return ""
    words = str(matter.get_affair_class_display())
    return words if matter.class_confirmed_by_id else _("%s（暂定）") % words


def _unit_words(row: Assignment) -> str:
    due = _("%s前答复") % _when(row.due_at, row.due_is_provisional) if row.due_at else ""
    return "，".join(part for part in (row.unit.name, row.unit.phone, due) if part)


def _after() -> str:
    """Return what may be done after closing, with the length of the window in force."""
    limit = clocks().clock("reopen_window").limit
    return _("办结后对结果不认可的，可以在%(n)d天内申请重新办理。") % {"n": limit.amount}


def acceptance_paper(matter: Matter) -> Paper:
    """Return the slip that the reporter is handed: accepted, refused, or so far only taken in."""
    declined = _event(matter, "decline") if matter.state == State.DECLINED else None
    handlers = matter.assignments.select_related("unit").filter(round=matter.round, ended_at__isnull=True)
    papers = "；".join(
        paper.name + (_("（已交还）") if paper.returned_at else "") for paper in matter.documents.all()
    )
    lines = [
        *_subject(matter),
        *_lines(
            (_("受理时间"), _when(matter.accepted_at)),
            (_("不予受理的原因"), declined.note if declined else ""),
            (_("可以去"), str(declined.facts.get("where", "")) if declined else ""),
            (_("三事分类"), _class(matter)),
        ),
        *(Line(str(row.get_part_display()), _unit_words(row)) for row in handlers),
        *_lines(
            (_("当前时限"), _when(matter.due_at, matter.due_is_provisional), matter.due_source),
            (_("代收材料"), papers),
        ),
    ]
    heading = _("事项受理单") if matter.accepted_at else _("事项登记单")
    return Paper(
        _("不予受理告知单") if declined else heading,
        _issuer(matter),
        lines,
        _address("matters:matter", matter),
        (_("经办人"), _("反映人"), _("日期")),
        remarks=(_("扫码或登录后按编号可以看到办到哪一步。"), _after()),
    )


def order_paper(matter: Matter, assignment: Assignment) -> Paper:
    """Return the order that goes to a unit with the matter, for it to sign and to write its result on."""
    issued = _event(matter, "hand_over", "rehand", "whistle", "return_grant", "discussion_finish_task")
    others = matter.assignments.select_related("unit").filter(round=assignment.round, ended_at__isnull=True)
    together = "；".join(
        f"{row.get_part_display()} {_unit_words(row)}" for row in others if row.pk != assignment.pk
    )
    photos = matter.photos.filter(state="ready").count()
    lines = [
        *_lines(
            (_("承办单位"), f"{assignment.unit.name}（{assignment.get_part_display()}）"),
            (_("派出时间"), _when(assignment.sent_at)),
        ),
        *_subject(matter),
        *_lines(
            (_("紧急"), _("是，请立即处置") if matter.is_emergency else ""),
            (_("三事分类"), _class(matter)),
            (_("现场照片"), _("%d张，见平台") % photos if photos else ""),
            (_("交办要求"), assignment.instruction),
            (
                _("办理时限"),
                _when(assignment.due_at, assignment.due_is_provisional),
                assignment.due_source,
            ),
            (_("一起办理"), together),
        ),
    ]
    return Paper(
        _("事项派单"),
        issued.unit.name if issued and issued.unit else _issuer(matter),
        lines,
        _address("matters:record", matter),
        (_("派单人"), _("签收人"), _("签收时间")),
        remarks=(
            _("请扫码在平台签收、反馈；不属于本单位职责的，请写明理由和建议单位后退单。"),
            _("反映人的信息只可用于办理本件，不得向被反映的一方透露。"),
        ),
        blank=_("办理情况"),
    )


def reply_paper(matter: Matter, reader: Actor) -> Paper:
    """Return the reply after the end: what was done, by whom, and what may be done about it.

    What was merged has its own number and words, and the end of the one that was handled for all. Raises
    ``Conflict`` while the matter is under way.
    """
    if matter.state not in ENDED:
        raise Conflict(_("这件事还没有办结，不能打印办理结果回执。"), hint=_("可以先打印受理单。"))
    main = matter.merged_into
    home = main if main is not None and main.state == State.CLOSED else matter
    lead = (
        home.assignments.select_related("unit")
        .filter(part=Assignment.Part.LEAD, round=home.round)
        .order_by("-sent_at", "-id")
        .first()
    )
    lines = [
        *_subject(matter),
        *_lines(
            (_("受理时间"), _when(home.accepted_at)),
            (_("三事分类"), _class(home)),
            (_("办理单位"), lead.unit.name if lead else _issuer(home)),
            (_("办结时间"), _when(home.closed_at)),
            (_("办结方式"), str(home.get_closed_as_display() or home.get_state_display())),
            (_("可以申请重办"), _window(home), clocks().clock("reopen_window").limit.source),
        ),
    ]
    return Paper(
        _("办理结果回执"),
        _issuer(home),
        lines,
        _address("matters:matter", matter),
        (_("经办人"), _("反映人"), _("日期")),
        steps=list(reversed(selectors.journey(matter, reader))),
        remarks=(_("请扫码评价：有没有联系您、解决了吗、满意吗。"), _after()),
    )


def _window(matter: Matter) -> str:
    if matter.state != State.CLOSED or matter.closed_at is None:
        return ""
    due = limit_due(matter.closed_at, clocks().clock("reopen_window").limit)
    return _("%s前") % _when(due.at, due.is_provisional)
