"""Papers as DOCX that an office computer opens, marks and files: A4, headings, tables with lines."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as Written
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

BODY, HEADING = "宋体", "黑体"  # what every office computer has
PAGE, MARGIN = (Cm(21), Cm(29.7)), Cm(2.5)
TEXT_WIDTH = PAGE[0] - 2 * MARGIN
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paper_blank(title: str) -> Written:
    """Return an empty A4 paper with its title above and the page's number below."""
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
    heading = written.add_heading(title, level=0)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
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


def rows_add(written: Written, widths: Sequence[int], rows: Iterable[Sequence[str]]) -> Table:
    """Add a table with lines, columns as wide as said; words in the first column stand out."""
    table: Table = written.add_table(rows=0, cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    for row in rows:
        cells = table.add_row().cells  # type: ignore[no-untyped-call]
        for cell, width, text in zip(cells, widths, row, strict=True):
            cell.width = width
            cell.text = text
        bold(cells[0])
    return table


def bold(cell: _Cell) -> None:
    """Let a cell's words stand out."""
    for run in cell.paragraphs[0].runs:
        run.bold = True


def paper_bytes(written: Written) -> bytes:
    """Return the file."""
    target = io.BytesIO()
    written.save(target)
    return target.getvalue()
