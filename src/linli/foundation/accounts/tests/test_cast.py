"""The named cast is what other rooms' tests rely on."""

from linli.core.actor import Function
from linli.foundation.accounts.selectors import person_ids_for, person_name, unit_list
from tests.people import Cast


def test_everybody_acts_where_they_belong(cast: Cast) -> None:
    worker = cast.actor("worker")
    assert worker.function == Function.COMMITTEE
    assert worker.areas == (cast.places["committee_a_place"].path,)
    assert worker.unit_id == cast.units["committee_a"].pk and worker.is_unit_admin
    assert cast.actor("city").covers(worker.areas[0])
    assert not cast.actor("other_street").covers(worker.areas[0])
    resident = cast.actor("resident")
    assert resident.function == Function.RESIDENT and resident.areas == ()
    assert person_name(resident.person_id) == "王阿姨"


def test_who_holds_a_function_over_a_place(cast: Cast) -> None:
    path = cast.places["committee_a_place"].path
    names = {name: cast.person(name).pk for name in cast.names}
    assert person_ids_for(function="committee", area_path=path) == sorted([names["worker"], names["worker2"]])
    assert person_ids_for(function="street", area_path=path) == sorted([names["street"], names["street2"]])
    assert person_ids_for(function="department", unit_id=cast.units["chengguan"].pk) == sorted(
        [names["department"], names["department2"]]
    )
    assert person_ids_for(function="committee", area_path="88/") == []
    assert [unit.name for unit in unit_list("property", covering=path)] == ["安居物业公司"]
