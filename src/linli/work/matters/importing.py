"""Matters as something that can be imported: the fields, and the words of other systems for them."""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.foundation.imports.reading import folded
from linli.foundation.imports.targets import Field, Kind, Target

from .catalog.rules import path_words
from .catalog.selectors import leaf_list
from .clocks import yaml_read
from .imported import STATES, rows_check, rows_read
from .models import Assignment, AssistChoice, Channel, CounterVisit, Matter, MatterEvent
from .routing.models import MatterRuling
from .services.importing import (
    matters_count,
    matters_import,
    matters_reimport,
    matters_restore,
    matters_unimport,
)
from .workflow import State

LONGEST_TEXT = 20_000


@functools.cache
def _words() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml_read("import.yaml")
    return content


def _known(part: str) -> dict[str, str]:
    return {folded(str(word)): value for value, words in _words()[part].items() for word in words}


def _states() -> list[tuple[str, str]]:
    return [(str(state), str(State(state).label)) for state in STATES]


def _categories() -> list[tuple[str, str]]:
    leaves = leaf_list()
    names = Counter(leaf.name for leaf in leaves)
    return [(leaf.code, leaf.name if names[leaf.name] == 1 else path_words(leaf.path)) for leaf in leaves]


def _channels() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in Channel.choices]


def _field(code: str, label: Any, kind: Kind = Kind.TEXT, **more: Any) -> Field:
    words = tuple(str(word) for word in _words()["fields"][code])
    return Field(code, label, kind, words=words, **more)


def _named_by() -> tuple[Field, ...]:
    return (
        _field(
            "number",
            _("来件编号"),
            longest=60,
            is_required=True,
            help=_("原系统的编号。再次导入时凭它认出同一件事。"),
        ),
        _field(
            "source",
            _("来件渠道"),
            longest=40,
            is_required=True,
            is_fixable=True,
            help=_("如 12345、旧系统。渠道和编号合起来不重复。"),
        ),
    )


def _said() -> tuple[Field, ...]:
    return (
        _field("title", _("标题"), longest=LONGEST_TEXT),
        _field("text", _("内容"), longest=LONGEST_TEXT),
        _field("reported_at", _("上报时间"), Kind.INSTANT, is_required=True),
        _field("happened_at", _("发生时间"), Kind.INSTANT),
        _field("category", _("类别"), Kind.CHOICE, choices=_categories, is_strict=False),
        _field(
            "channel", _("来源"), Kind.CHOICE, choices=_channels, known=_known("channels"), is_strict=False
        ),
        _field("reporter_name", _("反映人"), longest=40, is_personal=True),
        _field("reporter_phone", _("联系电话"), longest=40, is_personal=True),
    )


def _handled() -> tuple[Field, ...]:
    return (
        _field(
            "state",
            _("状态"),
            Kind.CHOICE,
            choices=_states,
            known=_known("states"),
            default=str(State.REPORTED),
            is_required=True,
            is_fixable=True,
            help=_("没有办结的会生成待办。"),
        ),
        _field("closed_at", _("办结时间"), Kind.INSTANT, is_end=True),
        _field("due_at", _("办理时限"), Kind.INSTANT, is_end=True, help=_("原系统要求的时限，照原样保留。")),
        _field(
            "unit",
            _("承办单位"),
            longest=80,
            help=_("邻里里有同名单位的，办理中的事派给它；其余记在经过里。"),
        ),
        _field("result", _("办理结果"), longest=LONGEST_TEXT),
    )


def _placed() -> tuple[Field, ...]:
    return (
        _field(
            "place",
            _("地点"),
            Kind.PLACE,
            is_required=True,
            is_fixable=True,
            help=_("居村委或街镇的名称、区划代码。"),
        ),
        _field("address", _("地址"), longest=160),
        _field("lng", _("经度"), Kind.NUMBER),
        _field("lat", _("纬度"), Kind.NUMBER),
    )


def _key(values: Mapping[str, Any]) -> str:
    return f"{values['source']}\0{values['number']}"


def _named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Matter.objects.filter(pk__in=ids).values_list("pk", "public_id", "number", "title")
    return {pk: (f"{number} {title}", f"/desk/matters/{public_id}/") for pk, public_id, number, title in rows}


def target() -> Target:
    """Return the target ``matters``."""
    return Target(
        code="matters",
        label=_("事项（12345、旧系统的工单）"),
        fields=(*_named_by(), *_said(), *_handled(), *_placed()),
        read=rows_read,
        key=_key,
        check=rows_check,
        make=matters_import,
        change=matters_reimport,
        unmake=matters_unimport,
        restore=matters_restore,
        count=matters_count,
        keeps_notes=True,
        named=_named,
        touched=(
            AssistChoice,
            Matter,
            MatterEvent,
            MatterRuling,
            Assignment,
            CounterVisit,  # lets go of a matter that goes
            Matter.photos.through,
            MatterEvent.photos.through,
        ),
    )
