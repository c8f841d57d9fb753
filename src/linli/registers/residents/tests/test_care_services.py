"""A machine proposes, a person decides, terms end by themselves; only those see it who give the service."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.actor import Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.services import unit_open
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.registers.residents.care.selectors import care_counts, care_list, care_rows
from linli.registers.residents.care.services import (
    care_confirm,
    care_end,
    care_print,
    care_propose,
    care_refuse,
    care_renew,
    care_settle,
)
from linli.registers.residents.care.situations import living_with
from linli.registers.residents.care.tasks import care_nightly
from linli.registers.residents.consents.services import consent_give, consent_withdraw
from linli.registers.residents.facts.services import fact_end, fact_set
from linli.registers.residents.models import AccountLink, CareEntry, Household, Membership, Resident
from tests.people import SETUP, Cast, staff_make

from .facts_world import compound_at, household_at, parts_of, resident_at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture
def path(cast: Cast, clock: Any) -> str:
    return cast.places["committee_a_place"].path


@pytest.fixture
def old(path: str) -> Resident:
    """Somebody of 85 who lives alone."""
    person = resident_at(path, birth_month=date(1940, 5, 1))
    household_at(path, person)
    return person


def entries() -> list[tuple[str, str]]:
    return list(CareEntry.objects.order_by("pk").values_list("group", "state"))


def proposed(cast: Cast) -> CareEntry:
    care_nightly()
    return CareEntry.objects.get(state="proposed")


def test_the_night_proposes_and_changes_nothing_the_next_night(cast: Cast, old: Resident) -> None:
    assert care_nightly().proposed == 1
    entry = CareEntry.objects.get()
    assert (entry.group, entry.state, entry.unit) == ("alone_80", "proposed", cast.units["committee_a"])
    assert entry.reasons == ["age_from:80", "alone"] and entry.decided_by is None
    rows, audits = list(CareEntry.objects.values_list()), AuditRecord.objects.count()
    assert care_nightly().proposed == 0
    assert (list(CareEntry.objects.values_list()), AuditRecord.objects.count()) == (rows, audits)


def test_who_lives_there_is_asked_of_the_dwelling(cast: Cast, path: str) -> None:
    first, second, third = (resident_at(path, birth_month=date(1940, 1, 1)) for _n in range(3))
    room = parts_of(compound_at(cast), "101")[0]
    household_at(path, first, part=room)
    household_at(path, second, part=room)  # another household, the same dwelling
    home = household_at(path, third)
    Household.objects.filter(pk=home.pk).update(kind=Household.Kind.COLLECTIVE)
    nobody = resident_at(path, birth_month=date(1940, 1, 1))
    found = living_with([first.pk, second.pk, third.pk, nobody.pk], TODAY)
    assert found == {first.pk: (86,), second.pk: (86,)}
    care_nightly()
    assert entries() == [("couple_80", "proposed")] * 2


def test_the_dead_and_those_who_only_stand_in_the_book_live_with_nobody(cast: Cast, path: str) -> None:
    person, dead, away = (resident_at(path, birth_month=date(1940, 1, 1)) for _n in range(3))
    household_at(path, person, dead, away)
    Resident.objects.filter(pk=dead.pk).update(state="dead")
    Membership.objects.filter(resident=away).update(presence="registered")
    assert living_with([person.pk], TODAY) == {person.pk: ()}


def test_a_person_confirms_with_one_click_and_it_expires_by_itself(cast: Cast, old: Resident) -> None:
    entry = care_confirm(actor=cast.actor("worker"), entry_id=proposed(cast).pk)
    assert (entry.state, entry.expires_on, entry.decided_by) == (
        "confirmed",
        date(2027, 3, 10),
        cast.person("worker"),
    )
    with pytest.raises(Conflict):
        care_confirm(actor=cast.actor("worker"), entry_id=entry.pk)
    time.clock_set(time.local_midnight(date(2027, 2, 9)) + timedelta(hours=1))
    care_nightly()
    duty = Duty.objects.get(action="care_review")
    assert (duty.unit_id, duty.state, duty.due_at) == (
        cast.units["committee_a"].pk,
        "open",
        time.local_midnight(date(2027, 3, 10)),
    )
    care_nightly()
    assert Duty.objects.filter(action="care_review").count() == 1
    time.clock_set(time.local_midnight(date(2027, 3, 10)) + timedelta(hours=1))
    care_nightly()
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.decided_by) == ("ended", "有效期满", None)
    duty.refresh_from_db()
    assert duty.state == "done"
    assert entries()[-1] == ("alone_80", "proposed")  # still so: asked anew


def test_renewing_counts_from_today_and_takes_the_duty_away(cast: Cast, old: Resident) -> None:
    entry = care_confirm(actor=cast.actor("worker"), entry_id=proposed(cast).pk)
    time.clock_set(time.local_midnight(date(2027, 2, 20)))
    care_nightly()
    entry = care_renew(actor=cast.actor("grid_worker"), entry_id=entry.pk)
    assert entry.expires_on == date(2028, 2, 20)
    assert not Duty.objects.filter(action="care_review", state="open").exists()


def test_what_was_refused_is_not_proposed_until_the_reasons_change(cast: Cast, old: Resident) -> None:
    entry = proposed(cast)
    for reason in ("", "  ", "长" * 201):
        with pytest.raises(InvalidInput):
            care_refuse(actor=cast.actor("worker"), entry_id=entry.pk, reason=reason)
    care_refuse(actor=cast.actor("worker"), entry_id=entry.pk, reason="女儿同住，尚未登记")
    care_nightly()
    assert entries() == [("alone_80", "refused")]
    guest = resident_at(old.area_path, birth_month=date(1970, 1, 1))
    membership = Membership.objects.create(
        household=old.memberships.get().household, resident=guest, from_on=TODAY, recorded_at=time.now()
    )
    care_nightly()  # no longer alone: the refusal has lost its ground
    assert entries() == [("alone_80", "ended")]
    Membership.objects.filter(pk=membership.pk).update(to_on=TODAY)
    care_nightly()
    assert entries() == [("alone_80", "ended"), ("alone_80", "proposed")]


def test_what_a_person_ended_stays_ended_for_the_same_reasons(cast: Cast, old: Resident) -> None:
    actor = cast.actor("worker")
    entry = care_confirm(actor=actor, entry_id=proposed(cast).pk)
    care_end(actor=actor, entry_id=entry.pk, reason="本人不愿意")
    care_nightly()
    assert entries() == [("alone_80", "ended")]


def test_a_proposal_lapses_with_its_reason_a_confirmation_does_not(cast: Cast, path: str) -> None:
    actor = cast.actor("worker")
    first, second = (resident_at(path, birth_month=date(1990, 1, 1)) for _n in range(2))
    facts = [fact_set(actor=actor, subject=who, key="tekun", value="是") for who in (first, second)]
    care_nightly()
    care_confirm(actor=actor, entry_id=CareEntry.objects.get(resident=second).pk)
    for who, fact in zip((first, second), facts, strict=True):
        fact_end(actor=actor, subject=who, fact_id=fact.pk, on=TODAY)
        fact_set(actor=actor, subject=who, key="tekun", value="否", from_on=TODAY)
    assert care_nightly().lapsed == 1
    assert entries() == [("tekun", "ended"), ("tekun", "confirmed")]


def test_not_knowing_proposes_nobody_and_excludes_nobody(cast: Cast, path: str) -> None:
    resident_at(path, birth_month=date(1930, 1, 1))  # with whom they live is not known
    night = care_nightly()
    assert night.proposed == 0 and night.unknown > 0 and entries() == []


@pytest.mark.parametrize("state", ["dead", "away"])
def test_who_is_gone_is_not_visited(cast: Cast, old: Resident, state: str) -> None:
    care_confirm(actor=cast.actor("worker"), entry_id=proposed(cast).pk)
    Resident.objects.filter(pk=old.pk).update(state=state)
    care_nightly()
    assert entries() == [("alone_80", "ended")]


def test_who_moves_elsewhere_is_left_to_the_new_committee(cast: Cast, old: Resident) -> None:
    care_confirm(actor=cast.actor("worker"), entry_id=proposed(cast).pk)
    Resident.objects.filter(pk=old.pk).update(area_path=cast.places["committee_b_place"].path)
    care_nightly()
    rows = list(CareEntry.objects.order_by("pk").values_list("state", "unit"))
    assert rows == [("ended", cast.units["committee_a"].pk), ("proposed", cast.units["committee_b"].pk)]


SEES = {"worker", "worker2", "grid_worker"}
OTHERS = (
    *("worker_b", "other_worker", "street", "street2", "other_street", "district", "city"),
    *("department", "property", "supervisor", "operator", "resident", "visitor"),
)


@pytest.mark.parametrize("who", [*sorted(SEES), *OTHERS])
def test_only_the_unit_that_gives_the_service_sees_and_decides(cast: Cast, old: Resident, who: str) -> None:
    entry, actor = proposed(cast), cast.actor(who)
    assert care_list(actor).count() == (who in SEES)
    before = list(CareEntry.objects.values_list())
    if who in SEES:
        return
    for act, given in (
        (care_confirm, {}),
        (care_refuse, {"reason": "不"}),
        (care_renew, {}),
        (care_end, {"reason": "不"}),
    ):
        with pytest.raises(NotFound):
            act(actor=actor, entry_id=entry.pk, **given)
    with pytest.raises(NotFound):
        care_print(actor=actor, group="alone_80")
    with pytest.raises(NotAllowed):
        care_propose(actor=actor, resident_ids=[old.pk])
    with pytest.raises(NotAllowed):
        care_settle(actor=actor)
    assert list(CareEntry.objects.values_list()) == before


def test_those_who_govern_see_numbers_and_small_ones_are_hidden(cast: Cast, path: str) -> None:
    for _n in range(4):
        household_at(path, resident_at(path, birth_month=date(1940, 1, 1)))
    care_nightly()
    counts = {row.label: row for row in care_counts(cast.actor("street"))}
    assert str(counts["独居高龄老人"].proposed) == str(counts["独居高龄老人"].confirmed) == "<5"
    household_at(path, resident_at(path, birth_month=date(1940, 1, 1)))
    care_nightly()
    district = {row.label: str(row.proposed) for row in care_counts(cast.actor("district"))}
    assert district["独居高龄老人"] == "10"  # five, rounded as every figure about people
    for elsewhere in ("other_district", "property"):
        assert {str(row.proposed) for row in care_counts(cast.actor(elsewhere))} == {"<5"}


def test_a_printed_round_opens_names_and_is_recorded_for_each(cast: Cast, path: str) -> None:
    actor = cast.actor("worker")
    room = parts_of(compound_at(cast), "302")[0]
    person = resident_at(path, birth_month=date(1940, 1, 1))
    household_at(path, person, part=room)
    care_confirm(actor=actor, entry_id=proposed(cast).pk)
    link = {"person": cast.person("resident"), "resident": person, "asked_at": time.now()}
    AccountLink.objects.create(how="worker", state="standing", **link)
    printed = care_print(actor=actor, group="alone_80")
    row = AuditRecord.objects.latest("pk")
    assert (row.verb, row.purpose, row.about_id) == ("care.print", "走访", cast.person("resident").pk)
    assert care_rows(actor, printed, is_open=True)[0].address.endswith("302室")
    with pytest.raises(NotFound):
        care_print(actor=actor, group="tekun")


# -- a provider, only with consent ---------------------------------------------------------------------------
@pytest.fixture
def carers(cast: Cast) -> Any:
    unit = unit_open(
        actor=SETUP,
        name="康养服务社",
        function=Function.PROVIDER,
        kind="养老",
        parent=cast.units["street_unit"],
        areas=[cast.places["committee_a_place"]],
        phone="021-1",
        opened_on=date(2020, 1, 1),
    )
    staff_make(cast, "carer", "何姐", unit, Function.PROVIDER)
    return unit


def test_a_provider_sees_only_those_who_agreed(cast: Cast, path: str, carers: Any) -> None:
    worker = cast.actor("worker")
    willing, unwilling = (resident_at(path, birth_month=date(1950, 1, 1)) for _n in range(2))
    for who in (willing, unwilling):
        fact_set(actor=worker, subject=who, key="care_level", value="5")
    consent_give(actor=worker, resident_id=willing.pk, purpose="care_provider", how="paper")
    care_nightly()
    assert dict(CareEntry.objects.values_list("resident", "unit")) == {
        willing.pk: carers.pk,
        unwilling.pk: cast.units["committee_a"].pk,
    }
    carer = cast.actor("carer")
    assert [row.resident_id for row in care_list(carer)] == [willing.pk]
    assert care_confirm(actor=carer, entry_id=care_list(carer)[0].pk).state == "confirmed"
    assert [row.resident_id for row in care_list(worker)] == [unwilling.pk]


def test_a_consent_taken_back_takes_the_entry_from_the_provider_at_once(
    cast: Cast, path: str, carers: Any
) -> None:
    worker, person = cast.actor("worker"), resident_at(path, birth_month=date(1950, 1, 1))
    fact_set(actor=worker, subject=person, key="care_level", value="5")
    consent = consent_give(actor=worker, resident_id=person.pk, purpose="care_provider", how="oral")
    entry = proposed(cast)
    care_confirm(actor=cast.actor("carer"), entry_id=entry.pk)
    consent_withdraw(actor=worker, consent_id=consent.pk)
    assert not care_list(cast.actor("carer"), state="confirmed").exists()
    care_nightly()  # the committee goes there itself
    assert [(row.unit_id, row.state) for row in CareEntry.objects.order_by("pk")] == [
        (carers.pk, "ended"),
        (cast.units["committee_a"].pk, "proposed"),
    ]
