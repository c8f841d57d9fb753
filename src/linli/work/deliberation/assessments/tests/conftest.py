"""A committee of two that is assessed."""

from collections.abc import Callable
from typing import Any

import pytest

from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.tests.conftest import Hall
from tests.people import Cast
from tests.watching import watcher


@pytest.fixture
def hall(cast: Cast, clock: Any) -> Hall:
    return Hall(cast)


@pytest.fixture
def committee(hall: Hall) -> Body:
    """A committee of two: 赵主任 and 钱委员."""
    body = hall.found("residents_committee", name="桂花第一居委会")
    hall.join(body, "赵主任", "chair")
    hall.join(body, "钱委员", "member")
    return body


@pytest.fixture
def unchanged() -> Callable[[], None]:
    return watcher("assessments", "duties", "audit")
