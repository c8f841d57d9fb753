"""An assessment as a DOCX that a lawyer can read, mark and file: A4, headings, tables, room to sign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from docx.document import Document as Written
from docx.shared import Cm

from linli.foundation.exports.papers import TEXT_WIDTH, bold, paper_blank, paper_bytes, rows_add

from .selectors import Paper

LABEL_WIDTH = Cm(4.2)


def document_of(paper: Paper) -> bytes:
    """Return the file."""
    written = paper_blank(paper.title)
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
    return paper_bytes(written)


def _table(written: Written, rows: Iterable[Sequence[str]]) -> None:
    rows_add(written, (LABEL_WIDTH, TEXT_WIDTH - LABEL_WIDTH), rows)


def _changes(written: Written, paper: Paper) -> None:
    if not paper.changed:
        written.add_paragraph(_("没有变化。"))
        return
    nothing = _("没有")
    head = (_("项目"), _("原来"), _("现在"))
    rows = [(what, before or nothing, after or nothing) for what, before, after in paper.changed]
    rest = (TEXT_WIDTH - LABEL_WIDTH) // 2
    table = rows_add(written, (LABEL_WIDTH, rest, rest), [head, *rows])
    for cell in table.rows[0].cells:
        bold(cell)


def _signatures(written: Written) -> None:
    written.add_heading(_("签署"), level=1)
    blank = ("", "")
    rows = [(label, *blank) for label in (_("法务意见"), _("个人信息保护负责人"), _("单位负责人"))]
    third = TEXT_WIDTH // 3
    rows_add(written, (third, third, third), [("", _("签字"), _("日期")), *rows])
