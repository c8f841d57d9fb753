"""Decisions about homes and people: spans of time, who may be head, who needs a guardian. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from .entries import is_adult

UNDO_DAYS = 30
# Acts that keep how they are taken back; a transfer between committees is undone by asking the other way.
_UNDOABLE = {
    "household": "open move move_in move_out split merge head_change tenure member_correct",
    "resident": "register enter correct move move_away birth death merge",
    "guardian": "set end",
    "establishment": "open update move close",
    "receipt": "add correct drop",
    "fact": "set confirm correct end",
    "ownership": "register transfer correct voter end",
}
UNDOABLE = frozenset(f"{noun}.{verb}" for noun, verbs in _UNDOABLE.items() for verb in verbs.split())


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [from_on, to_on): no ``from_on`` is unknown, so from ever; no ``to_on`` goes on."""

    from_on: date | None
    to_on: date | None

    @property
    def is_empty(self) -> bool:
        """Whether it holds on no day (begun and ended the same day)."""
        return self.from_on is not None and self.from_on == self.to_on

    def overlaps(self, other: "Span") -> bool:
        """Whether there is a day on which both hold."""
        if self.is_empty or other.is_empty:
            return False
        first = max(self.from_on or date.min, other.from_on or date.min)
        last = min(self.to_on or date.max, other.to_on or date.max)
        return first < last


def spans_overlap(spans: Iterable[Span]) -> bool:
    """Whether any two of the spans hold on the same day."""
    held = sorted(
        (span for span in spans if not span.is_empty),
        key=lambda span: (span.from_on or date.min, span.to_on or date.max),
    )
    return any(earlier.overlaps(later) for earlier, later in pairwise(held))


def span_is_free(spans: Iterable[Span], new: Span) -> bool:
    """Whether a new span overlaps none of those there are."""
    return not any(span.overlaps(new) for span in spans)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of a household as the choice of a head or a guardian needs them."""

    key: int
    relation: str
    birth: date | None


_NEXT_HEAD = ("spouse", "child", "parent", "sibling", "child_in_law", "grandchild", "grandparent")


def head_candidates(members: Sequence[Candidate], day: date) -> list[int]:
    """Return who may become head, likeliest first: adults before unknown ages, then by relation, then by age.

    Children stand in the list only where nobody else does (a household of orphans has a head too).
    """
    elders = [member for member in members if member.birth is None or is_adult(member.birth, day)]
    chosen = elders or list(members)

    def rank(member: Candidate) -> tuple[bool, int, date]:
        place = _NEXT_HEAD.index(member.relation) if member.relation in _NEXT_HEAD else len(_NEXT_HEAD)
        return member.birth is None, place, member.birth or date.max

    return [member.key for member in sorted(chosen, key=rank)]


_PARENTAL = {"child": ("head", "spouse"), "grandchild": ("child", "child_in_law", "head", "spouse")}


def guardian_candidates(relation: str, members: Sequence[Candidate], day: date) -> list[int]:
    """Return the adults who may look after a child of the household, likeliest first."""
    first = _PARENTAL.get(relation, ("head", "spouse"))
    adults = [member for member in members if is_adult(member.birth, day)]

    def rank(member: Candidate) -> tuple[int, date]:
        place = first.index(member.relation) if member.relation in first else len(first)
        return place, member.birth or date.max

    return [member.key for member in sorted(adults, key=rank)]


def guardian_kind(ward_relation: str, guardian_relation: str) -> str:
    """Return as what a member of a household most likely looks after a child of it (``Guardian.Kind``).

    Both relations are those to the head.
    """
    pairs = {
        ("child", "head"): "parent",
        ("child", "spouse"): "parent",
        ("child", "parent"): "grandparent",
        ("child", "parent_in_law"): "grandparent",
        ("child", "child"): "sibling",
        ("grandchild", "head"): "grandparent",
        ("grandchild", "spouse"): "grandparent",
        ("grandchild", "child"): "parent",
        ("grandchild", "child_in_law"): "parent",
        ("sibling", "head"): "sibling",
        ("sibling", "parent"): "parent",
    }
    return pairs.get((ward_relation, guardian_relation), "other")


# What a member is to the new head, by (what the new head was, what the member was) to the former one; what
# does not follow for certain is "other kin" and for a person to say.
_AFTER: dict[str, dict[str, str]] = {
    "spouse": {
        "head": "spouse",
        "child": "child",
        "child_in_law": "child_in_law",
        "grandchild": "grandchild",
        "parent": "parent_in_law",
        "parent_in_law": "parent",
    },
    "child": {"head": "parent", "spouse": "parent", "child": "sibling", "parent": "grandparent"},
    "parent": {"head": "child", "spouse": "child_in_law", "child": "grandchild", "sibling": "child"},
    "sibling": {"head": "sibling", "sibling": "sibling", "parent": "parent", "grandparent": "grandparent"},
    "grandchild": {"head": "grandparent", "spouse": "grandparent"},
}


def relation_after(new_head_was: str, member_was: str) -> str:
    """Return what a member is to a new head (``Membership.Relation``)."""
    if "not_kin" in (new_head_was, member_was):
        return "not_kin"
    return _AFTER.get(new_head_was, {}).get(member_was, "other_kin")
