"""Identifiers: of version 7, in order of making, never twice."""

from linli.core.fields import public_number, uuid7


def test_identifiers_made_in_a_row_sort_in_a_row() -> None:
    made = [uuid7() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_numbers_to_read_out_have_their_length_and_no_leading_zero() -> None:
    numbers = {public_number(8) for _ in range(200)}
    assert all(len(number) == 8 and number.isdigit() and number[0] != "0" for number in numbers)
    assert len(numbers) > 190
