"""Reading, repairing, converting and matching boundary files; every cell holds its own point."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from linli.core.errors import InvalidInput
from linli.core.geometry import Datum, from_wgs84, haversine_m
from linli.foundation.places.outlines import (
    Correction,
    Feature,
    Unit,
    corrections_read,
    datum_suspected,
    features_match,
    features_read,
    outline_converted,
    outline_polygonal,
)
from linli.foundation.places.pointindex import NOWHERE, point_index_build
from linli.foundation.places.schematic import (
    SHANGHAI,
    cells,
    district_outlines,
    schematic_build,
    schematic_write,
)

from .factories import feature_json, geojson_write, map_features, shanghai, square

UNITS = [Unit("310104004", "湖南路街道", "徐汇区"), Unit("310104003", "天平路街道", "徐汇区")]
BOW_TIE = [[[121.0, 31.0], [121.1, 31.1], [121.1, 31.0], [121.0, 31.1], [121.0, 31.0]]]


def feature(name: str, code: str = "", district: str = "徐汇区", number: int = 1) -> Feature:
    return Feature(number, name, district, code, Polygon(square(121.4, 31.1)[0]))


def test_reading(tmp_path: Path) -> None:
    path = geojson_write(
        tmp_path, [feature_json(square(121, 31), name="甲", district="乙", adcode="310104004000")]
    )
    [found] = features_read(path, code_field="adcode")
    assert (found.name, found.district, found.code, found.raw.area) == (
        "甲",
        "乙",
        "310104004",
        pytest.approx(0.01),
    )


def test_heights_are_dropped(tmp_path: Path) -> None:
    ring = [[*point, 4.5] for point in square(121, 31)[0]]
    [found] = features_read(geojson_write(tmp_path, [feature_json([ring], name="甲")]))
    assert not found.raw.has_z


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (feature_json([121, 31], "Point", name="甲"), "图形应为面"),
        ({"type": "Feature", "properties": {"name": "甲"}, "geometry": None}, "实际为空"),
        ({"type": "Feature", "properties": None, "geometry": None}, "未命名"),
        ("不是要素", "未命名"),
        (feature_json([[[121, 31], [121.1, 31]]], name="甲"), "每个环至少要4个点"),
        (feature_json([[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]], name="甲"), "坐标写法不对"),
        (feature_json([], name="甲"), "图形是空的"),
        (feature_json(square(31, 121), name="甲"), "经度和纬度写反了"),
        (feature_json(square(13_500_000, 3_600_000), name="甲"), "投影坐标"),
        (feature_json([[[121, 31], [121.1, 31], [121.2, 31], [121, 31]]], name="甲"), "没有面积"),
        (feature_json(square(121, 31), name="甲", code="31O1"), "不是区划代码"),
    ],
)
def test_a_faulty_feature_is_named(tmp_path: Path, item: object, words: str) -> None:
    good = feature_json(square(121, 31), name="好")
    with pytest.raises(InvalidInput) as refused:
        features_read(geojson_write(tmp_path, [good, item]))  # type: ignore[list-item]
    assert words in str(refused.value)
    assert "第2个" in str(refused.value)
    assert "1处错误" in str(refused.value)
    assert "整份文件未装入" in refused.value.hint


@pytest.mark.parametrize(("number", "words"), [("NaN", "不是数字的坐标（NaN）"), ("1e999", "坐标不是数字")])
def test_not_a_number_is_refused(tmp_path: Path, number: str, words: str) -> None:
    path = tmp_path / "nan.geojson"
    ring = f"[[120, 31], [{number}, 31], [121, 32], [120, 31]]"
    path.write_text(f'{{"features": [{{"geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}]}}')
    with pytest.raises(InvalidInput, match=words):
        features_read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "不是 GeoJSON：第1行"),
        (b'{"type": "FeatureCollection",\n "features": [', "不是 GeoJSON：第2行"),
        (b"[1, 2]", "不是 GeoJSON 的 FeatureCollection"),
        (b'{"type": "Feature"}', "不是 GeoJSON 的 FeatureCollection"),
        (b'{"features": []}', "没有图形"),
        ("{'名称'}".encode("gb18030"), "不是 UTF-8"),
    ],
)
def test_a_broken_file(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.geojson").write_bytes(content)
    with pytest.raises(InvalidInput, match=words):
        features_read(tmp_path / "a.geojson")
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(content))
    with pytest.raises(InvalidInput, match=words):
        features_read(tmp_path / "a.geojson.gz")


def test_a_missing_or_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="没有找到文件"):
        features_read(tmp_path / "none.geojson")
    (tmp_path / "a.gz").write_bytes(b"no gzip")
    with pytest.raises(InvalidInput, match="已损坏"):
        features_read(tmp_path / "a.gz")


def test_self_intersections_are_repaired() -> None:
    repaired = outline_polygonal(Polygon(BOW_TIE[0]))
    assert repaired.is_valid
    assert repaired.area == pytest.approx(0.005)
    assert outline_polygonal(shapely.LineString([(0, 0), (1, 1)])).is_empty


@pytest.mark.parametrize("datum", Datum)
def test_conversion_brings_an_outline_home(datum: Datum) -> None:
    home = Polygon(square(121.4, 31.2)[0])
    away = shapely.transform(home, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], datum)))
    back = outline_converted(away, datum)
    first, second = home.centroid, back.centroid
    assert haversine_m(first.x, first.y, second.x, second.y) < 0.2


def test_matching_by_code_then_by_name_and_district() -> None:
    found = features_match([feature("随便", "310104004"), feature("天平路街道")], UNITS)
    assert sorted(found) == ["310104003", "310104004"]


def test_a_correction_comes_first_and_may_merge_or_leave_out() -> None:
    corrections = [
        Correction("老镇", "徐汇区", "310104003"),
        Correction("外岛", "", ""),
    ]
    rows = [feature("老镇", "310104004"), feature("天平路街道", number=2), feature("外岛", number=3)]
    found = features_match(rows, UNITS, corrections)
    assert [f.number for f in found["310104003"]] == [1, 2]
    assert list(found) == ["310104003"]


@pytest.mark.parametrize(
    ("rows", "corrections", "words"),
    [
        ([feature("未知街道")], [], "徐汇区未知街道）没有对应的区划"),
        ([feature("天平路街道", district="黄浦区")], [], "没有对应的区划"),
        ([feature("天平路街道", "310104999")], [], "没有对应的区划310104999"),
        ([feature("甲", "310104003"), feature("乙", "310104003", number=2)], [], "对应同一个区划310104003"),
        ([feature("甲")], [Correction("甲", "", "310104999")], "没有对应的区划310104999"),
    ],
)
def test_what_does_not_match_is_named(rows: list[Feature], corrections: list[Correction], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        features_match(rows, UNITS, corrections)


def test_corrections_from_yaml_and_csv(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        '- {name: 老镇, district: 徐汇区, code: "310104003000"}\n- {name: 岛, code: ""}'
    )
    (tmp_path / "c.csv").write_text("name,district,code\n老镇,徐汇区,310104003\n岛,,\n", encoding="utf-8-sig")
    wanted = [Correction("老镇", "徐汇区", "310104003"), Correction("岛", "", "")]
    assert corrections_read(tmp_path / "c.yaml") == corrections_read(tmp_path / "c.csv") == wanted


@pytest.mark.parametrize("text", ["- 甲", "name: 甲", "- {name: 甲}", "[", "", "- {name: 甲, code: abc}"])
def test_broken_corrections(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(InvalidInput):
        corrections_read(tmp_path / "c.yaml")


def test_missing_corrections(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="没有找到更正表"):
        corrections_read(tmp_path / "none.yaml")


@pytest.mark.parametrize("truth", Datum)
@pytest.mark.parametrize("declared", Datum)
def test_a_wrong_datum_is_noticed(truth: Datum, declared: Datum) -> None:
    by_code = {f.code: f.raw for f in map_features() if f.code.startswith("310104")}
    around = {code: by_code["310104"] for code in by_code if len(code) == 9}

    def away(points: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return np.column_stack(from_wgs84(points[:, 0], points[:, 1], truth))

    raw = {code: shapely.transform(by_code[code], away) for code in around}
    assert datum_suspected(raw, around, declared) == (None if declared is truth else truth)


def test_no_district_no_suspicion() -> None:
    assert datum_suspected({"310104003": Polygon(square(121, 31)[0])}, {}, Datum.WGS84) is None


# -- the schematic map -------------------------------------------------------------------------------------


def test_the_packaged_map_has_every_district_and_street() -> None:
    wanted = {row.code for row in shanghai().rows if len(row.code) in (6, 9)}
    assert {f.code for f in map_features()} == wanted
    assert SHANGHAI.stat().st_size < 100_000


def test_every_cell_holds_its_own_point_and_no_other() -> None:
    streets = [f for f in map_features() if len(f.code) == 9]
    index = point_index_build(range(len(streets)), [shapely.geometry.mapping(f.raw) for f in streets])
    points = [f.raw.representative_point() for f in streets]
    found = index.divisions_at([p.x for p in points], [p.y for p in points])
    assert found.tolist() == list(range(len(streets)))


def test_cells_divide_a_district_without_gaps() -> None:
    area = Polygon(square(121, 31, 1.0)[0])
    parts = cells(area, [f"31010400{n}" for n in range(1, 8)], seed=310104)
    assert sum(part.area for part in parts.values()) == pytest.approx(area.area)
    assert max(p.area for p in parts.values()) < 2 * min(p.area for p in parts.values())
    again = cells(area, list(parts), seed=310104)
    assert all(parts[code].equals(again[code]) for code in parts)


def test_the_demo_plays_inside_its_own_cell() -> None:
    """1.2 km by 0.8 km around the neighbourhood whose name the street bears."""
    [cell] = [f.raw for f in map_features() if f.code == "310110015"]
    assert cell.contains(shapely.box(121.529, 31.2905, 121.5412, 31.2975))


def test_a_district_without_an_outline_is_named() -> None:
    with pytest.raises(InvalidInput, match="徐汇区"):
        schematic_build({}, {"310104": "徐汇区"})


def test_building_the_map_from_a_package(tmp_path: Path) -> None:
    """One square district in the coding of echarts 4: first point from the offset, then zigzag deltas."""
    folder = tmp_path / "map" / "json" / "province"
    folder.mkdir(parents=True)
    corners = [(0, 0), (100, 0), (0, 100), (-100, 0), (0, -100)]
    text = "".join(chr(((d << 1) ^ (d >> 63)) + 64) for pair in corners for d in pair)
    geometry = f'{{"type":"Polygon","coordinates":["{text}"],"encodeOffsets":[[124300,31900]]}}'
    (folder / "shanghai.json").write_text(
        f'{{"features":[{{"properties":{{"name":"徐汇区"}},"geometry":{geometry}}}]}}', encoding="utf-8"
    )
    districts = district_outlines(tmp_path)
    assert districts["徐汇区"].area == pytest.approx((100 / 1024) ** 2, rel=1e-2)
    west, south, *_ = districts["徐汇区"].bounds
    x, y = from_wgs84(west, south, Datum.GCJ02)
    assert haversine_m(x, y, 124300 / 1024, 31900 / 1024) < 30
    built = schematic_build(
        districts, {"310104": "徐汇区", "310104003": "天平路街道", "310104004": "湖南路街道"}
    )
    schematic_write(built, tmp_path / "map.geojson.gz")
    assert [f.code for f in features_read(tmp_path / "map.geojson.gz")] == [
        "310104",
        "310104003",
        "310104004",
    ]


def test_a_folder_without_the_map_package(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        district_outlines(tmp_path)
    assert "npm pack echarts@4.9.0" in refused.value.hint


# -- the point index ---------------------------------------------------------------------------------------


def _index(*squares: tuple[float, float, float]):  # type: ignore[no-untyped-def]
    shapes = [{"type": "Polygon", "coordinates": square(x, y, size)} for x, y, size in squares]
    return point_index_build(range(10, 10 + len(shapes)), shapes)


def test_overlap_goes_to_the_smallest() -> None:
    index = _index((121.0, 31.0, 1.0), (121.4, 31.4, 0.1))
    assert index.divisions_at([121.45, 121.1, 120.0], [31.45, 31.1, 31.1]).tolist() == [11, 10, NOWHERE]


def test_equal_overlap_goes_to_the_lower_id() -> None:
    assert _index((121.0, 31.0, 1.0), (121.0, 31.0, 1.0)).divisions_at([121.5], [31.5]).tolist() == [10]


def test_edges_belong() -> None:
    assert _index((121.0, 31.0, 1.0)).divisions_at([121.0, 122.0], [31.5, 32.0]).tolist() == [10, 10]


def test_an_empty_index_knows_nothing() -> None:
    assert point_index_build([], []).divisions_at([121.5, 3.0], [31.5, 4.0]).tolist() == [NOWHERE, NOWHERE]
    assert _index((121.0, 31.0, 1.0)).divisions_at([], []).tolist() == []


def test_not_a_number_is_nowhere() -> None:
    assert _index((121.0, 31.0, 1.0)).divisions_at([np.nan], [31.5]).tolist() == [NOWHERE]
