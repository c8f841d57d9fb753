"""Compounds from files: columns, streets by code, name or position; nothing twice, nothing lost."""

import csv
import gzip
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from linli.core.actor import system
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.geometry import Datum
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.compoundfile import compounds_read
from linli.foundation.places.models import Compound, Level, UnplacedCompound
from linli.foundation.places.outlines import Correction
from linli.foundation.places.services import (
    CompoundsResult,
    compound_add,
    compound_update,
    compounds_load,
    divisions_load,
    unplaced_dismiss,
    unplaced_place,
)
from tests.people import Cast, place_make

from .factories import LOADER, boundary_make, shanghai

pytestmark = pytest.mark.django_db


def _file(folder: Path, text: str, name: str = "小区.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _load(path: Path, **given: Any) -> CompoundsResult:
    return compounds_load(actor=LOADER, batch=compounds_read(path), **given)


def _state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Compound, UnplacedCompound)]


@pytest.fixture
def city(cast: Cast) -> Cast:
    boundary_make(cast.places["street_place"], 121.4, 31.2)
    boundary_make(cast.places["other_street_place"], 121.5, 31.2)
    return cast


NONE = "00000000-0000-7000-8000-000000000000"
HEAD = "name,lng,lat,district,street,code,address,built\n"


# -- reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_columns_by_their_general_names(tmp_path: Path, encoding: str) -> None:
    text = "小区名称;经度;纬度;区;街镇;建成年代;房屋类型\n"
    text += "春晖苑;121.45;31.25;临江区;桂花街道;1986年建成;售后公房\n"
    (row,) = compounds_read(_file(tmp_path, text, encoding=encoding)).rows
    assert (row.name, row.position, row.district, row.town) == (
        "春晖苑",
        (121.45, 31.25),
        "临江区",
        "桂花街道",
    )
    assert (row.built_year, row.housing_type) == (1986, "reformed")


def test_of_two_positions_the_one_in_wgs84_counts_and_others_are_converted(tmp_path: Path) -> None:
    both = "name,lng_bd09,lat_bd09,lng_wgs84,lat_wgs84\n甲,121.434563,31.22147,121.423493,31.217028\n"
    wgs = compounds_read(_file(tmp_path, both)).rows[0].position
    assert wgs == (121.423493, 31.217028)
    one = "name,lng_bd09,lat_bd09\n甲,121.434563,31.22147\n"
    assert compounds_read(_file(tmp_path, one)).rows[0].position == pytest.approx(wgs, abs=2e-5)
    said = "name,lng,lat,datum\n甲,121.434563,31.22147,BD-09\n"
    assert compounds_read(_file(tmp_path, said)).rows[0].position == pytest.approx(wgs, abs=2e-5)
    told = compounds_read(_file(tmp_path, "name,lng,lat\n甲,121.434563,31.22147\n"), datum=Datum.BD09)
    assert told.rows[0].position == pytest.approx(wgs, abs=2e-5)


def test_broken_rows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [
        "甲,abc,31.2",
        ",121.4,31.2",
        "乙,121.4,",
        "丙,400,31.2",
        "丁,nan,31.2",
        f"{'长' * 81},121.4,31.2",
        "戊,121.4,31.2",
    ]
    found = compounds_read(_file(tmp_path, "name,lng,lat\n" + "\n".join(rows)))
    assert [row.name for row in found.rows] == ["戊"] and found.rows[0].number == 8
    assert len(found.faults) == 6 and "第2行：甲的坐标不对" in found.faults[0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"lng,lat\n1,2\n", "没有小区名称这一列"),
        ("a.csv", b"", "没有小区名称这一列"),
        ("a.csv", b"\xff\xfe\x80\x81\xff", "编码读不懂"),
        ("a.csv.gz", b"not packed", "压缩文件已损坏"),
        ("a.csv.gz", gzip.compress("name\n甲\n".encode(), mtime=0)[:-9], "压缩文件已损坏"),
    ],
)
def test_what_is_no_file_of_compounds(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        compounds_read(tmp_path / name)
    with pytest.raises(InvalidInput, match="没有找到文件"):
        compounds_read(tmp_path / "none.csv")


# -- placing -----------------------------------------------------------------------------------------------


def test_by_code_by_name_and_by_position(city: Cast, tmp_path: Path) -> None:
    rows = [
        "甲,,,,,990101001000,桂花路1弄,1990",
        "乙,,,临江区,桂花街道,,,",
        "丙,121.45,31.25,,,,,",
        "丁,,,临江,桂花,,,",
        "戊,,,,,990101001001,,",  # a committee's code
        "己,121.45,31.25,,,990101002,,",  # what is said goes before the position
    ]
    done = _load(_file(tmp_path, HEAD + "\n".join(rows)))
    assert (done.added, done.waiting) == (6, 0)
    street = city.places["street_place"]
    assert Compound.objects.filter(street=street).count() == 5
    first = Compound.objects.get(name="甲")
    assert (first.address, first.built_year, first.pinyin, first.source) == ("桂花路1弄", 1990, "jia", "小区")
    committee = Compound.objects.get(name="戊")
    assert committee.is_committee_confirmed and committee.area_path == city.places["committee_a_place"].path
    assert Compound.objects.get(name="己").street == city.places["other_street_place"]


def test_the_same_file_again_changes_nothing(city: Cast, tmp_path: Path) -> None:
    path = _file(tmp_path, HEAD + "甲,121.45,31.25,,,,,\n乙,,,,,,,\n")
    _load(path)
    before, records = _state(), AuditRecord.objects.count()
    done = _load(path)
    assert (done.added, done.changed, done.unplaced, done.same, done.waiting) == (0, 0, 0, 2, 1)
    assert _state() == before and AuditRecord.objects.count() == records


def test_what_a_person_corrected_stays_and_gaps_are_filled(city: Cast, tmp_path: Path) -> None:
    _load(_file(tmp_path, HEAD + "甲,121.45,31.25,,,,,\n"))
    made = Compound.objects.get()
    compound_update(
        actor=city.actor("street"),
        compound_id=made.public_id,
        version=1,
        name="甲苑",
        address="手写",
        lng=121.451,
        lat=31.251,
    )
    done = _load(_file(tmp_path, HEAD + "甲,121.45,31.25,,,,桂花路9弄,1995\n"))
    made.refresh_from_db()
    assert (made.name, made.address, made.lng, made.built_year) == ("甲苑", "手写", 121.451, 1995)
    assert (done.changed, done.added, done.differs, made.version) == (1, 0, ["甲苑"], 3)


def test_what_was_entered_by_hand_is_recognised(city: Cast, tmp_path: Path) -> None:
    compound_add(
        actor=city.actor("street"), name="甲", street=city.places["street_place"], lng=121.45, lat=31.25
    )
    done = _load(_file(tmp_path, HEAD + "甲,121.4501,31.25,,,,,\n"))
    assert (done.added, done.changed, Compound.objects.count()) == (0, 1, 1)


def test_the_same_name_in_one_street_is_told_apart(city: Cast, tmp_path: Path) -> None:
    rows = [
        "甲,121.41,31.21,,,,,",
        "甲,121.45,31.25,,,,桂花路9弄,",
        "甲,121.48,31.28,,,,,",
        "甲,121.55,31.25,,,,,",
    ]
    path = _file(tmp_path, HEAD + "\n".join([*rows, rows[0]]))
    done = _load(path)
    street = city.places["street_place"]
    names = sorted(Compound.objects.filter(street=street).values_list("name", flat=True))
    assert names == ["甲", "甲（2）", "甲（桂花路9弄）"]
    assert (done.added, done.repeated, len(done.renamed)) == (4, 1, 2)
    assert _load(path).same == 4


# -- what has no street ------------------------------------------------------------------------------------


def test_what_has_no_street_is_kept_with_the_reason(city: Cast, tmp_path: Path) -> None:
    rows = [
        "无,,,,,,,",
        "近,121.599,31.301,,,,,",
        "远,130.0,40.0,,,,,",
        "错码,,,,,123456789,,",
        "错名,,,临江区,梅花街道,,,",
        "只有区,,,临江区,,,,",
    ]
    done = _load(_file(tmp_path, HEAD + "\n".join(rows)))
    assert (done.added, done.unplaced, done.waiting) == (0, 6, 6)
    found = {row.name: row for row in UnplacedCompound.objects.all()}
    assert found["无"].reason == "no_street" and found["无"].area_path == ""
    assert found["近"].near == city.places["other_street_place"] and 50 < found["近"].near_m < 250
    assert found["近"].area_path == city.places["district_place"].path
    assert found["远"].near is None
    assert found["错码"].reason == found["错名"].reason == "not_found"
    assert found["只有区"].area_path == city.places["district_place"].path


def test_a_schematic_outline_decides_nothing(cast: Cast, tmp_path: Path) -> None:
    boundary_make(cast.places["street_place"], 121.4, 31.2, is_schematic=True)
    assert _load(_file(tmp_path, HEAD + "甲,121.45,31.25,,,,,\n")).waiting == 1


def test_a_name_that_two_streets_have_waits(city: Cast, tmp_path: Path) -> None:
    place_make("990102001", "桂花街道", Level.STREET, city.places["other_district_place"])
    path = _file(tmp_path, HEAD + "甲,,,,桂花街道,,,\n乙,,,望山区,桂花街道,,,\n")
    done = _load(path)
    assert (done.added, done.waiting) == (1, 1)
    assert UnplacedCompound.objects.get().reason == "ambiguous"
    assert _load(path, within=city.places["district_place"].path).added == 1


def test_a_corrected_file_places_it(city: Cast, tmp_path: Path) -> None:
    _load(_file(tmp_path, HEAD + "甲,130.0,40.0,,,,,\n"))
    done = _load(_file(tmp_path, HEAD + "甲,130.0,40.0,临江区,桂花街道,,,\n", name="更正.csv"))
    assert (done.added, done.waiting) == (1, 0) and not UnplacedCompound.objects.exists()
    assert Compound.objects.get().street == city.places["street_place"]


def test_a_correction_table_names_the_street(city: Cast, tmp_path: Path) -> None:
    fixed = [Correction("老桂花镇", "临江区", "990101001")]
    assert _load(_file(tmp_path, HEAD + "甲,,,临江区,老桂花镇,,,\n"), corrections=fixed).added == 1


def test_a_person_places_or_dismisses(city: Cast, tmp_path: Path) -> None:
    path = _file(tmp_path, HEAD + "甲,,,临江区,,,,1990\n乙,,,临江区,,,,\n丙,,,,,,,\n")
    _load(path)
    ids = {row.name: row.public_id for row in UnplacedCompound.objects.all()}
    street = city.actor("street")
    assert set(UnplacedCompound.objects.visible_to(street).values_list("name", flat=True)) == {"甲", "乙"}
    (made,) = unplaced_place(actor=street, ids=[ids["甲"]], street=city.places["street_place"], name="甲苑")
    assert (made.name, made.built_year, made.is_committee_confirmed) == ("甲苑", 1990, False)
    assert unplaced_dismiss(actor=street, ids=[ids["乙"]]) == 1
    before = _state()
    done = _load(path)
    assert (done.added, done.unplaced, done.waiting, done.dismissed) == (0, 0, 1, 1)
    assert _state() == before


def test_refusals_of_placing_change_nothing(city: Cast, tmp_path: Path) -> None:
    _load(_file(tmp_path, HEAD + "甲,,,临江区,,,,\n丙,,,,,,,\n"))
    ids = {row.name: row.public_id for row in UnplacedCompound.objects.all()}
    place, other = city.places["street_place"], city.places["other_street_place"]
    compound_add(actor=city.actor("street"), name="甲", street=place)
    before = _state()
    for who, given, error in (
        ("street", {"street": place}, InvalidInput),  # there is one of this name
        ("street", {"street": other}, NotAllowed),
        ("street", {"street": city.places["district_place"]}, InvalidInput),
        ("worker", {"street": place}, NotAllowed),
        ("resident", {"street": place}, NotAllowed),
        ("other_district", {"street": place}, NotAllowed),
    ):
        with pytest.raises(error):
            unplaced_place(actor=city.actor(who), ids=[ids["甲"]], **given)
    for gone in ([ids["丙"]], [], [ids["甲"], ids["丙"]], [NONE]):
        with pytest.raises(InvalidInput):
            unplaced_place(actor=city.actor("street"), ids=gone, street=place, name="新名")
        with pytest.raises(InvalidInput):
            unplaced_dismiss(actor=city.actor("street"), ids=gone)
    with pytest.raises(NotAllowed):
        compounds_load(actor=city.actor("city"), batch=compounds_read(_file(tmp_path, "name\n甲\n")))
    assert _state() == before


def test_who_sees_what_has_no_street(city: Cast, tmp_path: Path) -> None:
    _load(_file(tmp_path, HEAD + "甲,,,临江区,,,,\n丙,,,,,,,\n"))
    seen = {
        "worker": 1,
        "street": 1,
        "district": 1,
        "other_district": 0,
        "city": 2,
        "operator": 2,
        "resident": 0,
    }
    for who, count in seen.items():
        assert UnplacedCompound.objects.visible_to(city.actor(who)).count() == count, who
    assert UnplacedCompound.objects.visible_to(system("test")).count() == 2


# -- the command -------------------------------------------------------------------------------------------


def test_the_command_says_what_it_did(city: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, HEAD + "甲,121.45,31.25,,,,,\n乙,,,,,,,\n,,,,,,,\n")
    call_command("places", "load-compounds", str(path))
    said = capsys.readouterr().out
    assert "新增 1" in said and "等待确认 1" in said and "第4行" in said
    with pytest.raises(CommandError, match="没有找到文件"):
        call_command("places", "load-compounds", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="没有区划代码"):
        call_command("places", "load-compounds", str(path), "--within", "98")


# -- real files --------------------------------------------------------------------------------------------


def test_the_compounds_of_shanghai(shared_data: Path, tmp_path: Path) -> None:
    divisions_load(actor=LOADER, edition=shanghai())
    path = shared_data / "geo" / "compounds_shanghai.csv.gz"
    corrections = [Correction("菊园街道", "嘉定区", "310114401"), Correction("娄塘镇", "嘉定区", "310114501")]
    began = process_time()
    done = _load(path, corrections=corrections)
    took = process_time() - began
    assert (done.added, done.waiting, done.repeated, done.renamed) == (17_623, 1_589, 0, [])
    assert took < 60  # 5 s on a quiet machine
    again = _load(path, corrections=corrections)
    assert (again.added, again.changed, again.unplaced, again.same, again.waiting) == (0, 0, 0, 19_212, 1_589)


def test_without_codes_the_outlines_say_nearly_the_same(shared_data: Path, tmp_path: Path) -> None:
    divisions_load(actor=LOADER, edition=shanghai())
    call_command("boundaries", "load", str(shared_data / "geo" / "towns_217.geojson.gz"))
    text = gzip.decompress((shared_data / "geo" / "compounds_shanghai.csv.gz").read_bytes()).decode()
    lines = list(csv.reader(text.splitlines()))
    with (tmp_path / "bare.csv").open("w", newline="") as written:
        csv.writer(written).writerows(cells[:5] for cells in lines)
    done = _load(tmp_path / "bare.csv")
    assert abs(done.added - 17_623) <= 20  # points that lie on an edge
    codes = dict(Compound.objects.values_list("name", "street__code"))
    told = {cells[0]: cells[7][:9] for cells in lines[1:] if cells[7]}
    once = [name for name in told if name in codes]
    assert sum(told[name] == codes[name] for name in once) / len(once) > 0.9  # names repeat between streets


def test_a_file_of_another_city(cast: Cast, shared_data: Path) -> None:
    beijing = place_make("11", "北京市", Level.PROVINCE, None)
    inner = place_make("1101", "市辖区", Level.CITY, beijing)
    for number, name in enumerate(["东城", "西城", "朝阳", "丰台", "石景山", "海淀"], start=1):
        place_make(f"1101{number:02d}", f"{name}区", Level.COUNTY, inner)
    place_make("990103", "朝阳区", Level.COUNTY, cast.places["prefecture"])
    path = shared_data / "compounds" / "beijing_compounds_510.csv.gz"
    done = _load(path, within=beijing.path)
    assert (done.added, done.waiting) == (0, 510)  # the file names districts only
    rows = UnplacedCompound.objects.all()
    assert not rows.filter(area_path="").exists() and rows.exclude(built_year=None).count() > 450
    assert set(rows.values_list("source", flat=True)) == {"beijing_compounds_510"}
    assert _load(path, within=beijing.path).same == 510
