"""Reading a Chinese address: from one line of text to lane, compound, building, stair and room; no database.

Written as people write them in Shanghai and elsewhere: 延长路99弄12号302室, 春晖苑3号楼2单元501, 3幢501,
12号甲302, B座1203, 12-302, 三号楼, full-width digits, 支弄, 亭子间, 楼上, 半地下. What cannot be read is
returned as ``unread`` rather than guessed.
"""

import re
import unicodedata
from dataclasses import dataclass, fields
from typing import Final

_NUMERALS: Final = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS: Final = {"十": 10, "百": 100}
_NUMERAL = "〇零一二两三四五六七八九十百"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－−~～", "-") | {"#": "号", "﹟": "号", "，": ",", "、": ","})
_SPACES = re.compile(r"\s+")
# Chinese digits count as digits only before what is counted: 三号楼 is 3号楼, 日晖四村 and 三门路 stay.
_COUNTED = re.compile(
    rf"(?<!假)[{_NUMERAL}]+(?=号|幢|栋|座|单元|支弄|弄|室|楼(?!阁)|层(?!阁)|[门梯](?=[\d{_NUMERAL}]|$))"
)

# What may stand above the road or the compound. Names like 东方城市花园, 江南水乡 or 南区 are no divisions.
_ABOVE = re.compile(
    r"(?:[^\d市区县]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?:[^\d区县路弄()]{2,7}?(?:(?<![城都超夜菜门米花新集])市|自治州|地区|盟))?"
    r"(?:市中区|[^\d路弄()]{2,3}新区|[^\d路弄()]{1,6}?(?:(?<![东南西北中小社园新老片街厂院校景墅一二三四五六七八九十A-Z])区|县|(?<!红)旗))?"
    r"(?:[^\d弄()]{2,8}?街道(?:办事处)?|[^\d路弄()]{2,8}?(?:(?<![古小名新老])镇|(?<![水梦故仙同])乡))?"
    r"(?:[^\d路弄号()]{2,10}?(?:居民委员会|居委会|居委|村民委员会|村委会))?"
)
_ROAD_END = "路|街|大道|道|巷|胡同|线"
_LANE = re.compile(
    r"(?P<road>[^\d()]{0,20}?)(?P<lane>\d+(?:[-,]\d+)*(?:弄|号大?院)(?:\d+支?弄)*(?:[甲乙丙丁])?)"
)
_ROAD = re.compile(rf"(?P<road>[^\d()]{{1,19}}?(?:{_ROAD_END}))(?=\d+(?:[-,]\d+)*[甲乙丙丁]?号)")
_LANE_ASIDE = re.compile(r"\(([^()]*?\d(?:弄|号大?院)[^()]*)\)")

_STAIR = r"(?:\d+|[A-Z]|[甲乙丙丁东西南北中])(?:单元|门洞|号门|门|梯|楼道)"
_ROOM_WORD = (
    r"(?:亭子间|[二三]层阁|阁楼|前楼|后楼|楼上|楼下|统楼|客堂间|统客堂|客堂|厢房|灶披间|灶间|晒台|天井|汽车间|过街楼"
    r"|半地下室?|地下室|(?:地下)?车[库位]|地下|底层|门面房?|商铺|门卫室?|车棚|前间|后间|中间|东间|西间|南间|北间)"
)
_FLOOR = r"(?:(?:\d{1,2}|底|顶)[层楼]|假三层)"
_ROOM_NUMBER = r"(?:[A-Z]?\d+[A-Z]?(?:-\d+)?[A-Z甲乙丙丁]?|\d*[A-Z])"
_ROOM = re.compile(
    rf"(?P<room>{_FLOOR}?(?:前|后|东|西|南|北|中|正|大|小)?{_ROOM_WORD}{_ROOM_NUMBER}?|{_FLOOR}|{_ROOM_NUMBER})"
    r"(?![0-9A-Z])室?"
)
_BUILDING_NAME = (
    r"(?:(?:\d+(?:[-,]\d+)*[甲乙丙丁A-Z]?|[A-Z]\d*)(?:号楼(?![上下])|号门|号|幢|栋|座)[甲乙丙丁]?"
    r"|[A-Z东南西北中主副]楼)"
)
_BUILDING = re.compile(rf"(?<![\d-])(?P<building>{_BUILDING_NAME})")
# A building is believed where its number is followed by nothing, or by what can follow it: not in 一号公馆.
_AFTER = re.compile(rf"$|[-,(]|{_STAIR}|{_ROOM.pattern}")
_STAIR_AT = re.compile(rf"(?P<stair>{_STAIR})")
_WORD_AT_END = re.compile(rf"(?P<room>{_FLOOR}?{_ROOM_WORD}{_ROOM_NUMBER}?)$")
_STREET_NUMBER = re.compile(r"(?P<number>\d+(?:[-,]\d+)*号)(?P<name>.+)")
_OF_THE_NAME = re.compile(r"(?:小区|大院|家属院|宿舍|公寓|大楼|大厦|新村|院)")
_SHORT = re.compile(r"(?P<building>\d+|[A-Z])-(?:(?P<stair>\d+)-)?(?P<room>\d{2,5}[A-Z]?)室?$")
_ROOM_ONLY = re.compile(r"(?<!\d)(?P<room>\d{2,5}[A-Z]?)室$")
_ENDS_IN_ROAD = re.compile(rf"(?:{_ROAD_END}|弄)$")


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart; every part as it was written, digits in Arabic and half width.

    ``room`` is without 室. ``unread`` is what was not understood, in the order of the text.
    """

    above: str = ""
    road: str = ""
    lane: str = ""
    compound: str = ""
    building: str = ""
    stair: str = ""
    room: str = ""
    unread: str = ""

    @property
    def street_text(self) -> str:
        """The road with its lane or number (延长路99弄); empty where neither stands before a building."""
        return f"{self.road}{self.lane}" if self.lane else ""


def numeral_value(text: str) -> int:
    """Return the number that Chinese digits say: 十二 is 12, 二十 is 20, 一二三 is 123."""
    if not any(char in _TENS for char in text):
        return int("".join(str(_NUMERALS[char]) for char in text))
    total = last = 0
    for char in text:
        if char in _TENS:
            total += (last or (0 if total else 1) or 1) * _TENS[char]
            last = 0
        else:
            last = _NUMERALS[char]
    return total + last


def address_plain(text: str) -> str:
    """Return a text in half width and capitals, without spaces, numbers before 号, 弄, 室 … in digits."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_DASHES)
    return _COUNTED.sub(lambda found: str(numeral_value(found[0])), plain)


def _without_above(text: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Take off what stands above road and compound: names that are known first, then by their endings."""
    at = 0
    for name in known:
        if name and text.startswith(name, at):
            at += len(name)
    found = _ABOVE.match(text, at)
    end = found.end() if found else at
    # What would leave only a number was the compound itself: 春晖镇3号楼.
    return (text[:end], text[end:]) if end < len(text) and not text[end].isdigit() else (text[:at], text[at:])


def _buildings(text: str) -> tuple[str, str, str]:
    """Return what stands before the building, the building, and what follows it."""
    found = None
    for found in _BUILDING.finditer(text):  # the last one is taken where none convinces
        if _AFTER.match(text, found.end()):
            break
    if found is None:
        return text, "", ""
    return text[: found.start()], found["building"], text[found.end() :]


def _named_by_number(before: str, building: str, after: str) -> tuple[str, str] | None:
    """Return compound and rest where the number belongs to the name: 安化路185-187号小区."""
    found = _OF_THE_NAME.match(after) if building else None
    return (before + building + found[0], after[found.end() :]) if found else None


def _inside(text: str) -> dict[str, str]:
    """Read compound, building, stair and room."""
    before, building, after = _buildings(text)
    if not building:
        return _without_building(text)
    found: dict[str, str] = {"compound": before, "building": building}
    after = after.lstrip("-,")
    if stair := _STAIR_AT.match(after):
        found["stair"], after = stair["stair"], after[stair.end() :].lstrip("-,")
    if room := _ROOM.match(after):
        found["room"], after = room["room"], after[room.end() :]
    return {**found, "unread": after}


def _without_building(text: str) -> dict[str, str]:
    if (word := _WORD_AT_END.search(text)) and word.start():
        return {"compound": text[: word.start()], "room": word["room"]}
    short = _SHORT.search(text)
    if short and not _ENDS_IN_ROAD.search(text[: short.start()]) and not text[: short.start()][-1:].isdigit():
        found = {name: value or "" for name, value in short.groupdict().items()}
        return {"compound": text[: short.start()], **found}
    if room := _ROOM_ONLY.search(text):
        return {"compound": text[: room.start()], "room": room["room"]}
    bare = re.search(r"\d[0-9A-Z-]*$", text)
    if bare and bare.start():
        return {"compound": text[: bare.start()], "unread": bare[0]}
    return {"unread": text} if bare else {"compound": text}


def address_parse(text: str, known: tuple[str, ...] = ()) -> Address:
    """Take an address apart; ``known`` are names of divisions, from the top, that may stand before it."""
    plain = address_plain(text)
    above, rest = _without_above(plain, known)
    aside = _LANE_ASIDE.search(rest)
    if aside:
        rest = rest[: aside.start()] + rest[aside.end() :]
    head: dict[str, str] = {"above": above}
    for pattern, subject, is_in_text in (
        (_LANE, aside[1] if aside else "", False),
        (_LANE, rest, True),
        (_ROAD, rest, True),
    ):
        if found := pattern.match(subject):
            head |= found.groupdict()
            rest = rest[found.end() :] if is_in_text else rest
            break
    return _address(head, rest)


def _address(head: dict[str, str], rest: str) -> Address:
    before, building, after = _buildings(rest)
    if named := _named_by_number(before, building, after):
        whole = f"{head.pop('road', '')}{head.pop('lane', '')}{named[0]}"
        inside = _inside(named[1])
        return Address(**head, **{**inside, "compound": whole + inside.get("compound", "")})
    inside = _inside(rest)
    if head.get("lane") and inside.get("compound") == "小区":
        inside["compound"] = ""
    elif head.get("road") and not head.get("lane"):
        _number_settle(head, inside)
    return Address(**head, **inside)


def _number_settle(head: dict[str, str], inside: dict[str, str]) -> None:
    """Put the number that stands between a road and a name where it belongs.

    In 四川北路1972号小区 it is the name, in 南京西路1266号恒隆广场 it says where the named one is.
    """
    found = _STREET_NUMBER.fullmatch(inside.get("compound", ""))
    if found and _OF_THE_NAME.match(found["name"]):
        inside["compound"] = head.pop("road") + found[0]
    elif found:
        head["lane"], inside["compound"] = found["number"], found["name"]


def address_text(address: Address) -> str:
    """Write an address as one line; ``address_parse`` gives the same parts back."""
    room = f"{address.room}室" if re.fullmatch(_ROOM_NUMBER, address.room) else address.room
    parts = [
        getattr(address, field.name) for field in fields(address) if field.name not in ("room", "unread")
    ]
    return "".join((*parts, room, address.unread))


# -- keys: by which two ways of writing one name are the same ----------------------------------------------

_NOT_OF_NAME = re.compile(r"[\s()\[\]·•.,\-\"'“”‘’]+")
_ANY_NUMERAL = re.compile(rf"[{_NUMERAL}]+")
_BUILDING_END = re.compile(r"^(.*?[0-9A-Z甲乙丙丁东南西北中主副])(?:号楼|号门|号|幢|栋|座|楼)([甲乙丙丁]?)$")
_STAIR_END = re.compile(r"^(.+?)(?:单元|门洞|号门|门|梯|楼道)$")


def name_key(name: str) -> str:
    """Return a compound's name for comparing: no brackets or dots, Chinese digits as Arabic."""
    plain = _NOT_OF_NAME.sub("", unicodedata.normalize("NFKC", name).upper())
    return _ANY_NUMERAL.sub(lambda found: str(numeral_value(found[0])), plain)


def building_key(name: str) -> str:
    """Return a building's name for comparing: 3号楼, 3幢, 三号 and 3# are 3, 12号甲 and 12甲号 are 12甲."""
    plain = address_plain(name)
    found = _BUILDING_END.match(plain)
    return found[1] + found[2] if found else plain


def stair_key(name: str) -> str:
    """Return a stair's name for comparing: 2单元, 二单元, 2门 and 2 are 2."""
    plain = address_plain(name)
    found = _STAIR_END.match(plain)
    return found[1] if found else plain


def room_name(text: str) -> str:
    """Return a room number as it is kept: 302 for 302室 and ３０２; other words stay as they are."""
    plain = address_plain(text)
    return plain.removesuffix("室") if re.fullmatch(rf"{_ROOM_NUMBER}室", plain) else plain
