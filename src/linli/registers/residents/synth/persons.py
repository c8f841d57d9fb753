"""The households of a shard laid out person by person, with who is whose mother, father and partner."""

from dataclasses import dataclass

import numpy as np

from .areas import Shard
from .calendar import ages_on
from .draws import Flags, Ints, chosen
from .families import (
    COUPLE,
    GENERATIONS,
    GRANDPARENTS,
    PARENT,
    PARENTS,
    PLACES,
    UNRELATED,
    Households,
    Kinds,
    households,
    presence,
)
from .names import surnames
from .raking import cell_shares

ID_ROOM = 1_000_000  # ids of a shard begin at its number times this
# The codes of Membership.Relation, and the words that registers write.
RELATIONS = (
    ("head", "户主"), ("spouse", "配偶"), ("child", "子"), ("child", "女"),
    ("parent", "父亲"), ("parent", "母亲"), ("parent_in_law", "公公"), ("parent_in_law", "婆婆"),
    ("parent_in_law", "岳父"), ("parent_in_law", "岳母"),
    ("child_in_law", "女婿"), ("child_in_law", "儿媳"), ("grandchild", "孙子"), ("grandchild", "孙女"),
    ("grandchild", "外孙子"), ("grandchild", "外孙女"), ("not_kin", "非亲属"),
)  # fmt: skip
(HEAD, SPOUSE, SON, DAUGHTER, FATHER, MOTHER, HIS_FATHER, HIS_MOTHER, HER_FATHER, HER_MOTHER) = range(10)
SON_IN_LAW, DAUGHTER_IN_LAW, SONS_SON, SONS_DAUGHTER, DAUGHTERS_SON, DAUGHTERS_DAUGHTER, NOT_KIN = range(
    10, 17
)


@dataclass
class Persons:
    """Arrays by person, sorted by household, the head first; ids are whole numbers, -1 is nobody."""

    household: Ints  # row in the shard's households
    place: Ints
    relation: Ints
    male: Flags
    birth: Ints
    age: Ints
    migrant: Flags
    surname: Ints
    mother: Ints  # row in the shard's persons
    father: Ints
    partner: Ints

    @property
    def count(self) -> int:
        """How many persons there are."""
        return len(self.household)


def drawn_households(shard: Shard, as_of: int, rng: np.random.Generator) -> tuple[Households, Ints]:
    """Draw households for exactly the persons of a shard, with the committee (its row) of each, rising.

    What the last household would be too many of is made up by persons who live alone.
    """
    kinds = Kinds()
    shares = cell_shares(as_of)
    cells = chosen(rng, shares, shard.total // 2 + 50)
    here = presence(kinds, cells, rng)
    upto = np.cumsum(here.sum(axis=1))
    kept = int(np.searchsorted(upto, shard.total, side="right"))
    left = shard.total - (int(upto[kept - 1]) if kept else 0)
    alone = np.flatnonzero([kinds.codes[cell.kind].startswith("alone") for cell in kinds.cells])
    more = alone[chosen(rng, shares[alone], left)]
    cells = np.concatenate((cells[:kept], more))
    single = np.zeros((left, PLACES), dtype=bool)
    single[:, 0] = True
    here = np.concatenate((here[:kept], single))
    drawn = households(kinds, cells, here, as_of, rng)
    ends = np.cumsum(shard.persons)
    middle = np.cumsum(drawn.sizes) - drawn.sizes / 2
    return drawn, np.searchsorted(ends, middle).astype(np.int64)


def persons(drawn: Households, as_of: int, rng: np.random.Generator) -> Persons:
    """Lay out the persons of the households, and say who belongs to whom."""
    row, place = np.nonzero(drawn.here)
    is_head = place == drawn.head[row]
    order = np.argsort(row * (PLACES + 1) + np.where(is_head, 0, place + 1), kind="stable")
    row, place = row[order].astype(np.int64), place[order].astype(np.int64)
    at = np.full(drawn.here.shape, -1, dtype=np.int64)
    at[row, place] = np.arange(len(row))
    birth = drawn.births[row, place]
    mother, father, partner = (_of(found, row, place) for found in _kin(drawn, at))
    return Persons(
        row, place, _relations(drawn)[row, place], drawn.male[row, place], birth,
        ages_on(birth, as_of), drawn.migrant[row, place], surnames(drawn, rng)[row, place],
        mother, father, partner,
    )  # fmt: skip


def _of(found: Ints, row: Ints, place: Ints) -> Ints:
    return found[row, place]


def _kin(drawn: Households, at: Ints) -> tuple[Ints, Ints, Ints]:
    """Return mother, father and partner of every place as rows of persons."""
    mother, father, partner = (np.full(at.shape, -1, dtype=np.int64) for _each in range(3))
    paired = np.isin(drawn.shape, (COUPLE, PARENTS, GENERATIONS, GRANDPARENTS))
    for one, other in ((0, 1), (1, 0), (4, 5), (5, 4)):
        partner[:, one] = np.where(paired, at[:, other], -1)
    children = np.isin(drawn.shape, (PARENTS, PARENT, GENERATIONS))
    of_man = children & drawn.male[:, 0]
    for place in (2, 3):
        mother[:, place] = np.where(children & ~of_man, at[:, 0], -1)
        father[:, place] = np.where(of_man, at[:, 0], np.where(children, at[:, 1], -1))
    three = drawn.shape == GENERATIONS
    for place, whose in ((0, drawn.is_wifes), (1, ~drawn.is_wifes)):
        mother[:, place] = np.where(three & whose, at[:, 4], -1)
        father[:, place] = np.where(three & whose, at[:, 5], -1)
    return mother, father, partner


def _relations(drawn: Households) -> Ints:
    """Return what each place is to the head, as numbers of ``RELATIONS``."""
    count, head, male = len(drawn.head), drawn.head, drawn.male
    found = np.full((count, PLACES), NOT_KIN, dtype=np.int64)
    child = np.where(male, SON, DAUGHTER)
    grand = np.where(male, SONS_SON, SONS_DAUGHTER)
    daughters = np.where(male, DAUGHTERS_SON, DAUGHTERS_DAUGHTER)
    wifes = drawn.is_wifes
    young, old = np.isin(head, (0, 1)), np.isin(head, (4, 5))
    found[young, 0], found[young, 1] = SPOUSE, SPOUSE
    found[young, 2:4] = child[young, 2:4]
    own = (head == 0) == wifes  # the old are the head's own parents
    found[:, 4] = np.where(own, MOTHER, np.where(head == 1, HER_MOTHER, HIS_MOTHER))
    found[:, 5] = np.where(own, FATHER, np.where(head == 1, HER_FATHER, HIS_FATHER))
    found[old, 4], found[old, 5] = SPOUSE, SPOUSE
    found[old, 0] = np.where(wifes[old], DAUGHTER, DAUGHTER_IN_LAW)
    found[old, 1] = np.where(wifes[old], SON_IN_LAW, SON)
    found[old, 2:4] = np.where(wifes[old, None], daughters[old, 2:4], grand[old, 2:4])
    grown = head == 2
    found[grown, 0] = np.where(male[grown, 0], FATHER, MOTHER)
    grandparents = drawn.shape == GRANDPARENTS
    found[grandparents, 2] = grand[grandparents, 2]
    found[np.isin(drawn.shape, UNRELATED)] = NOT_KIN
    found[np.arange(count), head] = HEAD
    return found
