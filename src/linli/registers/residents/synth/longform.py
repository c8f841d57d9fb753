"""The facts of a shard in long form: one row for each fact, as the registry keeps them; only on demand."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import words
from .facts import INCOMES, NONE

STATES = ("known", "none")
PERSON = (
    *("hukou", "hukou_place", "residence_permit", "employment", "schooling", "children"),
    *("disability_kind", "disability_grade", "care_level", "only_child_certificate"),
)
HOUSEHOLD = ("money_per_head", "homes", "vehicles", "assistance")
COSTS = ("medical_cost", "education_cost")


def long_facts(tables: Mapping[str, Any], month: str) -> Any:
    """Return all that is known, also where it is nothing, sorted by key; what is unknown has no row.

    ``value`` is canonical text (money in fen, ``yes``/``no``); periods are those of ``residents/facts``.
    """
    pieces = list(_pieces(tables, month))
    return pa.concat_tables(pieces, promote_options="permissive").unify_dictionaries()


def _pieces(tables: Mapping[str, Any], month: str) -> Iterator[Any]:
    people, homes = tables["persons"], tables["households"]
    for key in PERSON:
        yield _piece(people, "person", key, key, "")
    for source in INCOMES:
        yield _piece(people, "person", "income", f"income_{source}", f"{month}/{source}")
    for key in HOUSEHOLD:
        yield _piece(homes, "household", key, key, "")
    for key in COSTS:
        yield _piece(homes, "household", key, key, str(int(month[:4]) - 1))


def _piece(table: Any, of: str, key: str, column: str, period: str) -> Any:
    values = table[column].combine_chunks()
    known = pc.is_valid(values)
    text = _text(values.filter(known))
    nothing = pc.or_(pc.equal(text, NONE), pc.and_(pc.equal(text, "0"), pa.scalar(_is_amount(values))))
    state = pc.if_else(nothing, 1, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    same = np.zeros(len(text), dtype=np.int64)
    return pa.table(
        {
            "subject_id": table[f"{of}_id"].combine_chunks().filter(known),
            "of": words(same, (of,)),
            "key": words(same, (key,)),
            "period": words(same, (period,)),
            "state": words(state, STATES),
            "value": pc.if_else(nothing, "", text),
        }
    )


def _is_amount(values: Any) -> bool:
    return bool(pa.types.is_integer(values.type))


def _text(values: Any) -> Any:
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "yes", "no")
    return values.cast(pa.string())
