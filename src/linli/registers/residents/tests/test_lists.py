"""Lists by any combination: what narrows them, how names are shown, what they cost, who may look."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from linli.core import clock
from linli.core.errors import NotFound
from linli.registers.residents.forms import HouseholdFilterForm, PeopleFilterForm, fact_filters
from linli.registers.residents.models import CareEntry, Fact, Membership
from linli.registers.residents.selectors import (
    CountedKeys,
    establishment_list,
    household_list,
    people_list,
    people_rows,
)
from linli.registers.residents.tests.plans import (
    RECORDED,
    Plan,
    building_make,
    household_make,
    person_make,
    shop_make,
)
from tests.people import Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture
def plan(cast: Cast, clock: Any) -> Plan:
    """101: 王桂兰 (born 1940) and her grandchild (2015); 201: 李 a tenant (1999); 302: nobody."""
    built = building_make(cast)
    old = person_make(built, date(1940, 3, 1), name="王桂兰", phone="13812345678")
    household_make(built, "101", old, person_make(built, date(2015, 9, 1), "m", name="王小宝"))
    tenant = person_make(built, date(1999, 1, 1), "m", name="李强")
    household_make(built, "201", tenant, tenure="tenant")
    Fact.objects.create(
        resident=tenant,
        key="hukou",
        value="elsewhere",
        collected_on=TODAY,
        recorded_at=RECORDED,
    )
    shop_make(built)
    return built


def names(plan: Plan, query: str, who: str = "worker") -> list[str]:
    """Return the masked names that a query lists."""
    actor = plan.cast.actor(who)
    form = PeopleFilterForm(QueryDict(query), actor=actor)
    return [row.name for row in people_rows(list(people_list(actor, form.filters())))]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["李*", "王**", "王**"]),
        ("age_from=80", ["王**"]),
        ("age_from=18&age_to=59", ["李*"]),
        ("age_from=86&age_to=86", ["王**"]),
        ("age_from=87", []),
        ("is_minor=on", ["王**"]),
        ("sex=m&order=oldest", ["李*", "王**"]),
        ("order=youngest", ["王**", "李*", "王**"]),
        ("tenure=tenant", ["李*"]),
        ("presence=registered", []),
        ("fact_hukou=elsewhere", ["李*"]),
        ("fact_hukou=elsewhere&tenure=owner", []),
        ("state=dead", []),
        ("sex=nonsense&age_from=abc&area=1&compound=x&building=y", ["李*", "王**", "王**"]),
    ],
)
def test_what_narrows_a_list_of_people(plan: Plan, query: str, found: list[str]) -> None:
    assert names(plan, query) == found


def test_by_compound_and_building(plan: Plan) -> None:
    compound, building = plan.building.compound.public_id, plan.building.public_id
    assert len(names(plan, f"compound={compound}&building={building}")) == 3
    assert len(names(plan, f"compound={compound}", "street")) == 3
    assert names(plan, "", "worker_b") == []
    assert names(plan, f"compound={compound}", "worker_b") == []


def test_a_fact_that_is_over_or_unknown_does_not_count(plan: Plan) -> None:
    Fact.objects.update(to_on=TODAY)
    assert names(plan, "fact_hukou=elsewhere") == []
    Fact.objects.update(to_on=TODAY + timedelta(days=1))
    assert names(plan, "fact_hukou=elsewhere") == ["李*"]
    Fact.objects.update(state="unknown")
    assert names(plan, "fact_hukou=elsewhere") == []


def test_sensitive_facts_are_no_filter(plan: Plan) -> None:
    assert {line.key for line in fact_filters()} >= {"hukou", "employment"}
    assert not any(line.is_sensitive for line in fact_filters())
    form = PeopleFilterForm(QueryDict("fact_disability_kind=sight"), actor=plan.cast.actor("worker"))
    assert "fact_disability_kind" not in form.fields and form.filters().facts == {}


def test_care_narrows_by_what_the_actor_may_see(plan: Plan) -> None:
    member = Membership.objects.filter(household=plan.households["101"]).first()
    assert member is not None and names(plan, "is_cared_for=on") == []
    CareEntry.objects.create(
        resident=member.resident,
        group="alone_80",
        rule_version="1",
        service="visit",
        unit=plan.cast.units["committee_a"],
        area_path=plan.building.compound.area_path,
        proposed_at=clock.now(),
        state="confirmed",
        decided_at=clock.now(),
        decided_by=plan.cast.person("worker"),
        expires_on=TODAY + timedelta(days=1),
    )
    assert names(plan, "is_cared_for=on") == ["王**"]


def test_an_area_of_others_is_missing(plan: Plan) -> None:
    street = plan.cast.actor("street")
    code = plan.cast.places["committee_a_place"].code
    assert len(names(plan, f"area={code}", "street")) == 3
    other = plan.cast.places["committee_b_place"].code
    assert names(plan, f"area={other}", "street") == []
    form = PeopleFilterForm(QueryDict(""), actor=street)
    form.chosen = lambda: {"area": plan.cast.places["other_street_place"].code}  # type: ignore[method-assign]
    with pytest.raises(NotFound):
        form.filters()


def households_of(plan: Plan, query: str, who: str = "worker") -> int:
    """Return how many households a query lists."""
    actor = plan.cast.actor(who)
    return household_list(actor, HouseholdFilterForm(QueryDict(query), actor=actor).filters()).count()


def test_what_narrows_a_list_of_households(plan: Plan) -> None:
    assert [households_of(plan, query) for query in ("", "size_from=2", "size_to=1", "size_from=3")] == [
        *(2, 1, 1, 0)
    ]
    assert households_of(plan, "tenure=tenant") == households_of(plan, "tenure=owner") == 1
    assert households_of(plan, "kind=collective") == 0
    assert households_of(plan, "", "worker_b") == households_of(plan, "", "district") == 0


def test_establishments_are_found_by_name_pinyin_and_code(plan: Plan) -> None:
    actor = plan.cast.actor("worker")
    assert [establishment_list(actor, words=words).count() for words in ("便利", "guihua", "没有")] == [
        1,
        1,
        0,
    ]
    assert establishment_list(actor, is_closed=True).count() == 0
    assert establishment_list(plan.cast.actor("district")).count() == 0


def test_counts_stop_and_say_so(plan: Plan) -> None:
    rows = people_list(
        plan.cast.actor("worker"), PeopleFilterForm(QueryDict(""), actor=plan.cast.actor("worker")).filters()
    )
    assert (str(CountedKeys(rows)), str(CountedKeys(rows, most=2))) == ("3", "2+")
    assert len(CountedKeys(rows, most=2)) == 2


def test_pages_show_masked_names_and_no_others(plan: Plan) -> None:
    client = plan.cast.client("worker")
    for name in ("people", "households", "establishments"):
        answer = client.get(reverse(f"residents:{name}"))
        text = answer.content.decode()
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
        assert not any(secret in text for secret in ("王桂兰", "王小宝", "李强", "13812345678")), name
    assert "王**" in client.get(reverse("residents:people")).content.decode()
    firm = establishment_list(plan.cast.actor("worker"))[0]
    page = client.get(reverse("residents:establishment", args=[firm.public_id])).content.decode()
    assert "桂花便利店" in page and "底层商铺" in page
    empty = client.get(reverse("residents:people") + "?age_from=120").content.decode()
    assert "请放宽条件" in empty


def test_a_page_costs_the_same_however_many_rows(plan: Plan, django_assert_max_num_queries: Any) -> None:
    client = plan.cast.client("worker")
    for floor in range(4, 24):
        plan.parts[f"{floor}01"] = plan.parts["101"]
        household_make(plan, f"{floor}01", person_make(plan, date(1980, 1, 1), name="周某某"))
    for name in ("people", "households"):
        client.get(reverse(f"residents:{name}") + "?page=1")
        with django_assert_max_num_queries(18):
            client.get(reverse(f"residents:{name}") + "?page=1")
