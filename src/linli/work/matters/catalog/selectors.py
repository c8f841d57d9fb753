"""Reads of the tree and of the 权责清单: the row that applied on a day, editions, leaves by words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core.errors import NotFound
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.imports.reading import folded

from ..clocks import MARKS, Clock, clocks
from ..models import AffairClass, Category, CategoryEdition, Mark
from .comparing import Difference, differences
from .grammar import limit_written, limits_written, questions_written
from .rules import (
    LABELS,
    SEPARATOR,
    LimitRow,
    QuestionRow,
    Row,
    limits_of,
    path_words,
    questions_of,
    row_of,
)

MOST_FOUND = 20
TONES = {"✔": "done", "○": "neutral", "✘": "quiet"}


@dataclass(frozen=True, slots=True)
class DutyRow:
    """The row of the 权责清单 that applied to a category on a day, with the edition that it stands in."""

    category: Category
    version: str
    starts_on: date | None
    limits: tuple[LimitRow, ...]
    questions: tuple[QuestionRow, ...]

    @property
    def code(self) -> str:
        """The code of the leaf, the same in every edition."""
        return self.category.code

    @property
    def path(self) -> str:
        """The leaf's path: 市容/违建/正在搭建."""
        return self.category.path

    @property
    def path_words(self) -> str:
        """The path as people read it."""
        return path_words(self.category.path)

    @property
    def affair_class(self) -> str:
        """Which of the three affairs it usually is; empty where the row does not say."""
        return self.category.default_class

    @property
    def unit_kind(self) -> str:
        """The kind of unit that answers first."""
        return self.category.unit_kind

    @property
    def co_kinds(self) -> tuple[str, ...]:
        """The kinds of units that help."""
        return tuple(self.category.co_kinds)

    @property
    def guidance(self) -> str:
        """What whoever handles it should know."""
        return self.category.guidance

    @property
    def source(self) -> str:
        """Where the row comes from."""
        return self.category.source

    @property
    def mark(self) -> str:
        """✔ checked, ○ to be checked, ✘ a suggestion; empty where the row says nothing."""
        return self.category.mark

    @property
    def says_anything(self) -> bool:
        """Whether there is more to show than the name."""
        row = self.category
        return bool(row.unit_kind or row.co_kinds or self.limits or row.guidance or row.source)

    @property
    def tone(self) -> str:
        """How the mark's chip looks."""
        return TONES.get(self.mark, "neutral")

    @property
    def limits_shown(self) -> list[dict[str, str]]:
        """The limits in words, each with its source and mark."""
        return [
            {
                "words": limit_written(replace(limit, mark="", source="")),
                "source": limit.source,
                "mark": str(Mark(limit.mark).label) if limit.mark else "",
                "tone": TONES.get(limit.mark, "neutral"),
            }
            for limit in self.limits
        ]

    def limit(self, stage: str) -> LimitRow | None:
        """Return the row's own limit of a stage of a matter."""
        return next((row for row in self.limits if row.stage == stage and row.amount), None)


def edition_in_force(on: date) -> CategoryEdition | None:
    """Return the edition that applies on a day: the one that began last."""
    published = CategoryEdition.objects.filter(state=CategoryEdition.State.PUBLISHED, starts_on__lte=on)
    return published.defer("rows", "remarks").order_by("-starts_on", "-published_at", "-pk").first()


def duty_row_of(category: Category | None, *, on: date) -> DutyRow | None:
    """Return the row that applied to a category on a day; ``None`` without a category.

    The edition of that day is asked by path, then by code. Where it does not know the category, the
    category's own row stands.
    """
    if category is None:
        return None
    edition = edition_in_force(on)
    row = _in_edition(category, edition) if edition else category
    version = row.version
    starts = edition.starts_on if edition and edition.version == version else None
    return DutyRow(row, version, starts, limits_of(row.limits), questions_of(row.questions))


def _in_edition(category: Category, edition: CategoryEdition) -> Category:
    if category.version == edition.version:
        return category
    there = Category.objects.filter(version=edition.version, is_leaf=True)
    return there.filter(path=category.path).first() or there.filter(code=category.code).first() or category


def clock_of(
    stage: str, category: Category | None, *, affair_class: str = "", on: date, row: DutyRow | None = None
) -> Clock:
    """Return a stage's clock: the 权责清单's of that day, else the one of clocks.yaml."""
    usual = clocks().clock(stage, affair_class=affair_class, category=category.code if category else "")
    row = row or duty_row_of(category, on=on)
    own = row.limit(stage) if row else None
    if own is None:
        return usual
    source = f"{own.source or (row.source if row else '')}{MARKS[own.mark or '○']}"
    return Clock(stage, Limit(own.amount, LimitUnit(own.unit), source), usual.start, own.mark or "○")


def rows_of_code(code: str) -> list[DutyRow]:
    """Return a leaf's row in each edition that has it, the latest first."""
    leaves = Category.objects.filter(code=code, is_leaf=True)
    starts = dict(CategoryEdition.objects.values_list("version", "starts_on"))
    rows = [
        DutyRow(
            leaf, leaf.version, starts.get(leaf.version), limits_of(leaf.limits), questions_of(leaf.questions)
        )
        for leaf in leaves
    ]
    return sorted(rows, key=lambda row: row.starts_on or date.min, reverse=True)


# -- editions --------------------------------------------------------------------
def edition_list() -> list[CategoryEdition]:
    """Return every edition, drafts first, then the latest first."""
    rows = CategoryEdition.objects.defer("rows").select_related("made_by", "published_by")
    return sorted(rows, key=lambda row: (row.starts_on is not None, -(row.starts_on or date.max).toordinal()))


def edition_get(public_id: UUID) -> CategoryEdition:
    """Return an edition; raises ``NotFound``."""
    found = CategoryEdition.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这一版。"))
    return found


def rows_of(edition: CategoryEdition) -> list[Row]:
    """Return the leaves of an edition as rows, whether it is a draft or published, in order."""
    if edition.state == CategoryEdition.State.DRAFT:
        return [row_of(kept) for kept in edition.rows]
    leaves = Category.objects.filter(version=edition.version, is_leaf=True).order_by("order")
    return [row_of_leaf(leaf) for leaf in leaves]


def row_of_leaf(leaf: Category) -> Row:
    """Return a leaf as the row that a file would have."""
    return Row(
        path=tuple(leaf.path.split(SEPARATOR)),
        code=leaf.code,
        affair_class=leaf.default_class,
        unit_kind=leaf.unit_kind,
        co_kinds=tuple(leaf.co_kinds),
        limits=limits_of(leaf.limits),
        questions=questions_of(leaf.questions),
        guidance=leaf.guidance,
        words=tuple(leaf.words),
        is_never_public=leaf.is_never_public,
        hides_reporter=leaf.hides_reporter,
        source=leaf.source,
        mark=leaf.mark,
    )


def row_words(row: Row) -> dict[str, str]:
    """Return what a row says, field by field in words, as it is written into a file."""
    return {
        "code": row.code,
        "affair_class": str(AffairClass(row.affair_class).label) if row.affair_class else "",
        "unit_kind": row.unit_kind,
        "co_kinds": "、".join(row.co_kinds),
        "limits": limits_written(row.limits),
        "questions": questions_written(row.questions),
        "guidance": row.guidance,
        "words": "、".join(row.words),
        "is_never_public": _("是") if row.is_never_public else "",
        "hides_reporter": _("是") if row.hides_reporter else "",
        "source": row.source,
        "mark": row.mark,
    }


def editions_compare(before: CategoryEdition | None, after: CategoryEdition) -> list[Difference]:
    """Return what is different between two editions, leaf by leaf; all is new where there is none before."""
    return differences(_said(rows_of(before)) if before else {}, _said(rows_of(after)))


def _said(rows: Iterable[Row]) -> Mapping[str, Mapping[str, str]]:
    return {
        path_words(SEPARATOR.join(row.path)): {
            str(LABELS[name]): words for name, words in row_words(row).items() if name != "code"
        }
        for row in rows
    }


# -- leaves ----------------------------------------------------------------------
def leaf_list() -> list[Category]:
    """Return what a matter may be given today, in the order of the tree."""
    return list(Category.objects.offered().select_related("parent").order_by("order", "code"))


def leaves_of(version: str) -> list[Category]:
    """Return the leaves of a published edition, in the order of the tree."""
    return list(Category.objects.filter(version=version, is_leaf=True).order_by("order", "code"))


def leaves_found(words: str, leaves: Sequence[Category] | None = None) -> list[Category]:
    """Return the leaves that words mean, best first: in the name, in the path, among the keywords."""
    wanted = [folded(word) for word in words.split() if folded(word)]
    if not wanted:
        return []
    ranked = [
        (min(_rank(leaf, word) for word in wanted), leaf)
        for leaf in (leaf_list() if leaves is None else leaves)
    ]
    found = sorted((pair for pair in ranked if pair[0]), key=lambda pair: -pair[0])
    return [leaf for _points, leaf in found][:MOST_FOUND]


def _rank(leaf: Category, word: str) -> int:
    if word in folded(leaf.name):
        return 4
    if word in folded(leaf.path):
        return 3
    keywords = [folded(keyword) for keyword in leaf.words]
    if any(keyword in word or word in keyword for keyword in keywords):
        return 2
    return int(word in folded(leaf.unit_kind) or word == leaf.code)


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree with what stands below it."""

    category: Category
    children: tuple["Node", ...]

    @property
    def leaves(self) -> int:
        """How many leaves stand at or below it."""
        return sum(child.leaves for child in self.children) or 1


def tree_of(version: str) -> list[Node]:
    """Return the tree of a published edition."""
    rows = Category.objects.filter(version=version).order_by("order", "code")
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return _nodes(below, None)


def _nodes(below: Mapping[int | None, Sequence[Category]], parent_id: int | None) -> list[Node]:
    return [Node(row, tuple(_nodes(below, row.pk))) for row in below.get(parent_id, ())]


def under(code: str) -> dict[int, str]:
    """Return key → code of a node and all below it, in every edition that knows any of them."""
    within = Q()
    for version, path in Category.objects.filter(code=code).values_list("version", "path"):
        within |= Q(version=version) & (Q(path=path) | Q(path__startswith=path + SEPARATOR))
    if not within:
        return {}
    codes = Category.objects.filter(within).order_by().values("code")
    return dict(Category.objects.filter(code__in=codes).order_by().values_list("pk", "code"))
