"""The hall for every test of ballots, on a Tuesday morning."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.people import Cast
from tests.watching import watcher

from .hall import WATCHED, Hall, hall_make


@pytest.fixture
def hall(cast: Cast, clock: Any) -> Hall:
    """Return the compound whose owners decide."""
    return hall_make(cast)


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal."""
    return watcher(*WATCHED)
