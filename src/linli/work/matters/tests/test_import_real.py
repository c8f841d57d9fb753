"""The real files: each imported, imported again, undone; the room's tables are then as before."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from linli.foundation.duties.models import Duty
from linli.foundation.imports.models import Import
from linli.foundation.imports.tests.runs import checked, imported, run, suggested, undone, uploaded
from linli.foundation.notices.models import Notice
from linli.foundation.search.models import SearchDocument
from linli.work.matters.models import Matter, MatterEvent
from tests.people import Cast

pytestmark = pytest.mark.django_db


def _tables() -> Iterator[Any]:
    yield from apps.get_app_config("matters").get_models()
    yield from (Duty, SearchDocument, Notice)


def tables_digest() -> str:
    """One digest over every row of the room's tables, its duties, notices and its part of the index."""
    total = hashlib.sha256()
    for model in _tables():
        rows = model._default_manager.order_by("pk")
        for row in (rows.exclude(kind="import.end") if model is Notice else rows).values_list():
            total.update(repr((model._meta.label, row)).encode())
    return total.hexdigest()


CASES = (
    ("messages/hot_issue_messages.csv.gz", {"source": "留言板", "state": "reported"}, 4_326, 0),
    ("requests311/baltimore_311_10000.csv.gz", {"source": "311"}, 10_000, 0),
    ("requests311/nyc_311_feb2023_testsample_4999.csv.gz", {"source": "311"}, 4_997, 2),
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fixed", "taken", "quarantined"), CASES)
def test_a_real_file_comes_in_twice_and_goes_again(
    cast: Cast, shared_data: Path, name: str, fixed: dict[str, str], taken: int, quarantined: int
) -> None:
    content = (shared_data / name).read_bytes()
    street = cast.actor("street")
    before = tables_digest()
    place = cast.places["street_place"].code
    job = imported(street, content, name=Path(name).name, place=place, **fixed)
    assert job.state == Import.State.DONE, job.failure
    assert (job.counts["new"], job.counts["quarantined"]) == (taken, quarantined), job.counts
    assert Matter.objects.filter(is_imported=True, source=fixed["source"]).count() == taken
    assert not Notice.objects.exclude(kind="import.end").exists()
    _kept_as_it_came(name)
    standing = tables_digest()
    again = imported(street, content, name=Path(name).name, place=place, **fixed)
    assert again.counts["unchanged"] == taken and not again.counts["new"] and not again.counts["changed"]
    assert tables_digest() == standing
    undone(street, again)
    assert tables_digest() == standing
    gone = undone(street, job)
    assert gone.state == Import.State.UNDONE and gone.counts["undone"] == taken and not gone.counts["kept"]
    assert tables_digest() == before


def _kept_as_it_came(name: str) -> None:
    rows = Matter.objects.filter(is_imported=True)
    live = rows.exclude(state="closed")
    assert Duty.objects.filter(state="open").count() == live.count()
    if "baltimore" in name:
        assert rows.filter(source_due_at__isnull=False).count() == 9_714
        one = rows.get(source_number="18-00269879")
        assert (one.state, str(one.reported_at)) == ("closed", "2018-04-12 03:11:26+00:00")
        assert one.closed_at and one.source_due_at and one.closed_at < one.source_due_at
        assert "承办单位：Transportation" in MatterEvent.objects.get(matter=one).note
    if "nyc" in name:
        assert rows.filter(title="Illegal Parking").count() > 500
        assert not rows.filter(source_number__in=("56923577", "56921224")).exists()  # closed before reported


def test_a_thousand_real_messages_without_the_slow_run(cast: Cast, shared_data: Path) -> None:
    import gzip

    lines = gzip.decompress((shared_data / CASES[0][0]).read_bytes()).decode().split("\n")
    street = cast.actor("street")
    job = uploaded(street, "\n".join(lines[:300]).encode())
    spec = suggested(job, source="留言板", place=cast.places["street_place"].code)
    assert spec.columns == {"number": "id", "title": "subject", "text": "text", "reported_at": "time"}
    from dataclasses import replace

    checked(street, job, replace(spec, keep=("likes", "dislikes")))
    assert not Matter.objects.exists()
    run(street, job)
    event = MatterEvent.objects.get(matter__source_number="188007")
    assert event.note == "likes：1\ndislikes：0"
