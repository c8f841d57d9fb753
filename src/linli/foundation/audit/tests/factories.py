"""Acts on the record, for tests."""

from linli.core import clock
from linli.core.actor import Actor, system
from linli.core.service import record, service
from linli.foundation.accounts.models import Person

MACHINE = system("test")


@service
def person_make(*, actor: Actor, name: str) -> Person:
    """Make a person, recorded."""
    person = Person.objects.create(name=name, created_at=clock.now())
    record("person.make", person, purpose="a test")
    return person


@service
def person_rename(*, actor: Actor, person: Person, name: str) -> Person:
    """Change a person's name, recorded."""
    before, person.name = person.name, name
    person.save(update_fields=["name"])
    record("person.rename", person, {"name": (before, name)})
    return person
