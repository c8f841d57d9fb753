"""Who lives a matter's life, in a world where nothing has been reported yet."""

from typing import Any

import pytest

from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast


@pytest.fixture
def life(cast: Cast, clock: Any) -> Life:
    """Return the cast at a desk with holidays and categories."""
    year_load()
    category("facility")
    return Life(cast)
