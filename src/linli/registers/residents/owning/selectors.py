"""Titles as people see them: of one part with its history, and the roll of a compound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Count as Number
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.places.models import Compound, Part

from ..holding import holds_on
from ..masking import name_masked
from ..models import Establishment, Membership, Occupancy, Owner, Ownership, Resident
from ..numbers import number_plain
from ..sealing import number_index, sealed_get
from .rules import Count, HeadsRule, Title, heads_counted, heads_rule

OWNERS = Prefetch("owners", Owner.objects.select_related("resident", "establishment").order_by("pk"))


def titles_of(actor: Actor, part: Part) -> QuerySet[Ownership]:
    """Return every title to a part that the actor sees, the present one first."""
    rows: QuerySet[Ownership] = Ownership.objects.visible_to(actor).filter(part=part)
    return rows.prefetch_related(OWNERS).order_by(F("to_on").desc(nulls_first=True), "-from_on", "-pk")


def title_of(actor: Actor, part: Part) -> Ownership | None:
    """Return the present title to a part, ``None`` where none is registered."""
    return titles_of(actor, part).filter(to_on__isnull=True).first()


def owner_name(owner: Owner) -> str:
    """Return an owner as lists show them: a person's name masked, a unit's in full."""
    if owner.establishment is not None:
        return owner.establishment.name
    return name_masked(sealed_get(owner.resident, "name")) if owner.resident else ""


def share_shown(owner: Owner) -> str:
    """Return the share as a fraction, empty where it is not known."""
    return f"{owner.numerator}/{owner.denominator}" if owner.numerator else ""


@dataclass(frozen=True, slots=True)
class RollRow:
    """One line of the roll: a title, its part, its owners by masked name, and who votes."""

    title: Ownership
    part: Part
    owners: str
    voter: str
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Roll:
    """The owners of a compound on a day: lines, heads and area by the rule, and what has no title."""

    rows: list[RollRow]
    count: Count
    rule: HeadsRule
    untitled: int

    @property
    def unvoted(self) -> list[RollRow]:
        """The lines of several owners who have not named a voter yet."""
        return [row for row in self.rows if not row.voter and row.owners]


def owners_roll(actor: Actor, compound: Compound, on: date) -> Roll:
    """Return the roll of a compound on a day as the actor sees it; five queries whatever its size."""
    titles = list(roll_titles(actor, compound, on))
    rule = heads_rule(on)
    count = heads_counted([title_counted(title) for title in titles], rule)
    left_out = {title.part for title in count.left_out}
    rows = [roll_row(title, title.part_id not in left_out) for title in titles]
    parts = Part.objects.visible_to(actor).open().filter(compound=compound, kind__in=rule.counted)
    untitled = parts.exclude(pk__in=[title.part_id for title in titles]).count()
    return Roll(rows, count, rule, untitled)


def roll_titles(actor: Actor, compound: Compound, on: date) -> QuerySet[Ownership]:
    """Return the titles that hold on a day in a compound, in the order of its rooms."""
    rows: QuerySet[Ownership] = Ownership.objects.visible_to(actor).filter(compound=compound)
    begun = rows.exclude(from_on__gt=on).exclude(to_on__lte=on)
    related = begun.select_related("part__building", "part__stair", "part__compound").prefetch_related(OWNERS)
    return related.order_by(
        "part__building__sort_key", "part__stair__sort_key", "part__sort_key", "part__name", "pk"
    )


def title_counted(title: Ownership) -> Title:
    """Return a title as counting sees it; its owners are read beforehand (``OWNERS``)."""
    owners = list(title.owners.all())
    return Title(
        part=title.part_id,
        part_kind=title.part.kind,
        area=title.registered_area,
        owners=frozenset(_name(owner) for owner in owners),
        voter=next((_name(owner) for owner in owners if owner.is_voter), ""),
        is_unsold=title.kind == Ownership.Kind.UNSOLD,
    )


def _name(owner: Owner) -> str:
    return f"r{owner.resident_id}" if owner.resident_id else f"e{owner.establishment_id}"


def roll_row(title: Ownership, is_counted: bool) -> RollRow:
    """Return one line of the roll."""
    owners = list(title.owners.all())
    voters = [owner_name(owner) for owner in owners if owner.is_voter]
    return RollRow(title, title.part, owners_shown(owners), "、".join(voters), is_counted)


def owners_shown(owners: Iterable[Owner]) -> str:
    """Return the owners with their shares in one line."""
    shown = [(owner_name(owner), share_shown(owner)) for owner in owners]
    return "、".join(_("%(name)s（%(share)s）") % {"name": n, "share": s} if s else n for n, s in shown)


@dataclass(frozen=True, slots=True)
class CompoundTitles:
    """How many of a compound's parts have a title."""

    compound: Compound
    parts: int
    titled: int

    @property
    def untitled(self) -> int:
        """How many have none yet."""
        return self.parts - self.titled


def titles_counted(actor: Actor) -> list[CompoundTitles]:
    """Return the compounds of the actor that have parts, with how many have a title."""
    parts = Part.objects.visible_to(actor).open().order_by().values("compound")
    counts = parts.annotate(
        parts=Number("pk", distinct=True),
        titled=Number("ownerships__part", distinct=True, filter=Q(ownerships__to_on__isnull=True)),
    )
    by_compound = {row["compound"]: (row["parts"], row["titled"]) for row in counts}
    compounds = Compound.objects.filter(pk__among=list(by_compound))
    return [CompoundTitles(compound, *by_compound[compound.pk]) for compound in compounds]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be an owner: lives there, owns it now, uses it, or was named by number."""

    key: str
    label: str
    resident_id: int | None = None
    establishment_id: int | None = None


def owner_candidates(actor: Actor, part: Part, on: date) -> list[Candidate]:
    """Return who is likely to own a part: its owners, those who live or are registered there, its users."""
    titles = titles_of(actor, part)
    owners = Owner.objects.filter(ownership__in=titles)
    homes = Occupancy.objects.filter(holds_on(on), part=part)
    members = Membership.objects.filter(holds_on(on), household__in=homes.values("household"))
    here = Q(pk__in=owners.values("resident")) | Q(pk__in=members.values("resident"))
    people = Resident.objects.filter(here).exclude(state__in=[Resident.State.ERASED, Resident.State.MERGED])
    own = Q(pk__in=owners.values("establishment")) | Q(pk__in=homes.values("establishment"))
    developers = Owner.objects.filter(
        ownership__compound=part.compound_id, ownership__kind=Ownership.Kind.UNSOLD
    )
    units = Establishment.objects.filter(own | Q(pk__in=developers.values("establishment")))
    return [_person(row) for row in people.order_by("pk")] + [_unit(row) for row in units.order_by("pk")]


def _person(row: Resident) -> Candidate:
    born = f"{row.birth_month:%Y-%m}" if row.birth_month else ""
    name = name_masked(sealed_get(row, "name")) or _("（姓名未登记）")
    return Candidate(f"r:{row.public_id}", f"{name} {row.get_sex_display()} {born}".strip(), row.pk)


def _unit(row: Establishment) -> Candidate:
    return Candidate(f"e:{row.public_id}", row.name, None, row.pk)


def owner_by_number(number: str) -> Candidate | None:
    """Return who has exactly this document number or unified credit code, wherever they live.

    To know a number is to know whom one means; nothing but a masked name comes back.
    """
    person = Resident.objects.filter(number_index=number_index(number)).first() if number else None
    if person is not None:
        return _person(person)
    unit = Establishment.objects.filter(credit_code=number_plain(number)).exclude(credit_code="").first()
    return _unit(unit) if unit is not None else None


def roll_compound(actor: Actor, public_id: str) -> Compound:
    """Return a compound whose parts the actor sees, or raise ``NotFound``."""
    parts = Part.objects.visible_to(actor).values("compound")
    try:
        return Compound.objects.get(public_id=public_id, pk__in=parts)
    except (Compound.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFound(_("没有找到这个小区。")) from error


def titles_listed(actor: Actor, compound: Compound | None) -> QuerySet[Ownership]:
    """Return the present titles of a compound, or of all the actor's areas, in the order of their rooms."""
    rows: QuerySet[Ownership] = Ownership.objects.visible_to(actor).filter(to_on__isnull=True)
    if compound is not None:
        rows = rows.filter(compound=compound)
    related = rows.select_related("part__building__compound", "part__stair__building__compound")
    order = (
        "compound__pinyin",
        "compound",
        "part__building__sort_key",
        "part__stair__sort_key",
        "part__sort_key",
        "part__name",
        "pk",
    )
    return related.prefetch_related(OWNERS).order_by(*order)


def roll_rows(titles: list[Ownership]) -> list[RollRow]:
    """Return the lines of some titles."""
    counted = heads_rule(clock.today()).counted
    return [roll_row(title, title.part.kind in counted) for title in titles]
