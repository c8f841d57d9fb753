"""The minutes as a paper: one list of sections, for the page, DOCX and PDF alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.foundation.exports.sections import Section
from linli.foundation.ui.templatetags.linli import local_time

from .models import Kind, Meeting, Minutes, Objection, Outcome, Part
from .selectors import PersonRow, people_of
from .wording import when_words


def minutes_title(meeting: Meeting) -> str:
    """Return what stands above the minutes."""
    return _("%(title)s会议纪要") % {"title": meeting.title}


def minutes_sections(meeting: Meeting, minutes: Minutes) -> list[Section]:
    """Return the minutes of a version: what, who, what was said and decided, what is left, who signed."""
    people = people_of(meeting)
    return [
        Section(rows=_facts(meeting, minutes, people)),
        *_items(minutes),
        Section(_("讨论情况"), minutes.text.splitlines()),
        *_points(minutes),
        *_objections(meeting),
        Section(_("到会人员"), _present(people)),
        _signatures(meeting, minutes),
    ]


def _facts(meeting: Meeting, minutes: Minutes, people: Sequence[PersonRow]) -> list[tuple[str, str]]:
    content = minutes.content
    names = {row.invitee.pk: row.invitee.name for row in people}
    rows = [
        (_("会议类型"), str(Kind(meeting.kind).label)),
        (_("会议组织"), meeting.body),
        (_("召集单位"), meeting.unit.name),
        (_("时间"), _span(meeting)),
        (_("地点"), "；".join(part for part in (meeting.place, meeting.online) if part)),
        (_("通知时间"), when_words(meeting.called_at)),
        (_("晚于法定期限通知的理由"), content.get("late_reason", "")),
        (_("主持人"), names.get(meeting.chair_id or 0, "")),
        (_("记录人"), names.get(meeting.recorder_id or 0, "")),
        (_("到会情况"), _came(content)),
        (_("编号和版次"), _("%(number)s，第%(n)d版") % {"number": meeting.number, "n": minutes.edition}),
    ]
    return [(label, value) for label, value in rows if value]


def _span(meeting: Meeting) -> str:
    begun = when_words(meeting.opened_at or meeting.starts_at)
    return f"{begun} — {local_time(meeting.closed_at)}" if meeting.closed_at else begun


def _came(content: dict[str, Any]) -> str:
    said = [_("成员到会%(n)d人，列席%(guests)d人") % {"n": content["came"], "guests": content["guests"]}]
    if content.get("needed"):
        said.append(content["rule"])
        said.append(_("达到法定人数") if content["is_quorate"] else _("没有达到法定人数，会议没有举行"))
        said.append(_("依据：%s") % content["article"])
    return "；".join(said)


def _items(minutes: Minutes) -> Iterator[Section]:
    for item in minutes.content["items"]:
        outcome = str(Outcome(item["outcome"]).label) if item["outcome"] else _("没有结果")
        rows = [(_("结果"), outcome)]
        if item["yes"] is not None:
            hands = _("到会%(present)d，赞成%(yes)d，反对%(no)d，弃权%(abstain)d") % item
            rows.append((_("举手表决"), hands))
        rows += [
            (_("计票") if n == 0 else "", f"{step['words']}：{_yes(step['holds'])}（{step['article']}）")
            for n, step in enumerate(item["steps"])
        ]
        if item["decision"]:
            rows.append((_("决定"), item["decision"]))
        heading = _("议题%(n)d　%(title)s") % {"n": item["order"], "title": item["title"]}
        yield Section(heading, rows=rows)


def _yes(holds: bool) -> str:
    return _("达到") if holds else _("没有达到")


def _points(minutes: Minutes) -> Iterator[Section]:
    points = list(minutes.points.all())
    if points:
        rows: list[Sequence[str]] = [(_("什么事"), _("谁来办"), _("什么时候"))]
        rows += [(one.text, one.who, one.due_on.isoformat() if one.due_on else "") for one in points]
        yield Section(_("留下的事"), rows=rows, widths=(4, 2, 2))


def _objections(meeting: Meeting) -> Iterator[Section]:
    found: list[Objection] = list(meeting.objections.select_related("invitee"))
    if found:
        rows: list[Sequence[str]] = [(_("提出人"), _("异议"), _("答复"))]
        rows += [(one.invitee.name, one.text, one.answer or _("尚未答复")) for one in found]
        yield Section(_("异议"), rows=rows, widths=(2, 4, 4))


def _present(people: Sequence[PersonRow]) -> list[str]:
    members = [_who(row) for row in people if row.invitee.is_member and row.was_there]
    guests = [_who(row) for row in people if not row.invitee.is_member and row.was_there]
    away = [_who(row) for row in people if row.invitee.is_member and not row.was_there and not row.through]
    said = [_("成员：%s") % ("、".join(members) or _("无"))]
    if guests:
        said.append(_("列席：%s") % "、".join(guests))
    if away:
        said.append(_("缺席：%s") % "、".join(away))
    return said


def _who(row: PersonRow) -> str:
    held = "、".join(one.name for one in row.acts_for)
    return f"{row.invitee.name}{_('（受%s委托）') % held if held else ''}"


def _signatures(meeting: Meeting, minutes: Minutes) -> Section:
    signed: dict[str, list[str]] = {}
    for one in minutes.signatures.select_related("invitee"):
        how = _("纸质签字") if one.is_on_paper else _("线上签字")
        signed.setdefault(one.part, []).append(f"{one.invitee.name}（{how}，{local_time(one.signed_at)}）")
    rows = [
        (str(part.label), "\n".join(signed.get(part, [])) or "\n")
        for part in Part
        if part != Part.MEMBER or Part.MEMBER in signed
    ]
    digest = _("这一版的校验码：%s") % minutes.digest[:16]
    return Section(_("签字"), [digest], rows)
