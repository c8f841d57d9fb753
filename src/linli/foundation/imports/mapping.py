"""Which column is which field: a map, its check against a target and a file, and a first suggestion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .reading import folded
from .targets import Field, Kind, Target
from .values import date_order

MOST_KEPT = 40
MOST_WORDS = 2_000
PARTS = frozenset({"columns", "fixed", "values", "keep", "date_order", "complete"})


@dataclass(frozen=True, slots=True)
class MapSpec:
    """``columns``: field → header; ``fixed``: field → one value for the file; ``values``: field → word of
    the file → value; ``keep``: headers kept as notes; ``date_order``: month or day first, or neither;
    ``complete``: the code of the area of which the file names everything: what it does not name has ended."""

    columns: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    date_order: str = ""
    complete: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON or YAML keeps it."""
        plain = {**asdict(self), "keep": list(self.keep)}
        return plain if self.complete else {name: part for name, part in plain.items() if name != "complete"}

    def with_values(self, more: Mapping[str, Mapping[str, str]]) -> "MapSpec":
        """Return the map with further words of the file."""
        merged = {code: dict(words) for code, words in self.values.items()}
        for code, words in more.items():
            merged[code] = {**merged.get(code, {}), **words}
        return replace(self, values=merged)


def _texts(content: Any, name: str) -> dict[str, str]:
    if not isinstance(content, Mapping):
        raise InvalidInput(_("对应关系里的“%s”格式不对。") % name)
    return {str(key): str(value) for key, value in content.items() if str(value).strip()}


def spec_read(content: Any) -> MapSpec:
    """Return a map from JSON or YAML; raises ``InvalidInput`` for any other shape."""
    if not isinstance(content, Mapping) or set(content) - PARTS:
        raise InvalidInput(
            _("对应关系的格式不对。"),
            hint=_("只能有 columns、fixed、values、keep、date_order、complete 这几项。"),
        )
    values = content.get("values") or {}
    if not isinstance(values, Mapping) or not isinstance(content.get("keep") or [], list | tuple):
        raise InvalidInput(_("对应关系里的“%s”格式不对。") % "values / keep")
    return MapSpec(
        columns=_texts(content.get("columns") or {}, "columns"),
        fixed=_texts(content.get("fixed") or {}, "fixed"),
        values={str(code): _texts(words, f"values.{code}") for code, words in values.items()},
        keep=tuple(str(header) for header in content.get("keep") or ()),
        date_order=str(content.get("date_order") or ""),
        complete=str(content.get("complete") or ""),
    )


def spec_checked(target: Target, spec: MapSpec, headers: Sequence[str]) -> MapSpec:
    """Return the map if it fits target and file; raises ``InvalidInput`` beside the fields."""
    known = {item.code: item for item in target.fields}
    wrong: dict[str, str] = {}
    for code, header in spec.columns.items():
        if code not in known:
            raise InvalidInput(_("没有“%s”这个字段。") % code[:40])
        if header not in headers:
            wrong[f"column_{code}"] = _("文件里没有“%s”这一列，请另选。") % header[:40]
    for item in target.fields:
        wrong |= _field_faults(item, spec)
    wrong |= _whole_faults(spec, headers)
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), details=wrong)
    return spec


def _whole_faults(spec: MapSpec, headers: Sequence[str]) -> dict[str, str]:
    wrong = {}
    if spec.date_order not in ("", "month", "day"):
        wrong["date_order"] = _("请选择先写月还是先写日。")
    if len(spec.keep) > MOST_KEPT or set(spec.keep) - set(headers):
        wrong["keep"] = _("最多另存%d列，且须是文件里有的列。") % MOST_KEPT
    if any(len(words) > MOST_WORDS for words in spec.values.values()):
        wrong["values"] = _("文件里的说法太多，最多对应%d个。") % MOST_WORDS
    return wrong


def _field_faults(item: Field, spec: MapSpec) -> dict[str, str]:
    has_column, fixed = item.code in spec.columns, spec.fixed.get(item.code, "")
    if fixed and not item.is_fixable:
        return {f"fixed_{item.code}": _("“%s”不能整个文件只写一个值。") % item.label}
    if item.is_required and not has_column and not fixed:
        return {f"column_{item.code}": _("“%s”必须有：请选择一列。") % item.label}
    choices = {value for value, _label in item.choices()} if item.choices else set()
    if fixed and choices and fixed not in choices:
        return {f"fixed_{item.code}": _("没有“%s”这个选项。") % fixed[:40]}
    if item.longest and len(fixed) > item.longest:
        return {f"fixed_{item.code}": _("最多%d个字。") % item.longest}
    strange = set(spec.values.get(item.code, {}).values()) - choices - {""}
    if item.kind == Kind.CHOICE and strange:
        return {f"values_{item.code}": _("没有“%s”这个选项。") % min(strange)[:40]}
    return {}


def header_words(target: Target) -> frozenset[str]:
    """Return every header word that a target knows, folded."""
    return frozenset(folded(word) for item in target.fields for word in item.words)


def suggest(target: Target, headers: Sequence[str], samples: Mapping[str, Sequence[str]]) -> MapSpec:
    """Return a first map by header words; a column is used once, a field takes its best word."""
    spelled = {header: folded(header) for header in headers}
    columns: dict[str, str] = {}
    for exact in (True, False):
        for item in target.fields:
            if item.code not in columns:
                found = _column_for(item, spelled, set(columns.values()), exact)
                if found:
                    columns[item.code] = found
    dated = [columns[f.code] for f in target.fields if f.kind == Kind.INSTANT and f.code in columns]
    order = date_order(text for header in dated for text in samples.get(header, ()))
    fixed = {f.code: f.default for f in target.fields if f.default and f.code not in columns}
    return MapSpec(columns=columns, fixed=fixed, date_order=order)


def _column_for(item: Field, spelled: Mapping[str, str], used: set[str], exact: bool) -> str:
    for word in map(folded, item.words):
        for header, plain in spelled.items():
            fits = plain == word if exact else len(word) >= 3 and not word.isascii() and word in plain
            if header not in used and fits:
                return header
    return ""


def spec_fits(spec: MapSpec, headers: Iterable[str]) -> bool:
    """Whether every column of a saved map stands in a file."""
    return bool(spec.columns) and set(spec.columns.values()) <= set(headers)
