"""Hot issues of the demo: one that became one case and ended in a whistle, and one that is still growing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.foundation.places.selectors import place_resolve
from linli.work.matters import services as do
from linli.work.matters.clusters import services as join
from linli.work.matters.clusters.models import Cluster
from linli.work.matters.models import Matter

from . import scenes as scene
from .life import Place, Plot, Stage
from .scenes import Story
from .whistles import together_on_the_spot

SMOKE = (
    "{c}东门外夜间烧烤摊油烟大，窗户都不敢开，半夜还在炒菜吵人。",
    "{c}东门外的烧烤摊油烟大，夜间两点还不收摊。",
    "{c}东门外夜间烧烤油烟熏得睡不着，请管一管。",
    "夜间{c}东门外烧烤摊油烟直往楼上飘，老人咳嗽。",
    "{c}东门外夜间烧烤摊占了半条路，油烟大。",
)
ANOTHER = "{c}东门外夜间烧烤摊旁边的路灯不亮，油烟里看不清路。"
WATER = (
    "{c}这几天早晚水压低，六楼以上放不出水。",
    "{c}早晚水压低，热水器打不着火。",
    "{c}水压低，早晚高峰放不出水，已经好几天了。",
    "早晚高峰{c}水压低，高层接不到水。",
)


def hot(stage: Stage, end: datetime) -> Iterator[Plot]:
    """Return the plots: one case of five messages, begun a good week ago, and a cause that grows now."""
    begun = stage.hours.back(end, 8.3)
    yield _one_case(stage, stage.places[0], min(stage.hours.home(begun, 0, 0.1), end))
    place = stage.places[1]
    for number, text in enumerate(WATER):
        at = min(stage.hours.home(stage.hours.back(end, len(WATER) - number - 0.4), 0, 2), end)
        yield _reported_once(stage, place, _resident(stage, number + 6), text, at)


def _resident(stage: Stage, number: int) -> Actor:
    names = sorted(name for name in stage.cast if name.startswith("resident."))
    return stage.cast[names[number % len(names)]]


def _report(stage: Stage, place: Place, by: Actor, text: str) -> Matter:
    compound = place.compound
    return do.matter_report(
        actor=by,
        text=text.format(c=compound.name),
        place=place_resolve(compound=compound),
        address=f"{compound.name}东门",
        channel="telephone" if by.is_staff else "web",
        on_behalf=by.is_staff,
        reporter_name="周阿姨" if by.is_staff else "",
        reporter_phone=f"139{stage.rng.randrange(10**8):08d}" if by.is_staff else "",
        request_key=f"demo-{stage.rng.getrandbits(64):x}",
    )


def _reported_once(stage: Stage, place: Place, by: Actor, text: str, at: datetime) -> Plot:
    yield at
    _report(stage, place, by, text)


def _one_case(stage: Stage, place: Place, at: datetime) -> Plot:
    """Five report the same; the street makes it one case, calls two units, and everybody gets the result."""
    story = Story(stage, place, "noise", _resident(stage, 0), "unit.urban")
    worker = stage.cast[f"{place.committee}.worker"]
    people = [_resident(stage, 0), _resident(stage, 1), _resident(stage, 2), worker, _resident(stage, 3)]
    rows = []
    for by, text in zip(people, SMOKE, strict=True):
        yield at
        rows.append(_report(stage, place, by, text))
        at = stage.hours.home(at, 1, 5)
    yield at
    wrong = _report(stage, place, _resident(stage, 4), ANOTHER)
    story.matter_id = rows[0].pk
    yield (at := stage.hours.office(at, 0.5, 2))
    cluster = _joined(stage, rows, wrong)
    yield (at := stage.hours.office(at, 0.2, 0.6))
    join.cluster_release(
        actor=stage.cast["street.duty"],
        cluster_id=cluster.pk,
        matter_ids=[wrong.pk],
        reason="反映的是路灯，不是烧烤油烟，单独派路灯单位。",
    )
    at = yield from scene.accept(story, at)
    at = yield from together_on_the_spot(story, at)
    at = yield from scene.sort(story, at)
    at = yield from scene.hand_over(story, at)
    at = yield from scene.sign(story, at)
    at = yield from scene.result(story, at, 2, 5)
    at = yield from scene.verify(story, at)
    at = at + timedelta(minutes=40)
    yield at
    join.receipt_tell(actor=worker, cluster_id=cluster.pk, matter_id=rows[3].pk, how="phone")
    yield from scene.rate(story, at)


def _joined(stage: Stage, rows: list[Matter], wrong: Matter) -> Cluster:
    return join.cluster_make(
        actor=stage.cast["street.duty"],
        title="东门外夜间烧烤油烟扰民",
        head_id=rows[0].pk,
        matter_ids=[row.pk for row in (*rows, wrong)],
    )
