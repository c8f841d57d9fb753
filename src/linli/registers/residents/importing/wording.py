"""The words of other offices' files: heads for fields, cells for codes (``data/import_words.yaml``)."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Choices
from django.utils.translation import gettext_lazy as _

from linli.foundation.imports.reading import folded
from linli.foundation.imports.targets import Field, Kind

from ..masking import masked
from .sources import sources

DATA = Path(__file__).parent.parent / "data" / "import_words.yaml"
BATCH = 5_000


@functools.cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return content


def heads(target: str, code: str) -> tuple[str, ...]:
    """Return the header words of a field."""
    return tuple(str(word) for word in _content()[target][code])


def known(part: str) -> dict[str, str]:
    """Return word of a cell, folded → code."""
    return {folded(str(word)): code for code, words in _content()["known"][part].items() for word in words}


def field(target: str, code: str, label: Any, kind: Kind = Kind.TEXT, **more: Any) -> Field:
    """Return a field with the header words of the file."""
    return Field(code, label, kind, words=heads(target, code), **more)


def choice(target: str, code: str, label: Any, of: type[Choices], words: str = "", **more: Any) -> Field:
    """Return a field whose cells are words for the codes of ``of``."""

    def choices() -> list[tuple[str, str]]:
        return [(str(value), str(words)) for value, words in of.choices if value]

    return field(target, code, label, Kind.CHOICE, choices=choices, known=known(words or code), **more)


def yes_no(target: str, code: str, label: Any, **more: Any) -> Field:
    """Return a field that is yes or no."""

    def choices() -> list[tuple[str, str]]:
        return [("yes", str(_("是"))), ("no", str(_("否")))]

    return field(target, code, label, Kind.CHOICE, choices=choices, known=known("yes_no"), **more)


def source_field(target: str, default: str) -> Field:
    """Return the field that says from which office a row comes; it decides whom it may overwrite."""

    def choices() -> list[tuple[str, str]]:
        return list(sources().items())

    return field(
        target,
        "source",
        _("数据来源"),
        Kind.CHOICE,
        choices=choices,
        default=default,
        is_required=True,
        is_fixable=True,
        help=_("由哪个部门的文件，决定它可以更新哪些内容。"),
    )


def address_fields(target: str) -> tuple[Field, ...]:
    """Return the fields that say where something is: in one line, or in parts down to the room."""
    return (
        field(target, "address", _("地址"), longest=160, help=_("写到室号；或分成下面几列。")),
        field(target, "compound", _("小区"), longest=80),
        field(target, "building", _("楼栋"), longest=40),
        field(target, "stair", _("单元"), longest=40),
        field(target, "room", _("室号"), longest=40),
    )


def limits() -> tuple[int, int]:
    """Return how many rows and MB a file of the registry may have."""
    return settings.REGISTRY_ROWS, settings.REGISTRY_MB


def mask(code: str, text: str) -> str:
    """Show a personal value of a row as lists show it."""
    name = {"owner_name": "name", "owner_number": "number", "contact": "name"}.get(code, code)
    return masked(name, text)


def area_shown(hundredths: int) -> str:
    """Return an area in 1/100 m² as people write it."""
    return f"{hundredths // 100}.{hundredths % 100:02}"
