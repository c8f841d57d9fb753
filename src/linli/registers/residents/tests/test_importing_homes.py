"""Homes of a file: buildings, stairs and rooms made, changed by whose word counts, taken back."""

import pytest

from linli.foundation.imports.models import Import
from linli.foundation.imports.tests.runs import undone
from linli.foundation.places.models import Building, Part, Stair
from linli.foundation.places.tests.homes import Homes, homes_build
from tests.people import Cast

from .importworld import FAMILY, brought, looked, tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HEAD = ["小区", "楼栋", "单元", "室号", "房屋用途", "房屋类型", "建成年份", "总层数", "电梯", "建筑面积"]
COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "quarantined": 0}


def home(room: str = "101", **cells: str) -> list[str]:
    given = {
        "小区": "春晖苑",
        "楼栋": "5号楼",
        "单元": "1单元",
        "室号": room,
        "房屋用途": "住宅",
        "建筑面积": "86.35",
    }
    given |= {"房屋类型": "售后公房", "建成年份": "1988", "总层数": "6", "电梯": "无", **cells}
    return [given.get(head, "") for head in HEAD]


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def file(homes: Homes, *rows: list[str], **fixed: str) -> Import:
    return brought(homes.worker, *rows, head=HEAD, target="homes", **fixed)


def test_homes_come_in_with_building_stair_and_facts_and_go_again(homes: Homes) -> None:
    before = tables_digest()
    job = file(homes, home("101"), home("102"), home("201", 单元="2单元"))
    assert job.counts == {**COUNTS, "new": 3}, [row.reasons for row in job.quarantine.all()]
    building = Building.objects.get(name="5号楼")
    assert (building.housing_type, building.built_year, building.floors, building.has_lift) == (
        ("reformed", 1988, 6, False)
    )
    part = Part.objects.get(building=building, name="201")
    assert (part.floor, part.area, part.source, part.stair and part.stair.name) == (
        2,
        8635,
        "housing",
        "2单元",
    )
    again = file(homes, home("101"), home("102"), home("201", 单元="2单元"))
    assert again.counts == {**COUNTS, "unchanged": 3}
    undone(homes.worker, job)
    assert tables_digest() == before and not Stair.objects.filter(building=building).exists()


def test_a_part_that_is_there_is_not_made_twice_and_what_a_worker_knows_gives_way_to_the_housing_office(
    homes: Homes,
) -> None:
    before = tables_digest()
    row = home("101", 楼栋="3幢", 建筑面积="50")
    assert file(homes, row, source="police").counts == {**COUNTS, "changed": 1}
    assert tables_digest() == before
    job = file(homes, row)
    assert homes.part("101").area == 5000 and homes.part("101").version == 2
    undone(homes.worker, job)
    assert tables_digest() == before


def test_an_undo_leaves_homes_that_are_lived_in(homes: Homes) -> None:
    job = file(homes, home("101"), home("102"))
    person = list(FAMILY[3])
    person[8] = "春晖苑5号楼1单元101室"
    assert brought(homes.worker, person).counts["new"] == 1
    undone(homes.worker, job)
    assert [row.reason for row in job.rows.filter(outcome="kept")] == ["这套房屋已经登记了人或产权。"]
    assert Part.objects.filter(building__name="5号楼").count() == 1


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"小区": "夏荷苑"}, "没有找到小区"),
        ({"小区": ""}, "没有写小区"),
        ({"楼栋": ""}, "没有写楼栋"),
        ({"室号": ""}, "没有写室号"),
        ({"建筑面积": "0"}, "大于0"),
        ({"建筑面积": "-5"}, "大于0"),
        ({"建筑面积": "很大"}, "大于0"),
        ({"建成年份": "3000"}, "1840年到2100年"),
        ({"总层数": "999"}, "1到200"),
    ],
)
def test_a_bad_row_waits_and_changes_nothing(homes: Homes, cells: dict[str, str], words: str) -> None:
    before = tables_digest()
    job = file(homes, home("101", **cells))
    assert words in " ".join(job.quarantine.get().reasons) and tables_digest() == before


def test_the_same_home_twice_in_a_file_is_refused(homes: Homes) -> None:
    job = file(homes, home("101"), home("101", 楼栋="5幢"))
    assert "与第2行是同一套房屋" in job.quarantine.get().reasons[0] and job.counts["new"] == 1


def test_a_compound_of_others_is_not_found(homes: Homes, cast: Cast) -> None:
    job = looked(cast.actor("worker_b"), home("101"), head=HEAD, target="homes")
    assert job.preview["counts"]["quarantined"] == 1
