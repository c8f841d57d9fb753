"""Of some records a page links to those that its reader may open."""

from typing import Any

import pytest

from linli.core.sight import seen_among
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(cast: Cast, clock: Any) -> Life:
    """Matters of committee A."""
    year_load()
    category("facility")
    return Life(cast)


def test_what_lies_elsewhere_is_left_out(life: Life) -> None:
    reported, signed = life.to_reported(), life.to_signed()
    assert seen_among(life.who("worker"), [reported, signed]) == {reported, signed}
    assert seen_among(life.who("department"), [reported, signed]) == {signed}
    assert seen_among(life.who("worker_b"), [reported, signed]) == frozenset()


def test_each_kind_is_asked_once_and_nothing_is_asked_of_nothing(
    life: Life, django_assert_num_queries: Any
) -> None:
    matters = [life.to_reported() for _ in range(3)]
    worker = life.who("worker")
    with django_assert_num_queries(1):
        assert seen_among(worker, [None, *matters, None]) == set(matters)
    with django_assert_num_queries(0):
        assert seen_among(worker, [None]) == frozenset()
