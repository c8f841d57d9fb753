"""What names mean: in rows that are kept (``known_for``), in words that somebody types (``lookup_for``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from django.db.models import Q

from linli.core import clock
from linli.core.fields import in_areas
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes, unit_list
from linli.foundation.places.models import Division

from ..catalog.selectors import leaf_list
from ..models import Category
from ..selectors.suggestions import HANDLING_FUNCTIONS
from .cells import UNIT, Cells, Known, Lookup, plain, units_named


def categories_in_force() -> Mapping[str, Category]:
    """Return path → category of the tree in force, in its order."""
    return {row.path: row for row in Category.objects.filter(is_active=True).order_by("order", "code")}


def leaf_paths() -> list[str]:
    """Return the paths that a matter can be given today."""
    return [leaf.path for leaf in leaf_list()]


def known_for(rows: Iterable[Cells]) -> Known:
    """Return what the names in some rows stand for today; three queries however many rows."""
    kept = list(rows)
    codes = {code for row in kept for code in row.get("area", ())}
    names = {name for row in kept for name in units_named(row)}
    ids = {name.removeprefix(UNIT) for name in names if name.startswith(UNIT)}
    today = clock.today()
    divisions = Division.objects.on().filter(code__in=codes) if codes else ()
    units = Unit.objects.filter(public_id__in=ids) if ids else ()
    return Known(
        categories=frozenset(categories_in_force())
        if any("category" in row for row in kept)
        else frozenset(),
        areas={row.code: (row.name, row.path) for row in divisions},
        units={str(u.public_id): (u.name, u.closed_on is None or u.closed_on > today) for u in units},
        kinds=_kinds(unit_list()) if len(ids) < len(names) else frozenset(),
    )


def _kinds(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(unit.kind for unit in units if unit.kind)


def units_offered(area: str) -> list[Unit]:
    """Return the open units that a table of this area can name: those that work in it or over it."""
    places = Q(areas__path__in=path_prefixes(area)) | in_areas("areas__path", (area,))
    rows = unit_list().filter(Q(function__in=list(HANDLING_FUNCTIONS))).filter(places).distinct()
    return list(rows.order_by("function", "pinyin", "name"))


def areas_offered(area: str) -> list[Division]:
    """Return the divisions below a table's area, from the top."""
    rows = Division.objects.on().filter(in_areas("path", (area,))).exclude(path=area)
    return list(rows.order_by("level", "code"))


def lookup_for(area: str) -> Lookup:
    """Return what words typed into a table of this area can mean; a name that means two things means none."""
    units = units_offered(area)
    return Lookup(
        categories=_category_words(categories_in_force()),
        areas=_once(chain.from_iterable(((d.name, d.code), (d.code, d.code)) for d in areas_offered(area))),
        units=_once((unit.name, str(unit.public_id)) for unit in units),
        kinds=_kinds(units),
    )


def _category_words(tree: Mapping[str, Category]) -> Mapping[str, Sequence[str]]:
    words: dict[str, list[str]] = defaultdict(list)
    for path, row in tree.items():
        for word in dict.fromkeys(map(plain, (path, row.code, row.name))):
            words[word].append(path)
    whole = {plain(path): path for path in tree}
    return {word: [whole[word]] if word in whole else paths for word, paths in words.items()}


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for word, meaning in pairs:
        found[plain(word)].add(meaning)
    return {word: next(iter(meanings)) for word, meanings in found.items() if len(meanings) == 1}
