"""What a machine recommends and a person decides: category, likeness, unit, promised time, emergency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.fields import in_areas
from linli.core.timelimits import Due
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import unit_list
from linli.foundation.duties.calendar import limit_due
from linli.foundation.places.selectors import Place
from linli.foundation.search.selectors import grams
from linli.foundation.ui.templatetags.linli import day

from ..assist.duplicates import MATTERS, PUBLIC, like
from ..assist.selectors import Suggestion, suggest
from ..catalog.rules import SEPARATOR, SHOWN_SEPARATOR
from ..catalog.selectors import clock_of, leaf_list
from ..models import AffairClass, Category, Matter, PublicVersion
from ..rules import likeness
from ..words import Emergency, emergency_in
from ..workflow import LIVE
from .lists import public_list

OTHERS = "其他"  # the group of what has no group of its own in the list
ALIKE = 0.45
LOOKED_AT = 200
LOOK_BACK = timedelta(days=60)
T = TypeVar("T")
HANDLING_FUNCTIONS = {
    Function.PROPERTY: 0,
    Function.DEPARTMENT: 1,
    Function.SOCIAL_ORG: 2,
    Function.PROVIDER: 3,
    Function.COMMITTEE: 4,
    Function.STREET: 5,
}


def category_list() -> list[Category]:
    """Return the categories that a matter may be given today, in the order of the tree."""
    return leaf_list()


def suggestion_for(text: str, area: str = "") -> Suggestion:
    """Return what a text is probably about: by the model in use there, else by the category list's words."""
    return suggest(text, area=area)


def category_suggest(text: str, area: str = "") -> list[tuple[Category, list[str]]]:
    """Return likely categories, best first, each with the words of the text that speak for it."""
    return [(found.category, list(found.words)) for found in suggest(text, area=area).categories]


def promise_for(category: Category | None, place: Place | None = None) -> Due:
    """Return by when a report sent now would be answered: accepted, or declined with a reason."""
    clock_row = clock_of("accept", category, on=clock.today())
    return limit_due(clock.now(), clock_row.limit)


def emergency(text: str) -> Emergency | None:
    """Return the emergency that a text speaks of, with whom to call."""
    return emergency_in(text)


def emergency_words(text: str) -> list[str]:
    """Return the words of a text that make it an emergency."""
    found = emergency_in(text)
    return list(found.words) if found else []


def units_for(matter: Matter, category: Category | None = None) -> list[Unit]:
    """Return the units whose areas hold a matter's place, the likeliest first.

    First those of the category's kind, then by how near to the community they work.
    """
    kind = category.unit_kind if category else ""
    units = unit_list(covering=matter.area_path).filter(function__in=list(HANDLING_FUNCTIONS))
    return sorted(
        units,
        key=lambda unit: (
            not kind or unit.kind != kind,
            HANDLING_FUNCTIONS[Function(unit.function)],
            unit.name,
        ),
    )


def duplicates_near(actor: Actor, text: str, place: Place | None) -> list[Matter] | list[PublicVersion]:
    """Return what looks like the same thing nearby, most alike first.

    People at the desk get live matters that they may see; residents get public versions only. The newest
    are looked at one by one, what is older is found by the index of likeness.
    """
    wanted = frozenset(grams(text))
    if place is None or not wanted:
        return []
    if not actor.is_staff:
        shown = public_list(place.area_path).filter(matter__state__in=LIVE)
        versions = [*shown[:LOOKED_AT], *shown.filter(pk__in=like(PUBLIC, text))]
        return _alike(wanted, [(version, f"{version.title} {version.text}") for version in versions])
    seen = Matter.objects.visible_to(actor).filter(
        in_areas("area_path", (place.area_path,)), state__in=LIVE, reported_at__gte=clock.now() - LOOK_BACK
    )
    matters = [*seen[:LOOKED_AT], *seen.filter(pk__in=like(MATTERS, text))]
    return _alike(wanted, [(matter, f"{matter.text} {matter.address}") for matter in matters])


def _alike(wanted: frozenset[str], rows: Iterable[tuple[T, str]]) -> list[T]:
    once = dict(rows)
    scored = [(likeness(wanted, frozenset(grams(text))), row) for row, text in once.items()]
    return [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score >= ALIKE]


# -- 三事清单 -----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AffairRow:
    """One kind of thing, and what is known about it here."""

    name: str
    note: str
    confirmed: int


@dataclass(frozen=True, slots=True)
class AffairGroup:
    """大事, 小事 or 私事 with its kinds of things."""

    affair_class: str
    name: str
    rows: Sequence[AffairRow]


def affairs_list(area: str) -> list[AffairGroup]:
    """Return a community's 三事清单: what each category usually is, and what was confirmed here.

    Counts only classes that a second person has confirmed; nothing that may never be published.
    """
    confirmed = _confirmed(area)
    categories = category_list()
    return [
        AffairGroup(value, str(label), _affair_rows(value, categories, confirmed))
        for value, label in AffairClass.choices
    ]


def _confirmed(area: str) -> dict[tuple[str, int | None], tuple[int, str]]:
    rows = (
        Matter.objects.filter(
            in_areas("area_path", (area,)),
            class_confirmed_by__isnull=False,
            is_never_public=False,
        )
        .exclude(category__is_never_public=True)
        .order_by()
        .values("affair_class", "category_id")
        .annotate(count=Count("pk"), last=Max("class_confirmed_on"))
    )
    return {(row["affair_class"], row["category_id"]): (row["count"], day(row["last"])) for row in rows}


def _affair_rows(
    affair_class: str,
    categories: Sequence[Category],
    confirmed: dict[tuple[str, int | None], tuple[int, str]],
) -> list[AffairRow]:
    rows = []
    for category in categories:
        count, last = confirmed.get((affair_class, category.pk), (0, ""))
        if not count and category.default_class != affair_class:
            continue
        usual = (
            _("主责：%(unit_kind)s") % {"unit_kind": category.unit_kind}
            if category.default_class == affair_class
            else ""
        )
        met = _("已议定%(count)s件，最近%(last)s") % {"count": count, "last": last} if count else ""
        note = "；".join(part for part in (usual, met) if part)
        rows.append(AffairRow(_with_parent(category), note, count))
    return rows


def _with_parent(category: Category) -> str:
    """Name a category so that it is understood alone: 违建 › 既存."""
    steps = ["", *category.path.split(SEPARATOR)]
    parent, name = steps[-2], category.name
    return f"{parent}{SHOWN_SEPARATOR}{name}" if parent and parent != OTHERS else name
