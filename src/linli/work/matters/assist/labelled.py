"""Labelled files to learn from: CSV (also .gz) with a text, perhaps a subject, and one label a target."""

import csv
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from ..models import SuggestionTarget

LARGEST = 200_000_000
HEADERS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "content", "tokens", "内容", "文本", "诉求内容", "留言详情", "反映内容"),
    "subject": ("subject", "title", "标题", "主题", "留言主题"),
    SuggestionTarget.CATEGORY: ("label", "label1", "category", "类别", "一级标签", "标签", "事项类别"),
    SuggestionTarget.AFFAIR_CLASS: ("affair_class", "三事分类", "三事"),
    SuggestionTarget.UNIT_KIND: ("unit_kind", "主责单位类别", "主责单位"),
    SuggestionTarget.URGENCY: ("urgency", "紧急程度", "紧急"),
}
Pairs = dict[str, list[tuple[str, str]]]


def labelled_read(path: Path) -> Pairs:
    """Return (text, label) for each target of a file; the subject is the text's first line.

    Raises ``InvalidInput`` where the file cannot be read or lacks a column.
    """
    rows = _rows(_decoded(path))
    header, body = rows[0], rows[1:]
    columns = {name: at for name, words in HEADERS.items() if (at := _column(header, words)) is not None}
    targets = [target for target in SuggestionTarget.values if target in columns]
    missing = [] if "text" in columns else [_("内容（text）")]
    if not targets:
        missing.append(_("类别（label）"))
    if missing:
        raise InvalidInput(
            _("训练文件缺少这些列：%s。") % "、".join(missing),
            hint=_("第一行请写列名：内容、类别，可另加标题、三事分类、主责单位类别、紧急程度。"),
        )
    return {target: [_pair(row, columns, target) for row in body] for target in targets}


def _column(header: Sequence[str], words: Sequence[str]) -> int | None:
    plain = [cell.strip().lower() for cell in header]
    return next((plain.index(word) for word in words if word in plain), None)


def _pair(row: Sequence[str], columns: Mapping[str, int], target: str) -> tuple[str, str]:
    cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
    subject = cells.get("subject", "")
    text = f"{subject}\n{cells['text']}" if subject else cells["text"]
    return text, cells[target]


def _decoded(path: Path) -> str:
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as file:
                content = file.read(LARGEST + 1)
        else:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        raise InvalidInput(_("训练文件打不开，请核对路径和格式（CSV 或 .csv.gz）。")) from error
    if len(content) > LARGEST:
        raise InvalidInput(_("训练文件太大，请拆开或抽取一部分。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(_("训练文件的编码认不出，请另存为 UTF-8 的 CSV。"))


def _rows(content: str) -> list[list[str]]:
    csv.field_size_limit(10_000_000)
    try:
        rows = [row for row in csv.reader(content.splitlines(keepends=True)) if any(row)]
    except csv.Error as error:
        raise InvalidInput(_("训练文件不是完整的 CSV，请检查引号和分隔符。")) from error
    if not rows:
        raise InvalidInput(_("训练文件是空的。"))
    return rows
