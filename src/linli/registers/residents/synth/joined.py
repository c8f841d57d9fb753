"""The tables of a shard joined to the rows of the files of 一标三实, as offices exchange them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .areas import committees
from .headings import FILES, Column

Tables = Mapping[str, Any]
_JOIN = pc.binary_join_element_wise


def rows_of(tables: Tables, month: str) -> dict[str, Any]:
    """Return every file's rows as a table of texts under the headings, missing values empty.

    ``month`` (``2026-10``) is the one of the incomes.
    """
    told = {**tables, "month": month}
    return {name: _worded(JOINS[name](told), columns) for name, columns in FILES.items()}


def _rows(ids: Any, table: Any, key: str) -> Any:
    """Return where the ids stand in a table whose ids rise by one; null stays null."""
    return pc.subtract(ids, table[key][0])


def _named(table: Any) -> Any:
    """Add the names of the places above each row's committee."""
    codes = table["committee"].combine_chunks()
    known = {each.code: each for each in committees()}
    found = [known[code] for code in codes.dictionary.to_pylist()]
    for column, words in (
        ("district_name", [each.district for each in found]),
        ("street_name", [each.street for each in found]),
        ("committee_name", [each.name for each in found]),
    ):
        table = table.append_column(column, pa.array(words, pa.string()).take(codes.indices))
    return table


def _compounds(tables: Tables) -> Any:
    """Return one row for each compound: that of its first part."""
    parts = tables["parts"]
    keys = _JOIN(parts["committee"].cast(pa.string()), parts["compound"].cast(pa.string()), "/")
    _keys, first = np.unique(keys.to_numpy(zero_copy_only=False), return_index=True)
    return _named(parts.take(pa.array(np.sort(first))))


def _homes(tables: Tables) -> Any:
    return _named(tables["parts"])


def _persons(tables: Tables) -> Any:
    people, homes, parts = tables["persons"], tables["households"], tables["parts"]
    household = _rows(people["household_id"], homes, "household_id")
    part = _rows(people["part_id"], parts, "part_id")
    more = {
        "household_number": homes["number"].take(household),
        "household_kind": homes["kind"].take(household),
        "tenure": homes["tenure"].take(household),
        "said_address": parts["said_address"].take(part),
        "number_kind": pa.array(["居民身份证"]).take(pa.array(np.zeros(people.num_rows, dtype=np.int64))),
    }
    for name, column in more.items():
        people = people.append_column(name, column)
    return _named(people)


def _facts(tables: Tables) -> Any:
    """Return those of whom the offices of benefits know something, the household's facts with its head."""
    people, homes = tables["persons"], tables["households"]
    assistance = homes["assistance"].take(_rows(people["household_id"], homes, "household_id"))
    is_head = pc.equal(people["relation"].cast(pa.string()), "head")
    poor = pc.not_equal(assistance.cast(pa.string()), "none")
    disabled = pc.not_equal(people["disability_kind"].cast(pa.string()), "none")
    known = pc.or_(pc.is_valid(people["care_level"]), pc.fill_null(people["only_child_certificate"], False))
    chosen = pc.or_(pc.or_(poor, pc.fill_null(disabled, False)), known)
    of_head = pc.if_else(is_head, assistance.cast(pa.string()), None).dictionary_encode()
    month = pa.array([tables["month"]]).take(pa.array(np.zeros(people.num_rows, dtype=np.int64)))
    more = people.append_column("assistance", of_head).append_column("month", month)
    return _named(more.filter(chosen))


def _units(tables: Tables) -> Any:
    units, parts = tables["establishments"], tables["parts"]
    address = parts["address"].take(_rows(units["part_id"], parts, "part_id"))
    return _named(units.append_column("address", address))


def _titles(tables: Tables) -> Any:
    owners, parts, people = tables["owners"], tables["parts"], tables["persons"]
    part = _rows(owners["part_id"], parts, "part_id")
    person = _rows(owners["person_id"], people, "person_id")
    share = _JOIN(owners["numerator"].cast(pa.string()), "/", owners["denominator"].cast(pa.string()), "")
    more = {
        "address": parts["address"].take(part),
        "committee": parts["committee"].take(part),
        "owner_name": pc.coalesce(people["name"].take(person), owners["unit"].cast(pa.string())),
        "owner_number": pc.coalesce(people["number"].take(person), owners["unit_code"].cast(pa.string())),
        "share": pc.if_else(pc.equal(owners["denominator"], 1), "1", share),
    }
    for name, column in more.items():
        owners = owners.append_column(name, column)
    return _named(owners)


JOINS: Mapping[str, Callable[[Tables], Any]] = {
    "小区.csv": _compounds,
    "房屋.csv": _homes,
    "人口.csv": _persons,
    "事实.csv": _facts,
    "单位.csv": _units,
    "产权.csv": _titles,
}


def _worded(table: Any, columns: tuple[Column, ...]) -> Any:
    return pa.table({column.heading: _texts(table[column.source], column) for column in columns})


def _texts(values: Any, column: Column) -> Any:
    """Return a column as texts: words for codes, square metres for hundredths, empty for unknown."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if column.hundredths:
        whole, rest = pc.divide(values, 100), pc.subtract(values, pc.multiply(pc.divide(values, 100), 100))
        cents = pc.utf8_lpad(rest.cast(pa.string()), 2, "0")
        return pc.fill_null(_JOIN(whole.cast(pa.string()), ".", cents, ""), "")
    if column.words is not None and values.type == pa.bool_():
        return pc.fill_null(pc.if_else(values, column.words[True], column.words[False]), "")
    if column.words is not None:
        listed = pa.array([column.words[word] for word in values.dictionary.to_pylist()], pa.string())
        return pc.fill_null(listed.take(values.indices), "")
    return pc.fill_null(values.cast(pa.string()), "")
