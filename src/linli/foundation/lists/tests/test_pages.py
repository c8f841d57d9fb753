"""The menu on a list's page, the pages around it, and lists that open as they were left."""

from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from linli.core.errors import NotFound
from linli.core.listing import listing_get, listings
from linli.foundation.lists import opening
from linli.foundation.lists.models import SavedView
from linli.foundation.lists.selectors import view_default
from linli.foundation.lists.services import view_save
from tests.people import Cast

pytestmark = pytest.mark.django_db
UNITS = reverse("organizations:unit_list")
SAVE = reverse("lists:save", args=["units"])


def saved(cast: Cast, who: str = "street", **more: Any) -> SavedView:
    given = {"listing": "units", "name": "房管的", "query": "q=房管", **more}
    return view_save(actor=cast.actor(who), **given)


def test_every_list_with_a_page_shows_the_menu(cast: Cast) -> None:
    pages = {row.code: row.page for row in listings() if row.page}
    registry = {"registry-people", "registry-households", "registry-establishments"}
    assert {"matters", "duties", "units", "audit", "staff"} | registry <= set(pages)
    client = cast.client("street")
    for code, page in pages.items():
        answer = client.get(reverse(page) + "?page=1")
        assert reverse("lists:save", args=[code]) in answer.content.decode(), code


def test_save_from_the_menu(cast: Cast) -> None:
    client = cast.client("street")
    menu = client.get(UNITS + "?q=房管&page=1").content.decode()
    assert SAVE + "?q=%E6%88%BF%E7%AE%A1" in menu
    question = client.get(SAVE + "?q=房管").content.decode()
    assert "名称或类别" in question and "房管" in question
    answer = client.post(SAVE + "?q=房管", {"name": "房管的", "is_shared": "on"})
    view = SavedView.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, view.url)
    page = client.get(view.url).content.decode()
    assert "视图「房管的」已保存。" in page
    assert 'aria-current="true"' in page
    assert "房管的" in cast.client("street2").get(UNITS).content.decode()
    assert "房管的" not in cast.client("district").get(UNITS).content.decode()


@pytest.mark.parametrize("sent", [{}, {"name": " "}, {"name": "长" * 21}, {"name": "房管的"}])
def test_what_is_wrong_is_said_beside_the_field(cast: Cast, sent: dict[str, str]) -> None:
    saved(cast)
    answer = cast.client("street").post(SAVE + "?q=城管", sent)
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode() or "aria-invalid" in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_a_list_opens_as_it_was_left(cast: Cast) -> None:
    client = cast.client("street")
    assert client.get(UNITS).status_code == 200
    client.get(UNITS + "?q=房管&page=2")
    assert client.get(UNITS)["Location"] == UNITS + "?q=%E6%88%BF%E7%AE%A1"
    assert client.get(UNITS + "?reset=1")["Location"] == UNITS + "?page=1"
    client.get(UNITS + "?page=1")
    assert client.get(UNITS).status_code == 200


def test_a_list_opens_with_the_default_view_until_it_is_narrowed(cast: Cast) -> None:
    view = saved(cast, is_default=True)
    client = cast.client("street")
    assert client.get(UNITS)["Location"] == view.url
    client.get(UNITS + "?reset=1", follow=True)
    assert client.get(UNITS).status_code == 200  # everything was asked for
    assert cast.client("street").get(UNITS)["Location"] == view.url
    assert cast.client("street2").get(UNITS).status_code == 200


def test_conditions_that_the_list_no_longer_takes_do_not_lock_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, client = saved(cast, is_default=True), cast.client("street")
    assert client.get(UNITS)["Location"] == view.url

    def gone(actor: Any, query: Any) -> Any:
        raise NotFound

    monkeypatch.setattr(opening, "listing_get", lambda code: replace(listing_get(code), choose=gone))
    assert client.get(UNITS).status_code == 200


def test_another_role_does_not_inherit_what_a_list_was_narrowed_by(cast: Cast) -> None:
    client = cast.client("street")
    client.get(UNITS + "?q=房管")
    session = client.session
    (key,) = (key for key, _ in session.items() if key.startswith("list:units:"))
    assert key == f"list:units:{cast.role('street').pk}"


def test_looking_after_views(cast: Cast) -> None:
    view, client = saved(cast, is_shared=True), cast.client("street")
    assert "房管的" in client.get(reverse("lists:saved")).content.decode()
    change = reverse("lists:change", args=[view.public_id])
    assert "删除视图" in client.get(change).content.decode()
    client.post(change, {"name": "新名", "is_default": "on"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("新名", False)
    assert view_default(cast.actor("street"), "units") == view
    assert client.post(change, {"name": ""}).status_code == 422
    assert client.post(reverse("lists:remove", args=[view.public_id])).status_code == 302
    assert SavedView.objects.count() == 0
    assert "还没有保存的视图" in client.get(reverse("lists:saved")).content.decode()


def test_a_colleague_chooses_but_does_not_change(cast: Cast) -> None:
    view, client = saved(cast, is_shared=True), cast.client("street2")
    change = reverse("lists:change", args=[view.public_id])
    page = client.get(change).content.decode()
    assert "删除视图" not in page and 'name="name"' not in page
    client.post(change, {"name": "新名", "is_default": "on"})
    view.refresh_from_db()
    assert view.name == "房管的"
    assert view_default(cast.actor("street2"), "units") == view
    assert client.post(reverse("lists:remove", args=[view.public_id])).status_code == 403
