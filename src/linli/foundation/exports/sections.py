"""A paper as sections of text and tables, written as DOCX to be worked on or as PDF to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .papers import TEXT_WIDTH, paper_blank, paper_bytes, rows_add


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper: its heading (may be empty), paragraphs, then a table whose first column stands out.

    ``widths``: the shares of the columns, in any unit.
    """

    heading: str = ""
    paragraphs: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    widths: Sequence[int] = (1, 3)


def docx_of(title: str, sections: Sequence[Section]) -> bytes:
    """Return the paper as DOCX."""
    written = paper_blank(title)
    for section in sections:
        if section.heading:
            written.add_heading(section.heading, level=1)
        for words in section.paragraphs:
            written.add_paragraph(words)
        if section.rows:
            whole = sum(section.widths)
            rows_add(written, [TEXT_WIDTH * part // whole for part in section.widths], section.rows)
    return paper_bytes(written)
