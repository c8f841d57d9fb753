"""An assessment as a DOCX that a lawyer can read, mark and file: A4, headings, tables, room to sign."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as Written
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from .selectors import Paper

BODY, HEADING = "宋体", "黑体"  # what every office computer has
LABEL_WIDTH, PAGE = Cm(4.2), (Cm(21), Cm(29.7))
MARGIN = Cm(2.5)
TEXT_WIDTH = PAGE[0] - 2 * MARGIN


def document_of(paper: Paper) -> bytes:
    """Return the file."""
    written = _blank(paper.title)
    title = written.add_heading(paper.title, level=0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _table(written, paper.head)
    if paper.last:
        written.add_heading(_("与上一版的变化"), level=1)
        written.add_paragraph(_("对照：%(last)s") % {"last": paper.last})
        _changes(written, paper)
    for number, section in enumerate(paper.sections, 1):
        written.add_heading(f"{number}. {section['title']}", level=1)
        _table(written, [(label, text) for label, text in section["rows"]])
    written.add_heading(_("评估意见（个人信息保护法第56条）"), level=1)
    for question, answer in paper.opinions:
        written.add_heading(question, level=2)
        for line in (answer or _("（未填写）")).splitlines():
            written.add_paragraph(line)
    _signatures(written)
    written.add_paragraph(_("摘要（SHA-256）：%(digest)s") % {"digest": paper.digest})
    target = io.BytesIO()
    written.save(target)
    return target.getvalue()


def _blank(title: str) -> Written:
    written = Document()
    written.core_properties.title = title
    written.core_properties.author = ""
    written.core_properties.language = "zh-CN"
    for section in written.sections:
        section.page_width, section.page_height = PAGE
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
        _page_number(section.footer.paragraphs[0])
    _style(written, "Normal", BODY, 10.5)
    for name, size in (("Title", 18), ("Heading 1", 14), ("Heading 2", 12)):
        _style(written, name, HEADING, size)
    return written


def _style(written: Written, name: str, font: str, size: float) -> None:
    """Set a style's font for Chinese and Latin text; Word takes them from different places."""
    style = written.styles[name]
    if not isinstance(style, ParagraphStyle):
        return
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for where in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(where), font)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _rows(written: Written, widths: Sequence[int], rows: Iterable[Sequence[str]]) -> Table:
    """Add a table with lines; words in the first column stand out."""
    table: Table = written.add_table(rows=0, cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    for row in rows:
        cells = table.add_row().cells  # type: ignore[no-untyped-call]
        for cell, width, text in zip(cells, widths, row, strict=True):
            cell.width = width
            cell.text = text
        _bold(cells[0])
    return table


def _table(written: Written, rows: Iterable[Sequence[str]]) -> None:
    _rows(written, (LABEL_WIDTH, TEXT_WIDTH - LABEL_WIDTH), rows)


def _changes(written: Written, paper: Paper) -> None:
    if not paper.changed:
        written.add_paragraph(_("没有变化。"))
        return
    nothing = _("没有")
    head = (_("项目"), _("原来"), _("现在"))
    rows = [(what, before or nothing, after or nothing) for what, before, after in paper.changed]
    rest = (TEXT_WIDTH - LABEL_WIDTH) // 2
    table = _rows(written, (LABEL_WIDTH, rest, rest), [head, *rows])
    for cell in table.rows[0].cells:
        _bold(cell)


def _bold(cell: _Cell) -> None:
    for run in cell.paragraphs[0].runs:
        run.bold = True


def _signatures(written: Written) -> None:
    written.add_heading(_("签署"), level=1)
    blank = ("", "")
    rows = [(label, *blank) for label in (_("法务意见"), _("个人信息保护负责人"), _("单位负责人"))]
    third = TEXT_WIDTH // 3
    _rows(written, (third, third, third), [("", _("签字"), _("日期")), *rows])
