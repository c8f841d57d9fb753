"""Facts are set, absent, asked and not known, confirmed, corrected, ended; refusals change nothing."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock as time
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from linli.core.service import record, service
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.facts.dictionary import Of
from linli.registers.residents.facts.rules import Answer, holds, overlaps
from linli.registers.residents.facts.selectors import (
    fact_current,
    fact_history,
    fact_prefill,
    facts_asked,
    facts_bulk,
    facts_of,
    one,
)
from linli.registers.residents.facts.services import (
    fact_confirm,
    fact_correct,
    fact_end,
    fact_none,
    fact_set,
    fact_unknown,
    facts_reveal,
)
from linli.registers.residents.facts.taking import Bringing, Brought, Taken, facts_take, facts_untake
from linli.registers.residents.models import AccountLink, Fact, Household, RegisterEvent, Resident
from tests.people import Cast

from .facts_world import household_at, resident_at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
ENGINE = system("benefits")


@pytest.fixture
def person(cast: Cast, clock: Any) -> Resident:
    return resident_at(cast.places["committee_a_place"].path, birth_month=date(1940, 5, 1))


@pytest.fixture
def home(cast: Cast, person: Resident) -> Household:
    return household_at(cast.places["committee_a_place"].path, person)


def everything() -> list[tuple[Any, ...]]:
    return list(Fact.objects.order_by("pk").values_list()) + list(
        RegisterEvent.objects.order_by("pk").values_list()
    )


def refused(kind: type[Refusal], act: Any, /, **given: Any) -> Refusal:
    before = everything()
    with pytest.raises(kind) as refusal:
        act(**given)
    assert everything() == before
    return refusal.value


def test_a_fact_is_set_recorded_and_in_the_history(cast: Cast, person: Resident) -> None:
    fact = fact_set(
        actor=cast.actor("worker"), subject=person, key="hukou", value="本市户籍", document="户口簿"
    )
    assert (fact.value, fact.state, fact.from_on, fact.to_on) == ("local", "known", TODAY, None)
    assert (fact.source, fact.collected_on, fact.collected_by) == ("worker", TODAY, cast.person("worker"))
    row = AuditRecord.objects.latest("pk")
    assert row.verb == "fact.set" and row.area_path == person.area_path
    event = RegisterEvent.objects.get()
    assert (event.verb, event.resident, event.fields) == ("fact.set", person, ["hukou"])


def test_a_sensitive_value_is_sealed_and_masked(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact = fact_set(actor=actor, subject=person, key="disability_kind", value="精神残疾")
    kept = Fact.objects.values_list("value", "value_sealed").get(pk=fact.pk)
    assert kept[0] == "" and kept[1] and "mental" not in kept[1]
    shown = facts_of(actor, person)[0]
    assert (shown.words, shown.is_masked, shown.value.value) == ("***", True, "")
    assert fact_current(actor, person, "disability_kind").value == ""
    assert fact_current(ENGINE, person, "disability_kind").value == "mental"


def test_a_new_value_ends_the_old_one_the_same_day(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    first = fact_set(actor=actor, subject=person, key="employment", value="无业", from_on=date(2026, 1, 1))
    second = fact_set(
        actor=actor, subject=person, key="employment", value="灵活就业", from_on=date(2026, 3, 1)
    )
    first.refresh_from_db()
    assert (first.to_on, second.from_on, second.to_on) == (date(2026, 3, 1), date(2026, 3, 1), None)
    answers = [
        fact_current(actor, person, "employment", on).value for on in (date(2026, 2, 28), date(2026, 3, 1))
    ]
    assert answers == ["jobless", "flexible"]
    assert fact_current(actor, person, "employment", date(2025, 12, 31)).answer is Answer.MISSING


def test_the_same_value_again_is_a_confirmation(cast: Cast, person: Resident) -> None:
    fact = fact_set(actor=cast.actor("worker"), subject=person, key="hukou", value="local")
    time.clock_forward(timedelta(days=30))
    again = fact_set(actor=cast.actor("grid_worker"), subject=person, key="hukou", value="本市户籍")
    assert again.pk == fact.pk and Fact.objects.count() == 1
    assert again.collected_on == date(2026, 4, 9) and again.collected_by == cast.person("grid_worker")
    assert AuditRecord.objects.latest("pk").verb == "fact.confirm"


def test_none_is_not_unknown_is_not_missing(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact_none(actor=actor, subject=person, key="disability_kind")
    fact_unknown(actor=actor, subject=person, key="care_level")
    answers = {
        key: fact_current(actor, person, key).answer for key in ("disability_kind", "care_level", "tekun")
    }
    assert answers == {"disability_kind": Answer.NONE, "care_level": Answer.UNKNOWN, "tekun": Answer.MISSING}
    assert [row.words for row in facts_of(actor, person)] == ["没有", "不清楚"]
    asked = {line.key for line in facts_asked(actor, person)}
    assert "disability_kind" not in asked and {"care_level", "tekun"} <= asked


def test_not_knowing_replaces_nothing_that_is_known(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact_set(actor=actor, subject=person, key="hukou", value="local")
    refused(Conflict, fact_unknown, actor=actor, subject=person, key="hukou")
    time.clock_forward(timedelta(days=800))  # older than its 24 months
    assert fact_unknown(actor=actor, subject=person, key="hukou").state == "unknown"


def test_incomes_of_months_and_sources_stand_side_by_side(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    for period, value in (("2026-01/pension", "3000"), ("2026-02/pension", "3100"), ("2026-02/wage", "500")):
        fact_set(actor=actor, subject=person, key="income", value=value, period=period)
    known = facts_bulk(ENGINE, [person.pk], ["income"], TODAY)[person.pk]
    assert [(row.period, row.value) for row in known["income"]] == [
        ("2026-01/pension", "300000"),
        ("2026-02/pension", "310000"),
        ("2026-02/wage", "50000"),
    ]
    assert one(known, "income").period == "2026-02/wage"


def test_a_fact_of_the_past_may_not_share_a_day(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    given = {"actor": actor, "subject": person, "key": "employment"}
    fact_set(**given, value="无业", from_on=date(2025, 1, 1))
    fact_set(**given, value="在校学生", from_on=date(2024, 1, 1), to_on=date(2025, 1, 1))
    wrong = refused(
        InvalidInput, fact_set, **given, value="务农", from_on=date(2024, 6, 1), to_on=date(2025, 2, 1)
    )
    assert set(wrong.details) == {"from_on"}
    refused(InvalidInput, fact_set, **given, value="务农", from_on=date(2024, 6, 1))  # before what stands


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value": "火星"}, "value"),
        ({"value": "local", "from_on": date(2026, 3, 11)}, "from_on"),
        ({"value": "local", "collected_on": date(2026, 3, 11)}, "collected_on"),
        ({"value": "local", "from_on": date(2026, 1, 2), "to_on": date(2026, 1, 2)}, "to_on"),
        ({"value": "local", "period": "2025"}, "period"),
        ({"value": "local", "document": "长" * 121}, "document"),
    ],
)
def test_bad_input_is_refused_beside_its_field(
    cast: Cast, person: Resident, given: dict[str, Any], field: str
) -> None:
    wrong = refused(InvalidInput, fact_set, actor=cast.actor("worker"), subject=person, key="hukou", **given)
    assert set(wrong.details) == {field}


def test_what_the_dictionary_lacks_cannot_be_kept(cast: Cast, person: Resident, home: Household) -> None:
    actor = cast.actor("worker")
    refused(NotFound, fact_set, actor=actor, subject=person, key="shoe_size", value="43")
    refused(NotFound, fact_set, actor=actor, subject=person, key="vehicles", value="1")
    assert fact_set(actor=actor, subject=home, key="vehicles", value="1").household == home
    home.refresh_from_db()
    assert home.data_key  # made with the first fact


@pytest.mark.parametrize("who", ["worker_b", "other_worker", "other_street"])
def test_others_do_not_find_the_person(cast: Cast, person: Resident, who: str) -> None:
    refused(NotFound, fact_set, actor=cast.actor(who), subject=person, key="hukou", value="local")
    with pytest.raises(NotFound):
        facts_of(cast.actor(who), person)


@pytest.mark.parametrize(
    "who", ["district", "city", "department", "property", "supervisor", "operator", "resident"]
)
def test_those_who_do_not_work_with_people_see_nothing(cast: Cast, person: Resident, who: str) -> None:
    fact_set(actor=cast.actor("worker"), subject=person, key="hukou", value="local")
    with pytest.raises(NotFound):
        facts_of(cast.actor(who), person)
    refused(NotFound, fact_set, actor=cast.actor(who), subject=person, key="hukou", value="local")
    with pytest.raises(NotAllowed):
        facts_bulk(cast.actor(who), [person.pk], ["hukou"], TODAY)


@pytest.mark.parametrize("state", [Resident.State.MERGED, Resident.State.ERASED])
def test_nothing_is_written_about_who_is_gone(cast: Cast, person: Resident, state: str) -> None:
    Resident.objects.filter(pk=person.pk).update(state=state, data_key="")
    refused(Conflict, fact_set, actor=cast.actor("worker"), subject=person, key="hukou", value="local")


def test_a_correction_leaves_the_wrong_row_as_never_having_held(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    wrong = fact_set(actor=actor, subject=person, key="care_level", value="二级", from_on=date(2026, 1, 5))
    right = fact_correct(
        actor=actor,
        subject=person,
        fact_id=wrong.pk,
        value="三级",
        reason="看错评估报告",
        document="评估报告",
    )
    wrong.refresh_from_db()
    assert (wrong.from_on, wrong.to_on) == (date(2026, 1, 5), date(2026, 1, 5))
    assert (right.from_on, right.to_on) == (date(2026, 1, 5), None)
    assert fact_current(ENGINE, person, "care_level", date(2026, 2, 1)).value == "3"
    assert [row.is_void for row in fact_history(actor, person, "care_level")] == [False, True]
    event = RegisterEvent.objects.latest("pk")
    assert (event.verb, event.reason) == ("fact.correct", "看错评估报告")


def test_corrections_need_a_reason_and_a_difference(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact = fact_set(actor=actor, subject=person, key="hukou", value="local")
    given = {"actor": actor, "subject": person, "fact_id": fact.pk}
    assert set(refused(InvalidInput, fact_correct, **given, value="foreign", reason=" ").details) == {
        "reason"
    }
    assert set(refused(InvalidInput, fact_correct, **given, value="本市户籍", reason="错").details) == {
        "value"
    }
    fact_correct(**given, value="foreign", reason="错")
    refused(Conflict, fact_correct, **given, value="hmt", reason="错")
    other = resident_at(person.area_path)
    refused(NotFound, fact_correct, actor=actor, subject=other, fact_id=fact.pk, value="hmt", reason="错")


def test_a_fact_ends_and_is_confirmed(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact = fact_set(actor=actor, subject=person, key="tekun", value="是", from_on=date(2026, 1, 1))
    given = {"actor": actor, "subject": person, "fact_id": fact.pk}
    refused(InvalidInput, fact_end, **given, on=date(2025, 12, 31))
    refused(InvalidInput, fact_end, **given, on=date(2026, 3, 11))
    refused(InvalidInput, fact_confirm, **given, collected_on=date(2026, 3, 11))
    assert fact_confirm(**given).collected_on == TODAY
    fact_end(**given, on=date(2026, 3, 1), reason="已退出")
    refused(Conflict, fact_end, **given, on=date(2026, 3, 2))
    refused(Conflict, fact_confirm, **given)
    assert fact_current(actor, person, "tekun").answer is Answer.MISSING


def test_a_reveal_is_recorded_and_only_for_its_purposes(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact = fact_set(actor=actor, subject=person, key="income", value="1595", period="2026-02/wage")
    AccountLink.objects.create(
        person=cast.person("resident"), resident=person, how="worker", state="standing", asked_at=time.now()
    )
    before = AuditRecord.objects.count()
    for purpose in ("notify", "visit", "", "gossip"):
        with pytest.raises(NotAllowed):
            facts_reveal(actor=actor, subject=person, keys=["income"], purpose=purpose)
    assert AuditRecord.objects.count() == before
    opened = facts_reveal(actor=actor, subject=person, keys=["income"], purpose="verify")
    assert opened == {fact.pk: "159500"}
    assert facts_of(actor, person, opened=opened)[0].words == "1,595.00元"
    row = AuditRecord.objects.latest("pk")
    assert (row.verb, row.purpose, row.looked_at) == ("fact.reveal", "核对登记", ["fact.income"])
    assert row.about_id == cast.person("resident").pk
    assert "1595" not in str(row.__dict__)


def test_what_is_known_is_not_asked_again(cast: Cast, person: Resident) -> None:
    actor = cast.actor("worker")
    fact_set(actor=actor, subject=person, key="hukou", value="local")
    fact_set(actor=actor, subject=person, key="care_level", value="4")
    found = fact_prefill(actor, person, ["hukou", "care_level", "schooling"])
    assert found["hukou"].value == "local"
    assert found["care_level"].answer is Answer.KNOWN and found["care_level"].value == ""
    assert found["schooling"].answer is Answer.MISSING


# -- many at once ------------------------------------------------------------------------------------------
@service
def _bring(*, actor: Any, bringing: Bringing, rows: list[Brought]) -> Taken:
    taken = facts_take(bringing=bringing, rows=rows)
    record("residents.test", Resident.objects.latest("pk"), touched=[Fact])
    return taken


@service
def _take_back(*, actor: Any, taken: Taken) -> None:
    facts_untake(made=taken.made.values(), ended=taken.ended.values())
    record("residents.test", Resident.objects.latest("pk"), touched=[Fact])


def test_a_file_brings_facts_changes_nothing_again_and_is_taken_back(cast: Cast, person: Resident) -> None:
    fact_set(
        actor=cast.actor("worker"), subject=person, key="hukou", value="elsewhere", from_on=date(2025, 1, 1)
    )
    before = list(Fact.objects.values_list("pk", "value", "from_on", "to_on"))
    rows = [
        Brought(person.pk, "hukou", "local", from_on=date(2026, 1, 1)),
        Brought(person.pk, "care_level", "5"),
        Brought(person.pk, "disability_kind", state="none"),
        Brought(person.pk, "hukou", "foreign", from_on=date(2024, 1, 1)),  # earlier than what stands by now
    ]
    bringing = Bringing(Of.PERSON, {person.pk: person.data_key}, "police", TODAY)
    taken = _bring(actor=ENGINE, bringing=bringing, rows=rows)
    assert (sorted(taken.made), list(taken.ended), taken.conflicting) == ([0, 1, 2], [0], [3])
    assert fact_current(ENGINE, person, "care_level").value == "5"
    count = Fact.objects.count()
    again = _bring(actor=ENGINE, bringing=bringing, rows=rows[:3])
    assert (again.made, again.unchanged, Fact.objects.count()) == ({}, [0, 1, 2], count)
    newer = Bringing(Of.PERSON, bringing.data_keys, "police", TODAY + timedelta(days=1))
    assert _bring(actor=ENGINE, bringing=newer, rows=rows[:3]).confirmed == [0, 1, 2]
    _take_back(actor=ENGINE, taken=taken)
    assert list(Fact.objects.values_list("pk", "value", "from_on", "to_on")) == before


# -- whatever people do, a day has one answer --------------------------------------------------------------
acts = st.lists(
    st.tuples(
        st.sampled_from(["set", "none", "unknown", "end", "correct", "take"]),
        st.sampled_from(["local", "elsewhere", "foreign"]),
        st.dates(date(2026, 1, 1), TODAY),
        st.one_of(st.none(), st.dates(date(2026, 1, 1), TODAY)),
    ),
    max_size=12,
)


def act_once(cast: Cast, person: Resident, act: str, value: str, begins: date, ends: date | None) -> None:
    """Do one thing with the fact written last; what is refused is left."""
    given: dict[str, Any] = {"actor": cast.actor("worker"), "subject": person}
    last = Fact.objects.order_by("pk").last() or Fact(pk=0)
    bringing = Bringing(Of.PERSON, {}, "police", TODAY)
    deeds = {
        "set": lambda: fact_set(**given, key="hukou", value=value, from_on=begins, to_on=ends),
        "none": lambda: fact_none(**given, key="hukou", from_on=begins),
        "unknown": lambda: fact_unknown(**given, key="hukou", collected_on=begins),
        "end": lambda: fact_end(**given, fact_id=last.pk, on=begins),
        "correct": lambda: fact_correct(**given, fact_id=last.pk, value=value, reason="错"),
        "take": lambda: _bring(
            actor=ENGINE, bringing=bringing, rows=[Brought(person.pk, "hukou", value, from_on=begins)]
        ),
    }
    with suppress(Refusal):
        deeds[act]()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_facts_of_one_key_never_overlap(cast: Cast, person: Resident, acts: list[Any]) -> None:
    Fact.objects.all().delete()
    for deed in acts:
        act_once(cast, person, *deed)
    rows = list(Fact.objects.all())
    assert not [(a.pk, b.pk) for a in rows for b in rows if a.pk < b.pk and overlaps(a, b)]
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(70)):
        assert sum(holds(row, day) for row in rows) <= 1
