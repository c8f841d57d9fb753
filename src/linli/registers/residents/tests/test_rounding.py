"""Figures name nobody: sums of money as they may be shown."""

import pytest

from linli.registers.residents.rounding import rounded_sum


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        ([], None),
        ([75] * 4, None),
        ([75] * 5, 750),  # as five people are ten
        ([75] * 33, 2_250),
        ([900_000, *[75] * 32], 2_250),  # one who gets more counts as the others do
        ([*[900_000] * 4, *[75] * 29], 2_250),
        ([*[900_000] * 5, *[1] * 29], 9_000_000),
        ([100, 80, 60, 40, 20], 200),  # five at twenty are ten at twenty
        ([1_000, *[10] * 1_000], 10_000),
    ],
)
def test_a_sum_is_told_in_tens_of_people(amounts: list[int], shown: int | None) -> None:
    assert rounded_sum(sum(amounts), sorted(amounts, reverse=True)[:5]) == shown
