"""Ages from the month of birth, and the months that an age stands for: one is the other backwards."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from linli.registers.residents.ages import BANDS, age_on, band_of, band_words, months_of_ages

TODAY = date(2026, 11, 25)
MONTHS = st.builds(date, st.integers(1900, 2026), st.integers(1, 12), st.just(1))


def test_a_birthday_counts_from_the_first_of_its_month() -> None:
    assert age_on(date(1946, 11, 1), TODAY) == 80
    assert age_on(date(1946, 12, 1), TODAY) == 79
    assert age_on(date(2026, 11, 1), TODAY) == 0
    assert age_on(None, TODAY) is None


@given(MONTHS, st.integers(0, 120), st.integers(0, 40))
def test_months_of_ages_are_exactly_the_ages(born: date, first: int, more: int) -> None:
    start, before = months_of_ages(first, first + more, TODAY)
    assert start is not None and before is not None
    age = age_on(born, TODAY)
    is_in = first <= (age if age is not None else -1) <= first + more and born <= TODAY
    if born <= TODAY:
        assert (start <= born < before) is is_in


def test_bands_cover_every_age_once() -> None:
    for age in range(0, 120):
        first, last = BANDS[band_of(age)]
        assert first <= age and (last is None or age <= last)
    assert [band_words(BANDS[0]), band_words(BANDS[-1])] == ["0–4", "85+"]
