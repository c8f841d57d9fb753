"""The shares of the cells, raked so that the whole city has the census's ages, sexes, migrants and sizes."""

from functools import lru_cache

import numpy as np

from .assumptions import figures
from .calendar import ages_on
from .draws import Floats, generator
from .families import DORMITORY, Kinds, households, presence

SAMPLE = 2000  # households of each cell that are looked at; their own generator, whatever the city's seed
ROUNDS = 60
CLOSE = 1e-9


def targets() -> Floats:
    """Return the census as counts per person: the margins in the order of ``_margins``."""
    census = figures("census")
    collective = census["persons"] - census["family_persons"]
    counts = [
        *(census[name] for name in ("age_0_14", "age_60_up", "age_65_up", "age_80_up", "male")),
        *(census[name] for name in ("from_other_provinces", "family_households", "family_persons")),
        *(census["collective_households"], collective),
    ]
    shares: Floats = np.array(counts, dtype=np.float64) / census["persons"]
    return shares


def _margins(kinds: Kinds, as_of: int) -> Floats:
    """Return what one household of each cell adds to each margin on the average."""
    number = len(kinds.cells)
    cells = np.repeat(np.arange(number), SAMPLE)
    rng = generator(0, 0)
    here = presence(kinds, cells, rng)
    drawn = households(kinds, cells, here, as_of, rng)
    ages, sizes = ages_on(drawn.births, as_of), drawn.sizes
    family = drawn.shape != DORMITORY
    added = [
        *((here & (ages <= 14)).sum(1), *((here & (ages >= low)).sum(1) for low in (60, 65, 80))),
        *((here & drawn.male).sum(1), (here & drawn.migrant).sum(1)),
        *(family, family * sizes, ~family, ~family * sizes),
    ]
    table = np.array(added, dtype=np.float64).reshape(len(added), number, SAMPLE)
    means: Floats = table.mean(axis=2).T
    return means


@lru_cache(maxsize=4)
def cell_shares(as_of: int) -> Floats:
    """Return the share of each cell among the households: nearest to the assumed ones that meets the census.

    Generalised raking: share = prior * exp(margins · multipliers), the multipliers by Newton's method.
    Raises ``ValueError`` where no shares can meet the figures.
    """
    kinds = Kinds()
    margins, wanted = _margins(kinds, as_of), targets()
    prior = np.array([cell.prior for cell in kinds.cells])
    prior *= (wanted[6] + wanted[8]) / prior.sum()
    multipliers = np.zeros(len(wanted))
    for _round in range(ROUNDS):
        shares = prior * np.exp(np.clip(margins @ multipliers, -8, 8))
        short = wanted - margins.T @ shares
        if np.abs(short).max() < CLOSE:
            found: Floats = shares / shares.sum()
            return found
        slope = margins.T @ (margins * shares[:, None])
        step = np.linalg.solve(slope + 1e-12 * np.eye(len(wanted)), short)
        multipliers += step * min(1.0, 1.0 / np.abs(margins @ step).max())
    raise ValueError("the households of households.yaml cannot be raked to census.yaml")
