"""Saving, sharing, changing and removing views: recorded, scoped; and refusals that change nothing."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, Refusal
from linli.foundation.audit.models import AuditRecord
from linli.foundation.lists import services
from linli.foundation.lists.models import DefaultView, SavedView
from linli.foundation.lists.selectors import view_default, view_get, view_list
from linli.foundation.lists.services import view_change, view_open_with, view_remove, view_save
from tests.people import Cast

pytestmark = pytest.mark.django_db


def saved(actor: Actor, name: str = "房管的", query: str = "q=房管", **more: Any) -> SavedView:
    return view_save(actor=actor, **{"listing": "units", "name": name, "query": query, **more})


def names(actor: Actor) -> list[str]:
    return [view.name for view in view_list(actor, "units")]


def refused(error: type[Refusal], call: Any, **arguments: Any) -> Refusal:
    """Return the refusal; nothing may have been written."""

    def state() -> tuple[Any, ...]:
        views = list(SavedView.objects.order_by("pk").values())
        return views, list(DefaultView.objects.order_by("pk").values()), AuditRecord.objects.count()

    before = state()
    with pytest.raises(error) as caught:
        call(**arguments)
    assert state() == before
    return caught.value


def test_a_view_keeps_the_conditions_but_not_the_page(cast: Cast, clock: Any) -> None:
    view = saved(cast.actor("street"), " 房管  科 ", "page=3&q=房管&function=&state=closed&reset=1")
    assert (view.name, view.query) == ("房管 科", "q=%E6%88%BF%E7%AE%A1&state=closed")
    assert view.url == "/desk/settings/units/?q=%E6%88%BF%E7%AE%A1&state=closed"
    assert (view.person, view.unit, view.made_at) == (cast.person("street"), cast.units["street_unit"], clock)
    row = AuditRecord.objects.get(verb="view.save")
    assert (row.subject_id, row.person_id) == (str(view.public_id), cast.person("street").pk)


def test_a_view_of_everything_says_so(cast: Cast) -> None:
    assert saved(cast.actor("street"), query="").url == "/desk/settings/units/?page=1"


def test_own_views_are_ones_own_and_shared_ones_the_units(cast: Cast) -> None:
    saved(cast.actor("street"), "自己的")
    saved(cast.actor("street"), "大家的", is_shared=True)
    assert names(cast.actor("street")) == ["自己的", "大家的"]
    assert names(cast.actor("street2")) == ["大家的"]
    for who in ("worker", "district", "other_street", "department", "operator", "resident", "visitor"):
        assert names(cast.actor(who)) == [], who


def test_the_same_request_saves_once(cast: Cast) -> None:
    first = saved(cast.actor("street"), request_key="k1")
    assert saved(cast.actor("street"), request_key="k1") == first
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("name", ["", " 　 ", "长" * 21])
def test_a_name_is_needed_and_short(cast: Cast, name: str) -> None:
    assert "name" in refused(InvalidInput, saved, actor=cast.actor("street"), name=name).details


def test_a_name_is_taken_once(cast: Cast) -> None:
    saved(cast.actor("street"), "常用", is_shared=True)
    again = refused(InvalidInput, saved, actor=cast.actor("street"), name="常用")
    assert again.details == {"name": "您已经有同名的视图，请换个名称。"}
    shared = refused(InvalidInput, saved, actor=cast.actor("street2"), name="常用", is_shared=True)
    assert shared.details == {"name": "本单位已有同名的共用视图，请换个名称。"}
    own = saved(cast.actor("street2"), "常用")
    refused(
        InvalidInput,
        view_change,
        actor=cast.actor("street2"),
        public_id=own.public_id,
        name="常用",
        is_shared=True,
        is_default=True,
    )
    assert saved(cast.actor("street"), "常用", listing="duties").listing == "duties"


@pytest.mark.parametrize(
    "query", ["&".join(f"a{n}=1" for n in range(70)), "q=" + "长" * 200, "q=" + "%00" * 400]
)
def test_too_much_is_not_kept(cast: Cast, query: str) -> None:
    refused(InvalidInput, saved, actor=cast.actor("street"), query=query)


def test_a_list_has_a_limit_of_views(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_VIEWS", 1)
    saved(cast.actor("street"))
    refused(InvalidInput, saved, actor=cast.actor("street"), name="再一个")
    saved(cast.actor("street2"))


@pytest.mark.parametrize(
    ("who", "listing", "error"),
    [
        ("visitor", "units", NotSignedIn),
        ("resident", "units", NotAllowed),
        ("department2", "units", NotAllowed),  # the list's own refusal
        ("street2", "audit", NotAllowed),
        ("street", "posters", NotFound),  # a list without a page of its own
        ("street", "nothing", NotFound),
    ],
)
def test_views_only_of_lists_that_one_may_open(
    cast: Cast, who: str, listing: str, error: type[Refusal]
) -> None:
    refused(error, saved, actor=cast.actor(who), listing=listing, query="")


def test_one_view_opens_a_list(cast: Cast) -> None:
    actor, other = cast.actor("street"), cast.actor("street2")
    first = saved(actor, "一", is_shared=True, is_default=True)
    assert view_default(actor, "units") == first
    assert view_default(other, "units") is None
    view_open_with(actor=other, public_id=first.public_id, is_default=True)
    second = saved(actor, "二", is_default=True)
    assert (view_default(actor, "units"), view_default(other, "units")) == (second, first)
    assert view_default(actor, "duties") is None
    rows = AuditRecord.objects.filter(verb="view.open_with").count()
    view_open_with(actor=actor, public_id=second.public_id, is_default=True)  # nothing changes, nothing said
    assert AuditRecord.objects.filter(verb="view.open_with").count() == rows
    view_open_with(actor=actor, public_id=second.public_id, is_default=False)
    assert (view_default(actor, "units"), view_default(other, "units")) == (None, first)


def test_the_database_keeps_one_default_a_list(cast: Cast) -> None:
    view = saved(cast.actor("street"), is_default=True)
    row = DefaultView.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DefaultView.objects.create(person=row.person, unit=row.unit, listing="units", view=view)


def test_change_and_unshare(cast: Cast) -> None:
    actor, other = cast.actor("street"), cast.actor("street2")
    view = saved(actor, "一", is_shared=True)
    view_open_with(actor=other, public_id=view.public_id, is_default=True)
    view_change(actor=actor, public_id=view.public_id, name="改名", is_shared=True, is_default=True)
    assert names(other) == ["改名"]
    view_change(actor=actor, public_id=view.public_id, name="改名", is_shared=False, is_default=True)
    assert (names(other), view_default(other, "units")) == ([], None)
    assert view_default(actor, "units") == view
    row = AuditRecord.objects.filter(verb="view.change").latest("at", "id")
    assert list(row.changes) == ["is_shared"]


def test_the_units_administrator_looks_after_shared_views(cast: Cast) -> None:
    shared = saved(cast.actor("street2"), "共用", is_shared=True)
    own = saved(cast.actor("street2"), "自己的")
    refused(NotFound, view_remove, actor=cast.actor("street"), public_id=own.public_id)
    view_open_with(actor=cast.actor("street"), public_id=shared.public_id, is_default=True)
    view_remove(actor=cast.actor("street"), public_id=shared.public_id)
    assert (names(cast.actor("street2")), DefaultView.objects.count()) == (["自己的"], 0)
    assert AuditRecord.objects.get(verb="view.remove").subject_id == str(shared.public_id)


@pytest.mark.parametrize(
    ("who", "error"),
    [("street2", NotAllowed), ("worker", NotFound), ("other_street", NotFound), ("resident", NotFound)],
)
def test_nobody_else_changes_or_removes(cast: Cast, who: str, error: type[Refusal]) -> None:
    view = saved(cast.actor("street"), is_shared=True)
    actor, words = cast.actor(who), {"name": "x", "is_shared": False, "is_default": False}
    refused(error, view_change, actor=actor, public_id=view.public_id, **words)
    refused(error, view_remove, actor=actor, public_id=view.public_id)


def test_a_wrong_id_is_missing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        view_get(cast.actor("street"), "x")
