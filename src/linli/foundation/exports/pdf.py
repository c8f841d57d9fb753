"""Papers as PDF: A4, Song type by the reader's own font (STSong-Light), the page's number below."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from .sections import Section

PDF = "application/pdf"
FONT = "STSong-Light"
MARGIN = 2.5 * cm
WIDTH = A4[0] - 2 * MARGIN
LAST_OF_FONT = 0xFFFF


@functools.cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = {"fontName": FONT, "wordWrap": "CJK"}
    return {
        "title": ParagraphStyle(
            "title", fontSize=18, leading=26, spaceAfter=12, alignment=TA_CENTER, **plain
        ),
        "heading": ParagraphStyle("heading", fontSize=13, leading=19, spaceBefore=10, spaceAfter=4, **plain),
        "text": ParagraphStyle("text", fontSize=10.5, leading=17, spaceAfter=4, **plain),
        "cell": ParagraphStyle("cell", fontSize=10, leading=15, **plain),
    }


def in_font(text: str) -> str:
    """Return a text with a mark 〓 for each sign that the font cannot show (beyond plane 0)."""
    return "".join("〓" if ord(sign) > LAST_OF_FONT else sign for sign in text)


def _paragraph(text: str, style: str) -> Paragraph:
    lines = "<br/>".join(escape(line) for line in in_font(text).splitlines())
    return Paragraph(lines or "&nbsp;", _styles()[style])


def _table(section: Section) -> Table:
    whole = sum(section.widths)
    cells = [[_paragraph(text, "cell") for text in row] for row in section.rows]
    table = Table(cells, colWidths=[WIDTH * part / whole for part in section.widths], repeatRows=0)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (0, -1), colors.whitesmoke),
            ]
        )
    )
    return table


def _number(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, 1.3 * cm, str(document.page))
    canvas.restoreState()


def pdf_of(title: str, sections: Sequence[Section]) -> bytes:
    """Return the paper as PDF; what the font cannot show stands as 〓 and is whole in the DOCX."""
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=in_font(title),
        author="",
        lang="zh-CN",
    )
    flow: list[Any] = [_paragraph(title, "title")]
    for section in sections:
        if section.heading:
            flow.append(_paragraph(section.heading, "heading"))
        flow += [_paragraph(words, "text") for words in section.paragraphs]
        if section.rows:
            flow += [Spacer(1, 4), _table(section), Spacer(1, 4)]
    document.build(flow, onFirstPage=_number, onLaterPages=_number)
    return target.getvalue()
