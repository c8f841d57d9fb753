"""The home page: the neighbourhood, its doors, whom to call; and how a neighbourhood is chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from linli.core.clock import BEIJING
from linli.portal.rules import greeting
from linli.work.matters.tests.resident_life import boundaries_make, compound_make
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def page(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "夜深了"), (6, "早上好"), (12, "中午好"), (15, "下午好"), (20, "晚上好"), (23, "夜深了")],
)
def test_greeting_follows_the_hour(hour: int, words: str) -> None:
    assert greeting(datetime(2026, 3, 10, hour, 0, tzinfo=BEIJING)).startswith(words)


def test_every_door_leads_somewhere(client: Client, cast: Cast) -> None:
    shown = client.get("/")
    assert shown.status_code == 200
    for url in ("/report/", "/mine/", "/public/", "/me/"):
        assert f'href="{url}"' in page(shown)
        assert client.get(url).status_code in (200, 302)


def test_without_a_neighbourhood_the_home_asks(client: Client, cast: Cast) -> None:
    assert "您住在哪里" in page(client.get("/"))


def test_the_installations_own_street_greets_whoever_has_not_chosen(
    client: Client, cast: Cast, settings: Any
) -> None:
    settings.HOME_PLACE = "990101001"
    shown = page(client.get("/"))
    assert "桂花街道的邻居" in shown
    assert "选一下您住的小区" in shown


def test_chosen_by_name_without_javascript(client: Client, cast: Cast) -> None:
    compound = compound_make(cast)
    found = client.post("/neighbourhood/", {"words": "桂花苑", "find": "1", "next": "/"})
    assert f'value="compound:{compound.public_id}"' in page(found)
    chosen = client.post("/neighbourhood/", {"place": f"compound:{compound.public_id}", "next": "/"})
    assert chosen["Location"] == "/"
    home = page(client.get("/"))
    assert "桂花第一居委会" in home
    assert 'href="tel:02100000000"' in home


def test_chosen_from_district_to_committee(client: Client, cast: Cast) -> None:
    assert "临江区" in page(client.post("/neighbourhood/", {"browse": ""}))
    assert "桂花街道" in page(client.post("/neighbourhood/", {"browse": "990101"}))
    shown = page(client.post("/neighbourhood/", {"browse": "990101001"}))
    assert 'value="committee:990101001002"' in shown
    client.post("/neighbourhood/", {"place": "committee:990101001002"})
    assert "桂花第二居委会" in page(client.get("/"))


def test_chosen_by_position(client: Client, cast: Cast) -> None:
    boundaries_make(cast)
    assert "桂花街道" in page(client.get("/neighbourhood/places/?lng=121.405&lat=31.205"))
    assert "不在本市" in page(client.get("/neighbourhood/places/?lng=100&lat=31.205"))


@pytest.mark.parametrize("code", ["nonsense", "999999999999", "'; drop table", "9" * 300])
def test_a_forged_cookie_is_no_neighbourhood(client: Client, cast: Cast, code: str) -> None:
    client.cookies["neighbourhood"] = code
    assert "您住在哪里" in page(client.get("/"))


def test_the_way_back_stays_on_this_site(client: Client, cast: Cast) -> None:
    sent = {"place": "committee:990101001001", "next": "https://elsewhere.example/"}
    assert client.post("/neighbourhood/", sent)["Location"] == "/"


def test_an_unknown_place_is_told(client: Client, cast: Cast) -> None:
    answer = client.post("/neighbourhood/", {"place": "committee:999999999999"})
    assert answer.status_code == 422


def test_help_tells_the_times_in_force(client: Client, cast: Cast) -> None:
    shown = page(client.get("/help/"))
    assert "个工作日内" in shown or "小时内" in shown
    assert 'href="tel:110"' in shown
