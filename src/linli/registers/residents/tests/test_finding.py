"""Finding people: within one's areas, limited, recorded without the words; values opened for a purpose."""

from datetime import date

import pytest
from django.core.cache import cache

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound, TooMany
from linli.foundation.accounts.models import RateHit
from linli.foundation.audit.models import AuditRecord
from linli.foundation.audit.selectors import looks_about
from linli.registers.residents.finding import services
from linli.registers.residents.finding.services import household_reveal, resident_reveal, residents_search
from linli.registers.residents.models import AccountLink, Guardian, Household, Membership, Resident
from tests.people import Cast

from .persons import person

pytestmark = pytest.mark.django_db
NUMBER, PHONE, BIRTH = "11010519491231002X", "13800138000", "1949-12-31"
WORKING = ("worker", "worker2", "grid_worker", "street")
OTHERS = ("district", "city", "department", "property", "supervisor", "operator", "resident", "visitor")


@pytest.fixture
def wang(cast: Cast) -> Resident:
    return person(cast.places["committee_a_place"], "王小明", number=NUMBER, phone=PHONE, birth=BIRTH)


@pytest.fixture
def afar(cast: Cast) -> Resident:
    return person(cast.places["other_committee_place"], "王小明")


def _names(actor: Actor, words: str, area: str = "") -> list[str]:
    return [hit.name for hit in residents_search(actor=actor, words=words, area=area).hits]


@pytest.mark.parametrize("who", WORKING)
@pytest.mark.parametrize(
    "words",
    ["王小明", "小明", "王*明", "wangxiaoming", "wxm", PHONE, NUMBER, NUMBER.lower(), "138 0013 8000"],
)
def test_who_works_with_people_finds_them_masked(
    cast: Cast, wang: Resident, afar: Resident, who: str, words: str
) -> None:
    found = residents_search(actor=cast.actor(who), words=words)
    assert [hit.resident.pk for hit in found.hits] == [wang.pk] and not found.has_more
    hit = found.hits[0]
    assert (hit.name, hit.number, hit.phone, hit.birth) == (
        *("王**", "110***********002X", "138****8000", "1949-12-**"),
    )


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_searches_by_name(cast: Cast, wang: Resident, who: str) -> None:
    with pytest.raises(NotAllowed):
        residents_search(actor=cast.actor(who), words="王小明")
    assert not AuditRecord.objects.filter(verb="resident.search").exists()


def test_another_street_and_another_district_find_nothing(cast: Cast, wang: Resident) -> None:
    assert _names(cast.actor("other_worker"), "王小明") == []
    assert _names(cast.actor("worker_b"), "王小明") == []


def test_an_area_of_ones_own_narrows_and_another_is_missing(cast: Cast, wang: Resident) -> None:
    person(cast.places["committee_b_place"], "王小明")
    street = cast.actor("street")
    assert len(_names(street, "王小明")) == 2
    assert len(_names(street, "王小明", cast.places["committee_b_place"].path)) == 1
    with pytest.raises(NotFound):
        _names(street, "王小明", cast.places["other_committee_place"].path)


def test_too_many_are_cut_and_said(cast: Cast) -> None:
    for _ in range(51):
        person(cast.places["committee_a_place"], "王伟")
    found = residents_search(actor=cast.actor("worker"), words="王伟")
    assert len(found.hits) == 50 and found.has_more
    assert AuditRecord.objects.get(verb="resident.search").purpose.endswith("找到 50+ 人")


def test_whole_names_come_first(cast: Cast) -> None:
    place = cast.places["committee_a_place"]
    longer, whole = person(place, "王伟民"), person(place, "王伟")
    found = residents_search(actor=cast.actor("worker"), words="王伟")
    assert [hit.resident.pk for hit in found.hits] == [whole.pk, longer.pk]


def test_who_moved_away_or_died_is_still_found_and_merged_ones_are_not(cast: Cast) -> None:
    place = cast.places["committee_a_place"]
    (
        person(place, "王伟", state="away"),
        person(place, "王伟", state="dead"),
        person(place, "王伟", state="merged"),
    )
    found = residents_search(actor=cast.actor("worker"), words="王伟")
    assert sorted(hit.resident.state for hit in found.hits) == ["away", "dead"]


def test_a_search_is_recorded_with_a_digest_and_never_the_words(cast: Cast, wang: Resident) -> None:
    residents_search(actor=cast.actor("worker"), words="王小明")
    residents_search(actor=cast.actor("worker"), words="王小明")
    residents_search(actor=cast.actor("worker"), words=PHONE)
    rows = list(AuditRecord.objects.filter(verb="resident.search").order_by("at", "id"))
    assert rows[0].purpose == rows[1].purpose != rows[2].purpose
    assert rows[0].purpose.endswith("找到 1 人") and rows[0].person_id == cast.person("worker").pk
    told = str([row.__dict__ for row in rows]) + str(list(RateHit.objects.values()))
    assert not any(value in told for value in ("王小明", "小明", PHONE, "wangxiaoming"))


@pytest.mark.parametrize("words", ["", "王", "王*", "x"])
def test_too_short_words_change_nothing(cast: Cast, words: str) -> None:
    with pytest.raises(InvalidInput):
        residents_search(actor=cast.actor("worker"), words=words)
    assert not AuditRecord.objects.filter(verb="resident.search").exists()
    assert not RateHit.objects.filter(kind__startswith="residents").exists()


def test_whoever_tries_names_in_a_row_is_stopped(cast: Cast, wang: Resident, clock) -> None:
    for _ in range(services.SEARCHES[0].times):
        residents_search(actor=cast.actor("worker"), words="李四")
    with pytest.raises(TooMany) as refused:
        residents_search(actor=cast.actor("worker"), words="王小明")
    assert refused.value.details["retry_after"] > 0
    assert _names(cast.actor("worker2"), "王小明") == ["王**"]


def _looks(cast: Cast, name: str = "resident") -> list[AuditRecord]:
    return list(looks_about(cast.actor(name)))


def _linked(cast: Cast, resident: Resident, name: str = "resident", state: str = "standing") -> AccountLink:
    return AccountLink.objects.create(
        person=cast.person(name), resident=resident, how="worker", state=state, asked_at=clock.now()
    )


def test_a_reveal_opens_what_was_asked_and_is_seen_by_the_person(cast: Cast, wang: Resident) -> None:
    shown = resident_reveal(
        actor=cast.actor("worker"), resident_id=wang.public_id, fields=["phone", "name"], purpose="visit"
    )
    assert shown == {"name": "王小明", "phone": PHONE}
    assert _looks(cast) == []
    link = _linked(cast, wang)
    (look,) = _looks(cast)  # also looks from before the link
    assert look.purpose == "走访" and look.looked_at == ["name_sealed", "phone_sealed"]
    resident_reveal(actor=cast.actor("street"), resident_id=wang.public_id, fields=["name"], purpose="rescue")
    assert len(_looks(cast)) == 2 and _looks(cast, "neighbour") == []
    link.state = "ended"
    link.save()
    assert len(_looks(cast)) == 1  # made while it was theirs
    told = str([row.__dict__ for row in AuditRecord.objects.all()])
    assert "王小明" not in told and PHONE not in told


def test_a_guardian_sees_looks_at_a_ward_until_it_ends(cast: Cast, wang: Resident) -> None:
    child = person(cast.places["committee_a_place"], "王小小", birth="2018-06-01")
    guard = Guardian.objects.create(ward=child, guardian=wang, kind="parent", recorded_at=clock.now())
    _linked(cast, wang)
    resident_reveal(actor=cast.actor("worker"), resident_id=child.public_id, fields=["name"], purpose="visit")
    assert len(_looks(cast)) == 1
    guard.to_on = date(2026, 1, 1)
    guard.save()
    assert _looks(cast) == []


def test_an_asked_link_shows_nothing_yet(cast: Cast, wang: Resident) -> None:
    _linked(cast, wang, state="asked")
    resident_reveal(actor=cast.actor("worker"), resident_id=wang.public_id, fields=["name"], purpose="visit")
    assert _looks(cast) == []


@pytest.mark.parametrize(
    ("fields", "purpose"),
    [([], "visit"), (["name"], ""), (["name"], "好奇"), (["data_key"], "visit"), (["number_index"], "visit")],
)
def test_a_reveal_without_purpose_or_fields_is_refused(
    cast: Cast, wang: Resident, fields: list[str], purpose: str
) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(InvalidInput):
        resident_reveal(
            actor=cast.actor("worker"), resident_id=wang.public_id, fields=fields, purpose=purpose
        )
    assert AuditRecord.objects.count() == before


def test_a_reveal_is_refused_outside_and_to_others(cast: Cast, wang: Resident) -> None:
    asked = {"resident_id": wang.public_id, "fields": ["name"], "purpose": "visit"}
    for who in ("other_worker", "worker_b", "other_street"):
        with pytest.raises(NotFound):
            resident_reveal(actor=cast.actor(who), **asked)
    for who in OTHERS:
        with pytest.raises(NotAllowed):
            resident_reveal(actor=cast.actor(who), **asked)
    assert not AuditRecord.objects.filter(verb="resident.reveal").exists()


def test_a_household_is_revealed_person_by_person(cast: Cast, wang: Resident) -> None:
    now, place = clock.now(), cast.places["committee_a_place"]
    home = Household.objects.create(
        area_path=place.path, place_code=place.code, created_at=now, updated_at=now
    )
    other = person(place, "李四")
    for one, relation in ((wang, "head"), (other, "spouse")):
        Membership.objects.create(household=home, resident=one, relation=relation, recorded_at=now)
    shown = household_reveal(
        actor=cast.actor("grid_worker"), household_id=home.public_id, fields=["name"], purpose="verify"
    )
    assert shown == {wang.public_id: {"name": "王小明"}, other.public_id: {"name": "李四"}}
    assert AuditRecord.objects.filter(verb="resident.reveal").count() == 2
    with pytest.raises(NotFound):
        household_reveal(
            actor=cast.actor("worker_b"), household_id=home.public_id, fields=["name"], purpose="verify"
        )
    with pytest.raises(NotAllowed):
        household_reveal(
            actor=cast.actor("district"), household_id=home.public_id, fields=["name"], purpose="verify"
        )


SEARCH = "/desk/residents/search/"


def test_the_page_finds_masks_and_keeps_nothing(cast: Cast, wang: Resident) -> None:
    client = cast.client("worker")
    assert client.get(SEARCH).status_code == 200
    answer = client.post(SEARCH, {"words": "王小明", "area": ""})
    body = answer.content.decode()
    assert "王**" in body and "138****8000" in body and "1949-12-**" in body
    assert body.count("王小明") == 1  # in the box, where it was typed
    assert "no-store" in answer["Cache-Control"]
    assert PHONE not in body and NUMBER not in body
    assert client.post(SEARCH, {"words": "王", "area": ""}).status_code == 422
    assert "没有找到" in client.post(SEARCH, {"words": "李四", "area": ""}).content.decode()
    session = str(dict(client.session.items())) + str(getattr(cache, "_cache", {}))
    assert "王小明" not in session and "小明" not in session


def test_the_page_of_a_reveal_asks_why(cast: Cast, wang: Resident) -> None:
    client = cast.client("grid_worker")
    url = f"/desk/residents/people/{wang.public_id}/reveal/"
    asks = client.get(url).content.decode()
    assert "王**" in asks and "王小明" not in asks and "走访" in asks
    refused = client.post(url, {"purpose": "", "fields_asked": ["name"]})
    assert refused.status_code == 422 and "王小明" not in refused.content.decode()
    shown = client.post(url, {"purpose": "visit", "fields_asked": ["name", "birth"]})
    body = shown.content.decode()
    assert "王小明" in body and BIRTH in body and PHONE not in body
    assert "no-store" in shown["Cache-Control"]
    client = cast.client("other_worker")
    assert client.get(url).status_code == 404


def test_the_interface_does_the_same(cast: Cast, wang: Resident) -> None:
    client = cast.client("worker")
    kind = {"content_type": "application/json"}
    answer = client.post("/api/v1/residents/search", {"words": "wxm"}, **kind)
    (item,) = answer.json()["items"]
    assert (item["name"], item["phone"]) == ("王**", "138****8000") and not answer.json()["has_more"]
    url = f"/api/v1/residents/{item['public_id']}/reveal"
    assert client.post(url, {"fields": ["name"], "purpose": "x"}, **kind).status_code == 422
    shown = client.post(url, {"fields": ["name"], "purpose": "handle"}, **kind)
    assert shown.json() == {"name": "王小明"}
    client = cast.client("district")
    assert client.post("/api/v1/residents/search", {"words": "wxm"}, **kind).status_code == 403
    assert client.post(url, {"fields": ["name"], "purpose": "handle"}, **kind).status_code == 403
