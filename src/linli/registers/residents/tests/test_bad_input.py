"""Bad input of the registry, by hand and by file: a clear answer in Chinese, and nothing is changed.

What else is refused, and where its test stands: the table in ``docs/registry-import.md``.
"""

from datetime import date
from typing import Any

import pytest

from linli.core.errors import Conflict, InvalidInput
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.entries import PersonEntry
from linli.registers.residents.models import Household, Resident
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services import resident_correct, resident_move_away, resident_register
from tests.people import Cast

from .importworld import brought, clear, number_of, person, resident, tables_digest
from .life_world import World, member, number, refused, world_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TRUE = number(date(1985, 3, 2), "m", 7)
WRONG = TRUE[:-1] + ("1" if TRUE[-1] != "1" else "2")
OLD = "310104850302017"  # 15 digits, as written until 1999
LONG, RARE = "长" * 20, ("㛃", "王𬭩", "李㛃𬭩", "𠮷")


@pytest.fixture
def world(cast: Cast) -> World:
    return world_make(cast)


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def entered(world: World, home: Household, **given: Any) -> dict[str, Any]:
    return {
        "actor": world.worker,
        "household_id": home.public_id,
        "version": home.version,
        "person": PersonEntry(**{"name": "钱多多", **given}),
        "relation": "not_kin",
    }


# -- by hand ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"number": WRONG}, "校验位"),
        ({"number": OLD}, "15位"),
        ({"number": TRUE[:-2]}, "18位"),
        ({"number": TRUE, "birth": date(1985, 3, 3)}, "出生日期"),
        ({"number": TRUE, "birth": date(1985, 3, 2), "sex": "f"}, "性别"),
        ({"number": number(date(2030, 1, 2))}, "日期"),
        ({"name": "王?明"}, "生僻字"),
        ({"name": "王□"}, "生僻字"),
        ({"name": ""}, "姓名"),
        ({"name": "长" * 51}, "50个字"),
        ({"birth": date(2026, 3, 11)}, "不能晚于今天"),
        ({"phone": "1381"}, "电话"),
    ],
)
def test_what_is_wrong_of_a_person_is_said_and_nobody_is_registered(
    world: World, given: dict[str, Any], words: str
) -> None:
    home = world.single()
    fault = refused(InvalidInput, resident_register, **entered(world, home, **given))
    assert words in fault.message + "".join(map(str, fault.details.values())), fault.message
    assert not any(value in fault.message for value in given.values() if isinstance(value, str) and value)
    elder = member(home, "顾阿婆")
    if set(given) <= {"number", "name", "phone"}:
        asked = {"resident_id": elder.public_id, "version": elder.version, "reason": "核对", **given}
        refused(InvalidInput, resident_correct, actor=world.worker, **asked)


def test_nobody_joins_a_household_that_has_ended(world: World) -> None:
    home = world.single()
    elder = member(home, "顾阿婆")
    resident_move_away(actor=world.worker, resident_id=elder.public_id, version=elder.version)
    fault = refused(Conflict, resident_register, **entered(world, home))
    assert "已经销户" in fault.message and "撤销" in fault.hint


@pytest.mark.parametrize("name", ["丁", *RARE, LONG])
def test_names_of_one_and_of_twenty_characters_and_rare_ones_are_names(world: World, name: str) -> None:
    home = world.single()
    made = resident_register(**entered(world, home, name=name))
    assert sealed_get(Resident.objects.get(pk=made.pk), "name") == name


def test_a_lost_key_is_named_on_the_page_and_nothing_is_guessed(world: World) -> None:
    home = world.single()
    elder = member(home, "顾阿婆")
    Resident.objects.filter(pk=elder.pk).update(data_key=elder.data_key.replace("data-1", "data-9"))
    before = tables_digest()
    page = world.cast.client("worker").get(f"/desk/residents/households/{home.public_id}/")
    assert page.status_code == 503
    assert "系统缺少密钥 data-9" in page.content.decode() and "data-9.key" in page.content.decode()
    assert tables_digest() == before


# -- by file ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"证件号码": "310101198005060110"}, "校验位不对"),
        ({"证件号码": "310101800506011"}, "15位的旧身份证号码"),
        ({"出生日期": "1981-05-06"}, "出生日期与证件号码不一致"),
        ({"性别": "女"}, "性别与证件号码不一致"),
        ({"居住地址": "春晖苑"}, "没有写到楼栋"),
        ({"居住地址": "春晖苑3号楼1单元999室"}, "没有登记"),
        ({"姓名": "王?明"}, "生僻字"),
    ],
)
def test_a_bad_row_waits_and_no_table_changes(homes: Homes, cells: dict[str, str], words: str) -> None:
    before = tables_digest()
    job = brought(homes.worker, person("王大明", "1980-05-06", 11, **cells))
    assert words in " ".join(job.quarantine.get().reasons) and tables_digest() == before


def test_somebody_in_two_dwellings_of_a_file_lives_in_neither(homes: Homes) -> None:
    before = tables_digest()
    rows = [person("王大明", "1980-05-06", 11, room=room) for room in ("101", "302")]
    job = brought(homes.worker, *rows)
    assert job.counts["quarantined"] == 2 and tables_digest() == before
    assert all("第2、3行" in " ".join(row.reasons) for row in job.quarantine.all())


def test_somebody_who_is_known_and_moved_by_a_file_lives_in_one_place(homes: Homes) -> None:
    brought(homes.worker, person("王大明", "1980-05-06", 11))
    brought(homes.worker, person("王大明", "1980-05-06", 11, room="302", 入住日期="2026-03-01"))
    held = resident().memberships.filter(to_on=None)
    assert held.count() == 1 and held.get().household.occupancies.get(to_on=None).part == homes.part("302")
    assert Resident.objects.count() == 1 and clear(resident(), "number") == number_of("1980-05-06", 11)
