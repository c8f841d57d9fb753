"""Tables written, published and kept to; every refusal changes nothing; nothing fails in silence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as core_clock
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.services import unit_close, unit_open
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.work.matters import services as matters_do
from linli.work.matters.models import Category
from linli.work.matters.routing import selectors
from linli.work.matters.routing import services as do
from linli.work.matters.routing.models import (
    DecisionTable,
    DecisionVersion,
    DirectDispatch,
    MatterRuling,
    VersionState,
)
from linli.work.matters.routing.tasks import tables_watch
from linli.work.matters.tests.life import Life, category, days_later

from .conftest import TableMaker, publish, rows_add

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
ROAD = {
    "category": "道路与公共设施",
    "lead": "桂花街道城管中队",
    "helpers": "安居物业公司",
    "note": "清单第9项",
}
REST = {"lead": "桂花街道房管所"}


def in_work(table: DecisionTable) -> DecisionVersion:
    return table.versions.exclude(state="published").get()


def duties_about(table: DecisionTable) -> list[str]:
    rows = Duty.objects.filter(room="routing", subject_id=str(table.public_id), state="open")
    return list(rows.values_list("title", flat=True))


def close(life: Life, name: str) -> None:
    unit_close(actor=system("test"), unit=Unit.objects.get(pk=life.cast.units[name].pk))


def lived(life: Life, affair_class: str = "major") -> Any:
    """A matter about a street lamp, sorted."""
    matter = life.accept(life.report())
    return matters_do.matter_sort(
        actor=life.who("worker"),
        **life.on(matter),
        affair_class=affair_class,
        reason="公共设施",
        category=category("facility"),
    )


# -- drafts -------------------------------------------------------------------------------------
def test_rows_are_added_moved_changed_and_deleted(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD, REST, {"lead": "类别：物业"}, is_out=False)
    street = life.who("street")

    def lead() -> list[str]:
        return [dict((c, w) for c, w, _ in row.cells)["lead"] for row in selectors.rows_shown(in_work(table))]

    assert lead() == ["桂花街道城管中队", "桂花街道房管所", "类别：物业"]
    do.row_move(actor=street, table_id=table.pk, lock=in_work(table).lock, number=3, to=1)
    assert lead() == ["类别：物业", "桂花街道城管中队", "桂花街道房管所"]
    do.row_save(actor=street, table_id=table.pk, lock=in_work(table).lock, typed=REST, number=1)
    do.row_delete(actor=street, table_id=table.pk, lock=in_work(table).lock, number=3)
    assert lead() == ["桂花街道房管所", "桂花街道城管中队"]
    assert AuditRecord.objects.filter(verb="routing.edit").count() == 6


def test_a_stale_edit_is_refused(life: Life, table_of: TableMaker, unchanged: Unchanged) -> None:
    table = table_of("route", ROAD, is_out=False)
    lock = in_work(table).lock
    rows_add(life, table, [REST])
    unchanged()
    for act, more in ((do.row_delete, {"number": 1}), (do.row_move, {"number": 1, "to": 2})):
        with pytest.raises(StaleVersion):
            act(actor=life.who("street"), table_id=table.pk, lock=lock, **more)
    unchanged()


@pytest.mark.parametrize("typed", [{"lead": "没有的单位"}, {}, {**REST, "hours": "晚上"}])
def test_a_row_that_cannot_be_read_is_refused(
    life: Life, table_of: TableMaker, unchanged: Unchanged, typed: dict[str, str]
) -> None:
    table = table_of("route", ROAD, is_out=False)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        do.row_save(actor=life.who("street"), table_id=table.pk, lock=in_work(table).lock, typed=typed)
    assert refused.value.details
    unchanged()


def test_a_row_that_is_not_there_is_not_found(life: Life, table_of: TableMaker, unchanged: Unchanged) -> None:
    table = table_of("route", ROAD, is_out=False)
    unchanged()
    for number in (0, 2):
        with pytest.raises(NotFound):
            do.row_delete(
                actor=life.who("street"), table_id=table.pk, lock=in_work(table).lock, number=number
            )
    unchanged()


@pytest.mark.parametrize("who", ["worker", "department", "district", "resident", "supervisor", "operator"])
def test_only_the_street_writes_its_tables(
    life: Life, table_of: TableMaker, unchanged: Unchanged, who: str
) -> None:
    table = table_of("route", ROAD, is_out=False)
    unchanged()
    with pytest.raises((NotAllowed, NotFound)):
        do.row_delete(actor=life.who(who), table_id=table.pk, lock=in_work(table).lock, number=1)
    unchanged()


def test_another_street_does_not_even_see_them(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD)
    assert selectors.table_list(life.who("other_street")) == []
    assert selectors.table_list(life.who("worker")) == [table]
    assert selectors.table_list(life.who("district")) == [table]
    with pytest.raises(NotAllowed):
        selectors.table_list(life.who("department"))


def test_one_table_a_subject(life: Life, table_of: TableMaker, unchanged: Unchanged) -> None:
    table_of("route", ROAD, is_out=False)
    unchanged()
    with pytest.raises(InvalidInput):
        do.table_open(actor=life.who("street"), subject="route", name="再来一张")
    with pytest.raises(NotAllowed):
        do.table_open(actor=life.who("worker"), subject="class", name="居委的表")
    unchanged()


# -- publication ------------------------------------------------------------------------------------
def test_a_street_publishes_by_date(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD)
    do.draft_start(actor=life.who("street"), table_id=table.pk)
    rows_add(life, table, [REST])
    later = core_clock.today() + timedelta(days=3)
    publish(life, table, starts_on=later)
    now = selectors.version_now(table)
    assert now and (now.number, len(now.rows)) == (1, 1)
    days_later(3)
    now = selectors.version_now(table)
    assert now and (now.number, len(now.rows)) == (2, 2)


def test_only_the_administrator_publishes(life: Life, table_of: TableMaker, unchanged: Unchanged) -> None:
    table = table_of("route", ROAD, is_out=False)
    unchanged()
    with pytest.raises(NotAllowed):
        publish(life, table, by="street2")
    for refused in ({"starts_on": core_clock.today() - timedelta(days=1)}, {"remark": " "}):
        with pytest.raises(InvalidInput):
            publish(life, table, **refused)
    unchanged()


def test_an_empty_or_broken_draft_is_not_published(
    life: Life, table_of: TableMaker, unchanged: Unchanged
) -> None:
    table = table_of("route", is_out=False)
    street = life.who("street")
    with pytest.raises(Conflict):
        publish(life, table)
    do.rows_replace(
        actor=street, table_id=table.pk, lock=in_work(table).lock, typed=[REST, {"lead": "没有的单位"}]
    )
    unchanged()
    with pytest.raises(Conflict, match="第2行"):
        publish(life, table)
    unchanged()
    assert in_work(table).rows[1]["raw"] == {"lead": "没有的单位"}


def test_what_is_published_cannot_be_changed(life: Life, table_of: TableMaker, unchanged: Unchanged) -> None:
    table = table_of("route", ROAD)
    unchanged()
    with pytest.raises(Conflict):
        do.row_delete(actor=life.who("street"), table_id=table.pk, lock=1, number=1)
    unchanged()


def test_a_districts_table_takes_two_persons(life: Life, table_of: TableMaker, unchanged: Unchanged) -> None:
    table = table_of("class", {"category": "道路与公共设施", "class": "大事"}, by="district")
    assert in_work(table).state == VersionState.WAITING and selectors.version_now(table) is None
    assert duties_about(table) == ["《district class》有新版本待核准"]
    unchanged()
    with pytest.raises(NotAllowed):
        do.version_confirm(actor=life.who("district"), table_id=table.pk)
    with pytest.raises((NotAllowed, NotFound)):
        do.version_confirm(actor=life.who("street"), table_id=table.pk)
    with pytest.raises(Conflict):
        do.row_delete(actor=life.who("district"), table_id=table.pk, lock=in_work(table).lock, number=1)
    unchanged()
    do.version_confirm(actor=life.who("city"), table_id=table.pk)
    assert selectors.version_now(table) and not duties_about(table)


def test_the_second_person_sends_it_back(life: Life, table_of: TableMaker) -> None:
    table = table_of("class", {"class": "大事"}, by="district")
    with pytest.raises(InvalidInput):
        do.version_refuse(actor=life.who("city"), table_id=table.pk, reason=" ")
    do.version_refuse(actor=life.who("city"), table_id=table.pk, reason="请写依据")
    assert (in_work(table).state, in_work(table).remark) == (VersionState.DRAFT, "请写依据")
    assert not duties_about(table)


def test_a_draft_is_thrown_away_and_the_number_goes_on(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD)
    draft = do.draft_start(actor=life.who("street"), table_id=table.pk)
    assert do.draft_start(actor=life.who("street"), table_id=table.pk) == draft
    do.draft_discard(actor=life.who("street"), table_id=table.pk, lock=draft.lock)
    assert table.versions.count() == 1 and selectors.version_now(table)


# -- rulings -----------------------------------------------------------------------------------------
def test_a_matter_keeps_its_row_and_why(life: Life, table_of: TableMaker) -> None:
    table_of("route", {"category": "绿化与水域", **REST}, ROAD, REST)
    table_of("class", {"category": "道路与公共设施", "class": "大事"})
    matter = lived(life)
    kept = selectors.kept_ruling(matter)
    assert kept and kept.unit == life.cast.units["chengguan"] and kept.affair_class == "major"
    assert kept.co_units == [life.cast.units["wuye"].pk]
    said = kept.because[0]
    assert (said["row"], said["version"], said["words"], said["note"]) == (
        2,
        1,
        f"类别：{matter.category.path}",
        "清单第9项",
    )


def test_it_stays_on_its_version(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD)
    before = lived(life)
    do.draft_start(actor=life.who("street"), table_id=table.pk)
    lock = in_work(table).lock
    do.row_save(actor=life.who("street"), table_id=table.pk, lock=lock, typed={**ROAD, **REST}, number=1)
    publish(life, table)
    after = lived(life)
    assert selectors.ruling_for(before).unit == life.cast.units["chengguan"]
    assert selectors.ruling_for(after).unit == life.cast.units["fangguan"]
    life.hand_over(before)
    kept = selectors.kept_ruling(before)
    assert kept and kept.because[0]["version"] == 1 and kept.given == life.cast.units["chengguan"]


def test_whoever_it_is_given_to_later_is_kept_with_it(life: Life, table_of: TableMaker) -> None:
    table_of("route", ROAD)
    matter = lived(life)
    life.hand_over(matter)
    for give, unit in ((_rehand, "fangguan"), (_return_granted, "chengguan")):
        give(life, matter, life.cast.units[unit])
        matter.refresh_from_db()
        kept = selectors.kept_ruling(matter)
        assert kept and kept.given == life.cast.units[unit]
        assert kept.because[0]["version"] == 1


def _rehand(life: Life, matter: Any, unit: Unit) -> None:
    matters_do.matter_rehand(actor=life.who("street"), **life.on(matter), unit=unit, reason="房屋里面的事")


def _return_granted(life: Life, matter: Any, unit: Unit) -> None:
    lead = life.lead(matter)
    handler = life.who("department_b")
    matters_do.assignment_sign(actor=handler, assignment_id=lead.pk)
    matters_do.assignment_return_ask(
        actor=handler, assignment_id=lead.pk, reason="不归房管", proposed_unit=unit
    )
    request = matter.requests.get(kind="return", outcome="")
    matters_do.return_decide(
        actor=life.who("street"), request_id=request.pk, is_granted=True, decision="同意", unit=unit
    )


def test_the_street_goes_before_the_district(life: Life, table_of: TableMaker) -> None:
    district = table_of("class", {"class": "小事"}, by="district")
    do.version_confirm(actor=life.who("city"), table_id=district.pk)
    before = lived(life)
    assert selectors.ruling_for(before).affair_class == "minor"
    table_of("class", {"category": "道路与公共设施", "class": "大事"})
    assert selectors.ruling_for(lived(life)).affair_class == "major"
    assert selectors.ruling_for(life.report()).affair_class == "minor"  # the street says nothing of it
    assert selectors.ruling_for(before).affair_class == "minor"  # judged before the street had a table


def test_its_limit_becomes_the_units(life: Life, table_of: TableMaker) -> None:
    table_of("clock", {"category": "道路与公共设施", "limit": "3小时", "note": "街道承诺"})
    matter = life.hand_over(lived(life))
    lead = life.lead(matter)
    assert lead.due_at == core_clock.now() + timedelta(hours=3)
    assert lead.due_source == "street clock版本1第1行 街道承诺"


def test_without_tables_nothing_is_kept(life: Life) -> None:
    life.hand_over(lived(life))
    assert not MatterRuling.objects.exists()


def test_no_row_no_proposal(life: Life, table_of: TableMaker) -> None:
    table_of("route", {"category": "绿化与水域", **REST})
    kept = selectors.kept_ruling(lived(life))
    assert kept and kept.unit is None and kept.because == [] and kept.faults == []


def test_rows_ask_for_area_place_words_and_kind(life: Life, table_of: TableMaker) -> None:
    table_of(
        "route",
        {"area": "桂花第二居委会", **REST},
        {"place": "小区内", **REST},
        {"words": "井盖", **REST},
        {"days": "休息日", **REST},
        {"hours": "20:00-06:00", **REST},
        {"answers": "是否倒地=是", **REST},
        {"area": "桂花第一居委会", "place": "小区外", "words": "路灯", "days": "周二", "lead": "类别：物业"},
    )
    ruling = selectors.ruling_for(lived(life))
    assert ruling.unit == life.cast.units["wuye"] and ruling.because[0].row == 7


# -- nothing fails in silence ---------------------------------------------------------------------------
def test_closing_a_unit_raises_a_duty_at_once(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", {**REST}, is_out=True)
    other = table_of("class", {"class": "小事"})
    close(life, "fangguan")
    assert duties_about(table) == ["street route版本1第1行：单位“桂花街道房管所”已停用"]
    assert not duties_about(other)
    assert tables_watch() == 0 and len(duties_about(table)) == 1


def test_routing_past_a_closed_unit_says_so(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", REST)
    Unit.objects.filter(pk=life.cast.units["fangguan"].pk).update(closed_on=core_clock.today())
    ruling = selectors.ruling_for(lived(life))
    assert ruling.unit is None and "已停用" in ruling.faults[0].words
    assert len(duties_about(table)) == 1
    kept = MatterRuling.objects.get()
    assert kept.unit is None and kept.faults[0]["row"] == 1


def test_what_breaks_by_itself_is_found_within_a_minute(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD, REST)
    assert tables_watch() == 0
    Category.objects.filter(code="facility").update(is_active=False)
    assert tables_watch() == 0  # the process keeps a version for a minute
    do.sheets_forget()
    assert tables_watch() == 1
    assert "已不在现行的类别清单里" in duties_about(table)[0]
    with pytest.raises(NotAllowed):
        do.tables_check(actor=life.who("street"))


def test_publishing_a_sound_version_takes_the_duty_away(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", REST)
    close(life, "fangguan")
    do.draft_start(actor=life.who("street"), table_id=table.pk)
    with pytest.raises(Conflict, match="已停用"):
        publish(life, table)
    do.row_save(
        actor=life.who("street"),
        table_id=table.pk,
        lock=in_work(table).lock,
        typed={"lead": "桂花街道城管中队"},
        number=1,
    )
    publish(life, table)
    assert not duties_about(table) and tables_watch() == 0


def test_a_clash_of_rows_is_a_duty_and_no_guess(life: Life, table_of: TableMaker) -> None:
    table = table_of("route", ROAD, REST, policy="unique")
    ruling = selectors.ruling_for(lived(life))
    assert ruling.unit is None and "第1、2行同时符合" in ruling.faults[0].words
    assert "同时符合" in duties_about(table)[0]


def test_a_kind_that_no_unit_has_there_is_said(life: Life, table_of: TableMaker) -> None:
    table_of("route", {"lead": "类别：物业"})
    close(life, "wuye")
    assert "“物业”" in selectors.ruling_for(lived(life)).faults[0].words


def test_several_units_of_a_kind_are_left_to_the_worker(life: Life, table_of: TableMaker) -> None:
    table_of("route", {"lead": "类别：物业"})
    unit_open(
        actor=system("test"),
        name="乐居物业公司",
        function="property",
        kind="物业",
        areas=[life.cast.places["committee_a_place"]],
    )
    ruling = selectors.ruling_for(lived(life))
    assert ruling.unit is None and ruling.unit_kind == "物业" and not ruling.faults
    assert "有多个" in selectors.ruling_words(ruling, "route")[0]


# -- direct dispatch ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("is_on", "direct"), [(True, "是"), (False, "是"), (True, "")])
def test_it_acts_by_itself_only_where_row_and_street_say_so(
    life: Life, table_of: TableMaker, is_on: bool, direct: str
) -> None:
    table_of("route", {**ROAD, "direct": direct})
    do.direct_switch(actor=life.who("street"), is_on=is_on)
    matter = lived(life)
    matter.refresh_from_db()
    assert (matter.state == "handling") is (is_on and bool(direct))
    if matter.state == "handling":
        lead = life.lead(matter)
        assert lead.unit == life.cast.units["chengguan"] and "版本1第1行直接派遣" in lead.instruction
        assert matter.events.get(verb="hand_over").person_id is None
        assert selectors.kept_ruling(matter).given == lead.unit  # type: ignore[union-attr]


def test_a_private_affair_never_goes_out_directly(life: Life, table_of: TableMaker) -> None:
    table_of("route", {**ROAD, "direct": "是"})
    do.direct_switch(actor=life.who("street"), is_on=True)
    matter = lived(life, "private")
    matter.refresh_from_db()
    assert matter.state == "accepted"


@pytest.mark.parametrize("who", ["street2", "worker", "district", "department"])
def test_only_the_streets_administrator_switches(life: Life, unchanged: Unchanged, who: str) -> None:
    unchanged()
    with pytest.raises(NotAllowed):
        do.direct_switch(actor=life.who(who), is_on=True)
    unchanged()
    assert not DirectDispatch.objects.exists()


# -- the dry run ---------------------------------------------------------------------------------------------
def test_the_dry_run_lists_whose_route_would_change(
    life: Life, table_of: TableMaker, unchanged: Unchanged
) -> None:
    table = table_of("route", ROAD)
    matter = lived(life)
    do.draft_start(actor=life.who("street"), table_id=table.pk)
    draft = in_work(table)
    assert not selectors.dry_run(life.who("street"), draft, 100).changes
    do.row_save(
        actor=life.who("street"), table_id=table.pk, lock=draft.lock, typed={**ROAD, **REST}, number=1
    )
    unchanged()
    found = selectors.dry_run(life.who("street"), selectors.version_in_work(table), 100)  # type: ignore[arg-type]
    unchanged()
    assert found.asked > 10 and [change.matter for change in found.changes] == [matter]
    assert "城管中队" in found.changes[0].before and "房管所" in found.changes[0].after
    assert "第1行（版本2）" in found.changes[0].after
    with pytest.raises(InvalidInput):
        selectors.dry_run(life.who("street"), draft, 7)
