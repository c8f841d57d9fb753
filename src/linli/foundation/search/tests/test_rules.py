"""How text becomes grams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.search.rules import MAX_GRAMS, grams


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("路灯", ["路灯"]),
        ("路灯坏了", ["路灯", "灯坏", "坏了"]),
        ("路灯,坏了", ["路灯", "坏了"]),
        ("灯", []),
        ("3号楼", ["3", "号楼", "3号"]),
        ("天钥桥路180弄", ["天钥", "钥桥", "桥路", "180", "路180", "180弄"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("Wi-Fi 很慢", ["wi", "fi", "很慢"]),
        ("㛃𬭩", ["㛃𬭩"]),
        ("🔥着火🔥", ["🔥", "着火"]),
        ("👨‍👩‍👧", ["👨", "👩", "👧"]),
        ("❤️好", ["❤"]),
        ("café", ["café"]),
        ("", []),
        (" \n\t", []),
        ("%_'\"*()", []),
        ("ひらがな", ["ひら", "らが", "がな"]),
    ],
)
def test_grams_of(text: str, found: list[str]) -> None:
    assert sorted(grams(text)) == sorted(found)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXTS)
def test_grams_are_plain_words(text: str) -> None:
    found = grams(text)
    assert len(found) == len(set(found))
    assert not [gram for gram in found if not gram or " " in gram or "\x00" in gram or '"' in gram]


CJK = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=12)


@given(CJK, st.data())
def test_every_part_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : data.draw(st.integers(start + 2, len(text)))]
    assert set(grams(part)) <= set(grams(text))


def test_a_very_long_text_is_bounded() -> None:
    text = "".join(chr(0x4E00 + n % 20_000) for n in range(100_000))
    assert len(grams(text)) == MAX_GRAMS
