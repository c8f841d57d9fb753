"""What is printed of a meeting: the notice for the door, invitations, agenda, sign-in sheet, minutes.

Everything comes in large type with a code, so that nobody needs a telephone of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor
from linli.core.codes import code_shown
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.exports.papers import DOCX
from linli.foundation.exports.pdf import PDF, pdf_of
from linli.foundation.exports.sections import Section, docx_of

from . import selectors
from .document import minutes_sections, minutes_title
from .models import Invitee, Meeting
from .permissions import can_help_meeting
from .wording import when_words
from .workflow import State

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Sheet:
    """One A4 sheet: lines in the order in which they are read, the agenda, a table to sign, a code."""

    heading: str
    issuer: str
    lines: Sequence[tuple[str, str]]
    address: str = ""
    code: str = ""
    items: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    remarks: Sequence[str] = ()
    signatures: Sequence[str] = ()
    picture: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Draw the code that leads to the meeting."""
        if self.address:
            drawn = segno.make(self.address, error="m").svg_data_uri(scale=5, border=1, dark="#000")
            object.__setattr__(self, "picture", drawn)


def absolute(name: str, *args: Any) -> str:
    """Return the whole address of a page, as a code leads to it."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse(name, args=args)}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper that may be printed: where, what it is called, what it is."""

    url: str
    label: Text
    help: Text


PAPERS: dict[str, tuple[Text, Text]] = {
    "notice": (gettext_lazy("会议通知"), gettext_lazy("大字，贴在楼道和公告栏，带二维码")),
    "invitations": (gettext_lazy("请柬"), gettext_lazy("一人一页，大字，带本人的请柬码")),
    "agenda": (gettext_lazy("议程"), gettext_lazy("大字，会场发给到会的人")),
    "signing": (gettext_lazy("签到簿"), gettext_lazy("名单和签名栏，附到会码")),
    "minutes": (gettext_lazy("会议纪要"), gettext_lazy("A4，主持人、记录人签字")),
}


def papers_offered(actor: Actor, meeting: Meeting) -> list[Offered]:
    """Return the papers that the actor may print of a meeting now."""
    if not can_help_meeting(actor, meeting) or meeting.state == State.CANCELLED:
        return []
    codes = ["notice", "agenda"] if meeting.called_at else ["agenda"]
    codes += ["invitations", "signing"] if meeting.called_at else []
    codes += ["minutes"] if meeting.minutes.exists() else []
    return [
        Offered(reverse("meetings:paper", args=[meeting.public_id, code]), *PAPERS[code]) for code in codes
    ]


@require_GET
@desk_page
def paper_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show a paper of a meeting, ready for the printer."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    if code not in PAPERS:
        raise NotFound
    if not can_help_meeting(actor, meeting):
        raise NotAllowed(_("会议的材料由召集单位打印。"))
    if code == "minutes":
        return _minutes_paper(request, meeting)
    if code != "agenda" and meeting.called_at is None:
        raise Conflict(_("会议通知还没有发出，这份材料还不能打印。"))
    sheets = SHEETS[code](meeting)
    context = {"sheets": sheets, "meeting": meeting, "printed_by": actor.name, "now_at": clock.now()}
    response = render(request, "meetings/sheets.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _when_where(meeting: Meeting) -> list[tuple[str, str]]:
    rows = [
        (_("时间"), when_words(meeting.starts_at)),
        (_("地点"), meeting.place),
        (_("线上"), meeting.online),
    ]
    return [(label, value) for label, value in rows if value]


def _agenda_rows(meeting: Meeting) -> list[tuple[str, str]]:
    return [
        (f"{item.title}{_('（要表决）') if item.is_vote_wanted else ''}", item.text)
        for item in meeting.items.order_by("order")
    ]


def _late(meeting: Meeting) -> list[str]:
    if not meeting.late_reason:
        return []
    return [_("本次会议晚于法定期限通知，经街镇同意，理由：%s") % meeting.late_reason]


def notice_sheets(meeting: Meeting) -> list[Sheet]:
    """Return the notice for the door."""
    phone = meeting.unit.phone
    remarks = [*_late(meeting)]
    if meeting.is_public:
        remarks.append(_("扫右上角的码看议程和以后的决定。"))
    remarks.append(
        _("没有手机的，请打电话或到居委会了解：%(unit)s %(phone)s")
        % {"unit": meeting.unit.name, "phone": phone}
    )
    lines = [(_("会议"), meeting.title), (_("参加的人"), meeting.body), *_when_where(meeting)]
    return [
        Sheet(
            _("会议通知"),
            meeting.unit.name,
            lines,
            absolute("meetings:public_detail", meeting.public_id) if meeting.is_public else "",
            items=_agenda_rows(meeting),
            remarks=remarks,
            signatures=(_("张贴日期"), _("张贴人")),
        )
    ]


def invitation_sheets(meeting: Meeting) -> list[Sheet]:
    """Return one invitation for each person of the list, with their own code."""
    items = _agenda_rows(meeting)
    return [_invitation(meeting, one, items) for one in meeting.invitees.all()]


def _invitation(meeting: Meeting, one: Invitee, items: Sequence[tuple[str, str]]) -> Sheet:
    part = one.part or (_("成员") if one.is_member else _("列席"))
    return Sheet(
        _("请柬"),
        meeting.unit.name,
        [(_("请"), f"{one.name}（{part}）"), (_("参加"), meeting.title), *_when_where(meeting)],
        absolute("meetings:card", meeting.public_id, one.code),
        code_shown(one.code),
        items,
        remarks=(
            *_late(meeting),
            _("到会时出示这张请柬，工作人员扫码或按请柬码签到。请妥善保管，不要发到群里。"),
            _("不能来的，请提前告诉%(unit)s：%(phone)s")
            % {"unit": meeting.unit.name, "phone": meeting.unit.phone},
        ),
    )


def agenda_sheets(meeting: Meeting) -> list[Sheet]:
    """Return the agenda as it lies on the tables."""
    rule = selectors.quorum_of(meeting)
    remarks = [f"{rule.words}（{rule.article}）"] if rule.article else []
    return [
        Sheet(
            _("议程"),
            meeting.title,
            _when_where(meeting),
            absolute("meetings:public_detail", meeting.public_id) if meeting.is_public else "",
            items=_agenda_rows(meeting),
            remarks=remarks,
        )
    ]


def signing_sheets(meeting: Meeting) -> list[Sheet]:
    """Return the sign-in sheet with the code of the door."""
    rows = [
        (str(one.number), one.name, one.part or (_("成员") if one.is_member else _("列席")), "", "")
        for one in meeting.invitees.all()
    ]
    return [
        Sheet(
            _("签到簿"),
            meeting.title,
            _when_where(meeting),
            absolute("meetings:here", meeting.public_id, meeting.code),
            code_shown(meeting.code),
            columns=(_("序号"), _("姓名"), _("身份"), _("签名"), _("时间")),
            rows=rows,
            remarks=(_("带手机的扫右上角的码签到；没有手机的在这里签名，由工作人员补记。"),),
        )
    ]


SHEETS = {
    "notice": notice_sheets,
    "invitations": invitation_sheets,
    "agenda": agenda_sheets,
    "signing": signing_sheets,
}


# -- the minutes ------------------------------------------------------------------------
def _minutes(meeting: Meeting) -> tuple[str, list[Section]]:
    found = selectors.minutes_of(meeting)
    if found is None:
        raise Conflict(_("还没有写会议纪要。"))
    return minutes_title(meeting), minutes_sections(meeting, found)


def _minutes_paper(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    title, sections = _minutes(meeting)
    context = {"title": title, "sections": sections, "meeting": meeting}
    response = render(request, "meetings/minutes.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@desk_page
def minutes_file(request: HttpRequest, public_id: UUID, ending: str) -> HttpResponse:
    """Send the minutes as DOCX or PDF."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    if not can_help_meeting(actor, meeting):
        raise NotAllowed(_("会议纪要由召集单位下载。"))
    if ending not in ("docx", "pdf"):
        raise NotFound
    title, sections = _minutes(meeting)
    content = docx_of(title, sections) if ending == "docx" else pdf_of(title, sections)
    response = HttpResponse(content, content_type=DOCX if ending == "docx" else PDF)
    name = quote(f"{_('会议纪要')}-{meeting.number}.{ending}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store"
    return response
