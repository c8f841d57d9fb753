"""Names put together from surnames and characters: families share theirs, each age has its own taste."""

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .assumptions import figures
from .calendar import calendar_parts
from .draws import Flags, Floats, Ints, chosen, flags
from .families import GRANDPARENTS, PLACES, UNRELATED, Households


class Table:
    """The three words of a name as lists: surname or first part; a character; a character, or nothing."""

    def __init__(self) -> None:
        words = figures("names")
        self.eras = list(words["eras"].items())
        surnames: dict[str, float] = words["surnames"]
        self.shares: Floats = np.array(list(surnames.values()), dtype=np.float64)
        common = {letter for _year, era in self.eras for letter in era["men"] + era["women"]}
        letters = sorted(common) + sorted(set(words["rare"]) - common)
        self.place = {letter: at for at, letter in enumerate(letters)}
        self.rare = np.array([self.place[letter] for letter in words["rare"]])
        self.first = pa.array([*surnames, *words["long_first"]])
        self.middle = pa.array([*letters, *words["long_middle"]])
        self.last = pa.array([*letters, "", *words["long_last"]])
        self.nothing = len(letters)
        self.long = [len(words[name]) for name in ("long_first", "long_middle", "long_last")]
        self.long_from = [len(surnames), len(letters), len(letters) + 1]

    def letters(self, text: str) -> Ints:
        """Return where the characters of a text stand in the lists."""
        return np.array([self.place[letter] for letter in text], dtype=np.int64)


@cache
def table() -> Table:
    """Return the lists, built once."""
    return Table()


def surnames(drawn: Households, rng: np.random.Generator) -> Ints:
    """Draw the surname of every place of every household, (n, 6): children mostly have the father's."""
    words, count = table(), len(drawn.kind)
    found = chosen(rng, words.shares, count * PLACES).reshape(count, PLACES)
    family = ~np.isin(drawn.shape, UNRELATED)
    fathers = drawn.here[:, 1] & ~flags(rng, figures("names")["mothers_surname"], count)
    fathers &= (drawn.shape != GRANDPARENTS) | flags(rng, 0.6, count)  # else a daughter's child
    parent = np.where(fathers, found[:, 1], found[:, 0])
    daughters = (drawn.shape == GRANDPARENTS) & ~fathers
    for place in (2, 3):
        found[:, place] = np.where(family & ~daughters, parent, found[:, place])
    found[:, 5] = np.where(family, np.where(drawn.is_wifes, found[:, 0], found[:, 1]), found[:, 5])
    return found


def names(surname: Ints, births: Ints, male: Flags, rng: np.random.Generator) -> Any:
    """Return a name for each person as an Arrow array of strings."""
    words, count = table(), len(surname)
    figure = figures("names")
    year = calendar_parts(births)[0]
    middle, last = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for at, (since, era) in enumerate(words.eras):
        until = words.eras[at + 1][0] if at + 1 < len(words.eras) else 9999
        born = (year >= since if at else True) & (year < until)
        for sex, letters in ((True, era["men"]), (False, era["women"])):
            mine = np.flatnonzero(born & (male == sex))
            places = words.letters(letters)
            middle[mine] = places[rng.integers(0, len(places), len(mine))]
            second = places[rng.integers(0, len(places), len(mine))]
            last[mine] = np.where(flags(rng, era["short"], len(mine)), words.nothing, second)
    rare = np.flatnonzero(flags(rng, figure["rare_share"], count))
    middle[rare] = words.rare[rng.integers(0, len(words.rare), len(rare))]
    first = surname.copy()
    long = np.flatnonzero(flags(rng, figure["long_share"], count))
    for column, start, size in zip((first, middle, last), words.long_from, words.long, strict=True):
        column[long] = start + rng.integers(0, size, len(long))
    parts = [
        words_of.take(pa.array(column))
        for words_of, column in ((words.first, first), (words.middle, middle), (words.last, last))
    ]
    return pc.binary_join_element_wise(*parts, "")
