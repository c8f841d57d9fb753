"""Reports on one cause, by people with and without an account, and what is made of them."""

from typing import Any

import pytest

from linli.foundation.places.selectors import Place
from linli.work.matters import services as matters
from linli.work.matters.clusters.models import Cluster
from linli.work.matters.clusters.services import cluster_make
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, category, year_load
from linli.work.matters.whistles.tests.conftest import unchanged  # noqa: F401 - a fixture
from tests.people import Cast

WORDS = ("小区东门夜间烧烤油烟大", "小区东门夜间烧烤油烟太大", "东门夜间烧烤油烟呛人", "小区东门烧烤油烟")


@pytest.fixture
def life(cast: Cast, clock: Any) -> Life:
    year_load()
    category("facility")
    return Life(cast)


def reported(life: Life, count: int = 3) -> list[Matter]:
    """Return as many reports on one cause: by the resident, the neighbour, and people without an account."""
    rows = [life.report(text=WORDS[0])]
    if count > 1:
        place = Place(life.cast.places["committee_a_place"], "chosen")
        rows.append(matters.matter_report(actor=life.who("neighbour"), text=WORDS[1], place=place))
    for number in range(2, count):
        rows.append(
            matters.matter_report(
                actor=life.who("worker"),
                text=WORDS[number % len(WORDS)],
                place=Place(life.cast.places["committee_a_place"], "chosen"),
                channel="telephone",
                on_behalf=True,
                reporter_name="刘先生",
                reporter_phone=f"1380000000{number}",
            )
        )
    return rows


def made(life: Life, rows: list[Matter], by: str = "worker", **more: Any) -> Cluster:
    said = {"title": "东门烧烤油烟", "head_id": rows[0].pk, "matter_ids": [row.pk for row in rows], **more}
    return cluster_make(actor=life.who(by), **said)


def close(life: Life, matter: Matter) -> Matter:
    matter.refresh_from_db()
    life.accept(matter)
    life.hand_over(matter)
    life.sign(matter)
    life.result(matter)
    return life.verify(matter)
