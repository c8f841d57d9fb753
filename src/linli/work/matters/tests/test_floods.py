"""Floods are stopped by browser, by network and by day; nobody loses what they typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.actor import visitor
from linli.core.errors import TooMany
from linli.foundation.accounts.models import RateHit
from linli.foundation.files.models import StoredFile
from linli.work.matters import services as do
from linli.work.matters.models import Matter, ReportDraft
from linli.work.matters.services import floods
from linli.work.matters.services.floods import Flood

from .life import Life, days_later, place_of
from .resident_life import WORDS, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HERE, THERE = "198.51.100.4", "198.51.100.5"
EMERGENCY = "3号楼着火了，冒黑烟"
Unchanged = Callable[[], None]
HOURS_LATER = timedelta(hours=1, seconds=1)


def alarm(browser: str, network: str = HERE, **more: Any) -> Matter:
    return do.emergency_report(actor=visitor(browser * 32, network), text=EMERGENCY, **more)


def draft(browser: str, network: str = HERE, **more: Any) -> ReportDraft:
    return do.draft_save(actor=visitor(browser * 32, network), content={"text": WORDS}, **more)


def photo(browser: str, network: str = HERE, **more: Any) -> StoredFile:
    return do.photo_keep(actor=visitor(browser * 32, network), upload=picture(), **more)


# -- the figures ---------------------------------------------------------------------------
@pytest.mark.parametrize("flood", [floods.ALARMS, floods.DRAFTS, floods.PHOTOS])
def test_a_network_is_many_people_and_a_day_more_than_an_hour(flood: Flood) -> None:
    for browser, network in zip(flood.per_browser, flood.per_network, strict=True):
        assert network.window == browser.window
        assert network.times >= 4 * browser.times
    assert [limit.window for limit in flood.per_browser] == [timedelta(hours=1), timedelta(days=1)]
    assert flood.per_browser[0].times < flood.per_browser[1].times


def test_each_limit_counts_for_itself() -> None:
    rows = [
        row for f in (floods.ALARMS, floods.DRAFTS, floods.PHOTOS) for row in f.per_browser + f.per_network
    ]
    assert len({row.kind for row in rows}) == len(rows)
    assert all(len(row.kind) <= 40 for row in rows)


# -- visitors ------------------------------------------------------------------------------
@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("act", ["alarm", "draft", "photo"])
class TestVisitors:
    """The same for alarms, drafts and photos."""

    @pytest.fixture
    def again(self, life: Life, act: str) -> Callable[..., Any]:
        if act == "alarm":
            return lambda *who, **more: alarm(*who, place=place_of(life.cast), **more)
        return {"draft": draft, "photo": photo}[act]

    def test_a_browser_is_stopped_and_nothing_is_written(
        self, again: Callable[..., Any], unchanged: Unchanged
    ) -> None:
        again("a"), again("a")
        hits = RateHit.objects.count()
        unchanged()
        with pytest.raises(TooMany, match=r"请.+后再") as refused:
            again("a")
        unchanged()
        assert RateHit.objects.count() == hits
        assert "不会丢失" in refused.value.hint
        assert 0 < refused.value.details["retry_after"] <= 3601

    def test_another_browser_of_the_network_goes_on_until_the_network_is_full(
        self, again: Callable[..., Any]
    ) -> None:
        again("a"), again("a"), again("b")
        with pytest.raises(TooMany):
            again("c")
        again("c", THERE)

    def test_after_the_wait_it_works_again(self, again: Callable[..., Any]) -> None:
        again("a"), again("a")
        clock.clock_forward(HOURS_LATER)
        again("a")

    def test_a_request_sent_again_is_not_counted(self, again: Callable[..., Any]) -> None:
        first = again("a", request_key="k1")
        for _ in range(3):
            assert again("a", request_key="k1") == first
        again("a", request_key="k2")
        assert again("a", request_key="k1") == first  # answered though the limit is reached now

    def test_the_address_is_not_kept(self, again: Callable[..., Any]) -> None:
        again("a")
        assert not any(HERE in hit.key or "a" * 32 in hit.key for hit in RateHit.objects.all())


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("who", ["resident", "worker", "department"])
def test_whoever_signed_in_keeps_photos_without_end(life: Life, who: str) -> None:
    before = RateHit.objects.count()
    for _ in range(5):
        do.photo_keep(actor=life.who(who), upload=picture())
    assert RateHit.objects.count() == before


def test_the_day_counts_beside_the_hour(life: Life) -> None:
    most = floods.ALARMS.per_browser[1].times
    sent = 0
    while sent < most:
        alarm("a", place=place_of(life.cast))
        sent += 1
        if sent % floods.ALARMS.per_browser[0].times == 0:
            clock.clock_forward(HOURS_LATER)
    with pytest.raises(TooMany):
        alarm("a", place=place_of(life.cast))
    clock.clock_forward(timedelta(days=1))
    alarm("a", place=place_of(life.cast))


# -- residents ------------------------------------------------------------------------------
def test_a_resident_reports_so_many_a_day(life: Life, settings: Any, unchanged: Unchanged) -> None:
    days_later(1)
    settings.REPORTS_PER_DAY = 2
    life.report(), life.report()
    unchanged()
    with pytest.raises(TooMany, match="今天已经反映了2件事") as refused:
        life.report()
    unchanged()
    now = clock.now()
    assert now + timedelta(seconds=refused.value.details["retry_after"]) == clock.local_midnight(
        clock.today() + timedelta(days=1)
    ) + timedelta(seconds=1)
    do.matter_report(actor=life.who("neighbour"), text="路灯不亮", place=place_of(life.cast))
    clock.clock_set(clock.local_midnight(clock.today() + timedelta(days=1)))
    life.report()


def test_an_emergency_of_a_resident_always_gets_through(life: Life, settings: Any) -> None:
    days_later(1)
    settings.REPORTS_PER_DAY = 1
    life.report()
    assert life.report(text=EMERGENCY).is_emergency


def test_a_report_sent_again_is_answered_at_the_limit(life: Life, settings: Any) -> None:
    days_later(1)
    settings.REPORTS_PER_DAY = 1
    assert life.report(request_key="k") == life.report(request_key="k")


def test_the_desk_is_not_limited_and_nought_is_no_limit(life: Life, settings: Any) -> None:
    days_later(1)
    settings.REPORTS_PER_DAY = 1
    for _ in range(3):
        do.matter_report(
            actor=life.who("worker"),
            text="路灯不亮",
            place=place_of(life.cast),
            on_behalf=True,
            channel="door",
        )
    settings.REPORTS_PER_DAY = 0
    life.report(), life.report()
