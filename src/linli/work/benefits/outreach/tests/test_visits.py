"""Dealing, and what is pressed at the door."""

from datetime import date, timedelta

import pytest

from linli.core.clock import clock_forward, now
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound, StaleVersion
from linli.core.holdings import holdings
from linli.core.retention import kind_get
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.foundation.places.models import Building, Division, Level, Part
from linli.registers.residents.consents.services import consent_give, consent_withdraw
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import Occupancy
from linli.registers.residents.sealing import sealed_values
from linli.registers.residents.tests.facts_world import parts_of
from linli.registers.residents.tests.houses import house_linked
from linli.work.benefits.models import Lead, Outreach, PolicyVersion
from linli.work.benefits.outreach.found import Found
from linli.work.benefits.outreach.selectors import grids_of
from linli.work.benefits.outreach.services import (
    lead_settle,
    lead_undo,
    outreach_assign,
    outreach_channel,
    outreach_message,
    outreach_tell,
    visit_learn,
    wave_end,
)
from linli.work.benefits.outreach.services.learning import Learnt
from linli.work.benefits.outreach.traces import trace_opened
from tests.people import Cast, place_make

from .world import Doors, doors_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


def state_of(lead: Lead) -> tuple[str, str]:
    lead.refresh_from_db()
    assert lead.outreach is not None
    return lead.state, lead.outreach.state


def test_a_policy_that_cannot_be_read_keeps_its_visits(cast: Cast) -> None:
    """Its page opens; the lead stays as it was, neither let go as ended nor judged anew."""
    doors = doors_make(cast)
    doors.take(doors.found(0, amount=7_500))
    doors.deal(doors.release(), "committee_a_place")
    lead = Lead.objects.get()
    PolicyVersion.objects.filter(pk=doors.elder.pk).update(text="unit: robot")
    visit = Outreach.objects.get()
    visit_learn(
        actor=doors.actor("worker"),
        outreach_id=visit.public_id,
        version=visit.version,
        who=str(doors.people[0].public_id),
        learnt=Learnt("hukou", "known", "local"),
    )
    assert state_of(lead) == ("open", "open")
    answer = cast.client("worker").get(f"/desk/benefits/visits/{visit.public_id}/")
    assert answer.status_code == 200 and doors.elder.policy.name in answer.content.decode()


# -- dealing ------------------------------------------------------------------------------------------------
def test_a_household_gets_one_visit_for_all_its_leads(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0), doors.found(1))
    doors.take(Found(doors.homes[0].pk, None), version=doors.family)
    doors.take(doors.found(0), version=doors.care)
    round_ = doors.deal(doors.release())
    assert (round_.visits, round_.leads) == (2, 4)
    visit = Outreach.objects.get(household=doors.homes[0])
    assert visit.leads.count() == 3
    duty = Duty.objects.get(subject_id=str(visit.public_id))
    assert (duty.person_id, duty.due_at) == (visit.worker_id, visit.due_at)
    assert duty.title == "政策上门：香樟苑1号一户，3项待遇要告知"
    assert duty.url == f"/desk/benefits/visits/{visit.public_id}/"


def test_workers_get_alike_and_no_more_than_a_week_holds(cast: Cast) -> None:
    doors = doors_make(cast, homes=9)
    doors.take(*(doors.found(n) for n in range(9)))
    wave = doors.release(per_worker_week=2)
    assert doors.deal(wave).visits == 6  # two of the committee and one of the grid
    assert sorted(Outreach.objects.values_list("worker", flat=True)).count(cast.person("worker").pk) == 2
    assert doors.deal(wave).visits == 0
    clock_forward(7 * DAY)
    assert doors.deal(wave).visits == 3
    assert not Lead.objects.filter(state="waiting").exists()


def test_what_is_found_later_joins_the_visit_that_is_under_way(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0))
    doors.deal(doors.release(per_worker_week=1))
    doors.take(Found(doors.homes[0].pk, None), version=doors.family)
    round_ = doors.deal(doors.release(per_worker_week=1, version=doors.family))
    assert (round_.visits, round_.leads) == (0, 1)
    assert Outreach.objects.get().leads.count() == 2


def test_each_lead_counts_under_the_wave_of_its_own_policy(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0))
    doors.take(Found(doors.homes[0].pk, None), version=doors.family)
    first, second = doors.release(), doors.release(version=doors.family)
    doors.deal(first)
    assert Outreach.objects.get().leads.count() == 2
    assert set(Lead.objects.values_list("policy", "wave")) == {
        (first.policy_id, first.pk),
        (second.policy_id, second.pk),
    }


def test_who_is_only_worth_asking_waits_for_a_wave_that_says_so(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0, is_eligible=False, missing=("care_level",)), version=doors.care)
    wave = doors.release(version=doors.care)
    assert doors.deal(wave).visits == 0
    wave_end(actor=cast.actor("district"), wave_id=wave.public_id, version=1)
    assert doors.deal(doors.release(version=doors.care, includes_unknown=True)).visits == 1


def in_grid(doors: Doors, *places: int) -> Division:
    """Put some households' homes into a building of a grid, and let the grid worker work there alone."""
    above = doors.cast.places["committee_a_place"]
    grid = place_make(f"{above.code}001", "第一网格", Level.GRID, above)
    [part, *_rest] = parts_of(doors.homes[0].occupancies.get().part.compound, "999")
    building = Building.objects.create(compound=part.compound, name="2号")
    building.grids.add(grid)
    for place in places:
        Part.objects.filter(pk=doors.homes[place].occupancies.get().part_id).update(building=building)
    doors.cast.role("grid_worker").areas.set([grid])
    return grid


def test_who_works_in_one_grid_goes_to_its_households(cast: Cast) -> None:
    doors = doors_make(cast, homes=5)
    in_grid(doors, 3, 4)
    doors.take(*(doors.found(n) for n in range(5)))
    wave = doors.release(per_worker_week=1)
    assert doors.deal(wave).visits == 3
    mine = Outreach.objects.get(worker=cast.person("grid_worker"))
    assert mine.household in doors.homes[3:]
    assert Outreach.objects.visible_to(cast.actor("grid_worker")).filter(pk=mine.pk).exists()
    assert not set(Outreach.objects.exclude(pk=mine.pk).values_list("household", flat=True)) & {
        mine.household_id
    }
    outreach_tell(actor=cast.actor("grid_worker"), outreach_id=mine.public_id, version=mine.version)


def test_households_that_nobody_answers_for_do_not_stand_before_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.work.benefits.outreach.services.dealing.MOST", 2)
    doors = doors_make(cast, homes=5)
    in_grid(doors, 4)
    doors.take(*(doors.found(n) for n in range(5)))
    wave = doors.release()
    for name in ("worker", "worker2"):
        cast.role(name).delete()
    assert doors.deal(wave).visits == 1
    assert Outreach.objects.get().household == doors.homes[4]


def test_a_grid_is_of_where_a_household_lives_now(cast: Cast) -> None:
    doors = doors_make(cast)
    grid = in_grid(doors, 0, 1)
    moved = doors.homes[0].occupancies.get()
    before = Occupancy.objects.get(pk=moved.pk)
    before.pk, before.to_on = None, date(2026, 1, 1)
    before.save(force_insert=True)
    [other, *_rest] = parts_of(moved.part.compound, "998")
    Occupancy.objects.filter(pk=moved.pk).update(part=other)
    assert grids_of([home.pk for home in doors.homes]) == {doors.homes[1].pk: {grid.path}}


def test_a_grid_worker_is_asked_to_go_only_within_the_grid(cast: Cast) -> None:
    doors = doors_make(cast)
    in_grid(doors, 0)
    doors.take(doors.found(0), doors.found(1))
    doors.deal(doors.release())
    inside, outside = (Outreach.objects.get(household=doors.homes[n]) for n in (0, 1))
    said = {"actor": cast.actor("worker"), "person_id": cast.person("grid_worker").pk}
    with pytest.raises(InvalidInput):
        outreach_assign(**said, outreach_id=outside.public_id, version=outside.version)
    outreach_assign(**said | {"person_id": cast.person("worker").pk}, outreach_id=inside.public_id, version=1)
    outreach_assign(**said, outreach_id=inside.public_id, version=2)


def test_nobody_working_there_leaves_everybody_waiting(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(Found(doors.other.pk, doors.other_person.pk))
    cast.role("worker_b").delete()
    assert doors.deal(doors.release(), "committee_b_place").visits == 0
    assert Lead.objects.get().state == "waiting"


def test_who_fits_no_more_is_not_gone_to(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0), doors.found(1))
    for name, value in sealed_values(doors.people[0], birth=date(1990, 1, 1)).items():
        setattr(doors.people[0], name, value)
    doors.people[0].save()
    round_ = doors.deal(doors.release())
    assert (round_.visits, round_.leads, round_.gone) == (1, 1, 1)
    gone = Lead.objects.get(resident=doors.people[0])
    assert (gone.state, gone.outreach, gone.events.get().to_state) == ("gone", None, "gone")


def test_whoever_is_gone_to_has_a_trace_that_only_their_key_opens(cast: Cast) -> None:
    doors = doors_make(cast)
    _visit, lead = doors.visited()
    assert "周岁" not in lead.trace_sealed
    [line] = trace_opened(lead).lines
    assert (line.label, line.clause, line.answer, line.value) == ("年满65周岁", "第三条", "yes", "年龄：76")
    assert lead.amount == 7_500
    assert lead.resident is not None
    lead.resident.data_key = ""  # erased
    assert trace_opened(lead).lines == ()


def test_sensitive_values_stand_as_dots_until_they_are_opened(cast: Cast) -> None:
    doors = doors_make(cast)
    fact_set(actor=cast.actor("worker"), subject=doors.people[0], key="care_level", value="3")
    doors.take(doors.found(0), version=doors.care)
    doors.deal(doors.release(version=doors.care, includes_unknown=True))
    lead = Lead.objects.get()
    trace = trace_opened(lead)
    assert trace.sensitive == ("care_level",)
    assert [line.value for line in trace.lines] == ["年龄：76", "", "***"]
    assert trace_opened(lead, {"care_level"}).lines[2].value == "照护等级：三级"
    assert trace.absent == (("hukou", doors.people[0].pk),)
    assert lead.missing == ["hukou"]


# -- at the door --------------------------------------------------------------------------------------------
def test_told_applied_granted(cast: Cast) -> None:
    visit, lead = doors_make(cast).visited()
    worker = cast.actor("worker")
    outreach_tell(actor=worker, outreach_id=visit.public_id, version=visit.version)
    assert state_of(lead) == ("told", "done")
    assert Duty.objects.get(room="benefits").state == "done"
    for move, state in (("apply", "applied"), ("grant", "granted")):
        lead_settle(actor=worker, lead_id=lead.public_id, version=lead.version, move=move)
        assert state_of(lead)[0] == state
    assert [event.to_state for event in lead.events.all()] == ["open", "told", "applied", "granted"]
    assert lead.decided_at is not None


def test_a_refusal_by_the_authority_says_why(cast: Cast) -> None:
    visit, lead = doors_make(cast).visited()
    said = {"actor": cast.actor("worker"), "lead_id": lead.public_id, "version": lead.version}
    for reason in ("", "  ", "长" * 201):
        with pytest.raises(InvalidInput) as refused:
            lead_settle(**said, move="refuse", reason=reason)
        assert "reason" in refused.value.details
    assert state_of(lead) == ("open", "open")
    lead_settle(**said, move="refuse", reason="收入超过标准")
    assert state_of(lead) == ("refused", "done")
    assert lead.reason == "收入超过标准"
    assert visit.leads.count() == 1


@pytest.mark.parametrize("move", ["deal", "lapse", "object", "approve", "", "vanish"])
def test_what_is_a_machines_is_not_pressed(cast: Cast, move: str) -> None:
    _visit, lead = doors_make(cast).visited()
    with pytest.raises(InvalidInput):
        lead_settle(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version, move=move)
    assert state_of(lead) == ("open", "open")


def test_two_at_once(cast: Cast) -> None:
    _visit, lead = doors_make(cast).visited()
    said = {"lead_id": lead.public_id, "version": lead.version}
    lead_settle(actor=cast.actor("worker"), **said, move="tell")
    with pytest.raises(StaleVersion):
        lead_settle(actor=cast.actor("worker2"), **said, move="has")
    assert state_of(lead)[0] == "told"


def test_an_end_is_an_end(cast: Cast) -> None:
    _visit, lead = doors_make(cast).visited()
    lead_settle(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version, move="has")
    lead.refresh_from_db()
    with pytest.raises(MoveNotAllowed):
        lead_settle(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version, move="tell")


@pytest.mark.parametrize("name", ["worker_b", "other_worker", "district", "city", "department", "resident"])
def test_nobody_else_sees_or_presses(cast: Cast, name: str) -> None:
    visit, lead = doors_make(cast).visited()
    with pytest.raises(NotFound):
        lead_settle(actor=cast.actor(name), lead_id=lead.public_id, version=lead.version, move="tell")
    with pytest.raises(NotFound):
        outreach_tell(actor=cast.actor(name), outreach_id=visit.public_id, version=visit.version)
    assert state_of(lead) == ("open", "open")


def test_a_wrong_press_is_taken_back(cast: Cast) -> None:
    visit, lead = doors_make(cast).visited()
    outreach_tell(actor=cast.actor("worker"), outreach_id=visit.public_id, version=visit.version)
    lead.refresh_from_db()
    lead_undo(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version)
    assert state_of(lead) == ("open", "open")
    assert lead.contacted_at is None
    visit.refresh_from_db()
    assert visit.first_contact_at is None
    assert Duty.objects.filter(room="benefits", state="open").count() == 1
    with pytest.raises(Conflict):  # the dealing is a machine's
        lead_undo(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version)


def test_taking_back_has_its_time_and_its_people(cast: Cast) -> None:
    _visit, lead = doors_make(cast).visited()
    lead_settle(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version, move="tell")
    lead.refresh_from_db()
    with pytest.raises(NotAllowed):
        lead_undo(actor=cast.actor("grid_worker"), lead_id=lead.public_id, version=lead.version)
    clock_forward(8 * DAY)
    with pytest.raises(Conflict):
        lead_undo(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version)
    assert state_of(lead)[0] == "told"


def test_taken_back_into_the_visit_that_began_since(cast: Cast) -> None:
    doors = doors_make(cast)
    visit, lead = doors.visited()
    outreach_tell(actor=cast.actor("worker"), outreach_id=visit.public_id, version=visit.version)
    doors.take(Found(doors.homes[0].pk, None), version=doors.family)
    doors.deal(doors.release(version=doors.family))
    lead.refresh_from_db()
    lead_undo(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version)
    lead.refresh_from_db()
    assert lead.outreach == Outreach.objects.get(state="open")
    assert lead.outreach != visit


def test_a_colleague_goes_instead(cast: Cast) -> None:
    visit, _lead = doors_make(cast).visited()
    colleague = cast.person("grid_worker")
    with pytest.raises(InvalidInput):
        outreach_assign(
            actor=cast.actor("worker"),
            outreach_id=visit.public_id,
            version=visit.version,
            person_id=cast.person("other_worker").pk,
        )
    outreach_assign(
        actor=cast.actor("worker"),
        outreach_id=visit.public_id,
        version=visit.version,
        person_id=colleague.pk,
    )
    assert Duty.objects.get(room="benefits", state="open").person == colleague


def test_a_message_names_no_benefit(cast: Cast) -> None:
    doors, house = doors_make(cast), house_linked(cast)
    doors.take(Found(house.household.pk, house.father.pk))
    doors.deal(doors.release())
    visit = Outreach.objects.get()
    outreach_message(actor=cast.actor("worker"), outreach_id=visit.public_id, version=visit.version)
    notice = Notice.objects.get(kind="benefits.found")
    assert notice.person == cast.person("resident")
    assert "津贴" not in notice.title + notice.body
    visit.refresh_from_db()
    assert (visit.channel, visit.state) == ("message", "open")


def test_no_account_no_message(cast: Cast) -> None:
    visit, _lead = doors_make(cast).visited()
    with pytest.raises(Conflict):
        outreach_message(actor=cast.actor("worker"), outreach_id=visit.public_id, version=visit.version)
    with pytest.raises(InvalidInput):
        outreach_channel(
            actor=cast.actor("worker"), outreach_id=visit.public_id, version=visit.version, channel="pigeon"
        )
    assert not Notice.objects.exists()


def test_who_did_not_agree_is_not_telephoned(cast: Cast) -> None:
    visit, _lead = doors_make(cast).visited()
    worker, page = cast.actor("worker"), f"/desk/benefits/visits/{visit.public_id}/"
    said = {"actor": worker, "outreach_id": visit.public_id, "channel": "phone"}
    with pytest.raises(Conflict, match="没有人同意"):
        outreach_channel(**said, version=visit.version)
    assert 'value="phone"' not in cast.client("worker").get(page).content.decode()
    visit.refresh_from_db()
    assert visit.channel == "visit"
    person = visit.leads.get().resident
    consent = consent_give(actor=worker, resident_id=person.pk, purpose="phone_reminder", how="oral")
    assert 'value="phone"' in cast.client("worker").get(page).content.decode()
    outreach_channel(**said, version=visit.version)
    visit.refresh_from_db()
    assert visit.channel == "phone"
    assert "不要打电话" not in cast.client("worker").get(page).content.decode()
    consent_withdraw(actor=worker, consent_id=consent.pk)
    assert "不要打电话" in cast.client("worker").get(page).content.decode()


# -- what is held, and for how long -------------------------------------------------------------------------
def test_a_person_reads_what_was_found_of_them(cast: Cast) -> None:
    doors, house = doors_make(cast), house_linked(cast)
    doors.take(Found(house.household.pk, house.father.pk))
    [held] = [one for one in holdings() if one.name == "benefit_lead"]
    [row] = held.rows(cast.person("resident").pk)
    assert {"老年综合津贴", "待派", "王建国"} <= set(row.values())
    assert list(held.rows(cast.person("neighbour").pk)) == []


def test_what_has_ended_goes_after_three_years(cast: Cast) -> None:
    _visit, lead = doors_make(cast).visited()
    lead_settle(actor=cast.actor("worker"), lead_id=lead.public_id, version=lead.version, move="has")
    kind = kind_get("benefit_lead")
    assert not kind.due(now() - timedelta(days=1095)).exists()
    clock_forward(timedelta(days=1096))
    rows = list(kind.due(now() - timedelta(days=1095)))
    assert [row.pk for row in rows] == [lead.pk]
    kind.dispose(rows)
    assert not Lead.objects.exists()
