"""The cast with a matter of the committee, and a whistle from it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.foundation.places.selectors import Place
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, category, year_load
from linli.work.matters.whistles import services as do
from linli.work.matters.whistles.models import Call, Whistle
from tests.people import Cast
from tests.watching import watcher

WATCHED = ("whistles", "matters", "duties", "notices", "audit")
SPOT = {"lng": 121.45, "lat": 31.2}


@dataclass
class Spot:
    """Whistles of committee A's street and what is done with them."""

    life: Life

    @property
    def cast(self) -> Cast:
        return self.life.cast

    def who(self, name: str) -> Any:
        return self.life.who(name)

    def units(self, *names: str) -> list[Any]:
        return [self.cast.units[name] for name in names]

    def blow(self, matter: Matter | None = None, by: str = "street", **more: Any) -> Whistle:
        chosen = matter or self.life.to_accepted()
        units = self.units("chengguan", "fangguan")
        said = {
            "cause": "concern",
            "reason": "占道经营反复出现，请一起到现场",
            "units": units,
            "lead": units[0],
            "place": "三号楼门口",
            "at": time.now() + timedelta(hours=3),
            **SPOT,
            **more,
        }
        return do.whistle_blow(actor=self.who(by), **self.life.on(chosen), **said)

    def call(self, whistle: Whistle, unit: str = "chengguan") -> Call:
        return whistle.calls.get(unit=self.cast.units[unit])

    def check_in(self, whistle: Whistle, by: str = "department", **more: Any) -> Whistle:
        said = {"way": "code", "code": whistle.code, **more}
        return do.call_check_in(actor=self.who(by), whistle_id=whistle.pk, **said)

    def answer(self, whistle: Whistle, by: str = "department") -> Whistle:
        return do.call_answer(actor=self.who(by), whistle_id=whistle.pk, result="已清理")

    def finish(self, whistle: Whistle, by: str = "street", **more: Any) -> Whistle:
        said = {"outcome": "一起清理", "is_solved": True, "told": "已经清理，以后每周巡查", **more}
        return do.whistle_finish(actor=self.who(by), whistle_id=whistle.pk, **said)

    def rate(self, whistle: Whistle, unit: str = "chengguan", by: str = "street", **more: Any) -> Whistle:
        said = {"coming": "good", "work": "good", **more}
        return do.call_rate(
            actor=self.who(by), whistle_id=whistle.pk, call_id=self.call(whistle, unit).pk, **said
        )

    def gathered(self) -> Whistle:
        """Return a whistle whose hour has come; 城管 has checked in."""
        whistle = self.blow()
        time.clock_forward(timedelta(hours=3))
        return self.check_in(whistle)

    def ended(self) -> Whistle:
        """Return a finished whistle: 城管 came and worked, 房管 did not come."""
        whistle = self.gathered()
        self.answer(whistle)
        time.clock_forward(timedelta(minutes=20))  # 房管's limit is over
        return self.finish(whistle)


def duties(whistle: Whistle) -> set[tuple[str, str]]:
    rows = Duty.objects.filter(room="whistles", subject_id=str(whistle.public_id), state="open")
    return set(rows.values_list("action", "unit__name"))


def told(whistle: Whistle, person: Any) -> list[str]:
    rows = Notice.objects.filter(person=person, url__contains=str(whistle.public_id)).order_by("id")
    return [kind.removeprefix("whistle.") for kind in rows.values_list("kind", flat=True)]


def joint(spot: Spot, by: str = "street", **more: Any) -> Whistle:
    said = {
        "cause": "joint",
        "reason": "夜间联合检查。请带记录仪",
        "units": spot.units("chengguan"),
        "place": "沿街商铺",
        "at": time.now() + timedelta(hours=3),
        "where": Place(spot.cast.places["committee_a_place"], "chosen"),
        **more,
    }
    return do.whistle_blow(actor=spot.who(by), **said)


@pytest.fixture
def spot(cast: Cast, clock: Any) -> Spot:
    """Return who blows whistles, on a Tuesday morning."""
    year_load()
    category("facility")
    return Spot(Life(cast))


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal: nothing may have been written between."""
    return watcher(*WATCHED)
