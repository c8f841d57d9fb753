"""Pages of titles, care and the dictionary."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.care.tasks import care_nightly
from linli.registers.residents.facts.dictionary import dictionary
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import CareEntry, Establishment, Ownership, Resident
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.services import ownership_register
from linli.registers.residents.sealing import sealed_values
from tests.people import Cast

from .facts_world import compound_at, household_at, parts_of, resident_at

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def named(path: str, name: str, **plain: str) -> Resident:
    person = resident_at(path, birth_month=date(1940, 5, 1))
    for column, value in sealed_values(person, name=name, **plain).items():
        setattr(person, column, value)
    person.save()
    return person


@pytest.fixture
def world(cast: Cast, clock: Any) -> dict[str, Any]:
    path = cast.places["committee_a_place"].path
    compound = compound_at(cast)
    first, second = parts_of(compound, "101", "102")
    person = named(path, "欧阳明珠")
    household_at(path, person, part=first)
    return {"path": path, "compound": compound, "part": first, "other": second, "person": person}


def write(client: Any, part: Any, act: str, **given: Any) -> Any:
    return client.post(reverse("residents:title_write", args=[part.public_id, act]), given)


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


# -- titles ------------------------------------------------------------------------------------------------
def test_a_title_is_registered_passed_on_and_shown_masked(cast: Cast, world: dict[str, Any]) -> None:
    client, part, person = cast.client("worker"), world["part"], world["person"]
    buyer = named(cast.places["other_committee_place"].path, "李四", number=NUMBER)
    page = client.get(reverse("residents:title_write", args=[part.public_id, "register"]))
    assert "欧阳** " in body(page) and "欧阳明珠" not in body(page)
    done = write(
        client,
        part,
        "register",
        kind="sold",
        area="89.50",
        from_on="2020-01-01",
        who_1=f"r:{person.public_id}",
        certificate="沪001",
    )
    assert done.status_code == 302, body(done)
    title = Ownership.objects.get()
    assert (title.registered_area, title.owners.get().resident) == (8950, person)
    done = write(
        client, part, "transfer", version="1", kind="sold", area="89.50", on="2026-03-01",
        number_1=NUMBER.lower(), share_1="1/2", who_2=f"r:{person.public_id}", share_2="50%", voter_2="on",
    )  # fmt: skip
    assert done.status_code == 302, body(done)
    now = Ownership.objects.get(to_on__isnull=True)
    assert {owner.resident for owner in now.owners.all()} == {buyer, person}
    shown = body(client.get(reverse("residents:part_title", args=[part.public_id])))
    assert "李*" in shown and "欧阳**" in shown and "1/2" in shown and "过去的产权" in shown
    for secret in ("李四", "欧阳明珠", NUMBER, "沪001"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"area": "0"}, "登记面积必须大于0"),
        ({"area": "八十"}, "平方米数"),
        ({"number_1": "11010519491231002X", "who_1": ""}, "登记里没有这个号码"),
        ({"share_1": "1/3"}, "合计是1/3"),
        ({"share_1": "二分之一"}, "写成不大于1的分数"),
        ({"who_1": ""}, "至少登记一位产权人"),
        ({"from_on": "2030-01-01"}, "不能晚于今天"),
        ({"share_2": "1/2"}, "请选择产权人"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(
    cast: Cast, world: dict[str, Any], given: dict[str, str], words: str
) -> None:
    whole = {"kind": "sold", "area": "89.5", "who_1": f"r:{world['person'].public_id}", **given}
    answer = write(cast.client("worker"), world["part"], "register", **whole)
    assert answer.status_code == 422 and words in body(answer)
    assert NUMBER not in body(answer) or given.get("number_1")
    assert not Ownership.objects.exists()


def test_a_page_that_is_out_of_date_is_told(cast: Cast, world: dict[str, Any]) -> None:
    client, part, person = cast.client("worker"), world["part"], world["person"]
    ownership_register(actor=cast.actor("worker"), part_id=part.pk, area=1, owners=[OwnerEntry(person.pk)])
    given = {"kind": "sold", "area": "2", "who_1": f"r:{person.public_id}", "reason": "错", "version": "9"}
    assert write(client, part, "correct", **given).status_code == 409
    assert write(client, part, "register", **given).status_code == 404
    assert write(client, part, "correct", **(given | {"version": "1"})).status_code == 302
    end = reverse("residents:title_act", args=[part.public_id, "end"])
    assert client.post(end, {"version": "2", "on": "", "reason": ""}).status_code == 422
    assert client.post(end, {"version": "2", "on": "2026-03-01", "reason": "拆除"}).status_code == 302
    assert not Ownership.objects.filter(to_on__isnull=True).exists()


def test_the_roll_says_heads_area_and_what_is_missing(cast: Cast, world: dict[str, Any]) -> None:
    actor = cast.actor("worker")
    firm = Establishment.objects.create(
        name="临江置业", credit_code="91310000MA1FL00000", area_path=world["path"], created_at=time.now(),
        updated_at=time.now(),
    )  # fmt: skip
    owners = [OwnerEntry(world["person"].pk), OwnerEntry(establishment_id=firm.pk)]
    ownership_register(actor=actor, part_id=world["part"].pk, area=8950, owners=owners)
    url = reverse("residents:ownerships")
    listed = body(cast.client("worker").get(url))
    assert "桂花苑" in listed
    shown = body(cast.client("worker").get(url, {"compound": world["compound"].public_id}))
    assert "欧阳**、临江置业" in shown and "89.50" in shown and "清册还不完整" in shown and "待推选" in shown
    assert cast.client("worker_b").get(url, {"compound": world["compound"].public_id}).status_code == 404


# -- care --------------------------------------------------------------------------------------------------
def test_a_proposal_is_confirmed_in_one_press_and_printed(cast: Cast, world: dict[str, Any]) -> None:
    care_nightly()
    client, entry = cast.client("worker"), CareEntry.objects.get()
    page = body(client.get(reverse("residents:care")))
    assert "欧阳**" in page and "欧阳明珠" not in page and "独自居住" in page and "101室" in page
    act = reverse("residents:care_act", args=[entry.public_id, "confirm"])
    back = "/desk/residents/care/?state=proposed"
    done = client.post(act, {"back": back})
    assert done.status_code == 302 and done["Location"] == back
    assert client.post(act, {"back": "https://evil.example"}).status_code == 409
    running = body(client.get(reverse("residents:care"), {"state": "confirmed", "group": "alone_80"}))
    assert "打印服务名单" in running and "每周探访" in running
    printed = body(client.post(reverse("residents:care_round"), {"group": "alone_80"}))
    assert "欧阳明珠" in printed and "101室" in printed
    assert AuditRecord.objects.latest("pk").looked_at == ["name", "address"]


def test_a_refusal_needs_its_reason(cast: Cast, world: dict[str, Any]) -> None:
    care_nightly()
    client, entry = cast.client("grid_worker"), CareEntry.objects.get()
    act = reverse("residents:care_act", args=[entry.public_id, "refuse"])
    assert client.post(act, {"reason": ""}).status_code == 422
    answer = client.post(act, {"reason": "女儿同住", "back": "https://evil.example/"})
    assert answer["Location"] == reverse("residents:care")
    assert "女儿同住" in body(client.get(reverse("residents:care"), {"state": "refused"}))
    assert client.post(reverse("residents:care_act", args=[entry.public_id, "dance"])).status_code == 404


@pytest.mark.parametrize("who", ["street", "district", "worker_b", "property"])
def test_others_see_numbers_at_most(cast: Cast, world: dict[str, Any], who: str) -> None:
    care_nightly()
    for state in ("proposed", "confirmed", "nonsense"):
        page = body(cast.client(who).get(reverse("residents:care"), {"state": state}))
        assert "欧阳" not in page and "101室" not in page
    assert ("&lt;5" in page) == (who in ("street", "district"))


# -- the dictionary ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("who", "name"), [("worker", "dictionary"), ("visitor", "dictionary_public")])
def test_everything_that_may_be_kept_is_shown_with_its_law(cast: Cast, who: str, name: str) -> None:
    page = body(cast.client(who).get(reverse(f"residents:{name}")))
    for line in dictionary().values():
        assert line.label in page and line.purpose in page
    assert "这些永远不登记" in page and "宗教信仰" in page and "个人信息保护法第28条" in page


def test_the_card_opens_only_what_the_purpose_allows(cast: Cast, world: dict[str, Any]) -> None:
    actor, person = cast.actor("worker"), world["person"]
    fact_set(actor=actor, subject=person, key="care_level", value="三级")
    fact_set(actor=actor, subject=person, key="income", value="1595", period="2026-02/wage")
    household = person.memberships.get().household
    fact_set(actor=actor, subject=household, key="assistance", value="dibao")
    url = reverse("residents:household", args=[household.public_id])
    client = cast.client("worker")
    for closed in (client.get(url), client.post(url, {"purpose": "visit"})):
        assert "三级" not in body(closed) and "1,595" not in body(closed) and "***" in body(closed)
    opened = body(client.post(url, {"purpose": "visit", "facts": "1"}))
    assert "三级" in opened and "最低生活保障家庭" in opened and "1,595" not in opened
    looks = AuditRecord.objects.filter(verb="fact.reveal").order_by("pk")
    assert [(row.purpose, row.looked_at) for row in looks] == [
        ("走访", ["fact.assistance"]),
        ("走访", ["fact.care_level"]),
    ]
    contact = body(client.post(url, {"purpose": "contact", "facts": "1"}))
    assert "三级" not in contact and looks.count() == 2
