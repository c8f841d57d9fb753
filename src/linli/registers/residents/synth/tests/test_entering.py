"""A city brought into the registry by the import of files; refused where it does not belong."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Q

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput
from linli.foundation.places.edition import SHANGHAI, edition_read
from linli.foundation.places.models import Compound, Part
from linli.foundation.places.services import divisions_load
from linli.registers.residents.models import (
    Establishment,
    Fact,
    Household,
    Membership,
    Occupancy,
    Owner,
    Ownership,
    Resident,
)
from linli.registers.residents.synth.registry import MOST_PERSONS, city_enter
from linli.registers.residents.synth.run import Order
from linli.registers.residents.synth.tests.test_writing import AS_OF

ORDER = Order(300, 5, "registry", AS_OF, area="310104012")
ACTOR = system("command")


def _entered(order: Order, **more: bool) -> None:
    city_enter(order, actor=ACTOR, say=lambda _text: None, **more)


def test_more_than_a_million_are_refused() -> None:
    with pytest.raises(InvalidInput, match="1,000,000") as refused:
        _entered(replace(ORDER, persons=MOST_PERSONS + 1))
    assert "parquet" in refused.value.hint


@pytest.mark.django_db
def test_without_divisions_nothing_is_begun() -> None:
    with pytest.raises(Conflict, match="还没有装入区划"):
        _entered(ORDER)
    assert not Resident.objects.exists()


@pytest.fixture
def divisions(db: None) -> None:
    divisions_load(actor=system("test"), edition=edition_read(SHANGHAI))


def test_a_city_is_entered_and_again_changes_nothing(divisions: None) -> None:
    counts = city_enter(ORDER, actor=ACTOR, say=lambda _text: None)
    assert not counts["quarantined"] and not counts["changed"] - counts["new"] > 0
    assert Resident.objects.count() == ORDER.persons
    assert Household.objects.count() == Membership.objects.filter(relation="head").count() > 100
    assert Occupancy.objects.filter(household__isnull=False).count() == Household.objects.count()
    assert Part.objects.count() > Household.objects.count()
    assert Fact.objects.filter(key="disability_kind", state="none").exists()
    assert all(path.startswith("31/3101/310104/310104012/") for path in
               Resident.objects.values_list("area_path", flat=True))  # fmt: skip

    assert Ownership.objects.count() > 0.9 * Part.objects.count() and Establishment.objects.exists()
    assert Owner.objects.filter(is_voter=True).count() <= Ownership.objects.count() < Owner.objects.count()

    models = (
        Resident,
        Household,
        Membership,
        Occupancy,
        Part,
        Compound,
        Fact,
        Ownership,
        Owner,
        Establishment,
    )
    before = [model._default_manager.count() for model in models]
    again = city_enter(ORDER, actor=ACTOR, say=lambda _text: None)
    assert set(+again) == {"unchanged"}
    assert [model._default_manager.count() for model in models] == before


def test_people_of_elsewhere_are_not_mixed_with(divisions: None) -> None:
    now = clock.now()
    Resident.objects.create(created_at=now, updated_at=now)
    with pytest.raises(Conflict, match="可能是真实的居民") as refused:
        _entered(ORDER)
    assert "--sure" in refused.value.hint
    assert Resident.objects.count() == 1 and not Compound.objects.exists()
    _entered(replace(ORDER, persons=20), sure=True)
    assert Resident.objects.count() == 21


def test_wrong_rows_wait_and_the_others_come(divisions: None) -> None:
    counts = city_enter(replace(ORDER, faults=0.1), actor=ACTOR, say=lambda _text: None)
    assert counts["quarantined"] > 20
    assert ORDER.persons * 0.6 < Resident.objects.count() < ORDER.persons
    heads = Count("memberships", filter=Q(memberships__relation="head"))
    assert not Household.objects.annotate(heads=heads).filter(heads__gt=1).exists()
    assert not Ownership.objects.filter(registered_area=0).exists() and Ownership.objects.exists()
    assert not Owner.objects.filter(denominator=3).exists()  # thirds are only in rows with a fault


def test_the_command_enters_a_city(divisions: None) -> None:
    out = StringIO()
    words = ["people", "--persons", "40", "--to", "registry", "--area", "310104012"]
    call_command("synth", *words, stdout=out)
    assert "已把 40 个并不存在的人放进登记库" in out.getvalue()
    with pytest.raises(CommandError, match="1,000,000"):
        call_command("synth", "people", "--persons", "1000001", "--to", "registry")
