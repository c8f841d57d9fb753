"""Signing, digests and trees, without a database."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.audit.rules import MAC_COLUMNS, canonical, merkle_root, row_mac, value_digest

SECRET = b"k" * 32
ROW = {column: "" for column in MAC_COLUMNS} | {"at": datetime(2026, 3, 10, 2, tzinfo=UTC), "changes": {}}


def test_the_same_instant_is_spelt_the_same_in_every_zone() -> None:
    beijing = datetime(2026, 3, 10, 10, tzinfo=timezone(timedelta(hours=8)))
    assert canonical(ROW, MAC_COLUMNS) == canonical(ROW | {"at": beijing}, MAC_COLUMNS)


def test_keys_of_changes_have_no_order() -> None:
    one, other = {"a": ["1", "2"], "b": [None, "3"]}, {"b": [None, "3"], "a": ["1", "2"]}
    assert row_mac(SECRET, ROW | {"changes": one}) == row_mac(SECRET, ROW | {"changes": other})


def test_every_column_counts() -> None:
    for column in MAC_COLUMNS:
        assert row_mac(SECRET, ROW | {column: "other"}) != row_mac(SECRET, ROW), column


def test_values_cannot_move_between_columns() -> None:
    one = row_mac(SECRET, ROW | {"service": "ab", "verb": "c"})
    assert one != row_mac(SECRET, ROW | {"service": "a", "verb": "bc"})


def test_digests_are_keyed_and_tell_places_apart() -> None:
    assert value_digest(SECRET, "p", "13900000000") == value_digest(SECRET, "p", "13900000000")
    assert value_digest(SECRET, "p", "x") != value_digest(b"o" * 32, "p", "x")
    assert value_digest(SECRET, "p", "x") != value_digest(SECRET, "q", "x")
    assert value_digest(SECRET, "p", None) is None


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True), st.data())
def test_a_root_changes_with_any_leaf_and_any_order(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:place], b"\xff" * 32, *leaves[place + 1 :]]
    if changed != leaves:
        assert merkle_root(changed) != merkle_root(leaves)
    if len(leaves) > 1:
        assert merkle_root(leaves[::-1]) != merkle_root(leaves)
        assert merkle_root(leaves[:-1]) != merkle_root(leaves)
