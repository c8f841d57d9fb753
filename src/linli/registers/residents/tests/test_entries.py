"""Names, telephones and days of birth as people write them."""

from datetime import date

import pytest

from linli.core.errors import InvalidInput
from linli.registers.residents.ages import age_on
from linli.registers.residents.entries import birth_read, name_read, phone_read

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王", "王"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("　张 三　", "张三"),
        ("李㛃𬭩", "李㛃𬭩"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("迪丽热巴・迪力木拉提", "迪丽热巴·迪力木拉提"),
        ("Mary  Ann O'Neil-Smith", "Mary Ann O'Neil-Smith"),
        ("鲁" * 20, "鲁" * 20),
    ],
)
def test_names_are_kept_as_they_are(text: str, name: str) -> None:
    assert name_read(text) == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "请填写姓名"),
        ("　", "请填写姓名"),
        ("王" * 51, "不超过50个字"),
        ("李?", "生僻字"),
        ("李□", "生僻字"),
        ("李\ue123", "生僻字"),
        ("李�", "生僻字"),
        ("王3", "间隔号"),
        ("<b>王</b>", "间隔号"),
    ],
)
def test_what_is_no_name_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        name_read(text)
    assert set(refused.value.details) == {"name"}
    assert not text.strip() or text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("", ""),
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("（021）5466-1234", "02154661234"),
        ("54661234", "54661234"),
        ("+852 2345 6789", "+85223456789"),
    ],
)
def test_telephones(text: str, phone: str) -> None:
    assert phone_read(text) == phone


@pytest.mark.parametrize("text", ["1380013800", "12800138000", "138001380000", "电话", "110"])
def test_what_nobody_can_call_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="11位手机号") as refused:
        phone_read(text)
    assert set(refused.value.details) == {"phone"}


@pytest.mark.parametrize("text", ["1958-03-05", "1958/3/5", "19580305", "1958年3月5日", "１９５８.3.5"])
def test_days_of_birth(text: str) -> None:
    assert birth_read(text, TODAY) == date(1958, 3, 5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "真实存在"),
        ("1958-02-29", "真实存在"),
        ("58-3-5", "真实存在"),
        ("1958115", "真实存在"),
        ("2026-03-02", "晚于今天"),
        ("1895-01-01", "太早"),
    ],
)
def test_impossible_days_of_birth(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        birth_read(text, TODAY)


def test_ages() -> None:
    assert age_on(date(2012, 3, 1), TODAY) == 14
    assert age_on(date(2012, 3, 2), TODAY) == 13
    assert age_on(date(2024, 2, 29), date(2025, 2, 28)) == 0
    assert age_on(date(2024, 2, 29), date(2025, 3, 1)) == 1
