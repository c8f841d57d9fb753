"""Compounds and buildings: results, records, permissions, and that a refusal changes nothing."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, KeyReused, NotAllowed, NotFound, Refusal, StaleVersion
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.models import Building, Compound
from linli.foundation.places.permissions import (
    can_add_compound,
    can_confirm_committee,
    can_edit_compound,
    can_see_places,
)
from linli.foundation.places.services import (
    building_add,
    building_update,
    compound_add,
    compound_confirm_committee,
    compound_update,
)
from tests.people import Cast

from .factories import boundary_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def compound(cast: Cast) -> Compound:
    """A compound of the street that nobody has claimed yet."""
    return compound_add(actor=cast.actor("street"), name="春晖苑", street=cast.places["street_place"])


def _verbs() -> list[str]:
    return list(AuditRecord.objects.order_by("pk").values_list("verb", flat=True))


def test_a_street_adds_a_compound_without_its_committee(cast: Cast, compound: Compound) -> None:
    assert compound.area_path == cast.places["street_place"].path
    assert not compound.is_committee_confirmed
    assert (compound.pinyin, compound.initials) == ("chunhuiyuan", "chy")
    assert _verbs()[-1] == "compound.add"


def test_a_committee_adds_its_own_and_that_confirms_it(cast: Cast) -> None:
    made = compound_add(
        actor=cast.actor("worker"),
        name="  桂花  新村 ",
        street=cast.places["street_place"],
        committee=cast.places["committee_a_place"],
    )
    assert made.name == "桂花 新村"
    assert made.is_committee_confirmed
    assert made.area_path == cast.places["committee_a_place"].path


def test_the_same_request_again_is_the_same_compound(cast: Cast) -> None:
    given = {"actor": cast.actor("street"), "street": cast.places["street_place"], "request_key": "k" * 20}
    first = compound_add(name="春晖苑", **given)
    assert compound_add(name="春晖苑", **given) == first
    with pytest.raises(KeyReused):
        compound_add(name="另一个", **given)
    assert Compound.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "committee", "allowed"),
    [
        ("street", None, True),
        ("street2", "committee_b_place", True),
        ("worker", "committee_a_place", True),
        ("worker", "committee_b_place", False),
        ("worker", None, False),
        ("other_street", None, False),
        ("district", None, False),
        ("grid_worker", "committee_a_place", False),
        ("department", None, False),
        ("property", "committee_a_place", False),
        ("supervisor", None, False),
        ("operator", None, False),
        ("resident", None, False),
        ("visitor", None, False),
    ],
)
def test_who_may_add(cast: Cast, who: str, committee: str | None, allowed: bool) -> None:
    place = cast.places[committee] if committee else None
    actor = cast.actor(who)
    assert can_add_compound(actor, cast.places["street_place"], place) is allowed
    if not allowed:
        records = AuditRecord.objects.count()
        with pytest.raises(NotAllowed):
            compound_add(actor=actor, name="春晖苑", street=cast.places["street_place"], committee=place)
        assert not Compound.objects.exists() and AuditRecord.objects.count() == records


def test_who_may_see_the_register(cast: Cast) -> None:
    seen = {name for name in [*cast.names, "visitor"] if can_see_places(cast.actor(name))}
    assert {"worker", "street", "district", "city", "operator"} <= seen
    assert not seen & {"resident", "visitor", "department", "property", "grid_worker", "supervisor"}


@pytest.mark.parametrize(
    ("who", "committee", "allowed"),
    [
        ("worker", "committee_a_place", True),
        ("worker", "committee_b_place", False),
        ("street", "committee_b_place", True),
        ("other_street", "committee_a_place", False),
        ("district", "committee_a_place", False),
        ("resident", "committee_a_place", False),
    ],
)
def test_who_may_confirm_an_unclaimed_one(
    cast: Cast, compound: Compound, who: str, committee: str, allowed: bool
) -> None:
    place = cast.places[committee]
    assert can_confirm_committee(cast.actor(who), compound, place) is allowed
    if allowed:
        done = compound_confirm_committee(
            actor=cast.actor(who), compound_id=compound.public_id, committee=place
        )
        assert (done.committee, done.is_committee_confirmed, done.version) == (place, True, 2)
        assert done.area_path == place.path
        assert _verbs()[-1] == "compound.confirm_committee"


def _confirm(cast: Cast, compound: Compound, who: str, place: str) -> Compound:
    committee = cast.places[place]
    return compound_confirm_committee(
        actor=cast.actor(who), compound_id=compound.public_id, committee=committee
    )


def test_a_committee_does_not_take_another_ones(cast: Cast, compound: Compound) -> None:
    _confirm(cast, compound, "worker", "committee_a_place")
    with pytest.raises(NotAllowed):
        _confirm(cast, compound, "worker_b", "committee_b_place")
    compound.refresh_from_db()
    assert compound.committee == cast.places["committee_a_place"]
    moved = _confirm(cast, compound, "street", "committee_b_place")
    assert moved.area_path == cast.places["committee_b_place"].path


def test_confirming_twice_is_one_record(cast: Cast, compound: Compound) -> None:
    _confirm(cast, compound, "worker", "committee_a_place")
    records = AuditRecord.objects.count()
    _confirm(cast, compound, "worker", "committee_a_place")
    assert AuditRecord.objects.count() == records


def test_a_committee_of_another_street_is_refused(cast: Cast, compound: Compound) -> None:
    with pytest.raises(InvalidInput, match="梧桐第一居委会不属于桂花街道"):
        _confirm(cast, compound, "street", "other_committee_place")
    with pytest.raises(InvalidInput, match="居委不属于所选街镇"):
        compound_add(
            actor=cast.actor("street"),
            name="某苑",
            street=cast.places["street_place"],
            committee=cast.places["other_committee_place"],
        )


def _update(actor: Actor, compound: Compound, **given: object) -> Compound:
    asked = {"version": compound.version, "name": compound.name, **given}
    return compound_update(actor=actor, compound_id=compound.public_id, **asked)


def test_correcting_a_compound(cast: Cast, compound: Compound) -> None:
    done = _update(cast.actor("street"), compound, name="朝晖苑", address="桂花路1弄")
    assert (done.name, done.address, done.initials, done.version) == ("朝晖苑", "桂花路1弄", "zhy", 2)
    [entry] = AuditRecord.objects.filter(verb="compound.update")
    assert {"name", "address", "pinyin", "initials", "version"} == set(entry.changes)
    assert "朝晖苑" not in str(entry.changes)


def test_saving_without_a_change_leaves_no_record(cast: Cast, compound: Compound) -> None:
    records = AuditRecord.objects.count()
    assert _update(cast.actor("street"), compound).version == 1
    assert AuditRecord.objects.count() == records


def test_the_slower_of_two_is_told_what_happened(cast: Cast, compound: Compound) -> None:
    _update(cast.actor("street"), compound, name="朝晖苑")
    with pytest.raises(StaleVersion) as refused:
        _update(cast.actor("street2"), compound, version=1, name="夕晖苑")
    assert refused.value.details["theirs"]["小区名称"] == "朝晖苑"
    compound.refresh_from_db()
    assert compound.name == "朝晖苑"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "请填写小区名称"),
        ({"name": "   "}, "请填写小区名称"),
        ({"name": "长" * 81}, "不超过80个字"),
        ({"name": "春晖二村"}, "桂花街道已有同名小区"),
        ({"lng": 121.0}, "位置坐标无效"),
        ({"lng": float("nan"), "lat": 31.0}, "位置坐标无效"),
        ({"lng": 181.0, "lat": 31.0}, "位置坐标无效"),
        ({"lng": 116.4, "lat": 39.9}, "不在本市范围内"),
    ],
)
def test_bad_input_changes_nothing(
    cast: Cast, compound: Compound, given: dict[str, object], words: str
) -> None:
    boundary_make(cast.places["street_place"], 121.4, 31.2)
    compound_add(actor=cast.actor("street"), name="春晖二村", street=cast.places["street_place"])
    before, records = list(Compound.objects.order_by("pk").values()), AuditRecord.objects.count()
    with pytest.raises(InvalidInput, match=words):
        _update(cast.actor("street"), compound, **given)
    assert list(Compound.objects.order_by("pk").values()) == before
    assert AuditRecord.objects.count() == records


def test_rare_characters_and_emoji_are_kept(cast: Cast, compound: Compound) -> None:
    assert _update(cast.actor("street"), compound, name="𠮷祥🏡苑").name == "𠮷祥🏡苑"


def test_a_committee_edits_only_what_is_its_own(cast: Cast, compound: Compound) -> None:
    assert not can_edit_compound(cast.actor("worker"), compound)
    compound = _confirm(cast, compound, "worker", "committee_a_place")
    assert can_edit_compound(cast.actor("worker"), compound)
    assert not can_edit_compound(cast.actor("worker_b"), compound)
    with pytest.raises(NotAllowed):
        _update(cast.actor("worker_b"), compound, name="别名")


def test_buildings(cast: Cast, compound: Compound) -> None:
    for name in ("10号楼", "2号楼"):
        building_add(actor=cast.actor("street"), compound_id=compound.public_id, name=name)
    assert [b.name for b in compound.buildings.all()] == ["2号楼", "10号楼"]
    second = compound.buildings.first()
    building_update(actor=cast.actor("street"), building_id=second.public_id, version=1, name="3号楼")
    assert _verbs()[-2:] == ["building.add", "building.update"]
    with pytest.raises(InvalidInput, match="已有同名楼栋"):
        building_update(actor=cast.actor("street"), building_id=second.public_id, version=2, name="10号楼")
    with pytest.raises(InvalidInput, match="已有同名楼栋"):
        building_add(actor=cast.actor("street"), compound_id=compound.public_id, name="10号楼")
    for call in (
        lambda: building_add(actor=cast.actor("other_street"), compound_id=compound.public_id, name="4号楼"),
        lambda: building_update(
            actor=cast.actor("worker"), building_id=second.public_id, version=2, name="4号楼"
        ),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert Building.objects.count() == 2


@pytest.mark.parametrize("public_id", [uuid4(), "nonsense"])
def test_what_is_not_there(cast: Cast, public_id: object) -> None:
    actor, place = cast.actor("street"), cast.places["committee_a_place"]
    calls = (
        lambda: compound_update(actor=actor, compound_id=public_id, version=1, name="甲"),
        lambda: compound_confirm_committee(actor=actor, compound_id=public_id, committee=place),
        lambda: building_add(actor=actor, compound_id=public_id, name="甲"),
        lambda: building_update(actor=actor, building_id=public_id, version=1, name="甲"),
    )
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_the_database_itself_holds_the_shape(cast: Cast, compound: Compound) -> None:
    for broken in ({"lng": 121.0}, {"lng": 500.0, "lat": 1.0}, {"is_committee_confirmed": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Compound.objects.filter(pk=compound.pk).update(**broken)


def test_what_is_seen(cast: Cast, compound: Compound) -> None:
    mine = _confirm(cast, compound, "worker", "committee_a_place")
    free = compound_add(actor=cast.actor("street"), name="无主苑", street=cast.places["street_place"])

    def seen(name: str) -> set[Compound]:
        return set(Compound.objects.visible_to(cast.actor(name)))

    for name in ("worker", "street", "district", "city", "operator"):
        assert seen(name) == {mine, free}, name
    assert seen("worker_b") == {free}
    for name in ("other_street", "other_worker", "other_district", "resident", "visitor", "property"):
        assert not seen(name)


def test_every_refusal_speaks_chinese() -> None:
    for error in (NotAllowed, NotFound, InvalidInput, StaleVersion):
        assert issubclass(error, Refusal) and error.message and error.hint


def test_functions_named_here_exist() -> None:
    assert {"committee", "street", "system"} <= {f.value for f in Function}
