"""Build the demo: load places, open units, invite people, and play thirty days that end now."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from django.conf import settings

from linli.core.clock import clock_set, now
from linli.core.errors import Conflict
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.places.boundarybatch import schematic_batches
from linli.foundation.places.edition import SHANGHAI, edition_read
from linli.foundation.places.services import boundary_load_batch, divisions_load
from linli.work.matters.models import Category, Matter
from linli.work.matters.rollup.tasks import rebuild
from linli.work.matters.services import categories_load, poster_create
from linli.work.matters.tasks import lapse_guided

from . import plots as plot
from .ballots import ballots_held
from .benefits import policies_build
from .bodies import bodies_build, bodies_meet
from .cast import MACHINE, people_build, places_build, units_build
from .clusters import hot
from .desk import quick_plots
from .divisions import changes_build
from .elections import elections_held
from .excluded import exclusions_build
from .exports import lists_taken
from .hooks import centre_told
from .hotline import hotline_build
from .keeping import facts_kept
from .ladder import ladder_climbed
from .life import Hours, Place, Plot, Stage, play
from .linked import accounts_linked, impact_assessed
from .machines import machines_call, machines_connect
from .meetings import councils
from .messages import inboxes_read, messages
from .outreach import benefits_found
from .people import people_live, people_register
from .plots import PLOTS, PlotMaker
from .rules import rules_build, rules_changed
from .scenes import Story
from .views import views_saved
from .whistles import gathering, joint, whistled

MATTERS = 420
DAYS = 30
SEED = 20260101
OPENED_BEFORE = timedelta(days=40)

# what a topic is filed under, and who usually handles it
CATEGORY = {
    "lift": "safety",
    "rubbish": "sanitation",
    "illegal": "building_going_on",
    "fire": "safety",
    "road": "facility",
    "green": "green",
    "noise": "neighbour",
    "dogs": "neighbour",
    "parking": "property",
    "property": "property",
    "elderly": "welfare",
    "consult": "civic",
}
HANDLER = {
    "lift": "unit.market",
    "rubbish": "unit.clean",
    "illegal": "unit.urban",
    "fire": "unit.fire",
    "road": "unit.road",
    "green": "unit.green",
    "noise": "unit.police",
    "dogs": "unit.police",
    "parking": "unit.property",
    "property": "unit.property",
    "elderly": "unit.civil",
    "consult": "unit.property",
}
ORDINARY = ("lift", "rubbish", "illegal", "fire", "road", "green", "noise", "dogs", "parking", "property")
MINOR = ("noise", "dogs", "parking", "property")
SPECIAL_TOPICS: dict[PlotMaker, tuple[str, ...]] = {
    plot.guided: ("consult",),
    plot.advised: ("consult",),
    plot.discussed: MINOR,
    plot.talking: MINOR,
}
# begun so many working days before the end, so that every state is found on the last day
STANDING: list[tuple[PlotMaker, tuple[float, ...]]] = [
    (plot.fresh, (0.03, 0.05, 0.1, 0.16, 0.2, 0.35)),
    (plot.street_level, (1.3,)),
    (plot.emergency, (0.06,)),
    (plot.waiting, (4.2, 5.1, 6.3)),
    (plot.talking, (3.1, 4.2)),
    (plot.unverified, (4.2, 5.3, 6.1)),
    (plot.unanswered, (8.2, 9.3)),
    (plot.guided, (1.1, 3.3)),
    (plot.advised, (2.1, 3.2)),
    (plot.extended, (4.4, 6.2)),
    (plot.returned, (1.3, 2.1)),
    (plot.refused_return, (1.2, 6.1)),
    (plot.paused, (9.2,)),
    (plot.reopened, (11.4, 12.3, 13.2)),
    (plot.supervised, (4.1,)),
    (whistled, (4.6,)),
    (gathering, (1.15,)),
    (plot.failed, (4.7,)),
    (plot.slow, (11.2, 12.4)),
    (plot.asked, (0.4,)),
    (plot.confirmed, (2.3,)),
    (plot.declined, (1.1,)),
    (plot.withdrawn, (2.2,)),
    (plot.merged, (1.2, 2.3)),
    (plot.published, (3.2, 5.2)),
]


def demo_build(*, matters: int = MATTERS) -> str:
    """Fill an empty database and return one line that says with what; refused outside the demo."""
    if not settings.SHOW_CODES:
        raise Conflict("演示数据只在演示模式里生成。", hint="请运行：linli demo")
    end = now()
    try:
        stage = _stage_build(end - timedelta(days=DAYS) - OPENED_BEFORE)
        connected = machines_connect(stage)
        standing = _standing(stage, end)
        ordinary = _ordinary(stage, end, max(matters - len(standing), 0))
        more = [
            lists_taken(stage.cast, end),
            views_saved(stage.cast, end),
            messages(stage, end),
            inboxes_read(stage.cast, end),
            people_live(stage, end),
            facts_kept(stage, end),
            ladder_climbed(stage.cast, end),
            centre_told(stage.cast["street.duty"], connected["城运中心大屏"], end),
            accounts_linked(stage, end),
            impact_assessed(stage, end),
            benefits_found(stage, end),
            rules_changed(stage, end),
            *quick_plots(stage, end),
            *joint(stage, end),
            *hot(stage, end),
            *councils(stage, end),
            *ballots_held(stage, end),
            *elections_held(stage, end),
            bodies_meet(stage, end),
        ]
        play([*standing, *ordinary, _night_jobs(end), *more], end)
        hotline_build(stage.cast["street.duty"], end)
        machines_call(stage, connected)
        exclusions_build(stage.cast)
        rebuild()
    finally:
        clock_set(None)
    states = Counter(Matter.objects.values_list("state", flat=True))
    return f"{sum(states.values())} 件事项，{len(states)} 种状态，{len(stage.cast)} 个人。"


def _stage_build(opened_at: datetime) -> Stage:
    clock_set(opened_at)
    rng = random.Random(SEED)  # noqa: S311 - a story, not a secret
    divisions_load(actor=MACHINE, edition=edition_read(SHANGHAI))
    for batch in schematic_batches():
        boundary_load_batch(actor=MACHINE, batch=batch)
    categories_load(actor=MACHINE)
    places = places_build()
    units = units_build(opened_at.date())
    texts = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8"))
    filed = {row.code: row for row in Category.objects.filter(is_active=True)}
    stage = Stage(
        cast=people_build(units),
        units=units,
        places=places,
        texts=texts,
        categories={topic: filed[code] for topic, code in CATEGORY.items()},
        hours=Hours(holiday_calendar(), rng),
        rng=rng,
    )
    _posters(stage)
    rules_build(stage)
    policies_build(stage)
    people_register(stage)
    changes_build(stage.cast)
    bodies_build(stage)
    return stage


def _posters(stage: Stage) -> None:
    for place in stage.places:
        head = stage.cast[f"{place.committee}.head"]
        poster_create(actor=head, compound=place.compound)
        poster_create(actor=head, compound=place.compound, building=place.buildings[0])


def _story(stage: Stage, maker: PlotMaker, place: Place, reporter: str) -> Story:
    topics = SPECIAL_TOPICS.get(maker, ORDINARY)
    if topics is ORDINARY and maker is not plot.published and stage.rng.random() < 0.06:
        topics = ("elderly",)
    topic = stage.rng.choice(topics)
    pictured = 1.0 if maker is plot.published else 0.4  # what is published has something to show
    return Story(stage, place, topic, stage.cast[reporter], HANDLER[topic], pictured=pictured)


def _places(stage: Stage) -> Iterator[Place]:
    """Go round the compounds, the first committee's twice as often: its people are the demo's leads."""
    return itertools.cycle([*stage.places[:2], *stage.places])


def _reporters(stage: Stage) -> Iterator[str]:
    names = [name for name in stage.cast if name.startswith("resident.")]
    while True:
        yield stage.rng.choice(["resident.00", *names])


def _standing(stage: Stage, end: datetime) -> list[Plot]:
    places, reporters = _places(stage), _reporters(stage)
    return [
        maker(
            _story(stage, maker, next(places), next(reporters)),
            min(stage.hours.home(stage.hours.back(end, days), 0, 0.02), end),
        )
        for maker, ages in STANDING
        for days in ages
    ]


def _ordinary(stage: Stage, end: datetime, count: int) -> list[Plot]:
    """Spread the rest over the days, between seven and ten."""
    makers = stage.rng.choices([maker for maker, _ in PLOTS], [share for _, share in PLOTS], k=count)
    places, reporters = _places(stage), _reporters(stage)
    begun = []
    for number, maker in enumerate(makers):
        back = timedelta(days=DAYS * (count - number) / count)
        at = min(stage.hours.home(end - back, 0, 10), end)
        begun.append(maker(_story(stage, maker, next(places), next(reporters)), at))
    return begun


def _night_jobs(end: datetime) -> Plot:
    """What the worker does by itself in real life: guided matters lapse."""
    at = end - timedelta(days=DAYS)
    while at < end:
        yield (at := at + timedelta(hours=12))
        lapse_guided()
