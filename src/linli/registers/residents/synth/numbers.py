"""Identity numbers, telephone numbers and credit codes that are well formed and belong to nobody.

The division in a number is one that was never issued: the prefecture 99 of a real province. A number with
``99`` in the third and fourth place is made up, and no living person has it.
"""

import numpy as np
from numpy.typing import NDArray

from .calendar import calendar_parts
from .draws import Flags, Ints

NEVER_ISSUED = 99  # third and fourth digit; GB/T 2260 uses 01-70 and 90 there
COUNTIES = 100  # fifth and sixth digit, all of them
PER_COUNTY = 500  # sequence codes of one sex: odd for men, even for women
SLOTS = COUNTIES * PER_COUNTY  # persons of one sex and one day in the whole city
PRIME = 7919  # walks through all slots in an order that does not look like one
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
PHONE_BLOCK = 154  # given to no operator (see README.md)
PHONES = 100_000_000
PHONE_STEP = 38_260_123  # prime to PHONES
CREDIT_LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
ORGANISATION_LETTERS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
CREDIT_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])

Letters = NDArray[np.uint8]


def digits(values: Ints, width: int) -> Ints:
    """Return the decimal digits of whole numbers, (n, width)."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return values[:, None] // powers % 10


def ranks(keys: Ints) -> Ints:
    """Number equal keys through from 0 in the order in which they stand."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    starts = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))
    found = np.empty(len(keys), dtype=np.int64)
    found[order] = np.arange(len(keys)) - starts
    return found


def identity_numbers(
    births: Ints, male: Flags, province: Ints, shard: int, shards: int, start: int
) -> Letters:
    """Return identity numbers as letters (n, 18); no two persons of a city share one.

    Every shard has its own slots of each day and sex, whatever the province. Raises ``OverflowError``
    where a shard has more persons of one day and sex than slots.
    """
    each = SLOTS // shards
    key = births * 2 + male
    rank = ranks(key)
    if each == 0 or rank.max(initial=0) >= each:
        raise OverflowError("more persons of one day and sex than numbers: make smaller shards")
    slot = ((shard * each + rank) * PRIME + key * 30_011 + start) % SLOTS
    county, sequence = slot // PER_COUNTY, slot % PER_COUNTY * 2 + male
    year, month, day = calendar_parts(births)
    region = (province * 100 + NEVER_ISSUED) * 100 + county
    written = np.concatenate(
        (digits(region, 6), digits((year * 100 + month) * 100 + day, 8), digits(sequence, 3)), axis=1
    )
    return _checked(written)


def _checked(written: Ints) -> Letters:
    """Append the check character of GB 11643 to 17 digits."""
    check = CHECKS[written @ WEIGHTS % 11]
    return np.concatenate((written.astype(np.uint8) + ord("0"), check[:, None]), axis=1)


def phone_numbers(order: Ints, start: int) -> Letters:
    """Return a telephone number for each person's place in the city, (n, 11); no two are alike."""
    number = (order * PHONE_STEP + start) % PHONES
    return (digits(PHONE_BLOCK * PHONES + number, 11) + ord("0")).astype(np.uint8)


def credit_codes(order: Ints, is_firm: Flags) -> Letters:
    """Return unified social credit codes (GB 32100) for the establishments of a city, (n, 18)."""
    organisation = digits(order, 8)
    rest = 11 - organisation @ ORGANISATION_WEIGHTS % 11
    check = np.where(rest == 10, ORGANISATION_LETTERS.tolist().index(ord("X")), rest % 11)
    kind = np.where(is_firm, 1, 2)
    head = np.stack((np.full(len(order), 9), kind), axis=1)
    region = np.broadcast_to(np.array([3, 1, NEVER_ISSUED // 10, NEVER_ISSUED % 10, 0, 1]), (len(order), 6))
    letters = np.concatenate((head, region, organisation), axis=1)
    written = np.concatenate((ORGANISATION_LETTERS[letters], ORGANISATION_LETTERS[check][:, None]), axis=1)
    values = np.concatenate((letters, _values(ORGANISATION_LETTERS[check])[:, None]), axis=1)
    last = CREDIT_LETTERS[(31 - values @ CREDIT_WEIGHTS % 31) % 31]
    return np.concatenate((written, last[:, None]), axis=1).astype(np.uint8)


def _values(letters: Letters) -> Ints:
    """Return what letters count for in a credit code."""
    table = np.zeros(256, dtype=np.int64)
    table[CREDIT_LETTERS] = np.arange(len(CREDIT_LETTERS))
    return table[letters]
