"""Search over everything: each kind in its own scope, and nothing typed in does harm."""

import json

import pytest

from linli.core.actor import Actor, system
from linli.foundation.accounts.models import Unit
from linli.foundation.places.models import Compound
from linli.portal.finding import DESK_KINDS, RESIDENT_KINDS, find
from linli.work.benefits.authoring.services.shipping import policies_ship
from linli.work.matters import services as do
from linli.work.matters.tests.life import Life

from ..finding import Hit

DESK, HITS, FIND, API = "/desk/search/", "/desk/search/hits/", "/search/", "/api/v1/search"


def groups(actor: Actor, words: str, kinds: tuple = DESK_KINDS) -> dict[str, list[Hit]]:  # type: ignore[type-arg]
    return {group.code: list(group.hits) for group in find(actor, words, kinds, 6)}


@pytest.fixture
def compound(life: Life) -> Compound:
    return Compound.objects.create(
        name="中山居",
        pinyin="zhongshanju",
        initials="zsj",
        address="桂花路1号",
        street=life.cast.places["street_place"],
        committee=life.cast.places["committee_a_place"],
        is_committee_confirmed=True,
        area_path=life.cast.places["committee_a_place"].path,
    )


def test_every_kind_is_found(life: Life, compound: Compound) -> None:
    street = life.who("street")
    assert {"matters", "notices"} >= groups(street, "路灯").keys() >= {"matters"}
    assert [hit.title for hit in groups(street, "中山居")["compounds"]] == ["中山居"]
    assert [hit.title for hit in groups(street, "城管中队")["units"]] == ["桂花街道城管中队"]
    assert "郑刚" in [hit.title for hit in groups(street, "郑刚")["staff"]]
    assert "节假日" in [hit.title for hit in groups(street, "节假日")["pages"]]
    assert [hit.title for hit in groups(street, "桂花第一")["divisions"]] == ["桂花第一居委会"]


def test_policies_are_found_at_the_desk_and_by_everybody(life: Life) -> None:
    policies_ship(actor=system("policies"), place=life.cast.places["province"])
    [hit] = groups(life.who("worker"), "综合津贴")["policies"]
    assert hit.title == "老年综合津贴" and hit.url.startswith("/desk/benefits/")
    hit = groups(life.who("resident"), "综合津贴", RESIDENT_KINDS)["benefits"][0]  # others speak of it
    assert (hit.title, hit.url) == ("老年综合津贴", "/benefits/elder_allowance/")
    assert "policies" not in groups(life.who("department"), "综合津贴")  # an office that does not read them
    assert "老年综合津贴" in life.cast.client("visitor").get(FIND, {"q": "综合津贴"}).content.decode()


@pytest.mark.parametrize("words", ["zhongshan", "zs", "ZS", "zsj"])
def test_places_are_found_by_pinyin_and_initials(life: Life, compound: Compound, words: str) -> None:
    assert [hit.title for hit in groups(life.who("worker"), words)["compounds"]] == ["中山居"]


@pytest.mark.parametrize("words", ["guihuadiyi", "ghdy", "GHDYJ", "居委"])
def test_units_are_found_by_pinyin_and_initials(life: Life, words: str) -> None:
    titles = [hit.title for hit in groups(life.who("street"), words)["units"]]
    assert "桂花第一居委会" in titles
    assert titles == sorted(titles, key=lambda name: Unit.objects.get(name=name).pinyin)


@pytest.mark.parametrize(
    ("role", "absent"),
    [
        ("other_street", {"matters", "compounds", "staff"}),
        ("other_district", {"matters", "compounds", "staff"}),
        ("worker_b", {"matters", "compounds"}),
    ],
)
def test_each_kind_keeps_its_own_scope(life: Life, compound: Compound, role: str, absent: set[str]) -> None:
    actor = life.who(role)
    for words in ("路灯", "中山居", "郑刚", "赵敏"):
        assert not absent & groups(actor, words).keys(), words


def test_a_message_is_found_by_its_reader_alone(life: Life) -> None:
    number = life.accept(life.report()).number
    assert "notices" in groups(life.who("resident"), number, RESIDENT_KINDS)
    assert "notices" not in groups(life.who("neighbour"), number, RESIDENT_KINDS)
    assert "notices" not in groups(life.who("visitor"), number, RESIDENT_KINDS)


def test_residents_find_what_is_public_and_their_own(life: Life) -> None:
    matter, neighbour = life.to_handling(), life.who("neighbour")
    assert "public" not in groups(neighbour, "喷泉石凳", RESIDENT_KINDS)
    do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, title="喷泉石凳开裂", text="已派单")
    assert groups(neighbour, "喷泉石凳", RESIDENT_KINDS)["public"][0].title == "喷泉石凳开裂"
    assert "own" not in groups(neighbour, matter.number, RESIDENT_KINDS)
    assert "own" in groups(life.who("resident"), matter.number, RESIDENT_KINDS)
    assert not {"matters", "staff", "units"} & groups(life.who("visitor"), "桂花", RESIDENT_KINDS).keys()


@pytest.mark.parametrize("words", ["灯", "%", "_", "\\", "  %  ", "。"])
@pytest.mark.parametrize("address", [DESK, FIND])
def test_too_little_is_said_in_the_page(life: Life, words: str, address: str) -> None:
    answer = life.cast.client("street").get(address, {"q": words})
    assert answer.status_code == 422
    assert "至少输入两个连续的字" in answer.content.decode()


@pytest.mark.parametrize("words", ["%%路灯", "中%居", "中_居", "100%", "桂花\\", "'; DROP", "a" * 500])
def test_signs_of_like_are_plain_signs(life: Life, compound: Compound, words: str) -> None:
    answer = life.cast.client("street").get(DESK, {"q": words})
    assert answer.status_code in (200, 422)
    assert "中山居" not in answer.content.decode()


def test_a_percent_sign_finds_itself(life: Life) -> None:
    Unit.objects.filter(name="桂花街道城管中队").update(kind="满意100%")
    assert [hit.title for hit in groups(life.who("street"), "100%")["units"]] == ["桂花街道城管中队"]


def test_a_number_leads_to_its_record(life: Life) -> None:
    matter = life.report()
    answer = life.cast.client("street").get(DESK, {"q": matter.number})
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/matters/{matter.public_id}/")
    assert life.cast.client("other_street").get(DESK, {"q": matter.number}).status_code == 200
    answer = life.cast.client("resident").get(FIND, {"q": matter.number})
    assert (answer.status_code, answer["Location"]) == (302, f"/m/{matter.public_id}/")
    assert life.cast.client("neighbour").get(FIND, {"q": matter.number}).status_code == 200


def test_what_was_looked_for_is_kept_for_the_session(life: Life) -> None:
    client = life.cast.client("street")
    assert "最近找过" not in client.get(DESK).content.decode()
    for words in ("路灯", "电梯", "路灯", "灯"):
        client.get(DESK, {"q": words})
    assert client.session["searches"] == ["路灯", "电梯"]
    assert "电梯" in client.get(HITS).content.decode()
    assert "最近找过" not in life.cast.client("street2").get(HITS).content.decode()


def test_hits_while_typing_are_a_fragment(life: Life) -> None:
    client = life.cast.client("street")
    found = client.get(HITS, {"q": "路灯"}).content.decode()
    assert 'role="option"' in found
    assert "<html" not in found
    assert client.get(HITS, {"q": "灯"}).content.decode().count("search-hit") == 0


def test_the_interface_finds_the_same(life: Life, compound: Compound) -> None:
    client = life.cast.client("street")
    answer = client.get(API, {"q": "中山居"})
    assert answer.status_code == 200
    body = json.loads(answer.content)
    assert [(g["kind"], [h["title"] for h in g["hits"]]) for g in body["groups"]] == [
        ("compounds", ["中山居"])
    ]
    assert client.get(API, {"q": "灯"}).status_code == 422


def test_search_takes_few_statements(life: Life, compound: Compound, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    street = life.who("street")
    with django_assert_max_num_queries(22):
        groups(street, "桂花")
