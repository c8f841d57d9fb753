"""Numbers: what is recognised, what is refused and how, and that no refusal repeats a number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.registers.residents.numbers import (
    NumberRefused,
    check_digit,
    credit_check,
    credit_code_read,
    number_agrees,
    number_plain,
    number_read,
    number_upgraded,
)

TODAY = date(2026, 3, 1)
CARD = "11010519491231002X"  # the example of GB 11643


def with_check(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize(
    ("text", "kind", "birth", "sex"),
    [
        (CARD, "id", date(1949, 12, 31), "f"),
        ("１１０１０５ 19491231 002ｘ", "id", date(1949, 12, 31), "f"),
        ("110105-19491231-002x", "id", date(1949, 12, 31), "f"),
        (with_check("81000019940823002"), "hm", date(1994, 8, 23), "f"),
        (with_check("82000019940823001"), "hm", date(1994, 8, 23), "m"),
        (with_check("83000019940823001"), "tw", date(1994, 8, 23), "m"),
        (with_check("93184019870612001"), "foreign", date(1987, 6, 12), "m"),
        ("usa110172091812", "foreign", None, ""),
        ("H12345678", "hm", None, ""),
        ("E12345678", "passport", None, ""),
        ("EA1234567", "passport", None, ""),
    ],
)
def test_numbers_are_recognised(text: str, kind: str, birth: date | None, sex: str) -> None:
    number = number_read(text, TODAY)
    assert (number.kind, number.birth, number.sex) == (kind, birth, sex)
    assert number.value == number_plain(text)


@pytest.mark.parametrize(
    ("text", "kind", "fault"),
    [
        ("", "", "empty"),
        ("110105194912310021", "", "check"),
        ("110105491231002", "", "old"),
        ("1101051949123100", "", "length"),
        ("11010519491231X02X", "", "letters"),
        ("1101051949O231002X", "", "letters"),
        (with_check("99999919491231002"), "id", "form"),
        (with_check("19010519491231002"), "", "province"),
        (with_check("11010520230229002"), "", "birth"),
        (with_check("11010520260302002"), "", "birth"),
        (with_check("11010518491231002"), "", "birth"),
        (with_check("81000019940823002"), "id", "form"),
        (with_check("83000019940823001"), "hm", "form"),
        (CARD, "tw", "province"),
        ("USA110172093112", "", "birth"),
        ("USA11017209", "foreign", "form"),
        ("护照本上", "passport", "form"),
        ("?", "other", "form"),
        (CARD, "driver", "form"),
    ],
)
def test_what_cannot_be_true_is_refused(text: str, kind: str, fault: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        number_read(text, TODAY, kind)
    assert refused.value.fault == fault
    assert refused.value.details["number"] == refused.value.message
    assert not text or text not in str(refused.value)


def test_fifteen_digits_are_upgraded_only_as_a_proposal() -> None:
    with pytest.raises(NumberRefused, match="18位"):
        number_read("110105491231002", TODAY)
    assert number_upgraded("110105 491231 002", TODAY).value == CARD
    with pytest.raises(NumberRefused):
        number_upgraded(CARD, TODAY)


def test_birth_and_sex_must_agree() -> None:
    number = number_read(CARD, TODAY)
    number_agrees(number, None, "")
    number_agrees(number, date(1949, 12, 31), "f")
    with pytest.raises(NumberRefused) as birth:
        number_agrees(number, date(1949, 12, 30), "")
    assert set(birth.value.details) == {"birth"}
    with pytest.raises(NumberRefused) as sex:
        number_agrees(number, None, "m")
    assert set(sex.value.details) == {"sex"}


def test_nothing_shows_the_number() -> None:
    assert CARD not in repr(number_read(CARD, TODAY))


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_one_wrong_digit_is_always_noticed(birth: date, order: int) -> None:
    value = with_check(f"310104{birth:%Y%m%d}{order:03}")
    assert number_read(value, TODAY).birth == birth
    for place in range(17):
        wrong = value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :]
        with pytest.raises(NumberRefused):
            number_read(wrong, TODAY, "id")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in ("", "id", "hm", "tw", "foreign", "passport", "other"):
        try:
            number_read(text, TODAY, kind)
        except NumberRefused as refused:
            assert refused.message


def test_credit_codes() -> None:
    assert credit_code_read("91350100m000100y43") == "91350100M000100Y43"  # the example of GB 32100
    assert credit_check("91350100M000100Y4") == "3"
    for text, fault in [
        ("91350100M000100Y44", "check"),
        ("91350100M000100Y4", "length"),
        ("91350100I000100Y43", "letters"),
        ("310104000012345", "old"),
    ]:
        with pytest.raises(NumberRefused) as refused:
            credit_code_read(text)
        assert refused.value.fault == fault and set(refused.value.details) == {"credit_code"}
        assert text not in str(refused.value)
