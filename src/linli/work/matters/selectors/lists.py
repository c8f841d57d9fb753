"""Matters one at a time and in lists; ``visible_to`` is the only scope."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.selectors import division_name
from linli.foundation.search.selectors import search_filter, search_ids

from ..catalog.selectors import under
from ..models import Assignment, Matter, MatterEvent, PublicVersion, Question, Rating
from ..rules import Origin, origin_cleaned
from ..workflow import ENDED, LIVE, State

ROOM = "matters"
NUMBER_LENGTH = 20
MOST_OF_A_NUMBER = 200
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "due": (F("due_at").asc(nulls_last=True), "-id"),
    "-reported": ("-reported_at", "-id"),
    "reported": ("reported_at", "id"),
}


@dataclass(frozen=True, slots=True)
class MatterFilters:
    """What a list is narrowed by; an empty value narrows nothing.

    ``stage`` is open, overdue, closed or mine; ``category`` a code, ``unit`` a unit's public id, ``area``
    a path; ``order`` is due, -reported or reported; ``updated_since`` keeps what had a step since.
    """

    q: str = ""
    stage: str = ""
    state: str = ""
    category: str = ""
    affair_class: str = ""
    unit: str = ""
    area: str = ""
    channel: str = ""
    from_on: date | None = None
    to_on: date | None = None
    order: str = "due"
    updated_since: datetime | None = None


def overdue_now() -> Q:
    """Return the condition that a limit has passed; the states are named, so that an index answers."""
    return Q(due_at__lt=clock.now(), state__in=[state for state in LIVE if state != State.SUSPENDED])


def _stage(actor: Actor, stage: str) -> Q:
    conditions = {
        "open": ~Q(state__in=ENDED),
        "closed": Q(state__in=ENDED),
        "overdue": overdue_now(),
        "mine": Q(intake_by_id=actor.person_id) & ~Q(state__in=ENDED),
    }
    return conditions.get(stage, Q())


def _plain(filters: MatterFilters, path: str, reported_at: str) -> Q:
    named = {
        "state": filters.state,
        "affair_class": filters.affair_class,
        "channel": filters.channel,
    }
    condition = Q(**{name: value for name, value in named.items() if value})
    if filters.category:  # by key and not by a join, so that the index that begins with it is used
        condition &= Q(category_id__in=list(under(filters.category)))
    if filters.area:
        condition &= in_areas(path, (filters.area,))
    if filters.from_on:
        condition &= Q(**{f"{reported_at}__gte": local_midnight(filters.from_on)})
    if filters.to_on:
        condition &= Q(**{f"{reported_at}__lt": local_midnight(filters.to_on + timedelta(days=1))})
    return condition


def matter_list(actor: Actor, *, filters: MatterFilters | None = None) -> QuerySet[Matter]:
    """Return the matters that an actor may see, narrowed and ordered, with category and compound.

    Raises ``InvalidInput`` where the words to look for are too short.
    """
    wanted = filters or MatterFilters()
    rows = search_filter(matters_narrowed(actor, wanted), room=ROOM, query=words_of(wanted))
    return rows.select_related("category", "compound").order_by(*ORDERS.get(wanted.order, ORDERS["due"]))


def matters_narrowed(
    actor: Actor, wanted: MatterFilters, *, by_area: bool = True, by_date: bool = True
) -> QuerySet[Matter]:
    """Return the matters that an actor may see, narrowed by all but words, in no order.

    Without ``by_area`` (``by_date``) SQLite does not read them by the index of places (of dates).
    """
    path = "area_path" if by_area else "area_path__walked"
    reported_at = "reported_at" if by_date else "reported_at__walked"
    rows: QuerySet[Matter] = Matter.objects.visible_to(actor, path=path).filter(
        _stage(actor, wanted.stage), _plain(wanted, path, reported_at)
    )
    if wanted.unit:
        handled = Assignment.objects.filter(matter=OuterRef("pk"), unit__public_id=wanted.unit)
        rows = rows.filter(Exists(handled))
    if wanted.updated_since:
        since = MatterEvent.objects.filter(recorded_at__gte=wanted.updated_since)
        rows = rows.filter(pk__in=since.order_by().values("matter_id"))
    number = number_of(wanted.q)
    return rows.filter(numbered(number)) if number else rows


def numbered(digits: str) -> Q:
    """Our number begins so (a range of the index: SQLite reads the whole table for LIKE), or theirs is so."""
    last = digits.ljust(NUMBER_LENGTH, "9")
    theirs = search_ids(room=ROOM, query=digits, most=MOST_OF_A_NUMBER)
    return Q(number__gte=digits, number__lte=last) | Q(pk__among=theirs, source_number__contains=digits)


def words_of(wanted: MatterFilters) -> str:
    """Return the words to look for: none where the query is a number."""
    return "" if number_of(wanted.q) else wanted.q.strip()


def number_of(query: str) -> str:
    """Return the number that a query may be the beginning of: digits, however they were spaced."""
    digits = "".join(query.split()).replace("-", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) >= 4 else ""


def matter_get(actor: Actor, public_id: UUID | str) -> Matter:
    """Return a matter by the id that pages carry; missing and hidden are the same ``NotFound``."""
    rows = Matter.objects.visible_to(actor).select_related(
        "category", "compound", "building", "merged_into", "intake_unit", "public_version"
    )
    try:
        return rows.get(public_id=public_id)
    except (Matter.DoesNotExist, ValidationError) as error:
        raise NotFound(_("没有找到这件事。")) from error


def matter_of_source(actor: Actor, origin: Origin) -> Matter | None:
    """Return the matter that an outside number stands for, if it is here and the actor may see it."""
    given = origin_cleaned(origin)
    if not given.number:
        return None
    seen = Matter.objects.visible_to(actor)
    return seen.filter(source=given.source, source_number=given.number).first()


def intake_today(actor: Actor, most: int = 20) -> list[Matter]:
    """Return what the actor has taken in today for others, latest first."""
    since = local_midnight(clock.today())
    rows = Matter.objects.visible_to(actor).filter(intake_by_id=actor.person_id, reported_at__gte=since)
    return list(rows.select_related("category").order_by("-reported_at", "-id")[:most])


def matters_of(actor: Actor) -> QuerySet[Matter]:
    """Return what a person reported, newest first, with what waits for them.

    ``open_questions`` and ``waits_for_rating`` are booleans; a merged matter waits for a rating once the
    one it was merged into has closed.
    """
    asked = Question.objects.filter(matter=OuterRef("pk"), answered_at__isnull=True)
    rated = Rating.objects.filter(matter=OuterRef("pk"), round=OuterRef("round"))
    closed = Q(state=State.CLOSED) | Q(state=State.MERGED, merged_into__state=State.CLOSED)
    rows = Matter.objects.filter(reporter_id=actor.person_id) if actor.person_id else Matter.objects.none()
    return rows.select_related("category", "merged_into").annotate(
        open_questions=Exists(asked),
        waits_for_rating=Exists(Matter.objects.filter(closed, pk=OuterRef("pk"))) & ~Exists(rated),
    )


def public_list(area: str = "") -> QuerySet[PublicVersion]:
    """Return what is published in an area and was not taken down, newest first."""
    rows = PublicVersion.objects.filter(withdrawn_at__isnull=True).select_related("matter__category")
    return rows.filter(in_areas("area_path", (area,))) if area else rows


def public_of(matter: Matter) -> PublicVersion | None:
    """Return a matter's public version, if it has one that stands."""
    return PublicVersion.objects.filter(matter=matter, withdrawn_at__isnull=True).first()


def place_words(matter: Matter) -> str:
    """Return where a matter is, in words: the street and committee, the compound, the address."""
    parts = [division_name(matter.area_path, 4), str(matter.compound or ""), matter.address]
    return " ".join(part for part in parts if part)
