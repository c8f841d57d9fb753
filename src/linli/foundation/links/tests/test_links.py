"""What belongs together is said once and seen from both sides."""

import pytest

from linli.core.actor import Actor, system
from linli.core.errors import InvalidInput, ProgrammingFault
from linli.core.service import service
from linli.foundation.links.models import Link
from linli.foundation.links.selectors import link_list
from linli.foundation.links.services import link_add

pytestmark = pytest.mark.django_db
ME = system("test")
GIVEN = {"from_room": "matters", "from_id": "m1", "to_room": "deliberation", "to_id": "t1", "kind": "became"}


@service
def join(*, actor: Actor, is_refused: bool = False, **given: str) -> None:
    link_add(actor=actor, **given)
    if is_refused:
        raise InvalidInput


def test_a_link_names_both_ends_the_kind_and_who() -> None:
    join(actor=ME, **GIVEN)
    link = Link.objects.get()
    assert {name: getattr(link, name) for name in GIVEN} == GIVEN
    assert link.created_by == "system:test"


def test_saying_it_twice_changes_nothing() -> None:
    join(actor=ME, **GIVEN)
    join(actor=ME, **GIVEN)
    assert Link.objects.count() == 1


def test_another_kind_is_another_link() -> None:
    join(actor=ME, **GIVEN)
    join(actor=ME, **GIVEN | {"kind": "like"})
    assert Link.objects.count() == 2


def test_it_is_seen_from_both_sides_and_from_nowhere_else() -> None:
    join(actor=ME, **GIVEN)
    assert link_list("matters", "m1").count() == link_list("deliberation", "t1").count() == 1
    assert not link_list("matters", "t1") and not link_list("matters", "m2")


def test_a_refusal_changes_nothing() -> None:
    with pytest.raises(InvalidInput):
        join(actor=ME, is_refused=True, **GIVEN)
    assert not Link.objects.exists()


def test_it_needs_a_service_around_it() -> None:
    with pytest.raises(ProgrammingFault):
        link_add(actor=ME, **GIVEN)
