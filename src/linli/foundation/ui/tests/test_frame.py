"""The frame: who sees which entries, what is left out, and how the reader's choices are kept."""

import sys
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils.functional import SimpleLazyObject

from linli.core.actor import STAFF, Actor, Function, visitor
from linli.foundation.ui import nav
from linli.foundation.ui.context import Frame
from linli.foundation.ui.views import larger_toggle

pytestmark = pytest.mark.django_db


def _everything() -> list[Any]:
    """Return an address for every name that the navigation knows, so that nothing is left out."""
    spaces: dict[str, list[Any]] = {}
    for entry in (*nav.DESK, *nav.PORTAL, *nav.ACCOUNT, *nav.SETTINGS, *nav.REGISTRY, *nav.FOOT):
        space, name = entry.url_name.split(":")
        spaces.setdefault(space, []).append(path(f"{space}/{name}/", larger_toggle, name=name))
    return [path("desk/", include((patterns, space))) for space, patterns in spaces.items()]


class AllRooms:
    """Stands in for a urlconf in which every room is installed."""

    urlpatterns = _everything()


@pytest.fixture
def all_rooms(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "linli_ui_all_rooms", AllRooms)
    settings.ROOT_URLCONF = "linli_ui_all_rooms"


def _request(path_: str = "/", actor: Actor | None = None) -> HttpRequest:
    request = RequestFactory().get(path_)
    request.actor = actor  # type: ignore[attr-defined]
    return request


def _staff(function: Function) -> Actor:
    return Actor(key="person:1", function=function, name="王敏", person_id=1)


@pytest.mark.usefixtures("all_rooms")
@pytest.mark.parametrize("function", sorted(STAFF))
def test_rail_never_holds_more_than_eight(function: Function) -> None:
    frame = Frame(_request("/desk/", _staff(function)))
    assert 1 <= len(frame.nav) <= nav.RAIL_LIMIT
    assert [*frame.nav_first, *frame.nav_rest] == frame.nav


@pytest.mark.usefixtures("all_rooms")
@pytest.mark.parametrize(
    ("function", "sees_clocks"),
    [(Function.STREET, True), (Function.OPERATOR, True), (Function.DEPARTMENT, False)],
)
def test_entries_are_those_of_the_function(function: Function, sees_clocks: bool) -> None:
    names = {str(link.label) for link in Frame(_request("/desk/", _staff(function))).manage}
    assert ("办理时限" in names) is sees_clocks


@pytest.mark.usefixtures("all_rooms")
def test_visitor_sees_nothing_of_the_desk() -> None:
    frame = Frame(_request("/", visitor("abc")))
    assert frame.nav == [] and frame.manage == []


def test_entries_that_lead_nowhere_are_left_out() -> None:
    assert Frame(_request("/desk/", _staff(Function.STREET))).nav == []


@pytest.mark.usefixtures("all_rooms")
def test_only_the_nearest_entry_is_the_present_one() -> None:
    frame = Frame(_request("/desk/matters/list/", _staff(Function.STREET)))
    assert [link.url for link in frame.nav if link.is_current] == ["/desk/matters/list/"]


@pytest.mark.usefixtures("all_rooms")
def test_start_page_is_present_only_on_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_address", lambda name, urlconf: "/desk/" if name == "duties:todo" else None)
    entries = (nav.DESK[0],)
    assert [link.is_current for link in nav.links(entries, Function.STREET, "/desk/")] == [True]
    assert [link.is_current for link in nav.links(entries, Function.STREET, "/desk/settings/")] == [False]


def test_frame_takes_lazy_values() -> None:
    request = _request("/", _staff(Function.STREET))
    request.unread_count = SimpleLazyObject(lambda: 3)  # type: ignore[attr-defined]
    request.place_name = lambda: "春晖居委会"  # type: ignore[attr-defined]
    frame = Frame(request)
    assert f"{frame.unread}" == "3" and frame.place_name == "春晖居委会"


def test_drafts_of_two_people_are_kept_apart() -> None:
    owners = {
        Frame(_request("/", Actor(key=key, function=Function.RESIDENT, person_id=number))).draft_owner
        for number, key in enumerate(("person:1", "person:2"), start=1)
    }
    assert len(owners) == 2 and not any("person" in owner for owner in owners)
    assert Frame(_request("/", visitor("abc"))).draft_owner == "visitor"


def test_larger_version_is_kept_and_leads_back(client: Client) -> None:
    answer = client.post("/larger/", {"larger": "1", "next": "/test/report/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/test/report/?a=1")
    assert 'class="face-portal larger"' in client.get("/test/report/").content.decode()
    client.post("/larger/", {"larger": "0", "next": "/test/report/"})
    assert 'class="face-portal"' in client.get("/test/report/").content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example/", "http://elsewhere.example/", "javascript:alert(1)", ""]
)
def test_larger_version_never_leads_elsewhere(client: Client, elsewhere: str) -> None:
    assert client.post("/larger/", {"larger": "1", "next": elsewhere})["Location"] == "/"


def test_larger_version_is_not_switched_by_a_link(client: Client) -> None:
    assert client.get("/larger/?larger=1").status_code == 405


def test_the_language_is_switched_and_kept(client: Client, settings: Any) -> None:
    assert "English" in client.get("/test/report/").content.decode()
    client.post("/language/", {"language": "en", "next": "/test/report/"})
    page = client.get("/test/report/").content.decode()
    assert '<html lang="en"' in page
    assert "中文" in page
    client.post("/language/", {"language": "zh-hans", "next": "/test/report/"})
    assert '<html lang="zh' in client.get("/test/report/").content.decode()


def test_one_language_needs_no_switch(client: Client, settings: Any) -> None:
    settings.LANGUAGES = [("zh-hans", "简体中文")]
    assert "English" not in client.get("/test/report/").content.decode()


@pytest.mark.parametrize("address", ["/ui/gallery/", "/ui/gallery/portal/", "/ui/gallery/shapes/"])
def test_gallery_is_for_the_demo_only(client: Client, settings: Any, address: str) -> None:
    assert client.get(address).status_code == 200
    settings.DEMO = settings.DEBUG = False
    assert client.get(address).status_code == 404


def test_no_component_is_left_untranslated(client: Client) -> None:
    for address in ("/ui/gallery/", "/ui/gallery/portal/", "/test/report/", "/desk/test/"):
        assert "<c-" not in client.get(address).content.decode()


def test_a_script_that_sends_is_told_where_to_go_and_the_message_waits_there(client: Client) -> None:
    told = client.post("/test/report/", {"text": "灯坏了"}, headers={"X-Linli-Follow": "no"})
    assert (told.status_code, told["X-Linli-Follow"]) == (204, "/test/receipt/")
    assert "Location" not in told.headers
    assert "已收到。" in client.get("/test/receipt/").content.decode()
    assert "已收到。" not in client.get("/test/receipt/").content.decode()


def test_everybody_else_is_redirected_and_a_form_with_remarks_comes_back_as_ever(client: Client) -> None:
    plain = client.post("/test/report/", {"text": "灯坏了"})
    assert (plain.status_code, plain["Location"]) == (302, "/test/receipt/")
    wrong = client.post("/test/report/", {"text": ""}, headers={"X-Linli-Follow": "no"})
    assert wrong.status_code == 422
    assert "X-Linli-Follow" not in wrong.headers
