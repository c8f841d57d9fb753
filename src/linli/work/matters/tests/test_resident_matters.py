"""A reporter's own matters and what is public: who sees what, and each thing that can be done next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from linli.core import clock as core_clock
from linli.foundation.files.models import StoredFile
from linli.foundation.places.models import Compound
from linli.work.matters import services
from linli.work.matters.models import Matter, Question
from linli.work.matters.workflow import State
from tests.people import Cast

from .resident_life import WORDS, Life, boundaries_make, compound_make, picture, report_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def compound(cast: Cast) -> Compound:
    return compound_make(cast)


@pytest.fixture
def life(cast: Cast, compound: Compound) -> Life:
    life = Life(cast, compound)
    life.reported(cast.client("resident"), photos=[picture()])
    return life


@pytest.fixture
def resident(cast: Cast) -> Client:
    return cast.client("resident")


def page(answer: Any) -> str:
    return answer.content.decode()


def later(days: int) -> Any:
    return core_clock.clock_at(core_clock.now() + timedelta(days=days))


# -- who sees it ---------------------------------------------------------------
def test_the_reporter_sees_number_place_and_promise(resident: Client, life: Life) -> None:
    shown = page(resident.get(f"/m/{life.matter.public_id}/"))
    assert life.matter.number in shown
    assert WORDS in shown
    assert "桂花苑" in shown
    assert "17:30前决定是否受理" in shown


@pytest.mark.parametrize("path", ["", "receipt/", "withdraw/", "rate/", "ask_reopen/"])
def test_others_find_nothing(cast: Cast, life: Life, path: str) -> None:
    url = f"/m/{life.matter.public_id}/{path}"
    assert cast.client("neighbour").get(url).status_code == 404
    asked = Client().get(url)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("who", ["worker", "street", "district"])
def test_staff_are_led_to_the_record(cast: Cast, life: Life, who: str) -> None:
    answer = cast.client(who).get(f"/m/{life.matter.public_id}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/matters/{life.matter.public_id}/"


@pytest.mark.parametrize("who", ["other_worker", "other_street", "department"])
def test_staff_elsewhere_find_nothing(cast: Cast, life: Life, who: str) -> None:
    assert cast.client(who).get(f"/m/{life.matter.public_id}/").status_code == 404


def test_photos_are_for_the_reporter(cast: Cast, resident: Client, life: Life) -> None:
    stored = StoredFile.objects.get()
    url = f"/m/{life.matter.public_id}/photo/{stored.public_id}/thumb/"
    assert resident.get(url)["Content-Type"] == "image/jpeg"
    assert cast.client("neighbour").get(url).status_code == 404
    other = resident.post(
        "/report/", report_form(life.compound, photos=[picture("red", "b.jpg")], request_key="d" * 32)
    )
    elsewhere = f"/m/{other['Location'].split('/')[2]}/photo/{stored.public_id}/thumb/"
    assert resident.get(elsewhere).status_code == 404


# -- what can be done next --------------------------------------------------------
def test_withdraw(resident: Client, life: Life) -> None:
    url = f"/m/{life.matter.public_id}/withdraw/"
    assert f'name="version" value="{life.matter.version}"' in page(resident.get(url))
    answer = resident.post(url, {"version": life.matter.version, "reason": "物业已经修好"}, follow=True)
    assert "已撤回" in page(answer)
    life.matter.refresh_from_db()
    assert life.matter.state == State.WITHDRAWN


def test_withdrawing_what_has_changed_is_refused(resident: Client, life: Life) -> None:
    before = life.matter.version
    life.accepted()
    answer = resident.post(f"/m/{life.matter.public_id}/withdraw/", {"version": before, "reason": ""})
    assert answer.status_code == 409
    assert "受理" in page(answer)
    life.matter.refresh_from_db()
    assert life.matter.state == State.ACCEPTED


def test_withdrawing_what_is_being_handled_is_refused(resident: Client, life: Life) -> None:
    life.accepted()
    life.handed()
    answer = resident.post(f"/m/{life.matter.public_id}/withdraw/", {"version": life.matter.version})
    assert answer.status_code == 409
    assert "withdraw" not in page(resident.get(f"/m/{life.matter.public_id}/"))


def test_guidance_is_confirmed_or_objected_to(resident: Client, life: Life) -> None:
    life.accepted()
    life.guided()
    shown = page(resident.get(f"/m/{life.matter.public_id}/"))
    assert "可以请物业换灯泡" in shown
    assert "您还可以" not in shown  # both answers stand beside each other
    assert shown.count(f"/m/{life.matter.public_id}/object/") == 1
    empty = resident.post(
        f"/m/{life.matter.public_id}/object/", {"version": life.matter.version, "reason": ""}
    )
    assert empty.status_code == 422
    resident.post(
        f"/m/{life.matter.public_id}/object/", {"version": life.matter.version, "reason": "物业不肯"}
    )
    life.matter.refresh_from_db()
    assert life.matter.state == State.ACCEPTED
    life.guided()
    resident.post(f"/m/{life.matter.public_id}/confirm_guidance/", {"version": life.matter.version})
    life.matter.refresh_from_db()
    assert life.matter.state == State.CLOSED


def test_the_journey_names_who_has_it(resident: Client, life: Life) -> None:
    life.accepted()
    life.handed()
    shown = page(resident.get(f"/m/{life.matter.public_id}/"))
    assert "安居物业公司" in shown


def test_rating_once_and_asking_again(resident: Client, life: Life) -> None:
    life.accepted()
    life.handed()
    life.handled()
    life.closed()
    url = f"/m/{life.matter.public_id}/"
    assert "问题解决了吗" in page(resident.get(url))
    said = {"was_contacted": "yes", "was_solved": "no", "was_satisfied": "no", "comment": "还是不亮"}
    assert resident.post(f"{url}rate/", {"was_contacted": "yes"}).status_code == 422
    assert resident.post(f"{url}rate/", said).status_code == 302
    assert resident.post(f"{url}rate/", said).status_code == 409
    assert life.matter.ratings.count() == 1
    assert resident.post(f"{url}ask_reopen/", {"reason": "第二天又灭了"}).status_code == 302
    life.matter.refresh_from_db()
    assert life.matter.state == State.REOPENING


def test_asking_again_after_the_window_is_over(resident: Client, life: Life) -> None:
    life.accepted()
    life.handed()
    life.handled()
    life.closed()
    with later(120):
        answer = resident.post(f"/m/{life.matter.public_id}/ask_reopen/", {"reason": "又灭了"})
        assert answer.status_code == 410


def test_a_question_is_answered_with_a_photo(resident: Client, cast: Cast, life: Life) -> None:
    services.question_ask(actor=cast.actor("worker"), matter_id=life.matter.pk, text="是东边那盏吗？")
    question = Question.objects.get()
    assert "有问题等您回答" in page(resident.get("/mine/"))
    url = f"/m/{life.matter.public_id}/answer/{question.public_id}/"
    assert url in page(resident.get(f"/m/{life.matter.public_id}/"))
    assert resident.post(url, {"answer": ""}).status_code == 422
    sent = resident.post(url, {"answer": "是的", "photos": [picture("red")], "request_key": "e" * 32})
    assert sent.status_code == 302
    question.refresh_from_db()
    assert question.answer == "是的"
    assert cast.client("neighbour").get(url).status_code == 404


def test_a_question_of_another_matter_is_not_there(resident: Client, cast: Cast, life: Life) -> None:
    services.question_ask(actor=cast.actor("worker"), matter_id=life.matter.pk, text="是东边那盏吗？")
    question = Question.objects.get()
    other = resident.post("/report/", report_form(life.compound, request_key="f" * 32))["Location"]
    assert resident.get(f"/m/{other.split('/')[2]}/answer/{question.public_id}/").status_code == 404


def test_an_unknown_act_is_not_there(resident: Client, life: Life) -> None:
    assert resident.get(f"/m/{life.matter.public_id}/explode/").status_code == 404


# -- lists ------------------------------------------------------------------------
def test_mine_shows_own_matters_only(resident: Client, cast: Cast, life: Life) -> None:
    assert life.matter.title in page(resident.get("/mine/"))
    assert life.matter.title not in page(cast.client("neighbour").get("/mine/"))
    assert Client().get("/mine/").status_code == 302


def test_mine_does_not_ask_the_database_more_for_more(
    resident: Client, life: Life, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        resident.post("/report/", report_form(life.compound, request_key=f"{number}" * 32))
    with django_assert_max_num_queries(12):
        resident.get("/mine/")


# -- what is public ------------------------------------------------------------------
def test_nothing_is_public_by_itself(client: Client, life: Life) -> None:
    assert life.matter.title not in page(client.get("/public/?area=all"))


def test_the_public_version_holds_none_of_the_report(client: Client, life: Life) -> None:
    life.accepted()
    version = life.published()
    shown = page(client.get(f"/public/{version.public_id}/"))
    assert "3号楼路灯维修" in shown
    assert WORDS not in shown
    assert life.matter.number not in shown
    assert str(life.matter.public_id) not in shown
    assert version.title in page(client.get("/public/?area=990101001001"))
    assert version.title not in page(client.get("/public/?area=990101002001"))
    assert version.title not in page(client.get("/public/?area=all&stage=closed"))
    assert version.title in page(client.get("/public/?area=all&q=路灯"))
    assert version.title not in page(client.get("/public/?area=all&q=电梯"))


def test_the_map_shows_published_places_only(client: Client, life: Life) -> None:
    life.accepted()
    assert client.get("/public/map.geojson?area=all").json()["features"] == []
    version = life.published()
    [feature] = client.get("/public/map.geojson?area=all").json()["features"]
    assert feature["properties"]["url"] == f"/public/{version.public_id}/"


def test_the_map_draws_the_street_below_the_points(client: Client, cast: Cast, life: Life) -> None:
    boundaries_make(cast)
    [outline] = client.get("/public/map.geojson?area=990101001001").json()["features"]
    assert outline["properties"]["name"] == "桂花街道"
    assert "url" not in outline["properties"]


def test_what_was_taken_down_is_not_there(client: Client, cast: Cast, life: Life) -> None:
    life.accepted()
    version = life.published()
    services.matter_unpublish(actor=cast.actor("worker"), matter_id=life.matter.pk, reason="重复")
    assert client.get(f"/public/{version.public_id}/").status_code == 404
    assert cast.client("neighbour").post(f"/public/{version.public_id}/affected/").status_code == 404


def test_it_happened_to_me_too(cast: Cast, life: Life) -> None:
    life.accepted()
    version = life.published()
    url = f"/public/{version.public_id}/"
    neighbour = cast.client("neighbour")
    assert "有1位邻居也遇到了" in page(neighbour.post(f"{url}affected/", follow=True))
    neighbour.post(f"{url}affected/")
    assert version.affected.count() == 1
    assert "有1位" not in page(neighbour.post(f"{url}affected/", {"remove": "1"}, follow=True))


def test_acting_asks_to_sign_in_and_leads_back(client: Client, life: Life) -> None:
    life.accepted()
    version = life.published()
    url = f"/public/{version.public_id}/affected/"
    assert client.get(url)["Location"].startswith("/sign-in/?next=")
    assert client.post(url).status_code == 401
    assert version.affected.count() == 0


def test_the_three_affairs_are_published(client: Client, cast: Cast, life: Life) -> None:
    shown = page(client.get("/affairs/990101001001/"))
    for name in ("大事", "小事", "私事"):
        assert name in shown
    assert client.get("/affairs/99/").status_code == 404
    assert client.get("/affairs/000000000000/").status_code == 404


# -- every page, larger ---------------------------------------------------------------
def test_every_page_has_a_larger_version(resident: Client, cast: Cast, life: Life) -> None:
    life.accepted()
    version = life.published()
    resident.cookies["larger"] = "1"
    pages = (
        *("/", "/report/", "/mine/", "/public/", "/help/", "/neighbourhood/", "/affairs/990101001/"),
        *(f"/m/{life.matter.public_id}/", f"/m/{life.matter.public_id}/receipt/"),
        f"/public/{version.public_id}/",
    )
    for url in pages:
        answer = resident.get(url)
        assert answer.status_code == 200, url
        assert "face-portal larger" in page(answer), url


def test_the_worker_who_took_it_in_follows_it(cast: Cast, compound: Compound) -> None:
    from linli.foundation.places.selectors import place_resolve

    matter = services.matter_report(
        actor=cast.actor("grid_worker"),
        text="王老伯家水管漏水",
        place=place_resolve(compound=compound),
        channel="door",
        on_behalf=True,
        reporter_name="王老伯",
    )
    shown = cast.client("grid_worker").get(f"/m/{matter.public_id}/receipt/")
    assert shown.status_code == 200
    assert matter.number in page(shown)
    assert Matter.objects.get().intake_by == cast.person("grid_worker")


def test_signing_in_on_the_way_keeps_where_one_was(client: Client, cast: Cast, life: Life) -> None:
    client.force_login(cast.accounts["resident"], backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get(f"/m/{life.matter.public_id}/").status_code == 200
