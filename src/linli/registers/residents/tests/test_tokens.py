"""By what a person is found, what is shown of them unasked, and that two counties never meet."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from linli.core.crypto.ciphers import sha256_digester
from linli.core.errors import InvalidInput
from linli.registers.residents.masking import birth_masked, masked, name_masked, number_masked, phone_masked
from linli.registers.residents.tokens import name_terms, query_of, query_tokens, surname_of, tokens_of

HUANGPU, XUHUI = "310101", "310104"
DIGEST = sha256_digester(b"k" * 32)
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN | st.sampled_from("㛃𬭩·"), min_size=2, max_size=20).filter(
    lambda t: len(t.strip("·")) > 1
)


def found_by(words: str, name: str, number: str = "", phone: str = "", county: str = HUANGPU) -> bool:
    tokens = tokens_of(county, name, number, phone)
    query = query_of(words)
    has_met = any(way <= tokens for way in query_tokens(county, query))
    return has_met and query.fits(name, number, phone)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("王小明", "王小明"),
        ("王小", "王小明"),
        ("小明", "王小明"),
        ("王*明", "王小明"),
        ("王＊明", "王小明"),
        ("*小明", "王小明"),
        ("wangxiaoming", "王小明"),
        ("Wang Xiaoming", "王小明"),
        ("wxm", "王小明"),
        ("WXM", "王小明"),
        ("shanxiaoming", "单小明"),
        ("qiuliang", "仇亮"),
        ("zhawei", "查伟"),
        ("ouming", "区明"),
        ("zenglei", "曾磊"),
        ("xiexin", "解欣"),
        ("piaomei", "朴美"),
        ("zhaimin", "翟敏"),
        ("diming", "翟明"),
        ("yuchigong", "尉迟恭"),
        ("ycg", "尉迟恭"),
        ("zhangsunwuji", "长孙无忌"),
        ("chanyudan", "单于丹"),
        ("ouyangnana", "欧阳娜娜"),
        ("oynn", "欧阳娜娜"),
        ("lvbu", "吕布"),
        ("lübu", "吕布"),
        ("lyubu", "吕布"),
        ("wangle", "王乐"),
        ("wangyue", "王乐"),
        ("李㛃", "李㛃𬭩"),
        ("㛃𬭩", "李㛃𬭩"),
        ("lijieweng", "李㛃𬭩"),
        ("阿卜杜拉买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("买买提", "阿卜杜拉·买买提"),
        ("john smith", "John Smith"),
        ("smith", "John Smith"),
        ("js", "John Smith"),
        ("o'neil", "Mary O’Neil-Ray"),
        ("王玲", "王玲" * 10),
    ],
)
def test_people_are_found_by(words: str, name: str) -> None:
    assert found_by(words, name)


@pytest.mark.parametrize(
    ("words", "name"),
    [("王*明", "明小王"), ("王*明", "王明"), ("danxiaoming", "单小明"), ("王明", "王小明"), ("xm", "王小明")],
)
def test_people_are_not_found_by(words: str, name: str) -> None:
    assert not found_by(words, name)


def test_numbers_and_telephones_are_found_whole_only() -> None:
    number, phone = "11010519491231002X", "13800138000"
    for words in (number, "11010519491231002x", "110105 19491231 002X", phone, "138 0013 8000"):
        assert found_by(words, "王小明", number, phone)
    for words in (number[:-1], phone[:-1], "8000", "1949"):
        assert not found_by(words, "王小明", number, phone)


@pytest.mark.parametrize("words", ["", "王", " 王 ", "*", "王*", "·王", "a", "1", "x" * 61])
def test_too_short_and_too_long_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        query_of(words)
    assert set(refused.value.details) == {"words"}


def test_a_name_of_one_character_is_kept_and_found_by_its_number() -> None:
    assert name_terms("王") >= {"name\0王", "1\0王"}
    assert found_by("13800138000", "王", phone="13800138000")


@given(NAMES)
def test_the_same_name_finds_itself_in_its_county(name: str) -> None:
    assert found_by(name, name)


@given(NAMES, NAMES)
def test_tokens_of_two_counties_never_meet(name: str, other: str) -> None:
    here = tokens_of(HUANGPU, name, "11010519491231002X", "13800138000", digest=DIGEST)
    assert not here & tokens_of(XUHUI, other, "11010519491231002X", "13800138000", digest=DIGEST)
    assert not here & tokens_of(XUHUI, name, "11010519491231002X", "13800138000", digest=DIGEST)
    assert not here & tokens_of(HUANGPU, name, "11010519491231002X", digest=sha256_digester(b"o" * 32))


@given(NAMES)
def test_tokens_fit_the_column_and_tell_nothing(name: str) -> None:
    tokens = tokens_of(HUANGPU, name, digest=DIGEST)
    assert all(-(2**63) <= token < 2**63 for token in tokens)
    assert len(tokens) >= len(set(name.replace("·", "")))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("王", "*"),
        ("王明", "王*"),
        ("王小明", "王**"),
        ("欧阳", "欧*"),
        ("欧阳娜娜", "欧阳**"),
        ("司马光", "司马*"),
        ("㛃𬭩", "㛃*"),
        ("𬭩𬭩𬭩", "𬭩**"),
        ("鲁" * 20, "鲁**"),
        ("阿卜杜拉·买买提", "阿**"),
        ("John Smith", "J**"),
    ],
)
def test_a_masked_name(name: str, shown: str) -> None:
    assert name_masked(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("", ""),
        ("310101194912310023", "310***********0023"),
        ("H12345678", "*******78"),
        ("E1234567", "******67"),
        ("123", "***"),
    ],
)
def test_a_masked_number(number: str, shown: str) -> None:
    assert number_masked(number) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        *(("", ""), ("13812345678", "138****5678"), ("02154661234", "*********34")),
        *(("54661234", "******34"), ("110", "***")),
    ],
)
def test_a_masked_telephone(phone: str, shown: str) -> None:
    assert phone_masked(phone) == shown


def test_a_masked_day_of_birth_and_a_masked_fact() -> None:
    assert birth_masked("1958-03-05") == "1958-03-**" and birth_masked("") == ""
    assert masked("birth", "1958-03-05") == "1958-03-**"
    assert masked("income", "3200") == "***" and masked("income", "") == ""


@given(NAMES)
def test_a_masked_name_shows_no_more_than_the_surname(name: str) -> None:
    shown = name_masked(name).replace("*", "")
    assert len(name_masked(name)) - len(shown) >= 1
    assert shown == "" or shown in (name.strip()[:1], surname_of(name.strip()))


@given(st.text("0123456789ABCDEFX", min_size=1, max_size=20))
def test_a_masked_number_or_telephone_shows_at_most_seven(text: str) -> None:
    for shown in (number_masked(text), phone_masked(text)):
        assert len(shown) == len(text)
        clear = re.sub(r"\*", "", shown)
        assert len(clear) <= 7 and len(clear) * 3 <= len(text) * 2
        assert all(letter in ("*", whole) for letter, whole in zip(shown, text, strict=True))


@given(NAMES)
def test_terms_hold_every_pair_of_neighbours(name: str) -> None:
    plain = name.replace("·", "")
    assume(len(plain) > 1)
    assert {f"2\0{plain[at : at + 2]}" for at in range(len(plain) - 1)} <= name_terms(name)
