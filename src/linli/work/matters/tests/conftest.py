"""The cast and a matter in every state, made once a module; each test starts from the same database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction

from linli.core.clock import clock_at
from linli.foundation.search.models import SearchDocument
from linli.foundation.search.rules import document_text
from linli.work.matters import services as do
from linli.work.matters.document import facets_of, texts_of
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, category, place_of, year_load
from linli.work.matters.tests.resident_life import floods_narrow
from linli.work.matters.workflow import State
from tests import watching
from tests.people import Actors, Cast, cast_build

WATCHED = ("matters", "routing", "duties", "notices", "audit", "search", "links")


@dataclass
class Gallery:
    """One matter in each state, and one more that others can be merged into."""

    life: Life
    matters: dict[str, Matter] = field(default_factory=dict)

    def get(self, state: str) -> Matter:
        """Return the matter of a state as the database has it now."""
        return Matter.objects.get(pk=self.matters[state].pk)


@pytest.fixture(scope="module")
def gallery_of_module(actors: Actors, django_db_setup: None, django_db_blocker: Any) -> Iterator[Gallery]:
    """Build everything inside one transaction that is rolled back after the module."""
    from conftest import TUESDAY_MORNING

    with django_db_blocker.unblock(), transaction.atomic():
        with clock_at(TUESDAY_MORNING):
            year_load()
            category("facility")
            cast = cast_build()
            cast.actors = actors
            life = Life(cast)
            life.other = do.matter_report(
                actor=cast.actor("neighbour"), text="四号楼门禁坏了", place=place_of(cast)
            )
            gallery = Gallery(life)
            for state in State.values:
                gallery.matters[state] = life.to(state)
        yield gallery
        transaction.set_rollback(True)


@pytest.fixture
def gallery(gallery_of_module: Gallery, actors_of_test: Actors, clock: Any) -> Gallery:
    """Return the module's gallery; what a test does to it is undone."""
    return gallery_of_module


def documents_stale() -> list[str]:
    """Return the matters whose search document is not what a fresh one would be."""
    held = dict(SearchDocument.objects.filter(room="matters").values_list("subject_id", "grams"))
    fresh = {
        matter: document_text(texts_of(matter), facets_of(matter))
        for matter in Matter.objects.select_related("category")
    }
    return [f"{m.number} {m.state}" for m, document in fresh.items() if held.get(m.pk) != document]


@pytest.fixture
def life(gallery: Gallery, request: pytest.FixtureRequest) -> Iterator[Life]:
    """Return who lives a matter's life; whatever services did to it, it is found as it is."""
    yield gallery.life
    if request.module.__name__.split(".")[-1].startswith("test_services"):
        assert not documents_stale()


@pytest.fixture
def people(gallery: Gallery) -> Cast:
    """Return the cast of the module."""
    return gallery.life.cast


def tables_digest() -> str:
    """Return a digest of every row that a matter's life may touch."""
    return watching.tables_digest(*WATCHED)


@pytest.fixture
def unchanged() -> Callable[[], None]:
    """Return a check to be called before and after a refusal: nothing may have been written between."""
    return watching.watcher(*WATCHED)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one browser without an account act twice an hour, and one network three times."""
    floods_narrow(monkeypatch)
