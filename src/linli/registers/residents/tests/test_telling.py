"""Facts that the register does not hold yet: told by whom they are about, confirmed by the committee."""

import pytest

from linli.core.errors import Conflict, InvalidInput, NotFound
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.services import request_answer
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import Fact
from linli.registers.residents.own.services import fact_tell
from linli.registers.residents.tests.houses import House, house_linked
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(cast: Cast) -> House:
    return house_linked(cast)


def _tell(cast: Cast, house: House, key: str, **said: str) -> DataRequest:
    own = {"actor": cast.actor("resident"), "resident_id": house.father.public_id}
    return fact_tell(**own, key=key, **{"state": "known", **said})


def test_a_fact_nobody_asked_for_is_told_and_stands_once_confirmed(cast: Cast, house: House) -> None:
    asked = _tell(cast, house, "disability_grade", value="2")
    assert not Fact.objects.filter(key="disability_grade").exists()
    worker = cast.client("worker")
    page = worker.get(f"/desk/settings/data-requests/{asked.public_id}/").content.decode()
    assert "残疾等级" in page and "没有登记" in page and "二级" in page
    with pytest.raises(Conflict):
        _tell(cast, house, "disability_grade", state="none")
    request_answer(
        actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="已登记。"
    )
    fact = Fact.objects.get(key="disability_grade")
    assert (fact.resident, fact.source, fact.state) == (house.father, "resident", "known")
    with pytest.raises(Conflict):
        _tell(cast, house, "disability_grade", value="1")
    page = cast.client("resident").get(f"/me/registry/{house.father.public_id}/tell/vehicles/")
    assert "全家" in page.content.decode() and "由居委会核对后登记" in page.content.decode()


def test_a_household_s_fact_and_an_income_are_told(cast: Cast, house: House) -> None:
    for asked in (
        _tell(cast, house, "vehicles", state="none"),
        _tell(cast, house, "income", value="3000", period="2026-02/pension"),
    ):
        request_answer(
            actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="已登记。"
        )
    assert Fact.objects.get(key="vehicles").household_id == house.household.pk
    assert Fact.objects.get(key="income").period == "2026-02/pension"


@pytest.mark.parametrize(
    ("key", "said", "field"),
    [
        ("disability_grade", {"value": "九级"}, "value"),
        ("disability_grade", {"value": ""}, "value"),
        ("vehicles", {"value": "-1"}, "value"),
        ("vehicles", {"value": "两辆"}, "value"),
        ("income", {"value": "3000"}, "period"),
        ("income", {"value": "3000", "period": "2031-01/pension"}, "from_on"),
        ("hukou", {"state": "unknown"}, "state"),
    ],
)
def test_what_cannot_be_is_not_taken(
    cast: Cast, house: House, key: str, said: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _tell(cast, house, key, **said)
    assert field in refusal.value.details and not DataRequest.objects.exists()


def test_only_of_one_s_own_and_only_what_may_be_kept(cast: Cast, house: House) -> None:
    with pytest.raises(NotFound):
        _tell(cast, house, "religion", value="无")
    said = {"key": "vehicles", "state": "none"}
    for name, whose in (("neighbour", house.father), ("resident", house.mother)):
        with pytest.raises(NotFound):
            fact_tell(actor=cast.actor(name), resident_id=whose.public_id, **said)
    asked = _tell(cast, house, "vehicles", state="none")
    fact_set(actor=cast.actor("worker"), subject=house.household, key="vehicles", value="2")
    with pytest.raises(Conflict):
        request_answer(
            actor=cast.actor("worker"), request_id=str(asked.public_id), is_granted=True, answer="好"
        )
    assert DataRequest.objects.get().state == "open"
