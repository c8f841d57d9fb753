"""Faults on purpose in the files of 一标三实, as real files have them: for whoever tries an import."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

Row = dict[str, str]
PERSONS, TITLES, HOMES, UNITS = "人口.csv", "产权.csv", "房屋.csv", "单位.csv"
HEAD = "户主"


def _checked_wrong(row: Row, _other: Row) -> None:
    number = row["证件号码"]
    row["证件号码"] = number[:17] + ("1" if number[17] != "1" else "2")


def _fifteen(row: Row, _other: Row) -> None:
    number = row["证件号码"]
    row["证件号码"] = number[:6] + number[8:17]


def _anothers_number(row: Row, other: Row) -> None:
    row["证件号码"], row["出生日期"], row["性别"] = other["证件号码"], other["出生日期"], other["性别"]


def _other_birth(row: Row, _other: Row) -> None:
    year, rest = row["出生日期"].split("-", 1)
    row["出生日期"] = f"{int(year) - 1}-{rest}"


def _second_head(row: Row, _other: Row) -> None:
    row["与户主关系"] = HEAD


def _no_building(row: Row, _other: Row) -> None:
    row["居住地址"] = row["街镇"] + row["居村委"]


def _twice(row: Row, other: Row) -> None:
    """The same person again, in somebody else's household."""
    for heading in ("户号", "户别", "区", "街镇", "居村委", "居村委代码", "居住地址", "居住方式"):
        row[heading] = other[heading]
    row["与户主关系"] = "非亲属"


def _no_area(row: Row, _other: Row) -> None:
    row["登记面积"] = "0"


def _area_in_words(row: Row, _other: Row) -> None:
    row["登记面积"] = "八十六"


def _share_too_small(row: Row, _other: Row) -> None:
    """One third of a home, and nobody says whose the rest is."""
    row["份额"] = "1/3"


def _share_too_large(row: Row, _other: Row) -> None:
    row["份额"] = "3/2"


def _owner_twice(_row: Row, _other: Row) -> None:
    """The same owner again, in a row of their own."""


def _wrong_code(row: Row, _other: Row) -> None:
    code = row["统一社会信用代码"]
    row["统一社会信用代码"] = code[:17] + ("1" if code[17:] != "1" else "2")


def _home_without_building(row: Row, _other: Row) -> None:
    row["楼栋"], row["地址"] = "", row["地址"].split("弄")[0]


# Fault: the file, what it does to a row; those of ``ADDING`` add a row, the others change one.
ADDING = frozenset({"twice", "owner_twice"})
FAULTS: Mapping[str, tuple[str, Callable[[Row, Row], None]]] = {
    "check_digit": (PERSONS, _checked_wrong),
    "fifteen_digits": (PERSONS, _fifteen),
    "anothers_number": (PERSONS, _anothers_number),
    "other_birth": (PERSONS, _other_birth),
    "second_head": (PERSONS, _second_head),
    "no_building": (PERSONS, _no_building),
    "twice": (PERSONS, _twice),
    "area_zero": (TITLES, _no_area),
    "area_in_words": (TITLES, _area_in_words),
    "share_too_small": (TITLES, _share_too_small),
    "share_too_large": (TITLES, _share_too_large),
    "owner_twice": (TITLES, _owner_twice),
    "wrong_code": (UNITS, _wrong_code),
    "home_without_building": (HOMES, _home_without_building),
}
WORDS = {
    "check_digit": "校验位不对",
    "fifteen_digits": "15位号码",
    "anothers_number": "两人同号",
    "other_birth": "出生日期与号码不一致",
    "second_head": "一户两个户主",
    "no_building": "地址没有楼栋",
    "twice": "一人两处",
    "area_zero": "登记面积为0",
    "area_in_words": "登记面积不是数",
    "share_too_small": "份额合计不到1",
    "share_too_large": "份额大于1",
    "owner_twice": "同一产权人两行",
    "wrong_code": "信用代码校验位不对",
    "home_without_building": "房屋没有楼栋",
}


def planted(
    files: Mapping[str, Any], rate: float, rng: np.random.Generator
) -> tuple[dict[str, Any], Counter[str]]:
    """Spoil a share of the rows of each file, one fault a row, every kind about as often; says how many.

    ``files`` are the tables of ``joined.rows_of``; what is returned are new ones.
    """
    found, counts = dict(files), Counter[str]()
    for name, table in files.items():
        kinds = [fault for fault, (file, _act) in FAULTS.items() if file == name]
        number = round(rate * table.num_rows)
        if kinds and number and table.num_rows > 1:
            found[name] = _spoiled(table, kinds, rng.permutation(table.num_rows), number, counts)
    return found, counts


def _spoiled(table: Any, kinds: Sequence[str], shuffled: Any, number: int, counts: Counter[str]) -> Any:
    """Spoil the first so many of the shuffled rows; those after them lend a number or an address."""
    chosen = shuffled[:number]
    rows: list[Row] = table.take(pa.array(chosen)).to_pylist()
    others: list[Row] = table.take(pa.array(np.roll(shuffled, -number)[:number])).to_pylist()
    changed, added = [], []
    for at, (row, other) in enumerate(zip(rows, others, strict=True)):
        fault = _fitting(kinds, at, row)
        before = dict(row)
        FAULTS[fault][1](row, other)
        counts[fault] += 1
        if fault in ADDING:
            added.append(row)
            row = before
        changed.append(row)
    place = np.arange(table.num_rows)
    place[chosen] = table.num_rows + np.arange(len(chosen))
    more = pa.concat_tables([pa.Table.from_pylist(part, table.schema) for part in (changed, added)])
    order = np.concatenate((place, table.num_rows + len(chosen) + np.arange(len(added))))
    return pa.concat_tables([table, more]).take(pa.array(order))


def _fitting(kinds: Sequence[str], at: int, row: Row) -> str:
    """Return the next kind of fault; a head cannot become a second one."""
    fault = kinds[at % len(kinds)]
    return "check_digit" if fault == "second_head" and row["与户主关系"] == HEAD else fault
