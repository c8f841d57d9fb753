"""From a file to the rows of an edition: a workbook or CSV, a YAML of the package, the tree of codes."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.foundation.imports.reading import RawRow, folded, table_read

from ..models.category import AffairClass
from .grammar import Unreadable, limits_read, list_read, questions_read, yes_read
from .rules import LABELS, MOST_ROWS, Path, Row

HEADS: Mapping[str, tuple[str, ...]] = {
    "path": ("路径", "类别路径", "事项路径", "类别", "事项", "path"),
    "code": ("代码", "编码", "code"),
    "affair_class": ("三事分类", "三事", "通常属于", "class"),
    "unit_kind": ("主责", "主责单位", "主责单位类别", "责任单位", "承办单位", "unit"),
    "co_kinds": ("协同", "协同单位", "协办", "协办单位", "配合单位", "with"),
    "limits": ("时限", "办理时限", "处置时限", "limits"),
    "questions": ("要问的问题", "问题", "必问", "questions"),
    "guidance": ("办理指引", "指引", "办事指南", "guidance"),
    "words": ("关键词", "words"),
    "is_never_public": ("不得公开", "never_public"),
    "hides_reporter": ("对被反映方保密", "保密", "hides_reporter"),
    "source": ("依据", "来源", "source"),
    "mark": ("核实", "核实情况", "mark"),
}
NUMERALS = "一二三四五六七八九"
LEVEL = re.compile(rf"(?:level|第)?([1-9{NUMERALS}])级?(?:类别|分类|事项|目录|名称)?")
CLASSES = {str(value): value for value in AffairClass.values} | {
    "大事": "major",
    "小事": "minor",
    "私事": "private",
}
MARKS = {"已核实": "✔", "待复核": "○", "建议值": "✘", "√": "✔", "✓": "✔"}
CODES = {folded(word): code for code, words in HEADS.items() for word in (*words, code)} | {
    folded("default_class"): "affair_class"
}
JOINTS = {"questions": "\n", "limits": "；"}
Read = Callable[[str], Any]
READS: Mapping[str, Read] = {
    "code": str,
    "affair_class": lambda text: CLASSES.get(text, text),
    "unit_kind": str,
    "co_kinds": list_read,
    "limits": limits_read,
    "questions": questions_read,
    "guidance": str,
    "words": list_read,
    "is_never_public": yes_read,
    "hides_reporter": yes_read,
    "source": str,
    "mark": lambda text: MARKS.get(text, text),
}


def _head_words() -> frozenset[str]:
    levels = [
        f"{prefix}{n}{suffix}" for n in NUMERALS for prefix in ("", "第") for suffix in ("级", "级类别")
    ]
    english = [f"level{n}" for n in range(1, 10)]
    return frozenset(map(folded, [*levels, *english, *(word for words in HEADS.values() for word in words)]))


def table_content(content: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a file as the mappings that a YAML edition has, and what is worth saying.

    Columns are known by their heads: 一级、二级、三级…, or 路径 (市容 > 违建 > 正在搭建), and ``HEADS``.
    Raises ``InvalidInput`` where the file is no table, or no column names a category.
    """
    table = table_read(content, words=_head_words(), most_rows=MOST_ROWS)
    levels, columns = _columns(table.headers)
    if not levels and "path" not in columns:
        raise InvalidInput(
            _("没有找到类别的列。"),
            hint=_("请用“一级、二级、三级”几列，或一列“路径”（如：市容 > 违建 > 正在搭建）。"),
        )
    used = {*levels, *columns.values()}
    spare = [head for place, head in enumerate(table.headers) if place not in used]
    notes = list(table.notes)
    if spare:
        notes.append(_("这些列没有用到：%s。") % "、".join(spare[:10]))
    rows = [_mapping(raw, levels, columns) for raw in table.rows() if not _is_mark(raw)]
    return rows, notes


def edition_content(content: bytes, named: Mapping[str, str]) -> dict[str, Any]:
    """Return a file as the content of an edition; ``named`` are its version, title and source."""
    rows, notes = table_content(content)
    return {**named, "rows": rows, "notes": notes}


def _columns(headers: Sequence[str]) -> tuple[list[int], dict[str, int]]:
    levels: dict[int, int] = {}
    columns: dict[str, int] = {}
    for place, head in enumerate(map(folded, headers)):
        if found := LEVEL.fullmatch(head):
            number = found[1]
            levels.setdefault(NUMERALS.find(number) + 1 or int(number), place)
        elif head in CODES:
            columns.setdefault(CODES[head], place)
    return [levels[depth] for depth in sorted(levels)], columns


def _is_mark(raw: RawRow) -> bool:
    """Whether a line is the mark at the end of an exported list, which says by whom it was taken away."""
    filled = [cell for cell in raw.cells if cell]
    return len(filled) == 1 and f"；{_('行数')}：" in filled[0]


def _mapping(raw: RawRow, levels: Sequence[int], columns: Mapping[str, int]) -> dict[str, Any]:
    cells: dict[str, Any] = {code: _cell(raw, place) for code, place in columns.items()}
    names = [_name(_cell(raw, place)) for place in levels]
    while names and not names[-1]:
        names.pop()
    if names:
        cells["path"] = ">".join(names)
    return {**cells, "line": raw.number}


def _row_of(path: Path, number: int, cells: Mapping[str, str]) -> tuple[Row, list[str]]:
    values: dict[str, Any] = {}
    faults = []
    for code, read in READS.items():
        try:
            values[code] = read(cells.get(code, ""))
        except Unreadable as piece:
            words = _("第%(number)s行：“%(column)s”里的“%(piece)s”看不懂，写法见模板的填写说明。")
            faults.append(words % {"number": number, "column": LABELS[code], "piece": piece})
    return Row(path=path, number=number, **values), faults


def _cell(raw: RawRow, place: int) -> str:
    """Return a cell; a text file from here has an apostrophe before what a spreadsheet would run."""
    return raw.cells[place].strip().removeprefix("'") if place < len(raw.cells) else ""


def _name(text: str) -> str:
    """Return one level's name: no sign in it that separates levels."""
    return " ".join(re.sub(r"[/>＞›→]", "、", text).split())


def path_read(text: str) -> Path:
    """Return the levels of a path: cut at > where there is one, else at /."""
    plain = re.sub(r"[＞›→]", ">", text).strip()
    parts = plain.split(">") if ">" in plain else plain.split("/")
    return tuple(map(_name, parts)) if plain else ()


def content_read(content: Mapping[str, Any]) -> tuple[list[Row], list[str]]:
    """Return the rows of a YAML edition and what is wrong with them.

    ``rows`` have a path; ``categories`` have a code, a name and, for a child, its parent's code.
    """
    listed = content.get("rows") or content.get("categories") or []
    if not isinstance(listed, list) or not all(isinstance(row, Mapping) for row in listed):
        return [], [_("类别文件要是一列条目（rows或categories）。")]
    paths: dict[str, Path] = {}
    rows, faults = [], []
    for place, said in enumerate(listed, 1):
        number = said.get("line", place)
        path, fault = _path_of(said, paths)
        if fault:
            faults.append(_("第%(number)s行：%(words)s") % {"number": number, "words": fault})
            continue
        if said.get("code"):
            paths[str(said["code"])] = path
        row, wrong = _row_of(path, number, _cells(said))
        rows.append(row)
        faults += wrong
    return rows, faults


def _path_of(said: Mapping[str, Any], paths: Mapping[str, Path]) -> tuple[Path, str]:
    if said.get("path"):
        return path_read(str(said["path"])), ""
    missing = [name for name in ("code", "name") if not said.get(name)]
    if missing:
        return (), _("缺少%s。") % "、".join(missing)
    parent = said.get("parent")
    if parent and parent not in paths:
        return (), _("上级%s不存在，或排在它后面。") % parent
    return (*(paths[parent] if parent else ()), _name(str(said["name"]))), ""


def _cells(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a YAML row as the cells that a file would have."""
    known = {CODES.get(folded(str(name)), ""): value for name, value in said.items()}
    return {code: _cell_of(code, value) for code, value in known.items() if code and value is not None}


def _cell_of(code: str, value: Any) -> str:
    if isinstance(value, list):
        return JOINTS.get(code, "、").join(map(str, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value).strip()
