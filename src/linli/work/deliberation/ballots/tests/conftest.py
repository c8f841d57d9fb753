"""The hall for every test of ballots, on a Tuesday morning."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.people import Actors, copied
from tests.watching import watcher

from .hall import WATCHED, Hall, hall_make


@pytest.fixture(scope="module")
def hall_of_module(pickled: Callable[..., bytes]) -> bytes:
    """The compound whose owners decide, made once for a module."""
    return pickled(hall_make)


@pytest.fixture
def hall(hall_of_module: bytes, actors_of_test: Actors, clock: Any) -> Hall:
    """Return the compound whose owners decide."""
    own: Hall = copied(hall_of_module, actors_of_test)
    return own


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal."""
    return watcher(*WATCHED)
