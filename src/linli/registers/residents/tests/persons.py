"""Persons for tests, sealed and findable, made without the acts of life (moving in, birth)."""

from typing import Any

from linli.core import clock
from linli.core.actor import Actor, system
from linli.core.service import record, service
from linli.foundation.places.models import Division
from linli.registers.residents.models import Resident
from linli.registers.residents.sealing import sealed_values
from linli.registers.residents.services.upkeep import tokens_write
from linli.registers.residents.tokens import county_of

NUMBERS = ("11010519491231002X", "440524188001010014", "110105194912310038", "110105194912310046")
SETTER = system("test")


@service
def person_make(
    *, actor: Actor, division: Division, personal: dict[str, str], more: dict[str, Any]
) -> Resident:
    """Write one person of the registry down."""
    now = clock.now()
    resident = Resident(
        place_code=division.code,
        area_path=division.path,
        county_code=county_of(division.path),
        created_at=now,
        updated_at=now,
        **more,
    )
    for name, value in sealed_values(resident, **personal).items():
        setattr(resident, name, value)
    resident.save()
    record("resident.create", resident)
    tokens_write(residents=[resident])
    return resident


def person(division: Division, name: str = "王小明", **given: Any) -> Resident:
    """Make a person with a name, and number, phone, birth and further columns as given."""
    personal = {key: given.pop(key) for key in ("number", "phone", "birth") if key in given}
    return person_make(actor=SETTER, division=division, personal={"name": name, **personal}, more=given)
