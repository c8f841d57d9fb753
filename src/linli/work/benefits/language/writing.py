"""A version of a policy back to YAML, always laid out the same way: what people and digests compare. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from .source import Raw, source_read
from .words import in_chinese

_TOP = (
    *("unit", "pays", "document", "source", "mark", "when", "amount", "excludes", "stacks", "worth_asking"),
    *("automatic", "bring", "where", "plain", "notes"),
)
_CASE = (
    *("name", "on", "person", "members", "household", "policies", "standards"),
    *("expect", "amount", "missing"),
)
_INNER = (
    *("label", "name", "policy", "what", "clause"),
    *("all", "any", "not", "at_least", "members", "every", "count"),
    *("fact", "age", "years", "months", "value", "standard", "since", "calendar"),
    *("whole", "parts", "of", "cases", "missing", "when"),
    *("in", "is", "from", "over", "to", "at_most", "under", "equals", "rows", "pay", "otherwise"),
    *("source", "mark"),
)
_AT = {name: at for at, name in enumerate(_INNER)}
_FLOW_WIDTH = 100  # so long a map or list stands on one line
_MOST_WIDTH = 1 << 20


def policy_write(raw: Raw, *, with_codes: bool = False) -> str:
    """Return a version as canonical YAML: fields in one order, short conditions on one line.

    ``raw`` is what ``source_read`` gives, perhaps edited; reading the text again gives the same. It is said
    in Chinese words, or with the codes of names, facts and choices.
    """
    if not isinstance(raw, dict):
        return _dumped(_ordered(raw, _AT))
    return _dumped(_block(_laid_out(raw, _TOP), with_codes))


def cases_write(raw: Raw, *, with_codes: bool = False) -> str:
    """Return cases as YAML in the one layout, each case a block."""
    rows = raw if isinstance(raw, list) else []
    return _dumped(
        [_block(_laid_out(row, _CASE), with_codes) if isinstance(row, dict) else row for row in rows]
    )


def _block(table: dict[str, Raw], with_codes: bool) -> dict[str, Raw]:
    said = table if with_codes else in_chinese(table)
    return _Top(said) if isinstance(said, dict) else table


def _dumped(whole: Any) -> str:
    return yaml.dump(
        whole,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=_MOST_WIDTH,
        default_flow_style=False,
    )


def canonical(text: str) -> str:
    """Return a text in the one layout; raises ``Unreadable`` where it is not YAML. Comments are lost."""
    return policy_write(source_read(text).raw)


def _laid_out(raw: dict[str, Raw], names: Sequence[str]) -> dict[str, Raw]:
    at = {name: n for n, name in enumerate(names)}
    return {name: _ordered(raw[name], _AT) for name in _in_order(raw, at)}


def _ordered(raw: Raw, at: Mapping[str, int]) -> Raw:
    if isinstance(raw, list):
        return [_ordered(part, at) for part in raw]
    if not isinstance(raw, dict):
        return raw
    return {name: _ordered(raw[name], at) for name in _in_order(raw, at)}


def _in_order(raw: dict[str, Raw], at: Mapping[str, int]) -> list[str]:
    filled = (name for name, value in raw.items() if value not in ("", []))
    return sorted(filled, key=lambda name: at.get(name, len(at)))


class _Top(dict[str, Raw]):
    """The whole text: a field a line, however short."""


class _Dumper(yaml.SafeDumper):
    """Short maps and lists on one line; texts without quotes wherever they read back the same."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _is_short(value: Any) -> bool:
    texts = _texts(value)
    return sum(map(len, texts)) + 4 * len(texts) <= _FLOW_WIDTH and not any("\n" in text for text in texts)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for name, inner in value.items() for text in (name, *_texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value]


def _table(dumper: _Dumper, value: dict[str, Any]) -> yaml.Node:
    is_flow = not isinstance(value, _Top) and _is_short(value)
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=is_flow)


def _list(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    plain = all(isinstance(part, str) for part in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=plain and _is_short(value))


_Dumper.yaml_implicit_resolvers = {}  # every value is a text: 65, yes and dates too
_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _table)
_Dumper.add_representer(_Top, _table)
_Dumper.add_representer(list, _list)
