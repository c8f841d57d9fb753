"""One street with a key, its committee, and a matter that was published."""

import pytest

from linli.core.actor import Scope
from linli.foundation.clients.tests.factories import machine
from linli.work.matters import services as do
from linli.work.matters.models import PublicVersion
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast

from .georeport import Caller

WORDS = {"title": "路灯已修好", "text": "三号楼门口的路灯已经换新。"}


@pytest.fixture
def life(cast: Cast, clock: object) -> Life:
    year_load()
    category("facility")
    return Life(cast)


@pytest.fixture
def caller(life: Life) -> Caller:
    """An application that may report in the street."""
    return Caller(
        machine(life.cast, "street_unit", "street_place", Scope.MATTERS_REPORT, name="随手拍").secret
    )


@pytest.fixture
def published(life: Life) -> PublicVersion:
    """A matter in somebody's hands, published."""
    matter = life.to_signed()
    return do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, **WORDS)
