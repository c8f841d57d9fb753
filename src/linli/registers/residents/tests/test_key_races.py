"""People write while everything is renewed under a new key (PostgreSQL): neither loses what the other did."""

from typing import Any

import pytest

from linli.core.actor import system
from linli.core.crypto import KeyRing
from linli.core.crypto.usage import keys_named
from linli.foundation.keys.services import key_renewal_begin
from linli.foundation.keys.tasks import renew
from linli.registers.residents.models import Resident
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services import resident_correct
from tests.people import cast_build
from tests.races.test_matter_races import at_once

from .life_world import member, world_make

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WHO, STEPS = "甲乙丙丁", 6


@pytest.mark.parametrize("attempt", range(2))
def test_people_write_while_keys_are_renewed(ring: KeyRing, clock: Any, attempt: int) -> None:
    world = world_make(cast_build())
    people = [member(world.single(f"居民{one}", world.parts[0]), f"居民{one}") for one in WHO]
    key_renewal_begin(actor=system("keys"))

    def correct(person: Resident) -> None:
        for step in range(STEPS):
            resident_correct(
                actor=world.worker,
                resident_id=person.public_id,
                version=1 + step,
                phone=f"1390013900{step}",
                reason="核对",
            )

    results = at_once(*[lambda one=one: correct(one) for one in people], lambda: renew(20))
    assert not [one for one in results if isinstance(one, Exception)], results
    renew(20)
    assert keys_named() == {"data-2"}
    for row in Resident.objects.all():
        assert row.version == 1 + STEPS and sealed_get(row, "name").startswith("居民")
        assert sealed_get(row, "phone") == f"1390013900{STEPS - 1}"
