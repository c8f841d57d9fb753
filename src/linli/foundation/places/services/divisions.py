"""The divisions of a country or a province from an edition: province by province, nothing held twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, groupby

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.rows import rows_insert
from linli.core.service import record, service

from ..digests import changes_digest
from ..edition import DivisionRow, Edition
from ..models import Division, Level
from ..permissions import can_load_divisions
from ..rules import division_facts, division_level, parent_code

BATCH = 2_000
NAMED_MISSING = 1_000
Progress = Callable[[str, int, int], object]  # the province's name, divisions done, divisions in all


@dataclass(frozen=True, slots=True)
class DivisionsResult:
    """What loading an edition did; ``missing`` are codes of the database that the edition lacks.

    ``ended`` counts rows of the edition that were abolished or renumbered since: they stay so. Of the
    missing the first thousand are named.
    """

    added: int
    changed: int
    same: int
    ended: int
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    """What is to be done in one province."""

    new: list[DivisionRow] = field(default_factory=list)
    changed: list[tuple[int, DivisionRow]] = field(default_factory=list)  # with the division's id
    missing: list[str] = field(default_factory=list)
    same: int = 0
    ended: int = 0

    def weigh(self, row: DivisionRow, known: "_Known", edition: Edition) -> None:
        """Put a row where it belongs; what changed after the edition's date is left as it is."""
        if known.name == row.name or (known.name is not None and known.since > edition.valid_from):
            self.same += 1
        elif known.name is None:
            self.ended += 1
        else:
            self.changed.append((known.pk, row))


@dataclass(frozen=True, slots=True)
class _Known:
    code: str
    pk: int
    name: str | None  # None: it has ended since the edition
    since: date


def _known(root: str, level: Level, edition: Edition) -> Iterator[_Known]:
    """Yield what stands, or has ended since the edition, by code; of one code what stands comes last."""
    rows = Division.objects.under(f"{root}/").filter(level=level)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=edition.valid_from))
    ordered = rows.order_by("code", "valid_from").values_list("code", "pk", "name", "valid_from", "valid_to")
    for code, pk, name, since, until in ordered.iterator(chunk_size=BATCH):
        yield _Known(code, pk, None if until else name, since)


def _compare(rows: Iterable[DivisionRow], known: Iterator[_Known], work: _Work, edition: Edition) -> None:
    """Walk two lists by code side by side."""
    latest = (list(group)[-1] for _code, group in groupby(known, key=lambda item: item.code))
    held = next(latest, None)
    for row in rows:
        while held and held.code < row.code:
            _miss(held, work)
            held = next(latest, None)
        if held and held.code == row.code:
            work.weigh(row, held, edition)
            held = next(latest, None)
        else:
            work.new.append(row)
    for rest in chain([held] if held else [], latest):
        _miss(rest, work)


def _miss(known: _Known, work: _Work) -> None:
    if known.name is not None:
        work.missing.append(known.code)


_COLUMNS = (
    *("code", "level", "parent", "path", "valid_from", "source", "document"),
    *("name", "short_name", "kind", "pinyin", "initials"),
)
Parents = dict[str, tuple[int | None, str]]  # code → id and path


def _parents(root: str, level: Level) -> Parents:
    """Return what may be a parent of a level, by code."""
    if level == Level.PROVINCE:
        return {"": (None, "")}
    rows = Division.objects.on().under(f"{root}/").filter(level=level - 1)
    return {code: (pk, path) for code, pk, path in rows.values_list("code", "pk", "path")}


def _add(root: str, rows: Sequence[DivisionRow], edition: Edition) -> None:
    """Insert rows of one province, parents first."""
    for level, group in groupby(rows, key=lambda row: division_level(row.code)):
        parents = _parents(root, level)
        rows_insert(Division, _COLUMNS, (_values(row, level, edition, parents) for row in group))


def _values(row: DivisionRow, level: Level, edition: Edition, parents: Parents) -> tuple[object, ...]:
    above = parent_code(row.code)
    if above not in parents:
        raise InvalidInput(
            _("%(name)s（%(code)s）的上级 %(parent)s 已经撤销。")
            % {"name": row.name, "code": row.code, "parent": above},
            hint=_("请用更新的区划版本；整份文件未装入。"),
        )
    parent_id, path = parents[above]
    own = (row.code, int(level), parent_id, f"{path}{row.code}/", str(edition.valid_from), edition.source, "")
    return (*own, *division_facts(row.code, row.name, row.syllables).values())


def _change(rows: Sequence[tuple[int, DivisionRow]], edition: Edition) -> None:
    fields = ["name", "short_name", "kind", "pinyin", "initials", "source"]
    changed = [
        Division(pk=pk, source=edition.source, **division_facts(row.code, row.name, row.syllables))
        for pk, row in rows
    ]
    Division.objects.bulk_update(changed, fields, batch_size=BATCH)


def _province_load(root: str, rows: Sequence[DivisionRow], edition: Edition) -> _Work:
    work = _Work()
    levels = {level: list(group) for level, group in groupby(rows, key=lambda row: division_level(row.code))}
    for level in Level:
        _compare(levels.get(level, ()), _known(root, level, edition), work, edition)
    if work.new:
        _add(root, work.new, edition)
    _change(work.changed, edition)
    return work


@service
def divisions_load(*, actor: Actor, edition: Edition, progress: Progress | None = None) -> DivisionsResult:
    """Bring today's divisions up to an edition: add what is new, correct names; the same again does nothing.

    Codes that the edition lacks are returned as ``missing`` and left alone, and what was abolished,
    renumbered or renamed after the edition's date stays so: those are acts of their own
    (``division_change_plan``). ``progress`` is called after each province.
    """
    if not can_load_divisions(actor):
        raise NotAllowed
    done: list[tuple[str, _Work]] = []
    counted = 0
    for root, group in groupby(edition.rows, key=lambda row: row.code[:2]):
        rows = list(group)
        done.append((root, _province_load(root, rows, edition)))
        counted += len(rows)
        if progress:
            progress(rows[0].name, counted, len(edition.rows))
    result = _result([work for _root, work in done])
    if result.added or result.changed:
        _record(result, done)
    return result


def _result(done: Sequence[_Work]) -> DivisionsResult:
    missing = [code for work in done for code in work.missing]
    return DivisionsResult(
        added=sum(len(work.new) for work in done),
        changed=sum(len(work.changed) for work in done),
        same=sum(work.same for work in done),
        ended=sum(work.ended for work in done),
        missing=tuple(missing[:NAMED_MISSING]),
    )


def _record(result: DivisionsResult, done: Sequence[tuple[str, _Work]]) -> None:
    rows = (
        row for _root, work in done for row in chain(work.new, (changed for _pk, changed in work.changed))
    )
    digest = changes_digest([row.code, row.name] for row in rows)
    counts = f"added={result.added} changed={result.changed} missing={len(result.missing)}"
    record(
        "division.load",
        Division.objects.on().get(code=done[0][0]),
        touched=[Division],
        purpose=f"{counts} digest={digest}",
    )
