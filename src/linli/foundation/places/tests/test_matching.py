"""Which division a name means: every committee of five real places, and the names that are not unique."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from linli.core.errors import InvalidInput
from linli.foundation.places.edition import edition_read
from linli.foundation.places.matching import division_match
from linli.foundation.places.models import Division, Level
from linli.foundation.places.rules import division_stem
from linli.foundation.places.services import divisions_load

from .factories import LOADER, edition_of

pytestmark = pytest.mark.django_db
FILES = ("shanghai_31", "tianjin_12", "chongqing_nanan_500108", "jinan_lixia_370102", "karamay_650203")


@pytest.fixture
def xuhui(db: None) -> None:
    divisions_load(actor=LOADER, edition=edition_of())


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("光明社区居民委员会", "光明"),
        ("光明社区居委会", "光明"),
        ("光明居委", "光明"),
        ("光明村村民委员会", "光明"),
        ("光明村委会", "光明"),
        ("光明村", "光明"),
        ("光明社区", "光明"),
        ("光明", "光明"),
        ("村", "村"),
    ],
)
def test_stems(name: str, stem: str) -> None:
    assert division_stem(name, Level.COMMITTEE) == stem


@pytest.mark.parametrize(
    "said", ["东湖", "东湖居委", "东湖居委会", "东湖居民委员会", "东湖社区居民委员会", " 东湖 居委会"]
)
def test_the_word_for_the_kind_does_not_matter(xuhui: None, said: str) -> None:
    found = division_match(said, "湖南路街道").one()
    assert (found.name, found.parent.name) == ("东湖居委会", "湖南路街道")


@pytest.mark.parametrize(
    "under",
    ["310104004", "310104004000", "湖南路街道", "湖南路", "湖南路街道办事处", "徐汇区湖南路街道", "徐汇"],
)
def test_the_place_above_by_code_or_by_name(xuhui: None, under: str) -> None:
    assert division_match("东湖居委会", under).one().code.startswith("310104004")


@pytest.mark.parametrize("said", ["徐汇区湖南路街道东湖居委会", "湖南路街道东湖居委", "310104004003"])
def test_a_name_with_its_street_in_front(xuhui: None, said: str) -> None:
    assert division_match(said).one().parent.code == "310104004"


@pytest.mark.parametrize("said", ["", "不存在居委会", "999999999999", "%", "东湖居委会'--"])
def test_nothing_found_says_what_to_do(xuhui: None, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        division_match(said).one()
    assert "没有找到区划" in refused.value.message and "街镇" in refused.value.hint


def test_several_are_named_with_their_paths(shared_data: Path) -> None:
    divisions_load(actor=LOADER, edition=edition_read(shared_data / "divisions" / "shanghai_31.csv.gz"))
    match = division_match("光明村")
    assert match.division is None and len(match.candidates) == 7
    with pytest.raises(InvalidInput) as refused:
        match.one()
    assert "有7个“光明村”" in refused.value.message and "区" in refused.value.message
    assert "请写明街镇" in refused.value.hint
    one = match.candidates[3]
    assert division_match("光明村村委会", one.parent.name).one() == one
    assert division_match("光明", area=one.parent.path).one() == one


@pytest.mark.parametrize("name", FILES)
def test_every_committee_of_a_real_place_by_name_and_street(name: str, shared_data: Path) -> None:
    """Each is found by its name and its street's; where a street has two of one name, both are candidates."""
    path = shared_data / "divisions" / f"{name}.csv.gz"
    divisions_load(actor=LOADER, edition=edition_read(path))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = {line["code"]: line for line in csv.DictReader(file)}
    assert Division.objects.count() == len(lines)
    committees = [line for line in lines.values() if line["level"] == "5"]
    twice = Counter((line["name"], line["parent"]) for line in committees)
    streets = Counter(line["name"] for line in lines.values() if line["level"] == "4")
    missed = []
    for line in committees[:: max(len(committees) // 700, 1)]:
        street = lines[line["parent"]]
        district = lines[street["parent"]]["name"] if streets[street["name"]] > 1 else ""
        found = division_match(line["name"], f"{district}{street['name']}")
        codes = [row.code for row in found.candidates]
        if line["code"] not in codes or len(codes) != twice[line["name"], line["parent"]]:
            missed.append((line["name"], street["name"], codes))
    assert not missed
