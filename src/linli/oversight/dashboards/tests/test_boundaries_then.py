"""Figures with a merger in between: by the divisions of the day and by those of today, the sums are one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from linli.core.clock import clock_forward
from linli.core.listing import listing_get
from linli.foundation.places.changeplan import ChangePlan, Named
from linli.foundation.places.models import ChangeKind, Division
from linli.foundation.places.selectors import place_resolve
from linli.foundation.places.services import division_change_apply, division_change_plan
from linli.work.matters import services
from linli.work.matters.models import Matter
from linli.work.matters.rollup.tasks import check, follow
from linli.work.matters.selectors import figures, figures_by_area
from tests.people import Cast

pytestmark = pytest.mark.django_db
URL, MAP = reverse("dashboards:overview"), reverse("dashboards:areas_geojson")
A, B, OTHER, NEW = "990101001001", "990101001002", "990101002001", "990101001009"
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def report(cast: Cast, committee: str, times: int = 1) -> None:
    for _ in range(times):
        place = place_resolve(committee=committee)
        services.matter_report(actor=cast.actor("resident"), text="路灯坏了", place=place)
    follow()


def carry_out(cast: Cast, plan: ChangePlan, day: date) -> None:
    operator = cast.actor("operator")
    change = division_change_plan(actor=operator, plan=plan, document="临府〔2026〕5号", effective_on=day)
    division_change_apply(actor=operator, change_id=change.public_id)
    check()


@pytest.fixture
def merged(cast: Cast, clock: Any) -> Cast:
    """Three and two before the merger, one after it; then the neighbour street gets the other committee."""
    report(cast, A, 3)
    report(cast, B, 2)
    report(cast, OTHER, 1)
    clock_forward(timedelta(days=3))
    plan = ChangePlan(ChangeKind.MERGE, (A, B), (Named(NEW, "桂花新居委会"),))
    carry_out(cast, plan, date(2026, 3, 13))
    report(cast, NEW, 1)
    clock_forward(timedelta(days=2))
    carry_out(cast, ChangePlan(ChangeKind.BOUNDARY, children={OTHER: "990101001"}), date(2026, 3, 15))
    return cast


def shares(cast: Cast, area: str, **query: str) -> dict[str, int]:
    page = cast.client("district").get(URL, {"area": area, "period": "30d", **query})
    assert page.status_code == 200
    return {row.name: row.figures.received for row in page.context["rows"]}


def test_both_sums_equal_the_total_and_the_shares_differ(merged: Cast) -> None:
    now, then = shares(merged, "990101"), shares(merged, "990101", tree="then")
    assert now == {"桂花街道": 7, "梧桐街道": 0}
    assert then == {"桂花街道": 6, "梧桐街道": 1}
    assert sum(now.values()) == sum(then.values()) == Matter.objects.count() == 7


def test_ended_committees_have_their_line_by_the_divisions_of_the_day(merged: Cast) -> None:
    now, then = shares(merged, "990101001"), shares(merged, "990101001", tree="then")
    assert now == {"桂花新居委": 6, "梧桐第一居委": 1}
    assert then == {"桂花第一居委会": 3, "桂花第二居委会": 2, "桂花新居委": 1, "梧桐第一居委": 0}
    client = merged.client("district")
    ended = client.get(URL, {"area": A, "tree": "then", "period": "30d"})
    assert ended.status_code == 200 and ended.context["figures"].received == 3
    assert client.get(URL, {"area": A, "period": "30d"}).status_code == 404
    assert client.get(MAP, {"area": "990101", "tree": "then", "period": "30d"}).status_code == 200


def test_every_number_is_counted_in_the_same_boundaries(merged: Cast) -> None:
    actor = merged.actor("district")
    street = Division.objects.on().get(code="990101002").path
    for is_then, count in ((False, 0), (True, 1)):
        found = figures(actor, street, *MARCH, is_then)
        assert found.received == found.open == sum(n for *_words, n in found.by_state) == count
        assert sum(n for _name, n in found.by_category) == count
        assert figures_by_area(actor, [street], *MARCH, is_then)[street].received == count


def test_the_switch_is_shown_where_something_changed(merged: Cast) -> None:
    page = merged.client("district").get(URL, {"area": "990101"}).content.decode()
    assert "按当时区划" in page and "tree=then" in page
    quiet = merged.client("other_district").get(URL).content.decode()
    assert "按当时区划" not in quiet


def test_what_is_older_than_the_first_edition_is_counted_once(cast: Cast, clock: Any) -> None:
    report(cast, A, 2)
    Division.objects.update(valid_from=date(2026, 6, 1))
    actor = cast.actor("district")
    path = Division.objects.get(code="990101001").path
    assert figures(actor, path, *MARCH, True).received == figures(actor, path, *MARCH).received == 2


def test_a_place_that_no_tree_knows_is_still_counted(cast: Cast, clock: Any) -> None:
    report(cast, A, 2)
    Matter.objects.update(place_code="")
    path = Division.objects.get(code="990101001").path
    assert figures(cast.actor("district"), path, *MARCH, True).received == 2


def test_files_say_in_which_boundaries(merged: Cast) -> None:
    listing = listing_get("figures-by-area")
    chosen = listing.choose(merged.actor("district"), QueryDict("area=990101&tree=then&period=30d"))
    assert [(row.name, row.figures.received) for row in chosen.rows] == [("桂花街道", 6), ("梧桐街道", 1)]
    assert "当时区划" in [str(value) for _label, value in chosen.conditions]
