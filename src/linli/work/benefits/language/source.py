"""YAML as people write it, into plain maps, lists and texts that know their lines. Pure.

Every value stays the text that was written (``75.00``, ``2025-07-01``, ``yes``): what it means is decided
where it is read. What is written in Chinese words (``words``) becomes the same in codes. Anchors, aliases
and tags are refused, and so is what is too long or too deep, before anything is built of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .words import Path, Raw, codes_of_names, in_codes, place_words

__all__ = ["Fault", "Path", "Raw", "Source", "Unreadable", "place_of", "source_read"]
MOST_CHARACTERS = 400_000
MOST_VALUES = 20_000
MOST_DEPTH = 40

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def place_of(path: Path) -> str:
    """Return a path as it is shown: ``when.all[2].age``."""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return shown.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that cannot be read: where, what is wrong, what to do. ``line`` from 1, 0 unknown."""

    place: str
    words: str
    hint: str = ""
    line: int = 0

    def __str__(self) -> str:
        at = _("第%(line)d行") % {"line": self.line} if self.line else ""
        place = place_words(self.place)
        where = f"{at}（{place}）" if at and place else at or place
        return f"{where}：{self.words}" if where else self.words


class Unreadable(InvalidInput):
    """A text that is not in the language; ``faults`` says every place, ``details`` the same by place."""

    code = "policy.unreadable"

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(
            str(faults[0]),
            hint=faults[0].hint or _("请按提示修改后再保存。"),
            details={fault.place or "text": fault.words for fault in faults},
        )


@dataclass(frozen=True, slots=True)
class Source:
    """What was written, and the line of every place in it."""

    raw: Raw
    lines: dict[Path, int]

    def fault(self, path: Path, words: str, hint: str = "") -> Unreadable:
        """Return the refusal of one place."""
        line = next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), 0)
        return Unreadable(Fault(place_of(path), words, hint, line))


def source_read(text: str) -> Source:
    """Return what a text says, as maps, lists and texts; raises ``Unreadable``."""
    if len(text) > MOST_CHARACTERS:
        raise _refused(_("内容太长，最多%(most)d个字。") % {"most": MOST_CHARACTERS})
    building = _Building()
    try:
        for event in _events(text):
            building.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(
            _("这里的写法不对，多半是缩进、冒号或引号的问题。"),
            line=getattr(mark, "line", -1) + 1,
            hint=_("同一级要对齐，冒号后要空一格，括号和引号要成对。"),
        ) from None
    except yaml.YAMLError:
        raise _refused(_("里面有不能用的字符。"), hint=_("请删掉看不见的特殊字符后再保存。")) from None
    if not building.roots:
        raise _refused(_("还没有写内容。"))
    return Source(in_codes(building.roots[0]), building.lines)


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_Loader)


def _refused(words: str, *, line: int = 0, hint: str = "") -> Unreadable:
    return Unreadable(Fault("", words, hint, line))


@dataclass(slots=True)
class _Building:
    """Events into values, without recursion: a container stays open until its end comes."""

    roots: list[Raw] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    open: list[dict[str, Raw] | list[Raw]] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    key: str | None = None
    values: int = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        self._refuse(event, line)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._start({}, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._start([], line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.open.pop()
            if self.path:
                self.path.pop()

    def _refuse(self, event: yaml.Event, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(
                _("不能用锚点和引用（& 和 *）。"), line=line, hint=_("请把内容完整写一遍；星号要加引号。")
            )
        if getattr(event, "tag", None) is not None:
            raise _refused(_("不能用标签（!）。"), line=line, hint=_("请删掉感叹号，或给文字加引号。"))
        if isinstance(event, yaml.DocumentStartEvent) and self.roots:
            raise _refused(_("只能有一份内容，中间不要写 ---。"), line=line)
        if len(self.open) > MOST_DEPTH:
            raise _refused(
                _("嵌套太深，最多%(most)d层。") % {"most": MOST_DEPTH}, line=line, hint=_("请把条件拆开。")
            )

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text = str(event.value)
        if isinstance(self.open[-1] if self.open else None, dict) and self.key is None:
            self._name(text, line)
        else:
            self._put(text, line)

    def _name(self, text: str, line: int) -> None:
        container = self.open[-1]
        said, text = text, codes_of_names().get(text, text)
        if text in container:
            raise _refused(
                _("“%(name)s”在同一处写了两次。") % {"name": said}, line=line, hint=_("请只留一个。")
            )
        self.key = text

    def _start(self, container: dict[str, Raw] | list[Raw], line: int) -> None:
        if self.open and isinstance(self.open[-1], dict) and self.key is None:
            raise _refused(_("冒号前面要是一个名称。"), line=line)
        step = self._put(container, line)
        if step is not None:
            self.path.append(step)
        self.open.append(container)

    def _put(self, value: Raw, line: int) -> str | int | None:
        self.values += 1
        if self.values > MOST_VALUES:
            raise _refused(
                _("内容太多，最多%(most)d项。") % {"most": MOST_VALUES},
                line=line,
                hint=_("请拆成几项政策，用“政策”互相引用。"),
            )
        step = self._place(value)
        self.lines[(*self.path, step) if step is not None else ()] = line
        return step

    def _place(self, value: Raw) -> str | int | None:
        if not self.open:
            self.roots.append(value)
            return None
        container = self.open[-1]
        if isinstance(container, list):
            container.append(value)
            return len(container) - 1
        step, self.key = self.key or "", None
        container[step] = value
        return step
