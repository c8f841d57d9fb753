"""A household on one screen and everything that is done from it, as a worker presses it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linli.core import clock as time
from linli.core.actor import Actor
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.models import Part
from linli.registers.residents.consents.purposes import consent_purposes
from linli.registers.residents.models import (
    Consent,
    Fact,
    Guardian,
    Household,
    Membership,
    Occupancy,
    RegisterEvent,
    Resident,
)
from linli.registers.residents.panels import Panel, PanelRow, household_panels, household_panels_add
from linli.registers.residents.sealing import sealed_get
from tests.people import Cast

from .life_world import World, number, world_make

pytestmark = pytest.mark.django_db
SECRETS = ("陈建国", "林秀英", "陈小雨")


@pytest.fixture
def world(cast: Cast, clock: Any) -> World:
    """Two committees with homes."""
    return world_make(cast)


@pytest.fixture
def home(world: World) -> Household:
    """A couple with a child of 8 in 101."""
    return world.family()


def card_of(home: Household) -> str:
    return reverse("residents:household", args=[home.public_id])


def people_of(home: Household) -> dict[str, Resident]:
    """Return relation → person."""
    rows = Membership.objects.filter(household=home, to_on__isnull=True).select_related("resident")
    return {row.relation: row.resident for row in rows}


def do(client: Client, home: Household, code: str, **sent: Any) -> Any:
    """Press through one act on the household."""
    household = Household.objects.get(pk=home.pk)
    address = reverse("residents:household_act", args=[home.public_id, code])
    assert client.get(address).status_code == 200
    return client.post(address, {"version": household.version, "request_key": f"k{code}", **sent})


def do_person(client: Client, home: Household, person: Resident, code: str, **sent: Any) -> Any:
    """Press through one act on a person."""
    found = Resident.objects.get(pk=person.pk)
    address = reverse("residents:person_act", args=[home.public_id, person.public_id, code])
    page = client.get(address)
    assert page.status_code == 200
    version = found.version if code != "member" else Household.objects.get(pk=home.pk).version
    return client.post(address, {"version": version, **sent})


def test_the_card_shows_nobody_in_clear(world: World, home: Household) -> None:
    text = world.cast.client("worker").get(card_of(home)).content.decode()
    assert "陈**" in text and "户主" in text and not any(secret in text for secret in SECRETS)
    assert AuditRecord.objects.filter(verb="resident.reveal").count() == 0


def test_a_purpose_opens_names_and_telephones_for_one_answer(
    world: World,
    home: Household,
) -> None:
    client = world.cast.client("worker")
    answer = client.post(card_of(home), {"purpose": "visit"})
    text = answer.content.decode()
    assert all(secret in text for secret in SECRETS) and "走访" in text
    assert "no-store" in answer["Cache-Control"]
    assert AuditRecord.objects.filter(verb="resident.reveal").count() == 3
    assert not any(secret in client.get(card_of(home)).content.decode() for secret in SECRETS)


@pytest.mark.parametrize("sent", [{}, {"purpose": "curiosity"}])
def test_without_a_purpose_nothing_opens(world: World, home: Household, sent: dict[str, str]) -> None:
    answer = world.cast.client("worker").post(card_of(home), sent)
    assert answer.status_code == 422
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert AuditRecord.objects.filter(verb="resident.reveal").count() == 0


@pytest.mark.parametrize("who", ["worker_b", "district", "city", "department", "operator"])
def test_everybody_else_finds_nothing(world: World, home: Household, who: str) -> None:
    client = world.cast.client(who)
    head = people_of(home)["head"]
    for name, args in (
        ("household", [home.public_id]),
        ("household_history", [home.public_id]),
        ("household_act", [home.public_id, "tenure"]),
        ("household_facts", [home.public_id]),
        ("person_act", [home.public_id, head.public_id, "phone"]),
        ("person_facts", [home.public_id, head.public_id]),
        ("person_fact", [home.public_id, head.public_id, "hukou"]),
        ("person_history", [head.public_id]),
        ("part_act", [world.parts[1].public_id, "open"]),
        ("part_history", [world.parts[0].public_id]),
        ("undo", [RegisterEvent.objects.filter(household=home)[0].act]),
    ):
        address = reverse(f"residents:{name}", args=args)
        assert client.get(address).status_code == 404, name
        assert client.post(address, {"phone": "13800000000", "reason": "x"}).status_code in (404, 405), name


def test_a_telephone_is_corrected_and_taken_back(world: World, home: Household) -> None:
    client, head = world.cast.client("worker"), people_of(home)["head"]
    before = sealed_get(head, "phone")
    answer = do_person(client, home, head, "phone", phone="139-1234-5678", reason="上门核对")
    assert answer.status_code == 302 and answer["Location"] == card_of(home)
    assert sealed_get(Resident.objects.get(pk=head.pk), "phone") == "13912345678"
    page = client.get(card_of(home)).content.decode()
    assert "更正居民信息" in page and "上门核对" in page and "13912345678" not in page
    event = RegisterEvent.objects.get(resident=head, verb="resident.correct")
    undo = reverse("residents:undo", args=[event.act])
    assert undo in page and "更正居民信息" in client.get(undo).content.decode()
    assert client.post(undo, {"reason": "记错了人"})["Location"] == card_of(home)
    assert sealed_get(Resident.objects.get(pk=head.pk), "phone") == before
    assert "已撤销" in client.get(card_of(home)).content.decode()
    assert client.post(undo, {}).status_code == 409


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(
    world: World,
    home: Household,
) -> None:
    client, head = world.cast.client("worker"), people_of(home)["head"]
    before = Resident.objects.get(pk=head.pk).version
    answer = do_person(client, home, head, "phone", phone="123", reason="")
    text = answer.content.decode()
    assert answer.status_code == 422 and "请填写原因" in text and 'value="123"' in text
    answer = do_person(client, home, head, "phone", phone="123", reason="上门核对")
    assert answer.status_code == 422 and "11位手机号" in answer.content.decode()
    answer = do_person(client, home, head, "correct", reason="上门核对")
    assert "请填写要更正的内容" in answer.content.decode()
    assert Resident.objects.get(pk=head.pk).version == before


def test_a_stale_form_is_refused(world: World, home: Household) -> None:
    client, head = world.cast.client("worker"), people_of(home)["head"]
    address = reverse("residents:person_act", args=[home.public_id, head.public_id, "phone"])
    answer = client.post(address, {"version": 99, "phone": "13912345678", "reason": "上门核对"})
    assert answer.status_code == 409
    assert sealed_get(Resident.objects.get(pk=head.pk), "phone") != "13912345678"


def test_acts_on_the_household(world: World, home: Household) -> None:
    client, people = world.cast.client("worker"), people_of(home)
    assert do(client, home, "tenure", tenure="tenant").status_code == 302
    assert Occupancy.objects.get(household=home, to_on__isnull=True).tenure == "tenant"
    spouse = people["spouse"]
    assert do(client, home, "head", head=str(spouse.public_id)).status_code == 302
    assert people_of(home)["head"] == spouse
    born = {"name": "陈小树", "birth": "2026-03-01", "sex": "m", "relation": "child"}
    assert do(client, home, "birth", mother_id=str(spouse.public_id), **born).status_code == 302
    new = {"name": "周桂芳", "number": number(date(1955, 2, 3)), "relation": "parent", "presence": "living"}
    assert do(client, home, "register", guardian="", guardian_kind="parent", **new).status_code == 302
    assert Membership.objects.filter(household=home, to_on__isnull=True).count() == 5
    mother = people_of(home)["parent"]
    assert do_person(client, home, mother, "away", on="2026-03-09").status_code == 302
    assert Resident.objects.get(pk=mother.pk).state == "away"


def test_a_household_moves_and_splits(world: World, home: Household) -> None:
    client, people = world.cast.client("worker"), people_of(home)
    building = str(world.parts[0].building.public_id)
    wrong = do(client, home, "move", building=building, room="999", tenure="owner")
    assert wrong.status_code == 422 and "没有这个室号" in wrong.content.decode()
    assert do(client, home, "move", building=building, room="102室", tenure="owner").status_code == 302
    assert Occupancy.objects.get(household=home, to_on__isnull=True).part == world.parts[1]
    answer = do(client, home, "split", new_head=str(people["spouse"].public_id), also=[])
    assert answer.status_code == 302
    assert Household.objects.count() == 2
    assert do(client, home, "move_out").status_code == 302
    assert not Occupancy.objects.filter(household=home, to_on__isnull=True).exists()
    assert do(client, home, "move_in", building=building, room="103", tenure="").status_code == 302


def test_the_death_of_a_head_asks_for_another(world: World, home: Household) -> None:
    client, people = world.cast.client("worker"), people_of(home)
    answer = do_person(client, home, people["head"], "death", on="2026-03-05")
    assert answer.status_code == 422 and "请选择新的户主" in answer.content.decode()
    assert Resident.objects.get(pk=people["head"].pk).state == "here"
    heir = str(people["spouse"].public_id)
    assert do_person(client, home, people["head"], "death", on="2026-03-05", head=heir).status_code == 302
    assert Resident.objects.get(pk=people["head"].pk).state == "dead"


def test_a_household_is_registered_in_a_vacant_part_once(world: World) -> None:
    client, part = world.cast.client("worker"), world.parts[2]
    address = reverse("residents:part_act", args=[part.public_id, "open"])
    assert client.get(address).status_code == 200
    sent = {"name": "孙有才", "number": number(date(1960, 1, 2), "m"), "tenure": "owner", "kind": "family"}
    for _press in range(2):
        assert client.post(address, {**sent, "request_key": "same"}).status_code == 302
    assert Household.objects.count() == 1
    event = RegisterEvent.objects.filter(part=part).first()
    assert event is not None
    assert "登记一户" in client.get(reverse("residents:part_history", args=[part.public_id])).content.decode()
    answer = client.post(reverse("residents:undo", args=[event.act]), {})
    assert answer.status_code == 302 and client.get(answer["Location"]).status_code == 200
    assert Household.objects.count() == 0


def test_a_fact_in_two_taps(world: World, home: Household) -> None:
    client, head = world.cast.client("worker"), people_of(home)["head"]
    keys = client.get(reverse("residents:person_facts", args=[home.public_id, head.public_id]))
    address = reverse("residents:person_fact", args=[home.public_id, head.public_id, "hukou"])
    assert "户籍" in keys.content.decode() and "hukou/" in keys.content.decode()
    assert "外省市户籍" in client.get(address).content.decode()
    empty = client.post(address, {"how": "known"})
    assert empty.status_code == 422 and Fact.objects.count() == 0
    assert client.post(address, {"how": "known", "value": "elsewhere"}).status_code == 302
    page = client.get(card_of(home)).content.decode()
    assert "外省市户籍" in page and "赵敏" in page
    sensitive = reverse("residents:person_fact", args=[home.public_id, head.public_id, "disability_grade"])
    assert client.post(sensitive, {"how": "known", "value": "2"}).status_code == 302
    text = client.get(card_of(home)).content.decode()
    assert "残疾等级" in text and "二级" not in text
    none = reverse("residents:household_fact", args=[home.public_id, "vehicles"])
    assert client.post(none, {"how": "none"}).status_code == 302
    assert Fact.objects.get(household=home).state == "none"
    wrong = reverse("residents:person_fact", args=[home.public_id, head.public_id, "vehicles"])
    assert client.get(wrong).status_code == 404


def test_income_asks_for_its_month_and_source(world: World, home: Household) -> None:
    client, head = world.cast.client("worker"), people_of(home)["head"]
    address = reverse("residents:person_fact", args=[home.public_id, head.public_id, "income"])
    sent = {"how": "known", "value": "3000", "month": "2026-02", "source": "pension"}
    assert client.post(address, sent).status_code == 302
    assert Fact.objects.get(key="income").period == "2026-02/pension"


def test_other_rooms_add_a_panel(world: World, home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.registers.residents.panels._makers", {})
    actor: Actor = world.worker
    assert household_panels(actor, home, None) == []

    def shown(actor: Actor, household: Household, part: Part | None) -> Panel:
        return Panel("走访", [PanelRow("春节走访", "/desk/")])

    household_panels_add("visits", shown)
    household_panels_add("empty", lambda actor, household, part: Panel("空", ()))
    assert [panel.title for panel in household_panels(actor, home, None)] == ["走访"]
    assert "春节走访" in world.cast.client("worker").get(card_of(home)).content.decode()


def test_a_card_costs_the_same_for_a_large_family(
    world: World,
    home: Household,
    django_assert_max_num_queries: Any,
) -> None:
    client: Client = world.cast.client("worker")
    client.get(card_of(home))
    with django_assert_max_num_queries(27):
        client.get(card_of(home))


def test_history_of_a_person_reads_in_chinese(cast: Cast, world: World, home: Household) -> None:
    person = people_of(home)["head"]
    text = world.cast.client("worker").get(reverse("residents:person_history", args=[person.public_id]))
    assert "登记一户" in text.content.decode() and "household." not in text.content.decode()


def test_consent_is_written_down_shown_and_taken_back(cast: Cast, home: Household) -> None:
    client = cast.client("worker")
    head = people_of(home)["head"]
    refused = do_consent(client, home, head, "consent", purpose="phone_reminder", how="self")
    assert refused.status_code == 422 and not Consent.objects.exists()
    assert do_consent(client, home, head, "consent", purpose="phone_reminder", how="oral").status_code == 302
    consent = Consent.objects.get()
    assert (consent.how, consent.given_by_id, consent.withdrawn_at) == ("oral", head.pk, None)
    label = consent_purposes()["phone_reminder"].label
    assert f"同意：{label}（本人，口头，有人见证" in client.get(card_of(home)).content.decode()
    assert do_consent(client, home, head, "consent_end", purpose="phone_reminder").status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert f"同意：{label}" not in client.get(card_of(home)).content.decode()


def test_a_child_does_not_agree_alone(cast: Cast, home: Household) -> None:
    client = cast.client("worker")
    child = people_of(home)["child"]
    alone = do_consent(client, home, child, "consent", purpose="phone_reminder", how="paper")
    assert alone.status_code == 422 and not Consent.objects.exists()
    mother = people_of(home)["spouse"]
    Guardian.objects.get_or_create(
        ward=child, guardian=mother, to_on=None, defaults={"kind": "parent", "recorded_at": time.now()}
    )
    by = {"purpose": "phone_reminder", "how": "paper", "given_by_id": str(mother.public_id)}
    assert do_consent(client, home, child, "consent", **by).status_code == 302
    assert Consent.objects.get().given_by_id == mother.pk
    assert "（监护人，书面" in client.get(card_of(home)).content.decode()


def do_consent(client: Client, home: Household, person: Resident, code: str, **sent: str) -> Any:
    """Press through a consent of a person."""
    address = reverse("residents:person_act", args=[home.public_id, person.public_id, code])
    assert client.get(address).status_code == 200
    return client.post(address, sent)
