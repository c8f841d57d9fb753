"""A city brought into the registry by the import of files; refused where it does not belong."""

from dataclasses import replace

import pytest

from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotFound
from linli.registers.residents.models import Resident
from linli.registers.residents.synth import registry
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


def test_without_its_targets_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(code: str) -> None:
        raise NotFound

    monkeypatch.setattr(registry, "target_get", missing)
    with pytest.raises(Conflict, match="还不能导入“homes”") as refused:
        _entered(ORDER)
    assert "--to csv" in refused.value.hint


@pytest.mark.django_db
def test_without_divisions_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "target_get", lambda code: code)
    with pytest.raises(Conflict, match="还没有装入区划"):
        _entered(ORDER)
    assert not Resident.objects.exists()
