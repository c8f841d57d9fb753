"""A city written down: the same bytes again, going on, refusing, faults on purpose, the command."""

import csv
import json
import shutil
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from linli.core.errors import Conflict, InvalidInput
from linli.registers.residents.numbers import NumberRefused, number_read
from linli.registers.residents.synth import parquet, run
from linli.registers.residents.synth.areas import MOST_IN_COMMITTEE, shards, shared_out
from linli.registers.residents.synth.assumptions import figures
from linli.registers.residents.synth.faults import FAULTS, WORDS
from linli.registers.residents.synth.headings import FILES, headings
from linli.registers.residents.synth.homes import real_compounds
from linli.registers.residents.synth.run import Order, city_make
from linli.registers.residents.synth.tables import TABLES

AS_OF = figures("households")["as_of"]
STREET = "310104012"
ORDER = Order(4_000, 11, "parquet", AS_OF, area="310104")
CSV = replace(ORDER, to="csv")


def _made(order: Order, folder: Path, processes: int = 1) -> Counter[str]:
    return city_make(order, folder, processes=processes, say=lambda _text: None)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("order", [ORDER, CSV], ids=["parquet", "csv"])
def test_same_seed_same_bytes(order: Order, tmp_path: Path) -> None:
    for name in ("one", "two"):
        _made(order, tmp_path / name)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    _made(replace(order, seed=12), tmp_path / "other")
    assert _bytes(tmp_path / "one") != _bytes(tmp_path / "other")


def test_two_processes_write_the_same(tmp_path: Path) -> None:
    order = replace(CSV, area="", persons=3_000, faults=0.05)
    _made(order, tmp_path / "one", processes=1)
    _made(order, tmp_path / "two", processes=2)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    assert len(json.loads((tmp_path / "one/city.json").read_text())["faults"]) == 16


def test_parquet_is_sorted_and_whole(tmp_path: Path) -> None:
    _made(replace(ORDER, area=""), tmp_path / "city")
    people = pq.read_table(tmp_path / "city/persons")
    ids = people["household_id"].to_pylist()
    assert people.num_rows == ORDER.persons and ids == sorted(ids)
    assert "said_address" not in pq.read_schema(next((tmp_path / "city/parts").iterdir())).names
    assert sorted(path.name for path in (tmp_path / "city").iterdir()) == sorted([*TABLES, "city.json"])
    held = pq.ParquetFile(next((tmp_path / "city/persons").iterdir())).metadata.row_group(0).column(0)
    assert held.compression == "ZSTD"


def test_facts_in_long_form_are_a_folder_more(tmp_path: Path) -> None:
    order = replace(ORDER, long_facts=True)
    _made(order, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*TABLES, "facts", "city.json"}
    facts = pq.read_table(tmp_path / "facts")
    assert facts.num_rows > ORDER.persons * 10
    next((tmp_path / "facts").iterdir()).unlink()
    _made(order, tmp_path)
    assert pq.read_table(tmp_path / "facts").equals(facts)


def test_a_broken_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    order = replace(ORDER, area="")
    _made(order, whole)
    made: list[int] = []

    def dies(task: run.Task) -> run.Done:
        if len(made) == 5:
            (broken / "persons" / "310110-0006.unfinished").write_bytes(b"half")
            raise OSError(28, "No space left on device")
        made.append(task.index)
        return shard_make(task)

    shard_make = run.shard_make
    monkeypatch.setattr(run, "shard_make", dies)
    with pytest.raises(OSError, match="No space"):
        _made(order, broken)
    assert not json.loads((broken / "city.json").read_text()).get("finished")
    before = {path: path.stat().st_mtime_ns for path in (broken / "persons").glob("*.parquet")}
    assert len(before) == 5
    (next(iter(before))).unlink()  # one table of a finished shard is lost

    said: list[str] = []
    monkeypatch.setattr(run, "shard_make", shard_make)
    city_make(order, broken, processes=1, say=said.append)
    assert "4 片已经做好，还有 12 片" in said[0]
    kept = [path for path, at in before.items() if path.stat().st_mtime_ns == at]
    assert len(kept) == 4
    (broken / "persons" / "310110-0006.unfinished").unlink(missing_ok=True)
    assert _bytes(broken) == _bytes(whole)


def test_a_finished_city_is_left_alone(tmp_path: Path) -> None:
    first = _made(replace(CSV, faults=0.02), tmp_path)
    before = _bytes(tmp_path)
    assert _made(replace(CSV, faults=0.02), tmp_path) == first
    assert _bytes(tmp_path) == before


def test_another_city_is_not_written_over(tmp_path: Path) -> None:
    _made(ORDER, tmp_path / "city")
    before = _bytes(tmp_path / "city")
    for other in (replace(ORDER, seed=12), replace(ORDER, persons=4_001), replace(ORDER, area=STREET), CSV):
        with pytest.raises(Conflict, match="另一座城市"):
            _made(other, tmp_path / "city")
    assert _bytes(tmp_path / "city") == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("x")
    with pytest.raises(Conflict, match="别的文件"):
        _made(ORDER, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_disk_too_small_is_refused_before_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=ORDER.persons * parquet.BYTES_A_PERSON)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(InvalidInput, match="磁盘放不下") as refused:
        _made(ORDER, tmp_path / "city")
    assert "--persons" in refused.value.hint
    assert [path.name for path in (tmp_path / "city").iterdir()] == ["city.json"]


def test_bytes_a_person_are_not_underrated(tmp_path: Path) -> None:
    order = replace(ORDER, persons=60_000)
    for to, form in run.FORMS.items():
        _made(replace(order, to=to), tmp_path / to)
        size = sum(path.stat().st_size for path in (tmp_path / to).rglob("*") if path.is_file())
        assert size / order.persons < form.BYTES_A_PERSON * run.ROOM, to


def test_files_have_the_heads_and_rows_of_the_city(tmp_path: Path) -> None:
    _made(CSV, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, "city.json"])
    for name in FILES:
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == headings(name)
    people, homes = _rows(tmp_path, "人口.csv"), _rows(tmp_path, "房屋.csv")
    assert len(people) == CSV.persons
    assert Counter(row["与户主关系"] for row in people)["户主"] == len({row["户号"] for row in people})
    assert all(row["居村委代码"].startswith("310104") for row in people + homes)
    assert all(
        number_read(row["证件号码"], AS_OF).sex == {"男": "m", "女": "f"}[row["性别"]] for row in people
    )
    known = {row["房屋编号"] for row in homes}
    titles = _rows(tmp_path, "产权.csv")
    assert {row["房屋编号"] for row in titles} == known
    assert {row["份额"] for row in titles} == {"1", "1/2", ""}
    units = _rows(tmp_path, "单位.csv")
    assert units and all("副楼商铺" in row["经营地址"] for row in units)


def test_people_write_their_address_in_several_ways(tmp_path: Path) -> None:
    _made(CSV, tmp_path)
    written = [row["居住地址"] for row in _rows(tmp_path, "人口.csv")]
    begins = Counter("上海市" if text.startswith("上海市") else text[:2] == "徐汇" for text in written)
    assert set(begins) == {"上海市", True, False}
    assert any(text.endswith("室") for text in written) and any(text[-1].isdigit() for text in written)
    assert any("弄" in text for text in written) and any("单元" in text for text in written)


def _refused(number: str) -> str:
    try:
        number_read(number, AS_OF)
    except NumberRefused as refused:
        return refused.fault
    return ""


def test_faults_are_planted_and_counted(tmp_path: Path) -> None:
    clean, spoiled = tmp_path / "clean", tmp_path / "spoiled"
    _made(CSV, clean)
    counts = _made(replace(CSV, faults=0.05), spoiled)
    assert set(counts) == set(FAULTS) == set(WORDS)
    people, before = _rows(spoiled, "人口.csv"), _rows(clean, "人口.csv")
    of_persons = sum(count for fault, count in counts.items() if FAULTS[fault][0] == "人口.csv")
    assert of_persons == pytest.approx(CSV.persons * 0.05, abs=1)
    assert len(people) == len(before) + counts["twice"]
    refused = Counter(_refused(row["证件号码"]) for row in people)
    assert (refused["check"], refused["old"]) == (counts["check_digit"], counts["fifteen_digits"])
    households = Counter(row["户号"] for row in people if row["与户主关系"] == "户主")
    assert sum(number > 1 for number in households.values()) == pytest.approx(counts["second_head"], abs=2)
    births = [row for row in people if not _refused(row["证件号码"])]
    wrong = sum(row["出生日期"] != str(number_read(row["证件号码"], AS_OF).birth) for row in births)
    assert wrong == counts["other_birth"]
    numbers = Counter(row["证件号码"] for row in people)
    repeated = sum(number - 1 for number in numbers.values())
    assert repeated == pytest.approx(counts["twice"] + counts["anothers_number"], abs=3)
    titles = _rows(spoiled, "产权.csv")
    assert sum(row["登记面积"] == "0" for row in titles) == counts["area_zero"]
    assert sum(row["登记面积"] == "八十六" for row in titles) == counts["area_in_words"]
    assert sum(row["份额"] == "3/2" for row in titles) == counts["share_too_large"]
    assert sum(row["份额"] == "1/3" for row in titles) == counts["share_too_small"]
    homes = _rows(spoiled, "房屋.csv")
    assert sum(not row["楼栋"] for row in homes) == counts["home_without_building"]


def test_real_compounds_stand_in_their_streets(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "geo/compounds_shanghai.csv.gz"
    _made(replace(ORDER, area=STREET, compounds=path), tmp_path)
    listed = {place.name for code, places in real_compounds(path).items() for place in places
              if code.startswith(STREET)}  # fmt: skip
    parts = pq.read_table(tmp_path / "parts")
    found = set(parts["compound"].to_pylist())
    assert found and found <= listed
    assert parts["lng"].null_count == 0
    assert all(121 < lng < 122 for lng in parts["lng"].to_pylist())


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe", "读不了"), ("名称,经度\n甲,1\n".encode(), "内容不对")],
)
def test_a_wrong_list_of_compounds_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=says):
        _made(replace(ORDER, compounds=path), tmp_path / "city")
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (replace(ORDER, persons=0), "1到9900万"),
        (replace(ORDER, persons=10**9), "1到9900万"),
        (replace(CSV, faults=0.31), "最多占30%"),
        (replace(ORDER, area="3199"), "没有区划代码"),
        (replace(ORDER, area="310104012001", persons=MOST_IN_COMMITTEE + 1), "一个居村委最多"),
    ],
)
def test_orders_that_cannot_be_made_are_refused(order: Order, says: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=says):
        _made(order, tmp_path / "city")
    assert not (tmp_path / "city").exists()


def test_one_person_is_a_city(tmp_path: Path) -> None:
    _made(replace(ORDER, persons=1), tmp_path / "parquet")
    assert pq.read_table(tmp_path / "parquet/persons").num_rows == 1
    _made(replace(CSV, persons=1, faults=0.3), tmp_path / "csv")
    assert len(_rows(tmp_path / "csv", "人口.csv")) == 1


def test_shards_are_of_bounded_size_and_add_up() -> None:
    plan = shards(25_000_000)
    assert sum(shard.total for shard in plan) == 25_000_000
    assert max(shard.total for shard in plan) < 130_000
    assert [shard.first for shard in plan][1] == plan[0].total
    assert len({shard.name for shard in plan}) == len(plan) < 400
    assert all(len({each.code[:6] for each in shard.committees}) == 1 for shard in plan)
    assert shared_out(7, [1, 1, 1]).tolist() == [3, 2, 2]


def test_the_command_says_what_it_made(tmp_path: Path) -> None:
    out = StringIO()
    words: list[Any] = ["people", "--persons", "500", "--to", "csv", "--area", STREET, "--faults", "0.1"]
    call_command("synth", *words, "--out", str(tmp_path / "city"), stdout=out)
    assert "已生成 500 个并不存在的人" in out.getvalue() and "校验位不对" in out.getvalue()
    with pytest.raises(CommandError, match="没有区划代码"):
        call_command("synth", "people", "--persons", "5", "--to", "csv", "--area", "99")


def test_addresses_are_read_back_as_what_they_are(tmp_path: Path) -> None:
    from linli.foundation.places.addresses import address_parse

    _made(replace(CSV, area="310117", persons=30_000), tmp_path)
    homes, compounds = _rows(tmp_path, "房屋.csv"), _rows(tmp_path, "小区.csv")
    begins = {row["小区名称"]: row["小区地址"] for row in compounds}
    wrong = []
    for row in homes:
        found = address_parse(row["地址"], ("上海市", row["区"], row["街镇"]))
        where = found.street_text or found.compound
        parts = (where, found.building, found.stair, found.room, found.unread)
        if parts != (begins[row["小区"]], row["楼栋"], row["单元"], row["室号"], ""):
            wrong.append((row["地址"], parts))
    assert wrong == []
    assert {row["区划代码"][:6] for row in compounds} == {"310117"}
    assert len({(row["区划代码"][:9], row["小区名称"]) for row in compounds}) == len(compounds)
