"""Every function × every personal field of the registry, through the real pages and interfaces."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from linli.core import clock
from linli.core.fields import EncryptedTextField
from linli.registers.residents.access import field_access
from linli.registers.residents.linking.rules import Claim
from linli.registers.residents.masking import MASKS, masked
from linli.registers.residents.models import (
    AccountLink,
    Fact,
    Household,
    Ownership,
    RegisterEvent,
    Resident,
)
from linli.registers.residents.sealing import sealed_set
from linli.registers.residents.services.upkeep import tokens_write
from linli.registers.residents.tests.plans import Plan, building_make, household_make, person_make, shop_make
from linli.work.benefits.models import Lead, Outreach
from linli.work.benefits.outreach.tests.world import policy_make
from linli.work.benefits.outreach.traces import trace_sealed
from tests.people import Cast

pytestmark = pytest.mark.django_db
# actors of the cast by function; all of the same street, so that scope hides nothing from them
ACTORS = {
    "grid_worker": "grid_worker",
    "committee": "worker",
    "street": "street",
    "district": "district",
    "city": "city",
    "department": "department",
    "property": "property",
    "supervisor": "supervisor",
    "operator": "operator",
    "resident": "resident",
    "visitor": "visitor",
}
MARKS = {
    "residents.Resident.name_sealed": "欧阳鑫淼",
    "residents.Resident.number_sealed": "11010519491231002X",
    "residents.Resident.phone_sealed": "13812349876",
    "residents.Resident.birth_sealed": "1949-12-31",
    "residents.Household.number_sealed": "HK70071234",
    "residents.Fact.value_sealed": "739201",
    "residents.Establishment.contact": "司徒焱垚",
    "residents.Establishment.phone": "13912347654",
    "residents.Ownership.certificate": "沪房地证70078899",
    "residents.RegisterEvent.undo_text": "回退内容鑫垚",
    "residents.AccountLink.claim": "轩辕森磊",  # the name in it
    "benefits.Lead.trace_sealed": "照护等级 垚垚级",  # a sensitive value in it
}
PAGES = ("find", "counts", "buildings", "people", "households", "establishments", "links", "codes")


def personal_fields() -> set[str]:
    return {
        f"{room}.{model.__name__}.{field.name}"
        for room in ("residents", "benefits")
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed") or isinstance(field, EncryptedTextField)
    }


class World:
    """One household with every personal field marked, in committee A."""

    def __init__(self, cast: Cast) -> None:
        self.cast, now = cast, clock.now()
        self.plan: Plan = building_make(cast)
        self.person: Resident = person_make(self.plan, date(1949, 12, 31))
        sealed_set(
            self.person,
            **{
                name: MARKS[f"residents.Resident.{name}_sealed"]
                for name in ("name", "number", "phone", "birth")
            },
        )
        self.person.save()
        self.household: Household = household_make(self.plan, "101", self.person)
        sealed_set(self.household, number=MARKS["residents.Household.number_sealed"])
        self.household.save()
        self.fact = Fact(resident=self.person, key="income", collected_on=clock.today(), recorded_at=now)
        sealed_set(self.fact, value=MARKS["residents.Fact.value_sealed"])
        self.fact.save()
        self.shop = shop_make(self.plan)
        self.shop.contact = MARKS["residents.Establishment.contact"]
        self.shop.phone = MARKS["residents.Establishment.phone"]
        self.shop.save()
        Ownership.objects.create(
            part=self.plan.parts["101"],
            kind="sold",
            registered_area=8000,
            certificate=MARKS["residents.Ownership.certificate"],
            area_path=self.person.area_path,
            recorded_at=now,
            updated_at=now,
        )
        RegisterEvent.objects.create(
            verb="resident.register",
            resident=self.person,
            area_path=self.person.area_path,
            at=now,
            undo_text=MARKS["residents.RegisterEvent.undo_text"],
        )

        said = Claim(name=MARKS["residents.AccountLink.claim"], birth="1949-12-31")
        self.link = AccountLink.objects.create(
            person=cast.person("neighbour"),
            part=self.plan.parts["101"],
            area_path=self.person.area_path,
            how="worker",
            asked_at=now,
            claim=said.as_text(),
        )

        self.visit, self.lead = self.found()

    def found(self) -> tuple[Outreach, Lead]:
        """A visit for a benefit, because of a sensitive fact."""
        now, version = clock.now(), policy_make(self.cast, "marked", "有依据的补贴")
        about = {"household": self.household, "area_path": self.household.area_path}
        visit = Outreach.objects.create(**about, opened_at=now)
        value = MARKS["benefits.Lead.trace_sealed"]
        line = {"label": "有照护等级", "clause": "第五条", "answer": "yes", "depth": 0, "value": value}
        line |= {"against": "", "columns": ["care_level"], "known_on": 0, "expired_on": 0, "missing": []}
        text = json.dumps({"on": clock.today().isoformat(), "lines": [line], "absent": []})
        lead = Lead.objects.create(
            **about,
            policy=version.policy,
            policy_version=version,
            outreach=visit,
            resident=self.person,
            verdict=Lead.Verdict.ELIGIBLE,
            state=Lead.State.OPEN,
            found_on=clock.today(),
            trace_sealed=trace_sealed(self.person, text),
        )
        return visit, lead

    def addresses(self) -> list[str]:
        named = {
            "building": self.plan.building.public_id,
            "part": self.plan.parts["101"].public_id,
            "household": self.household.public_id,
            "establishment": self.shop.public_id,
            "resident_reveal": self.person.public_id,
            "household_reveal": self.household.public_id,
            "link": self.link.public_id,
        }
        plain = [reverse(f"residents:{name}") for name in PAGES]
        plain += [reverse("benefits:visits"), reverse("benefits:visit", args=[self.visit.public_id])]
        plain += [f"/api/v1/benefits/{row}" for row in ("leads", f"leads/{self.lead.public_id}")]
        return plain + [reverse(f"residents:{name}", args=[value]) for name, value in named.items()]

    def seen(self, client: Client) -> str:
        """Everything that a reader is shown without saying what for."""
        answers = [client.get(address, follow=True) for address in self.addresses()]
        answers.append(client.post(reverse("residents:search"), {"words": "oyxm", "area": ""}))
        asked = {"content_type": "application/json"}
        answers.append(client.post("/api/v1/residents/search", {"words": "oyxm"}, **asked))
        answers.append(client.get("/api/v1/residents/counts"))
        answers.append(client.get("/me/data/"))
        return "\n".join(answer.content.decode() for answer in answers if hasattr(answer, "content"))

    def revealed(self, client: Client) -> str:
        """What is shown for a purpose."""
        url = reverse("residents:resident_reveal", args=[self.person.public_id])
        asked = {"purpose": "visit", "fields_asked": ["name", "number", "phone", "birth"]}
        answers = [client.post(url, asked)]
        answers.append(client.post(reverse("residents:link", args=[self.link.public_id]), {"act": "reveal"}))
        shop = reverse("residents:establishment", args=[self.shop.public_id])
        answers.append(client.post(shop, {"purpose": "contact"}))
        visit = reverse("benefits:visit", args=[self.visit.public_id])
        answers.append(client.post(visit, {"purpose": "visit"}))
        return "\n".join(answer.content.decode() for answer in answers)


@pytest.fixture
def world(cast: Cast) -> World:
    from linli.core.actor import system
    from linli.core.service import record, service

    built = World(cast)

    @service
    def findable(*, actor: Any) -> None:
        tokens_write(residents=[built.person])
        record("resident.register", built.person)

    findable(actor=system("test"))
    return built


def way_of(field: str, body: str, opened: str) -> str:
    """Return how a field is seen in what was shown."""
    value, mask = MARKS[field], field_access()[field].mask
    shown = "none"
    if value in body:
        shown = "clear"
    elif mask and masked(mask, value) in body:
        shown = "masked"
    return f"{shown} reveal" if value in opened and shown != "clear" else shown


def test_every_personal_field_has_its_line_and_its_mark() -> None:
    assert personal_fields() == set(field_access()) == set(MARKS)
    for line in field_access().values():
        is_masked = any("masked" in way for way in line.ways.values())
        assert line.label and (line.mask in MASKS) == is_masked, line.field


@pytest.mark.parametrize("function", ACTORS)
def test_every_function_sees_what_the_table_says(world: World, cast: Cast, function: str) -> None:
    client = Client() if function == "visitor" else cast.client(ACTORS[function])
    body, opened = world.seen(client), world.revealed(client)
    wrong = []
    for field, line in field_access().items():
        said = line.way(function)
        if (got := way_of(field, body, opened)) != said:
            wrong.append(f"{function} · {field}: {got}, the table says {said}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_trace_is_not_opened_for_what_does_not_need_it(world: World, cast: Cast) -> None:
    page, mark = reverse("benefits:visit", args=[world.visit.public_id]), MARKS["benefits.Lead.trace_sealed"]
    said = cast.client("worker").post(page, {"purpose": "contact"}).content.decode()
    assert "有照护等级" in said and mark not in said


def test_a_mark_is_found_where_it_stands() -> None:
    field = "residents.Resident.phone_sealed"
    assert way_of(field, MARKS[field], "") == "clear"
    assert way_of(field, "138****9876", MARKS[field]) == "masked reveal"
    assert way_of(field, "", "") == "none"
    assert not re.search(r"\d{11}", masked("phone", MARKS[field]))
