"""Acts that change divisions: what each does to the tree, to whoever is in charge, and to every record."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core.actor import Function
from linli.core.clock import clock_forward
from linli.core.errors import Conflict, MoveNotAllowed, NotAllowed
from linli.foundation.accounts.selectors import person_ids_for, role_areas
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.places import tasks
from linli.foundation.places.changeplan import ChangePlan, Named
from linli.foundation.places.models import Boundary, ChangeKind, Division, DivisionChange, Level
from linli.foundation.places.records import area_models, has_records_left
from linli.foundation.places.services import changes as services
from linli.foundation.places.services import (
    compound_add,
    division_change_apply,
    division_change_cancel,
    division_change_confirm,
    division_change_plan,
    division_records_move,
)
from linli.foundation.places.workflow import ChangeState
from linli.foundation.search.models import SearchDocument
from linli.work.matters.models import Matter, PublicVersion
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast, place_make

from .factories import boundary_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = date(2026, 3, 10)
DOCUMENT = "临府〔2026〕5号"
A, B, OTHER = "990101001001", "990101001002", "990101002001"
STREET, OTHER_STREET, DISTRICT = "990101001", "990101002", "990101"
TOP = "99/9901/"
HOME = f"{TOP}{DISTRICT}/{STREET}/"
Kind = ChangeKind


@pytest.fixture
def life(cast: Cast) -> Life:
    year_load()
    category("facility")
    return Life(cast)


def plan(kind: ChangeKind, before: str = "", *after: tuple[str, str], **more: Any) -> ChangePlan:
    return ChangePlan(kind, tuple(before.split()), tuple(Named(*pair) for pair in after), **more)


MERGER = plan(Kind.MERGE, f"{A} {B}", ("990101001009", "桂花新居委会"))


def decide(cast: Cast, what: ChangePlan, by: str = "operator", on: date = DAY) -> DivisionChange:
    return division_change_plan(actor=cast.actor(by), plan=what, document=DOCUMENT, effective_on=on)


def carry_out(cast: Cast, what: ChangePlan, by: str = "operator", on: date = DAY) -> DivisionChange:
    change = decide(cast, what, by, on)
    return division_change_apply(actor=cast.actor(by), change_id=change.public_id)


def at(code: str) -> Division:
    return Division.objects.on().get(code=code)


def placed(path: str) -> set[str]:
    """Kinds of records that stand exactly at a path."""
    return {m._meta.label_lower for m in area_models() if m._default_manager.filter(area_path=path).exists()}


# -- what each kind does -------------------------------------------------------------------------------------


def test_a_merger_moves_everything_to_the_new_division(life: Life) -> None:
    matter = life.to_reported()
    old, new = f"{HOME}{A}/", f"{HOME}990101001009/"
    before = placed(old)
    assert {"matters.matter", "duties.duty", "search.searchdocument"} <= before
    change = carry_out(life.cast, MERGER, by="district")
    assert change.state == ChangeState.DONE and change.records_moved == change.records_total > 0
    assert (placed(old), placed(new) >= before) == (set(), True)
    matter.refresh_from_db()
    assert (matter.area_path, matter.place_code) == (new, A)  # the code of its day stays
    assert Duty.objects.get(subject_id=str(matter.public_id), state="open").area_path == new
    assert SearchDocument.objects.get(room="matters", subject_id=matter.pk).area_path == new
    ended = Division.objects.get(code=A)
    assert (ended.valid_to, at("990101001009").valid_from, ended.path) == (DAY, DAY, old)
    assert at("990101001009").document == DOCUMENT
    # Both committees' people are in charge now, and see what was reported to either.
    for name in ("worker", "worker_b"):
        assert life.who(name).areas == (new,)
        assert Matter.objects.visible_to(life.who(name)).filter(pk=matter.pk).exists()
    people = person_ids_for(function=Function.COMMITTEE, area_path=new)
    assert {life.cast.person("worker").pk, life.cast.person("worker_b").pk} <= set(people)
    assert life.accept(matter, by="worker_b").state == "accepted"


def test_a_merger_into_one_of_them_keeps_its_code(life: Life) -> None:
    matter = life.to_reported()
    carry_out(life.cast, plan(Kind.MERGE, f"{A} {B}", (B, "桂花第二居委会")))
    matter.refresh_from_db()
    assert matter.area_path == f"{HOME}{B}/"
    assert at(B).valid_from == date(2020, 1, 1)  # it goes on as it was
    assert life.who("worker").areas == (f"{HOME}{B}/",)


def test_a_merger_of_streets_takes_committees_compounds_and_outlines_along(life: Life) -> None:
    cast = life.cast
    grid = place_make("990101001001001", "第一网格", Level.GRID, cast.places["committee_a_place"])
    compound = compound_add(
        actor=cast.actor("street"),
        name="桂花苑",
        street=at(STREET),
        committee=cast.places["committee_a_place"],
    )
    matter = life.to_reported()
    boundary_make(at(STREET), 121.0, 31.0)
    boundary_make(at(OTHER_STREET), 121.1, 31.0)
    change = decide(cast, plan(Kind.MERGE, f"{STREET} {OTHER_STREET}", (OTHER_STREET, "梧桐街道")))
    division_change_apply(actor=cast.actor("operator"), change_id=change.public_id)
    home = f"{TOP}{DISTRICT}/{OTHER_STREET}/"
    for row in (grid, compound, matter):
        row.refresh_from_db()
    assert grid.path == f"{home}{A}/{grid.code}/" and at(A).parent.code == OTHER_STREET
    assert (compound.street.code, compound.area_path) == (OTHER_STREET, f"{home}{A}/")
    assert matter.area_path == f"{home}{A}/"
    past = Division.objects.get(code=A, valid_to=DAY)
    assert past.path == f"{HOME}{A}/"
    [outline] = Boundary.objects.filter(division=at(OTHER_STREET))
    assert (outline.west, outline.east) == (121.0, pytest.approx(121.2))
    assert not Boundary.objects.filter(division__code=STREET).exists()
    assert set(role_areas(cast.role("street"))) == {home}


def test_a_split_sends_compounds_and_what_belongs_to_them_their_way(life: Life) -> None:
    cast = life.cast
    compounds = [
        compound_add(actor=cast.actor("street"), name=name, street=at(STREET), committee=at(A))
        for name in ("东苑", "西苑")
    ]
    from linli.foundation.places.selectors import Place

    east, west = (life.report(place=Place(at(A), "compound", c)) for c in compounds)
    plain = life.to_reported()
    north, south = ("990101001011", "桂花东居委会"), ("990101001012", "桂花西居委会")
    ids = [str(compound.public_id) for compound in compounds]
    what = plan(Kind.SPLIT, A, north, south, compounds={ids[0]: north[0], ids[1]: south[0]}, rest=south[0])
    change = carry_out(cast, what, by="district")
    assert change.state == ChangeState.DONE
    paths = {name: f"{HOME}{code}/" for name, code in (("n", north[0]), ("s", south[0]))}
    for matter, path in ((east, paths["n"]), (west, paths["s"]), (plain, paths["s"])):
        matter.refresh_from_db()
        assert matter.area_path == path
        assert {d.area_path for d in Duty.objects.filter(subject_id=str(matter.public_id))} == {path}
        assert SearchDocument.objects.get(room="matters", subject_id=matter.pk).area_path == path
    for compound, path in zip(compounds, (paths["n"], paths["s"]), strict=True):
        compound.refresh_from_db()
        assert (compound.area_path, compound.committee.path) == (path, path)
    assert set(life.who("worker").areas) == set(paths.values())  # nobody loses sight of anything


def test_a_split_that_keeps_the_old_code(life: Life) -> None:
    cast = life.cast
    first, second = (
        compound_add(actor=cast.actor("street"), name=name, street=at(STREET), committee=at(A))
        for name in ("东苑", "西苑")
    )
    plain = life.to_reported()
    boundary_make(at(A), 121.0, 31.0)
    codes = {str(first.public_id): A, str(second.public_id): "990101001011"}
    what = plan(
        Kind.SPLIT, A, (A, "桂花第一居委会"), ("990101001011", "桂花新居委会"), compounds=codes, rest=A
    )
    carry_out(cast, what)
    plain.refresh_from_db()
    second.refresh_from_db()
    assert (plain.area_path, second.area_path) == (f"{HOME}{A}/", f"{HOME}990101001011/")
    assert len(life.who("worker").areas) == 2
    assert not Boundary.objects.exists()  # it would send reports of the new part to the old one


def test_a_split_street_marks_its_outline(life: Life) -> None:
    boundary_make(at(STREET), 121.0, 31.0)
    what = plan(
        Kind.SPLIT,
        STREET,
        (STREET, "桂花街道"),
        ("990101009", "丹桂街道"),
        children={A: STREET, B: "990101009"},
        rest=STREET,
    )
    carry_out(life.cast, what, by="city")
    assert at(B).path == f"{TOP}{DISTRICT}/990101009/{B}/"
    outlines = Boundary.objects.values_list("division__code", "is_schematic")
    assert set(outlines) == {(STREET, True), ("990101009", True)}


def test_renumbering_a_street_renumbers_what_is_below(life: Life) -> None:
    matter = life.to_reported()
    carry_out(life.cast, plan(Kind.RENUMBER, STREET, ("990101007", "")))
    matter.refresh_from_db()
    assert matter.area_path == f"{TOP}{DISTRICT}/990101007/990101007001/"
    assert life.who("worker").areas == (matter.area_path,)
    assert life.who("street").areas == (f"{TOP}{DISTRICT}/990101007/",)
    assert Division.objects.get(code=A).valid_to == DAY
    assert at("990101007001").name == "桂花第一居委会"


def test_renaming_keeps_code_and_path_and_the_old_name_is_history(life: Life) -> None:
    carry_out(life.cast, plan(Kind.RENAME, STREET, (STREET, "丹桂街道")))
    assert (at(STREET).name, at(STREET).pinyin) == ("丹桂街道", "danguijiedao")
    old = Division.objects.on(DAY - timedelta(days=1)).get(code=STREET)
    assert old.name == "桂花街道" and at(A).parent == at(STREET)
    assert life.who("street").areas == (HOME,)


def test_a_boundary_change_moves_a_committee_to_another_street(life: Life) -> None:
    matter = life.to_reported()
    compound = compound_add(actor=life.who("street"), name="桂花苑", street=at(STREET), committee=at(A))
    carry_out(life.cast, ChangePlan(Kind.BOUNDARY, children={A: OTHER_STREET}))
    matter.refresh_from_db()
    compound.refresh_from_db()
    path = f"{TOP}{DISTRICT}/{OTHER_STREET}/{A}/"
    assert (matter.area_path, compound.street.code, compound.area_path) == (path, OTHER_STREET, path)
    assert Matter.objects.visible_to(life.who("other_street")).filter(pk=matter.pk).exists()
    assert not Matter.objects.visible_to(life.who("street")).filter(pk=matter.pk).exists()


def test_a_boundary_change_moves_a_compound_to_another_committee(life: Life) -> None:
    compound = compound_add(actor=life.who("street"), name="桂花苑", street=at(STREET), committee=at(A))
    carry_out(life.cast, ChangePlan(Kind.BOUNDARY, compounds={str(compound.public_id): OTHER}))
    compound.refresh_from_db()
    assert (compound.committee.code, compound.street.code) == (OTHER, OTHER_STREET)
    assert compound.area_path == at(OTHER).path


def test_setting_up_and_abolishing(life: Life) -> None:
    carry_out(life.cast, plan(Kind.SET_UP, "", (f"{A}001", "第一网格"), parent=A), by="street")
    assert at(f"{A}001").path == f"{HOME}{A}/{A}001/"
    clock_forward(timedelta(days=1))
    carry_out(life.cast, plan(Kind.ABOLISH, f"{A}001"), by="street", on=date(2026, 3, 11))
    assert Division.objects.get(code=f"{A}001").valid_to == date(2026, 3, 11)
    matter = life.to_reported()
    carry_out(life.cast, plan(Kind.ABOLISH, A, rest=B), by="district", on=date(2026, 3, 11))
    matter.refresh_from_db()
    assert matter.area_path == f"{HOME}{B}/"
    assert life.who("worker").areas == (f"{HOME}{B}/",)


def test_public_versions_follow_and_sealed_records_do_not(life: Life) -> None:
    matter = life.to_reported()
    old = f"{HOME}{A}/"
    PublicVersion.objects.create(
        matter=matter,
        area_path=old,
        title="题",
        text="文",
        place_name="桂花",
        published_at=matter.reported_at,
    )
    sealed = AuditRecord.objects.filter(area_path=old).count()
    carry_out(life.cast, MERGER)
    assert PublicVersion.objects.get().area_path == f"{HOME}990101001009/"
    assert AuditRecord.objects.filter(area_path=old).count() == sealed > 0


# -- who and when --------------------------------------------------------------------------------------------


def test_a_district_needs_a_second_person(life: Life) -> None:
    what = plan(Kind.RENAME, DISTRICT, (DISTRICT, "滨江区"))
    change = decide(life.cast, what, by="city")
    assert change.state == ChangeState.PLANNED
    with pytest.raises(MoveNotAllowed):
        division_change_apply(actor=life.who("city"), change_id=change.public_id)
    for name in ("city", "district", "street"):
        with pytest.raises(NotAllowed):
            division_change_confirm(actor=life.who(name), change_id=change.public_id)
    division_change_confirm(actor=life.who("operator"), change_id=change.public_id)
    division_change_apply(actor=life.who("city"), change_id=change.public_id)
    assert at(DISTRICT).name == "滨江区"


def test_a_street_that_goes_to_another_district_needs_two_persons(cast: Cast) -> None:
    what = ChangePlan(Kind.BOUNDARY, children={STREET: "990102"})
    with pytest.raises(NotAllowed):
        decide(cast, what, by="district")
    change = decide(cast, what, by="city")
    assert (change.level, change.scope, change.state) == (Level.COUNTY, TOP, ChangeState.PLANNED)


ALLOWED = [
    (plan(Kind.SET_UP, "", (f"{A}001", "第一网格"), parent=A), "street district city operator"),
    (MERGER, "district city operator"),
    (plan(Kind.RENAME, STREET, (STREET, "丹桂街道")), "city operator"),
    (plan(Kind.RENAME, DISTRICT, (DISTRICT, "滨江区")), "city operator"),
]
PEOPLE = (
    *("resident", "grid_worker", "worker", "street", "street2", "other_street", "district"),
    *("other_district", "city", "department", "property", "supervisor", "operator"),
)


@pytest.mark.parametrize(("what", "allowed"), ALLOWED, ids=["grid", "committee", "street", "district"])
def test_who_may_plan(cast: Cast, what: ChangePlan, allowed: str) -> None:
    may = []
    for name in PEOPLE:
        try:
            decide(cast, what, by=name)
        except NotAllowed:
            continue
        may.append(name)
    assert may == allowed.split()
    assert DivisionChange.objects.count() == len(may)


def test_a_planned_change_waits_for_its_day_and_the_worker_carries_it_out(life: Life) -> None:
    matter = life.to_reported()
    change = decide(life.cast, MERGER, on=DAY + timedelta(days=2))
    with pytest.raises(Conflict, match="才生效"):
        division_change_apply(actor=life.who("operator"), change_id=change.public_id)
    assert tasks.changes_carry_out() == 0
    clock_forward(timedelta(days=2))
    tasks.changes_carry_out()
    change.refresh_from_db()
    matter.refresh_from_db()
    assert change.state == ChangeState.DONE and matter.area_path == f"{HOME}990101001009/"


def test_a_plan_that_no_longer_fits_says_so_and_can_be_cancelled(life: Life) -> None:
    late = decide(life.cast, MERGER, on=DAY + timedelta(days=2))
    carry_out(life.cast, plan(Kind.ABOLISH, A, rest=B))
    clock_forward(timedelta(days=2))
    before = list(Division.objects.order_by("pk").values())
    tasks.changes_carry_out()
    late.refresh_from_db()
    assert late.state == ChangeState.CONFIRMED and f"没有代码为“{A}”的现行区划" in late.failure
    assert list(Division.objects.order_by("pk").values()) == before
    division_change_cancel(actor=life.who("operator"), change_id=late.public_id)
    with pytest.raises(MoveNotAllowed):
        division_change_apply(actor=life.who("operator"), change_id=late.public_id)


def test_many_records_follow_in_batches_that_can_be_stopped(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    matters = [life.to_reported() for _ in range(5)]
    monkeypatch.setattr(services, "INLINE", 3)
    change = carry_out(life.cast, MERGER)
    assert change.state == ChangeState.MOVING and change.records_total > 5
    first = division_records_move(actor=life.who("operator"), change_id=change.public_id, limit=4)
    assert first == 4
    with pytest.raises(Conflict, match="还在迁移"):
        carry_out(life.cast, plan(Kind.RENAME, STREET, (STREET, "丹桂街道")))
    tasks.changes_carry_out()
    change.refresh_from_db()
    assert change.state == ChangeState.DONE and change.records_moved == change.records_total
    assert Matter.objects.filter(area_path=f"{HOME}990101001009/").count() == len(matters)
    assert AuditRecord.objects.filter(verb="division_change.move").count() >= 2


def test_what_was_written_into_the_old_place_meanwhile_is_picked_up(life: Life) -> None:
    old_place = life.cast.places["committee_a_place"]  # read before the change, used after it
    change = carry_out(life.cast, MERGER)
    old_place.path = f"{HOME}{A}/"
    matter = life.report()
    Matter.objects.filter(pk=matter.pk).update(area_path=old_place.path)
    assert has_records_left(change)
    tasks.changes_carry_out()
    matter.refresh_from_db()
    assert matter.area_path == f"{HOME}990101001009/" and not has_records_left(change)


def test_a_path_that_stands_again_loses_nothing(life: Life) -> None:
    change = carry_out(life.cast, MERGER)
    clock_forward(timedelta(days=1))
    carry_out(life.cast, plan(Kind.SET_UP, "", (A, "桂花第一居委会"), parent=STREET), on=date(2026, 3, 11))
    life.cast.places["committee_a_place"] = at(A)
    matter = life.to_reported()
    assert not has_records_left(change)
    division_records_move(actor=life.who("operator"), change_id=change.public_id)
    matter.refresh_from_db()
    assert matter.area_path == f"{HOME}{A}/"


def test_one_act_one_record(life: Life) -> None:
    change = carry_out(life.cast, MERGER)
    verbs = AuditRecord.objects.filter(verb__startswith="division_change").values_list("verb", "subject_id")
    assert list(verbs.order_by("at", "id")) == [
        ("division_change.plan", str(change.public_id)),
        ("division_change.apply", str(change.public_id)),
    ]
