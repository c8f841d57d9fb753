"""Real requests of two cities are reported through the interface, as an application would, and once."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import pytest

from linli.core.actor import Scope
from linli.foundation.clients.tests.factories import machine
from linli.foundation.files.models import StoredFile
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life

from .georeport import Caller

Row = Mapping[str, str]
NEW_YORK, BALTIMORE = "nyc_311_feb2023_testsample_4999.csv.gz", "baltimore_311_10000.csv.gz"


def rows_of(folder: Path, name: str, most: int) -> Iterator[Row]:
    """Read a file's rows; what is no UTF-8 in it comes as it was garbled."""
    with gzip.open(folder / "requests311" / name, "rt", encoding="utf-8", errors="replace") as file:
        yield from islice(csv.DictReader(file), most)


def of_new_york(row: Row) -> dict[str, str]:
    words = [row["Complaint Type"], row["Descriptor"], row["Location Type"], row["Unique Key"]]
    place = {"lat": row["Latitude"], "long": row["Longitude"]} if row["Latitude"] else {}
    return {
        "description": "; ".join(filter(None, words)),
        "address_string": row["Incident Address"] or row["Intersection Street 1"],
        **place,
    }


def of_baltimore(row: Row) -> dict[str, str]:
    return {
        "description": f"{row['SRType']} {row['ServiceRequestNum']}",
        "address_string": row["Address"][:160],
        "lat": row["Latitude"],
        "long": row["Longitude"],
    }


def load(folder: Path, caller: Caller, most: int) -> int:
    """Report every row, some of them twice, and return how many there were."""
    count = 0
    for name, said_of in ((NEW_YORK, of_new_york), (BALTIMORE, of_baltimore)):
        for number, row in enumerate(rows_of(folder, name, most)):
            said = said_of(row)
            answer = caller.post("xml" if number % 2 else "json", **said)
            assert answer.status_code == 200, (row, answer.content.decode())
            if number % 10 == 0:
                assert caller.post(**said).content == caller.post(**said).content
            count += 1
    return count


def whole(life: Life, folder: Path, most: int) -> None:
    granted = machine(
        life.cast, "street_unit", "street_place", Scope.MATTERS_REPORT, name="样例", requests_a_minute=6000
    )
    count = load(folder, Caller(granted.secret), most)
    assert Matter.objects.count() == count
    assert not StoredFile.objects.exists()
    placed = Matter.objects.exclude(lat=None)
    assert placed.count() > count * 0.8 and not Matter.objects.exclude(channel="interface").exists()


def test_samples_of_two_cities_come_in(life: Life, shared_data: Path) -> None:
    whole(life, shared_data, 30)


@pytest.mark.slow
def test_more_of_them_come_in(life: Life, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.foundation.clients.services.Usage.is_over", property(lambda usage: False))
    whole(life, shared_data, 1000)
