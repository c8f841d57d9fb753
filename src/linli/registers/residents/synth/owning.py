"""Titles to the homes of a shard: who owns which, with which share, and who votes for common owners."""

from dataclasses import dataclass

import numpy as np

from .assumptions import figures
from .draws import Flags, Ints, flags
from .families import DORMITORY, Households
from .homes import Compounds, Homes
from .housing import OWNER, PUBLIC, Holdings
from .persons import Persons

KINDS = ("sold", "unsold", "public")
SOLD, UNSOLD, PUBLIC_OWNED = range(3)
LANDLORD_FROM = 28
NEW_SINCE = 2020


@dataclass
class Titles:
    """Titles by part (``kind``, ``since``, ``deed`` -1 where not in the file), and owners by row.

    ``person`` is a row of the shard's persons, -1 where a unit owns; ``share`` is 0 where not written down.
    """

    part: Ints
    kind: Ints
    since: Ints
    deed: Ints
    person: Ints
    share: Ints
    voter: Flags


def titles(
    people: Persons, drawn: Households, held: Holdings, homes: Homes, found: Compounds, as_of: int,
    rng: np.random.Generator,
) -> Titles:  # fmt: skip
    """Draw owners: those who live in their own home, landlords from among the others, units."""
    words, count = figures("homes"), len(homes.compound)
    kind = _kinds(held, homes, found, rng)
    head = np.searchsorted(people.household, np.arange(len(drawn.kind)))
    owns = (homes.household >= 0) & ~homes.is_shop & (held.tenure[homes.household] == OWNER)
    landlords = _landlords(people, drawn, head, held, rng, count)
    first = np.where(owns, head[homes.household], landlords)
    first[kind != SOLD] = -1
    partner = people.partner[np.maximum(first, 0)]
    common = (first >= 0) & (partner >= 0) & flags(rng, words["couple_owns"], count)
    written = flags(rng, words["shares_known"], count)
    part = np.concatenate((np.arange(count), np.flatnonzero(common)))
    person = np.concatenate((first, partner[common]))
    share = np.where(common & written, 2, np.where(common, 0, 1))
    voter = np.concatenate((np.ones(count, dtype=bool), np.zeros(int(common.sum()), dtype=bool)))
    order = np.argsort(part, kind="stable")
    part, person, voter = part[order], person[order], voter[order]
    deed = np.where(flags(rng, words["deed_missing"], count), -1, rng.permutation(count))
    since = _since(people, first, found.built[homes.compound], as_of, rng)
    return Titles(part, kind[part], since[part], deed[part], person, share[part], voter)


def _kinds(held: Holdings, homes: Homes, found: Compounds, rng: np.random.Generator) -> Ints:
    count = len(homes.compound)
    lived = homes.household >= 0
    public = lived & (held.tenure[homes.household] == PUBLIC)
    unsold = ~lived & (found.built[homes.compound] >= NEW_SINCE)
    unsold &= flags(rng, np.where(homes.is_shop, 0.2, figures("homes")["unsold"] * 4), count)
    return np.select([public, unsold], [PUBLIC_OWNED, UNSOLD], SOLD).astype(np.int64)


def _landlords(
    people: Persons, drawn: Households, head: Ints, held: Holdings, rng: np.random.Generator, count: int
) -> Ints:
    """Draw an owner of each home from among heads who own theirs, some of several; -1 for nobody."""
    may = (held.tenure == OWNER) & (people.age[head] >= LANDLORD_FROM) & (drawn.shape != DORMITORY)
    pool = head[may]
    if not len(pool):
        return np.full(count, -1, dtype=np.int64)
    skewed = (rng.random(count) ** 1.6 * len(pool)).astype(np.int64)
    found: Ints = pool[skewed]
    return found


def _since(people: Persons, owner: Ints, built: Ints, as_of: int, rng: np.random.Generator) -> Ints:
    """Draw a day of registration: after building and the owner's coming of age, before the city's day."""
    grown = people.birth[np.maximum(owner, 0)] + np.where(owner >= 0, 18 * 366, 0)
    earliest = np.maximum(np.maximum((built - 1970) * 366, 8036), np.where(owner >= 0, grown, 0))
    earliest = np.minimum(earliest, as_of - 30)
    days: Ints = earliest + (rng.random(len(owner)) * (as_of - 1 - earliest)).astype(np.int64)
    return days
