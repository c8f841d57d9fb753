"""Whistles of the demo, from a matter and by themselves: who comes in time, who is late, who stays away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from linli.foundation.places.selectors import place_resolve
from linli.work.matters.whistles import services as do
from linli.work.matters.whistles.models import Whistle

from . import scenes as scene
from .life import Plot, Scene, Stage
from .scenes import Story

WHOM = ("unit.urban", "unit.fire", "unit.green")


def _opening(story: Story, at: datetime) -> Scene:
    yield at
    scene.report(story)
    at = yield from scene.accept(story, at)
    at = yield from scene.sort(story, at)
    at = yield from scene.hand_over(story, at)
    return (yield from scene.sign(story, at))


def _blown(story: Story, at: datetime) -> tuple[Whistle, list[str]]:
    names = [name for name in WHOM if name != story.unit_name][:2]
    units = [story.stage.units[name] for name in names]
    blown = do.whistle_blow(
        actor=story.street,
        **story.now,
        cause="concern",
        reason="居民多次反映，单个单位解决不了，请一起到现场商定办法、当场处置。",
        units=units,
        lead=units[0],
        place=f"{story.place.compound.name}东门",
        at=at,
    )
    return blown, names


def _came(story: Story, blown: Whistle, name: str) -> None:
    actor = story.stage.cast[name]
    do.call_check_in(actor=actor, whistle_id=blown.pk, way="code", code=blown.code)
    do.call_answer(actor=actor, whistle_id=blown.pk, result="已到场配合，现场处置完毕，后续每周巡查一次。")


def whistled(story: Story, at: datetime) -> Plot:
    """The street calls two units to the place; both come, one of them late; residents are told."""
    at = yield from _opening(story, at)
    at = yield from together_on_the_spot(story, at)
    at = yield from scene.result(story, at)
    at = yield from scene.verify(story, at)
    yield from scene.rate(story, at)


def together_on_the_spot(story: Story, at: datetime) -> Scene:
    """A whistle from the call to the answered rating."""
    yield (at := story.stage.hours.office(at, 1, 5))
    blown, names = _blown(story, story.stage.hours.office(at, 3, 6))
    yield (at := blown.gather_at + timedelta(minutes=5))
    _came(story, blown, names[0])
    yield (at := at + timedelta(minutes=story.stage.rng.choice((2, 6, 40))))
    _came(story, blown, names[1])
    yield (at := at + timedelta(hours=1))
    do.whistle_log(actor=story.street, whistle_id=blown.pk, note="现场商定：当天清理，物业每日巡查。")
    do.whistle_finish(
        actor=story.street,
        whistle_id=blown.pk,
        outcome="两家单位到场，当场清理完毕，商定每周联合巡查。",
        is_solved=True,
        told="有关单位一起到了现场，已经清理，以后每周巡查。",
    )
    yield (at := story.stage.hours.office(at, 1, 4))
    for call in blown.calls.all():
        call.refresh_from_db()
        is_late = call.is_late(at)
        do.call_rate(
            actor=story.street,
            whistle_id=blown.pk,
            call_id=call.pk,
            coming="fair" if is_late else "good",
            work="good",
            comment="到得晚了些。" if is_late else "",
        )
    yield (at := story.stage.hours.office(at, 1, 4))
    do.call_reply(
        actor=story.stage.cast[names[0]], whistle_id=blown.pk, was_proper=True, reply="以后继续配合。"
    )
    return at


def gathering(story: Story, at: datetime) -> Plot:
    """A whistle that runs now: one unit has come, the other is late."""
    at = yield from _opening(story, at)
    yield (at := story.stage.hours.office(at, 1, 3))
    blown, names = _blown(story, at + timedelta(hours=2))
    yield (at := blown.gather_at - timedelta(minutes=10))
    _came(story, blown, names[0])


def joint(stage: Stage, end: datetime) -> Iterator[Plot]:
    """Joint enforcement without a matter: one on the day, one that was taken back."""
    yield _joint(stage, end - timedelta(hours=1), end + timedelta(hours=4), "")
    yield _joint(stage, end - timedelta(days=5), end - timedelta(days=4), "当天暴雨，改期。")


def _joint(stage: Stage, at: datetime, gather_at: datetime, cancelled: str) -> Plot:
    yield at
    place = stage.places[0]
    units = [stage.units["unit.urban"], stage.units["unit.market"]]
    blown = do.whistle_blow(
        actor=stage.cast["street.duty"],
        cause="joint",
        reason="夜间联合检查沿街餐饮油烟和占道经营，请带执法记录仪。",
        units=units,
        lead=units[0],
        where=place_resolve(compound=place.compound),
        place=f"{place.compound.name}沿街商铺",
        at=gather_at,
        lng=place.compound.lng,
        lat=place.compound.lat,
        online="视频会议 600 100 200",
    )
    if cancelled:
        yield at + timedelta(hours=3)
        do.whistle_cancel(actor=stage.cast["street.duty"], whistle_id=blown.pk, reason=cancelled)
