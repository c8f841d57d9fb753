"""What is held, written as a file that a person or a machine can read."""

import io
import json
from collections.abc import Callable

import xlsxwriter
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from linli.core import clock

from .selectors import Held

# The file leaves the platform and is opened and printed alone, where no style sheet of ours can be reached.
SHEET = """
body { font: 16px/1.6 Noto Sans CJK SC, Microsoft YaHei, sans-serif; max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem; color: #1c1c1a }
h2 { margin: 2rem 0 0; font-size: 1.2rem }
p { margin: 0 0 .5rem; color: #5b5a55 }
table { width: 100%; border-collapse: collapse; margin: 0 0 .8rem; break-inside: avoid }
th, td { border: 1px solid #c9c7c0; padding: .3rem .6rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
th { width: 9rem; font-weight: 500; background: #f5f4f0 }
@media print { body { margin: 0; font-size: 11pt } }
"""


def as_json(held: list[Held]) -> bytes:
    """Return kinds with their source and rows, for a machine."""
    plain = [{_("类别"): str(one.label), _("来源"): str(one.source), _("记录"): one.rows} for one in held]
    return json.dumps(plain, ensure_ascii=False, indent=2).encode()


def as_html(held: list[Held]) -> bytes:
    """Return a page that opens anywhere and prints well, without scripts and pictures."""
    context = {"held": held, "at": clock.now(), "sheet": format_html("<style>{}</style>", SHEET)}
    return render_to_string("privacy/taken.html", context).encode()


def as_xlsx(held: list[Held]) -> bytes:
    """Return a sheet: kind, record number, field, text; text stays text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.set_column(0, 3, 24)
    line = 1
    for column, head in enumerate((_("类别"), _("第几条"), _("项目"), _("内容"))):
        sheet.write_string(0, column, head)
    for one in held:
        for number, row in enumerate(one.rows, 1):
            for name, text in row.items():
                sheet.write_string(line, 0, str(one.label))
                sheet.write_number(line, 1, number)
                sheet.write_string(line, 2, name)
                sheet.write_string(line, 3, text[:32_000])
                line += 1
    book.close()
    return target.getvalue()


FORMATS: dict[str, tuple[str, Callable[[list[Held]], bytes]]] = {
    "json": ("application/json", as_json),
    "html": ("text/html; charset=utf-8", as_html),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
