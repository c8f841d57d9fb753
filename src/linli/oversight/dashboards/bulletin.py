"""The monthly bulletin: one content, as an A4 page to print and as a DOCX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from docx.shared import Cm, Pt

from linli.core.actor import Actor
from linli.foundation.exports.papers import TEXT_WIDTH, bold, paper_blank, paper_bytes, rows_add
from linli.foundation.places.models import Division
from linli.work.matters.rollup.excluded import excluded_by_reason
from linli.work.matters.rules import Rate

from .periods import Period, change_words, points_words
from .pictures import Cell, Head, Picture, Reading, pictures

FIRST_WIDTH, SMALL = Cm(3.2), Pt(9)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What the bulletin says of an area in a month."""

    title: str
    sentences: list[str]
    pictures: list[Picture]


def months_of(today: date) -> list[date]:
    """Return the first days of the last twelve whole months, the latest first."""
    found = [today.replace(day=1)]
    for _month in range(MONTHS):
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[1:]


def month_period(asked: str, today: date) -> Period:
    """Return the days of the month asked for (2026-10), of the last whole one where it is no such month."""
    months = {f"{first:%Y-%m}": first for first in months_of(today)}
    first = months.get(asked, months_of(today)[0])
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(f"{first:%Y-%m}", first, last)


def _percent(rate: Rate, before: Rate) -> str:
    if rate.percent is None:
        return _("没有可算的事项")
    change = points_words(rate.percent, before.percent)
    words = f"{rate.percent:.1f}%（{rate.part}/{rate.whole}）"
    return f"{words}，{change}" if change else words


def _sentences(reading: Reading) -> list[str]:
    now, before = reading.now, reading.before
    rates, was = now.rates, before.rates
    came = change_words(now["received"], before["received"])
    left = "、".join(_("%(reason)s%(n)d件") % {"reason": reason, "n": n} for reason, n in rates.left_out)
    found = [
        _("收到%(n)d件，%(change)s；其中已办结%(closed)d件，在办%(open)d件，超期未办%(overdue)d件。")
        % {
            "n": now["received"],
            "change": came,
            "closed": now["closed"],
            "open": now["open"],
            "overdue": now["overdue"],
        },
        _("按时办理率%s。") % _percent(now.on_time, before.on_time),
        _("联系率%(a)s；解决率%(b)s；满意率%(c)s。")
        % {
            "a": _percent(rates.contacted, was.contacted),
            "b": _percent(rates.solved, was.solved),
            "c": _percent(rates.satisfied, was.satisfied),
        },
    ]
    return [*found, _("未计入三率的：%s。") % left] if left else found


def _excluded(actor: Actor, division: Division, period: Period) -> Picture:
    rows = excluded_by_reason(actor, division.path, period.from_on, period.to_on)
    return Picture(
        "excluded",
        _("经审批剔除的事项"),
        "",
        [Head(_("情形")), Head(_("件数")), Head(_("审批单位"))],
        [[Cell(reason), Cell(str(n)), Cell(units)] for reason, n, units in rows],
        _("每一件都由一人说明理由申请、另一人审批；逐件见“剔除审批”。"),
    )


def bulletin_of(actor: Actor, division: Division, period: Period) -> Bulletin:
    """Return the bulletin of an area for a month."""
    title = _("%(area)s事项办理月报（%(year)d年%(month)d月）") % {
        "area": division.name,
        "year": period.from_on.year,
        "month": period.from_on.month,
    }
    excluded = _excluded(actor, division, period)
    reading = Reading(actor, division, period)
    shown = [*pictures(reading), *([excluded] if excluded.rows else [])]
    return Bulletin(title, _sentences(reading), shown)


def bulletin_document(bulletin: Bulletin, foot: str) -> bytes:
    """Return the bulletin as a DOCX."""
    written = paper_blank(bulletin.title)
    for sentence in bulletin.sentences:
        written.add_paragraph(sentence)
    for picture in bulletin.pictures:
        written.add_heading(picture.title, level=1)
        rest = (TEXT_WIDTH - FIRST_WIDTH) // max(len(picture.heads) - 1, 1)
        widths = [FIRST_WIDTH, *([rest] * (len(picture.heads) - 1))]
        heads = [head.words for head in picture.heads]
        table = rows_add(written, widths, [heads, *([_cell(cell) for cell in row] for row in picture.rows)])
        for cell in table.rows[0].cells:
            bold(cell)
        for row in table.rows:
            for cell in row.cells:
                for run in cell.paragraphs[0].runs:
                    run.font.size = SMALL
        written.add_paragraph(" ".join(filter(None, (picture.how, picture.note)))).runs[0].font.size = SMALL
    written.add_paragraph(foot)
    return paper_bytes(written)


def _cell(cell: Cell) -> str:
    return f"{cell.words}（{cell.of}）" if cell.of else cell.words
