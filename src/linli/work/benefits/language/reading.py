"""A version of a policy from its YAML: the whole of what it says, or every place that is wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from . import values
from .columns import Kind
from .grammar import Reading, Table, TooMany
from .policy import Exclusion, Note, Pays, PolicyText, Unit
from .source import Fault, Path, Raw, Source, Unreadable, source_read
from .tree import Condition, Every, Of, Other, Term, Worth
from .words import meanings

FIELDS = (
    *("unit", "pays", "document", "source", "mark", "when", "amount", "excludes", "stacks", "worth_asking"),
    *("automatic", "bring", "where", "plain", "notes"),
)
_MOST_LISTED = 40
_Word = TypeVar("_Word", bound=StrEnum)
_T = TypeVar("_T")


def policy_read(text: str, standards: Mapping[str, Kind] | None = None) -> PolicyText:
    """Return what a version says; raises ``Unreadable`` with every wrong place.

    ``standards`` is code → kind of the dated figures there are (money, if it is not said).
    """
    return policy_of(source_read(text), standards)


def policy_of(source: Source, standards: Mapping[str, Kind] | None = None) -> PolicyText:
    """Return what a version says that has been read from YAML already."""
    try:
        return _Version(source, standards or {}).read()
    except TooMany as error:
        raise error.refusal from None


class _Version:
    """The fields of one version, each by itself, so that one wrong field does not hide the next."""

    def __init__(self, source: Source, standards: Mapping[str, Kind]) -> None:
        self.source = source
        self.standards = standards
        self.faults: list[Fault] = []
        self.table: Table = {}

    def read(self) -> PolicyText:
        self.reading = Reading(self.source, Of.PERSON, self.standards)
        self.table = self.reading.table(self.source.raw, ())
        self._names()
        unit = self._take("unit", self._unit, Unit.PERSON)
        self.reading.of = Of.HOUSEHOLD if unit is Unit.HOUSEHOLD else Of.PERSON
        pays = self._take("pays", self._one_of(Pays), Pays.STATUS)
        when = self._take("when", self._when, None)
        amount = self._take("amount", self._amount, None)
        notes: tuple[Note, ...] = self._take("notes", self._notes, ())
        found = PolicyText(
            unit=unit,
            pays=pays,
            when=when or Other(""),
            amount=amount,
            document=self._take("document", self._text(120), ""),
            source=self._take("source", self._text(200), ""),
            mark=self._take("mark", self._mark, "✘"),
            excludes=self._take("excludes", self._excludes, ()),
            stacks_with=self._take("stacks", self._stacks_with, ()),
            is_income=self._take("stacks", self._is_income, True),
            worth_asking=self._take("worth_asking", self._worth_asking, None),
            is_automatic=self._take("automatic", self._yes_no, False),
            bring=self._take("bring", self._texts, ()),
            where=self._take("where", self._text(200), ""),
            plain=self._take("plain", self._text(2000), ""),
            notes=(*notes, *self.reading.notes),
            named=tuple(self.reading.named),
        )
        self._complete(pays)
        if self.faults:
            raise Unreadable(*dict.fromkeys(self.faults))
        return found

    def _names(self) -> None:
        for name in self.table:
            if name not in FIELDS:
                words = _("这里不能写“%(name)s”。") % {"name": name[:40]}
                self.faults.extend(self.source.fault((name,), words, values.nearest(name, FIELDS)).faults)

    def _take(self, name: str, read: Callable[[Raw, Path], _T], otherwise: _T) -> _T:
        if (raw := self.table.get(name)) is None or raw == "":
            return otherwise
        try:
            return read(raw, (name,))
        except Unreadable as error:
            self.faults.extend(error.faults)
            return otherwise

    def _complete(self, pays: Pays) -> None:
        missing = {
            "unit": _("还没有写发给谁：个人、家庭或孩子。"),
            "pays": _("还没有写怎么发：按月、按年、一次性、消费券或只认定。"),
            "when": _("还没有写条件。"),
        }
        for name, words in missing.items():
            if not self.table.get(name):
                self.faults.append(Fault(name, words))
        has_amount = bool(self.table.get("amount"))
        if self.table.get("pays") and has_amount == (pays is Pays.STATUS) and not self.faults:
            words = _("只认定身份的政策不写金额。") if has_amount else _("还没有写金额。")
            hint = _("发钱的政策要写金额；只认定身份的，“怎么发”写“只认定”。")
            self.faults.extend(self.source.fault(("amount",), words, hint).faults)

    # ---- the fields -------------------------------------------------------------------------------------
    def _one_of(self, words: type[_Word]) -> Callable[[Raw, Path], _Word]:
        def read(raw: Raw, path: Path) -> _Word:
            if isinstance(raw, str) and raw in {word.value for word in words}:
                return words(raw)
            there = "、".join(meanings(str(path[0])).values())
            raise self.source.fault(path, _("这里只能写：%(there)s。") % {"there": there})

        return read

    def _unit(self, raw: Raw, path: Path) -> Unit:
        return self._one_of(Unit)(raw, path)

    def _text(self, most: int) -> Callable[[Raw, Path], str]:
        return lambda raw, path: self.reading.text(raw, path, most)

    def _mark(self, raw: Raw, path: Path) -> str:
        return self.reading.mark({"mark": raw}, path[:-1])

    def _yes_no(self, raw: Raw, path: Path) -> bool:
        return self.reading.word(raw, path, values.yes_no)

    def _texts(self, raw: Raw, path: Path) -> tuple[str, ...]:
        items = self.reading.items(raw, path)
        if len(items) > _MOST_LISTED:
            raise self.source.fault(path, _("最多列%(most)d项。") % {"most": _MOST_LISTED})
        return self.reading.gather(items, path, self._text(80))

    def _when(self, raw: Raw, path: Path) -> Condition:
        return self.reading.condition(raw, path)

    def _amount(self, raw: Raw, path: Path) -> Term:
        self.reading.unlabelled += 1
        try:
            return self.reading.numbers.beside(raw, path, Kind.MONEY)
        finally:
            self.reading.unlabelled -= 1

    def _excludes(self, raw: Raw, path: Path) -> tuple[Exclusion, ...]:
        def read(item: Raw, place: Path) -> Exclusion:
            line = self.reading.table(item, place, ("policy", "label", "clause"))
            code = self._policy(line.get("policy", ""), (*place, "policy"))
            label = self.reading.text(line.get("label", ""), (*place, "label"), 120)
            clause = self.reading.text(line.get("clause", ""), (*place, "clause"), 120)
            return Exclusion(code, label or f"没有享受“{code}”", clause)

        return self.reading.gather(self.reading.items(raw, path), path, read)

    def _policy(self, raw: Raw, path: Path) -> str:
        code = self.reading.text(raw, path, 40)
        if not code:
            raise self.source.fault(path, _("这里要写政策的代号。"))
        self.reading.name(Other(code), path)
        return code

    def _stacks_with(self, raw: Raw, path: Path) -> tuple[str, ...]:
        table = self.reading.table(raw, path, ("not_income", "with"))
        if "with" not in table:
            return ()
        place = (*path, "with")
        return self.reading.gather(self.reading.items(table["with"], place), place, self._policy)

    def _is_income(self, raw: Raw, path: Path) -> bool:
        table = self.reading.table(raw, path, ("not_income", "with"))
        if "not_income" not in table:
            return True
        return not self._yes_no(table["not_income"], (*path, "not_income"))

    def _worth_asking(self, raw: Raw, path: Path) -> Worth:
        table = self.reading.table(raw, path, ("missing", "when"))
        place = (*path, "missing")
        names = self.reading.gather(self.reading.items(table.get("missing", ""), place), place, self._column)
        when = self.reading.silent(table["when"], (*path, "when")) if table.get("when") else Every(())
        return Worth(tuple(dict.fromkeys(names)), when)

    def _column(self, raw: Raw, path: Path) -> str:
        self.reading.inside += 1  # a fact of any member may be what is missing
        try:
            return self.reading.column(raw, path).name
        finally:
            self.reading.inside -= 1

    def _notes(self, raw: Raw, path: Path) -> tuple[Note, ...]:
        def read(item: Raw, place: Path) -> Note:
            line = self.reading.table(item, place, ("what", "mark", "source"))
            return Note(
                self.reading.text(line.get("what", ""), (*place, "what")),
                self.reading.mark(line, place) or "✘",
                self.reading.text(line.get("source", ""), (*place, "source")),
            )

        return self.reading.gather(self.reading.items(raw, path), path, read)
