"""What a division's code says, how its name is shortened, and how names are found by pinyin."""

import functools
import re
from collections.abc import Callable
from typing import Final, cast

from linli.core.errors import InvalidInput

from .models import CODE_LENGTH, Level

LEVEL_OF_LENGTH: Final = {length: Level(level) for level, length in CODE_LENGTH.items()}
PADDED = 12

# National Bureau of Statistics, 统计用区划代码和城乡划分代码编制规则 (国统字〔2009〕91号): the last three
# digits of a street's nine, and of a committee's twelve.
_STREET_KINDS = ((99, "街道"), (199, "镇"), (399, "乡"), (999, "类乡级"))
_COUNTY_KINDS = ("区", "县", "市", "旗")
_COMMITTEE_KINDS = ((199, "居委"), (399, "村委"), (499, "类居委"), (999, "类村委"))

_COUNCIL = re.compile(r"(?:社区)?(?:居民委员会|居委会)$")
_VILLAGE = re.compile(r"(?:村)?(?:村民委员会|村委会)$")
_COUNTY = re.compile(r"(?<=..)(?:新区|区|县)$")

# Readings that place names have and a general dictionary lacks.
_CHARACTERS = {"长": "cháng", "曾": "zēng"}
_PLACE_WORDS = {
    "重固": ["chóng", "gù"],
    "朝阳": ["cháo", "yáng"],
    "闵行": ["mǐn", "háng"],
    "曹行": ["cáo", "háng"],
    "陈行": ["chén", "háng"],
    "单家": ["shàn", "jiā"],
}


def code_unpadded(code: str, level: int | None = None) -> str:
    """Return a code without the zeros that files pad it with; a named level settles rare doubts.

    Raises ``InvalidInput`` for anything that is not a division's code.
    """
    code = code.strip()
    if not code.isascii() or not code.isdigit() or code[:2] == "00":
        raise InvalidInput(f"“{code}”不是区划代码。", hint="区划代码只含数字，如 310104012 或 310104012000。")
    if level is not None:
        code = code.ljust(CODE_LENGTH[level], "0")[: CODE_LENGTH[level]]
    elif len(code) == PADDED:
        code = next(
            (code[:length] for length in (2, 4, 6, 9) if set(code[length:]) == {"0"}),
            code,
        )
    if len(code) not in LEVEL_OF_LENGTH:
        raise InvalidInput(
            f"区划代码“{code}”的位数不对。",
            hint="省2位、市4位、区6位、街镇9位、居村12位，后面可以补零到12位。",
        )
    return code


def division_level(code: str) -> Level:
    """Return the level that an unpadded code's length says."""
    return LEVEL_OF_LENGTH[len(code)]


def parent_code(code: str) -> str:
    """Return the code of the next level up, empty for a province."""
    level = division_level(code)
    return code[: CODE_LENGTH[level - 1]] if level > Level.PROVINCE else ""


def division_path(code: str) -> str:
    """Return the path on which a code stands by its own digits: each ancestor's code and a slash."""
    codes = [code[:length] for length in CODE_LENGTH.values() if length <= len(code)]
    return "".join(f"{part}/" for part in codes)


def path_codes(path: str) -> list[str]:
    """Return the codes of a path, from the province down."""
    return [code for code in path.split("/") if code]


def division_kind(code: str, name: str = "") -> str:
    """Return the kind by the coding rule, of a county by its name, of anything above empty.

    A street is 街道, 镇, 乡 or 类乡级; a committee 居委, 村委, 类居委 or 类村委.
    """
    level = division_level(code)
    if level is Level.COUNTY and name[-1:] in _COUNTY_KINDS:
        return name[-1]
    if level not in (Level.STREET, Level.COMMITTEE):
        return ""
    kinds = _STREET_KINDS if level is Level.STREET else _COMMITTEE_KINDS
    number = int(code[-3:])
    return next(kind for last, kind in kinds if number <= last)


def division_short_name(name: str, level: int) -> str:
    """Return what people call a division: 中山居委, 光明村, 徐汇; a street keeps its whole name."""
    if level == Level.COMMITTEE:
        if _COUNCIL.search(name):
            return _COUNCIL.sub("居委", name)
        return _VILLAGE.sub("村", name)
    if level == Level.COUNTY:
        return _COUNTY.sub("", name)
    return name


_STEM_ENDS = {
    Level.COMMITTEE: re.compile(
        r"(?:社区|村)?(?:居民委员会|居委会|居委|村民委员会|村委会|村委)$|(?<=.)(?:社区|居民区|村)$"
    ),
    Level.STREET: re.compile(r"(?:人民政府|办事处)$"),
    Level.COUNTY: re.compile(r"(?<=..)(?:新区|区|县|市|旗)$"),
    Level.CITY: re.compile(r"(?<=..)(?:市|地区|盟)$"),
    Level.PROVINCE: re.compile(r"(?<=..)(?:省|市)$"),
    Level.GRID: re.compile(r"(?<=.)网格$"),
}


def division_stem(name: str, level: Level) -> str:
    """Return what is left of a name without the words for its kind: 光明社区居委会 gives 光明."""
    return _STEM_ENDS[level].sub("", name)


@functools.cache
def _reader() -> Callable[[str], list[str]]:
    """Return what reads characters out; its dictionaries take 56 MB, which most processes never need."""
    from pypinyin import lazy_pinyin, load_phrases_dict, load_single_dict

    load_single_dict({ord(character): reading for character, reading in _CHARACTERS.items()})
    load_phrases_dict({word: [[reading] for reading in readings] for word, readings in _PLACE_WORDS.items()})
    return cast(Callable[[str], list[str]], lazy_pinyin)


@functools.lru_cache(maxsize=1 << 14)  # a country's villages share their names
def pinyin_syllables(name: str) -> str:
    """Return a name's syllables without tones, lower case, separated by spaces ("zhong shan ju wei")."""
    words = (re.sub(r"[^a-z0-9]", "", word.lower()) for word in _reader()(name))
    return " ".join(word for word in words if word)


def pinyin_keys(syllables: str) -> tuple[str, str]:
    """Return the stored search and sort keys: joined pinyin (≤ 120) and initials (≤ 30)."""
    words = syllables.split()
    return "".join(words)[:120], "".join(word[0] for word in words)[:30]


def name_keys(name: str) -> dict[str, str]:
    """Return the columns by which a name is found and sorted: its ``pinyin`` and its ``initials``."""
    pinyin, initials = pinyin_keys(pinyin_syllables(name))
    return {"pinyin": pinyin, "initials": initials}


def division_facts(code: str, name: str, syllables: str = "") -> dict[str, str]:
    """Return the columns that follow from a code and a name; ``syllables`` saves looking up the pinyin."""
    short_name = division_short_name(name, division_level(code))
    pinyin, initials = pinyin_keys(syllables or pinyin_syllables(short_name))
    kind = division_kind(code, name)
    return {"name": name, "short_name": short_name, "kind": kind, "pinyin": pinyin, "initials": initials}


def number_sort_key(name: str) -> str:
    """Return a key by which 2号 stands before 10号: every number padded to five digits."""
    return re.sub(r"\d+", lambda found: found[0].zfill(5), name)[:60]
