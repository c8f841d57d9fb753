"""Establishments of a file: entered once, changed as far as the source may, moved, taken back."""

import pytest

from linli.foundation.imports.services import conflicts_settle
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import undone
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Establishment, Occupancy
from linli.registers.residents.numbers import credit_check
from tests.people import Cast

from .importworld import ADDRESS, brought, tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HEAD = ["单位名称", "统一社会信用代码", "单位类别", "负责人", "联系电话", "经营地址", "开业日期"]
CODE = "91310101MA1FPXXX1" + credit_check("91310101MA1FPXXX1")
OTHER = "91310101MA1FPXXX2" + credit_check("91310101MA1FPXXX2")
COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "quarantined": 0}


def unit(name: str = "春晖便利店", code: str = CODE, room: str = "101", **cells: str) -> list[str]:
    given = {
        "单位名称": name,
        "统一社会信用代码": code,
        "单位类别": "零售",
        "负责人": "王大明",
        "联系电话": "13812345678",
        "经营地址": ADDRESS.format(room),
        "开业日期": "2020-05-01",
        **cells,
    }
    return [given[head] for head in HEAD]


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def test_a_unit_comes_in_once_changes_moves_and_goes(homes: Homes) -> None:
    empty = tables_digest()
    job = brought(homes.worker, unit(), head=HEAD, target="establishments")
    assert job.counts == {**COUNTS, "new": 1}, [row.reasons for row in job.quarantine.all()]
    shop = Establishment.objects.get()
    use = Occupancy.objects.get()
    assert (shop.name, shop.contact, str(use.from_on)) == ("春晖便利店", "王大明", "2020-05-01")
    assert shop.area_path == use.part.area_path
    entered = tables_digest()
    assert brought(homes.worker, unit(), head=HEAD, target="establishments").counts["unchanged"] == 1
    assert tables_digest() == entered
    newer = unit("春晖超市", room="202", 联系电话="13900001111", 开业日期="2026-01-05")
    changed = brought(homes.worker, newer, head=HEAD, target="establishments")
    assert changed.counts == {**COUNTS, "changed": 1}
    shop.refresh_from_db()
    assert (shop.name, shop.phone, shop.version) == ("春晖超市", "13900001111", 2)
    assert Occupancy.objects.filter(to_on__isnull=True).get().part.name == "202"
    undone(homes.worker, changed)
    assert tables_digest() == entered
    undone(homes.worker, job)
    assert tables_digest() == empty


def test_a_file_without_a_code_means_the_unit_of_that_name_there(homes: Homes) -> None:
    brought(homes.worker, unit(), head=HEAD, target="establishments")
    job = brought(homes.worker, unit(code="", 单位类别="商店"), head=HEAD, target="establishments")
    assert job.counts["changed"] == 1 and Establishment.objects.get().kind == "商店"


def test_an_address_that_counts_less_is_asked(homes: Homes) -> None:
    brought(homes.worker, unit(), head=HEAD, target="establishments", source="worker")
    moved = unit(room="202", 单位类别="餐饮")
    job = brought(homes.worker, moved, head=HEAD, target="establishments", source="police")
    row = job.quarantine.get()
    assert row.is_conflict and row.clashes[0]["field"] == "place" and Establishment.objects.get().version == 1
    conflicts_settle(actor=homes.worker, import_id=job.pk, choices={row.number: {"place": "take"}})
    work_through(job.pk)
    assert Occupancy.objects.filter(to_on__isnull=True).get().part.name == "202"
    assert Establishment.objects.get().kind == "零售"  # of the rest the worker's word stands


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"code": CODE[:-1] + ("1" if CODE[-1] != "1" else "2")}, "校验位不对"),
        ({"code": "310101600123456"}, "15位的旧注册号"),
        ({"name": ""}, "“单位名称”是空的"),
        ({"经营地址": "春晖苑"}, "没有写到楼栋和室号"),
        ({"经营地址": "没有的小区3号楼101室"}, "地址对不上房屋"),
        ({"联系电话": "12345"}, "11位手机号"),
        ({"开业日期": "2099-01-01"}, "不能晚于今天"),
    ],
)
def test_a_bad_row_waits(homes: Homes, cells: dict[str, str], words: str) -> None:
    before = tables_digest()
    job = brought(homes.worker, unit(**cells), head=HEAD, target="establishments")
    assert words in " ".join(job.quarantine.get().reasons)
    assert tables_digest() == before


def test_one_place_one_name_and_one_code_one_unit(homes: Homes) -> None:
    twice = brought(homes.worker, unit(), unit(code=""), head=HEAD, target="establishments")
    assert "同名单位" in twice.quarantine.get().reasons[0] and Establishment.objects.count() == 1
    two = brought(
        homes.worker, unit("另一家", OTHER), unit("第三家", OTHER), head=HEAD, target="establishments"
    )
    assert all("相同编号" in row.reasons[0] for row in two.quarantine.all())
    assert two.counts["quarantined"] == 2 and Establishment.objects.count() == 1
