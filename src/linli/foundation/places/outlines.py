"""Boundary files: read, checked, repaired, converted to WGS-84 and matched to divisions; no database."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml
from django.utils.translation import gettext as _
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from linli.core.errors import InvalidInput
from linli.core.geometry import Datum, to_wgs84
from linli.core.words import gettext_lazy

from .rules import code_unpadded

DIGITS = 6  # of a degree: 0.1 m
DATUM_GAIN = 0.01  # another datum must place this much more of the outlines inside their districts
_HINT = gettext_lazy("整份文件未装入。请修改后重新装入，或在更正表里写明。")


@dataclass(frozen=True, slots=True)
class Feature:
    """One outline of a file, in the file's own datum; ``code`` is unpadded or empty."""

    number: int
    name: str
    district: str
    code: str
    raw: BaseGeometry

    @property
    def label(self) -> str:
        """How messages name it."""
        return _("第%(number)s个（%(district)s%(or)s）") % {
            "number": self.number,
            "district": self.district,
            "or": self.name or self.code or _("未命名"),
        }


@dataclass(frozen=True, slots=True)
class Correction:
    """That a feature's name of the file means a division, or that it is left out (empty code)."""

    name: str
    district: str
    code: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A division that may get an outline, as far as matching needs it."""

    code: str
    name: str
    district: str


def outline_polygonal(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygonal part of a geometry, made valid; empty when there is none."""
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("Polygon", "MultiPolygon")]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def outline_converted(geometry: BaseGeometry, datum: Datum) -> BaseGeometry:
    """Return a geometry of ``datum`` in WGS-84, rounded to 0.1 m, made valid."""

    def convert(points: Any) -> Any:
        return np.round(np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum)), DIGITS)

    return outline_polygonal(shapely.transform(geometry, convert))


def _no_number(word: str) -> None:
    raise InvalidInput(_("文件里有不是数字的坐标（%s）。") % word, hint=_HINT)


def _document(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
        found = json.loads(text, parse_constant=_no_number)
    except FileNotFoundError as error:
        raise InvalidInput(_("没有找到文件 %s。") % path, hint=_("请核对路径。")) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(_("%s 不是 UTF-8 编码。") % path.name, hint=_HINT) from error
    except json.JSONDecodeError as error:
        raise InvalidInput(
            _("%(file)s 不是 GeoJSON：第%(line)d行读不懂。") % {"file": path.name, "line": error.lineno},
            hint=_HINT,
        ) from error
    except (OSError, EOFError) as error:
        raise InvalidInput(_("%s 读不出来：压缩文件已损坏。") % path.name, hint=_HINT) from error
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise InvalidInput(_("%s 不是 GeoJSON 的 FeatureCollection。") % path.name, hint=_HINT)
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _geometry(value: Any) -> BaseGeometry:
    """Return the geometry of a feature; raises ``InvalidInput`` that says what is wrong with it."""
    if not isinstance(value, dict) or value.get("type") not in ("Polygon", "MultiPolygon"):
        kind = value.get("type") if isinstance(value, dict) else _("空")
        raise InvalidInput(_("图形应为面（Polygon 或 MultiPolygon），实际为%(kind)s") % {"kind": kind})
    try:
        geometry = shapely.force_2d(shape(value))
    except (ValueError, TypeError, KeyError, IndexError, shapely.errors.GEOSException) as error:
        raise InvalidInput(_("坐标写法不对，每个环至少要4个点、首尾相同")) from error
    if geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InvalidInput(_("图形是空的，或坐标不是数字"))
    west, south, east, north = geometry.bounds
    if max(abs(south), abs(north)) > 90 and max(abs(west), abs(east)) <= 90:
        raise InvalidInput(_("经度和纬度写反了"))
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise InvalidInput(_("坐标不是经纬度（可能是投影坐标），请先转成经纬度"))
    if outline_polygonal(geometry).is_empty:
        raise InvalidInput(_("图形没有面积"))
    return geometry


def _feature(number: int, item: Any, code_field: str) -> Feature:
    properties = item.get("properties") if isinstance(item, dict) else None
    properties = properties if isinstance(properties, dict) else {}
    code = _text(properties.get(code_field))
    name, district = _text(properties.get("name")), _text(properties.get("district"))
    feature = Feature(number, name, district, "", shapely.Polygon())
    try:
        geometry = _geometry(item.get("geometry") if isinstance(item, dict) else None)
        return Feature(number, name, district, code_unpadded(code) if code else "", geometry)
    except InvalidInput as error:
        raise InvalidInput(f"{feature.label}：{error}") from error


def features_read(path: Path, code_field: str = "code") -> list[Feature]:
    """Read a GeoJSON file (also .gz): properties name, district and a code where the file has one.

    Raises ``InvalidInput`` that names every faulty feature in ``details``; then nothing may be loaded.
    """
    items = _document(path)["features"]
    if not items:
        raise InvalidInput(_("%s 里没有图形。") % path.name, hint=_HINT)
    features, faults = [], []
    for number, item in enumerate(items, start=1):
        try:
            features.append(_feature(number, item, code_field))
        except InvalidInput as error:
            faults.append(str(error))
    refuse(faults, _("%(file)s 有%(count)d处错误") % {"file": path.name, "count": len(faults)})
    return features


def refuse(faults: Sequence[str], what: str) -> None:
    """Raise ``InvalidInput`` for a whole file if anything is wrong with it, naming up to ten faults."""
    if faults:
        shown = "；".join(faults[:10]) + ("……" if len(faults) > 10 else "")
        raise InvalidInput(f"{what}：{shown}。", hint=_HINT, details={"faults": list(faults)})


def corrections_read(path: Path) -> list[Correction]:
    """Read corrections (YAML list or CSV) of name, district, code; an empty code leaves a feature out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(text.splitlines())) if path.suffix == ".csv" else yaml.safe_load(text)
        return [
            Correction(
                _text(row["name"]),
                _text(row.get("district")),
                code_unpadded(_text(row["code"])) if _text(row["code"]) else "",
            )
            for row in rows
        ]
    except FileNotFoundError as error:
        raise InvalidInput(_("没有找到更正表 %s。") % path, hint=_("请核对路径。")) from error
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            _("更正表 %s 读不懂。") % path.name,
            hint=_("每条写 name（名称）、district（区）、code（区划代码）。"),
        ) from error


def _code_of(
    feature: Feature,
    corrections: Mapping[tuple[str, str], str],
    codes: set[str],
    named: Mapping[tuple[str, str], str],
) -> str | None:
    """Return a feature's code, empty if it is left out, None if unknown; corrections come first."""
    for key in ((feature.name, feature.district), (feature.name, "")):
        if key in corrections:
            return corrections[key]
    if feature.code in codes:
        return feature.code
    return None if feature.code else named.get((feature.name, feature.district))


def features_match(
    features: Iterable[Feature], units: Sequence[Unit], corrections: Iterable[Correction] = ()
) -> dict[str, list[Feature]]:
    """Match features to units: by correction, by code, then by name and district.

    Several features may mean one unit only where a correction says so (a town merged into another).
    Raises ``InvalidInput`` naming every feature that fits no unit and every unit named twice.
    """
    fixed = {(row.name, row.district): row.code for row in corrections}
    named = {(unit.name, unit.district): unit.code for unit in units}
    codes = {unit.code for unit in units}
    matched: dict[str, list[Feature]] = defaultdict(list)
    faults = []
    for feature in features:
        code = _code_of(feature, fixed, codes, named)
        if code is None or (code and code not in codes):
            faults.append(
                _("%(label)s没有对应的区划%(code)s") % {"label": feature.label, "code": code or feature.code}
            )
        elif code:
            matched[code].append(feature)
    merged = set(fixed.values())
    faults += [
        "、".join(feature.label for feature in group) + (_("对应同一个区划%(code)s") % {"code": code})
        for code, group in matched.items()
        if len(group) > 1 and code not in merged
    ]
    refuse(faults, _("有%(count)s个图形对不上区划") % {"count": len(faults)})
    return dict(matched)


def share_inside(
    outlines: Mapping[str, BaseGeometry], around: Mapping[str, BaseGeometry]
) -> dict[str, float]:
    """Return, for each unit whose district's outline is known, the share of its area inside it."""
    return {
        code: outline.intersection(around[code]).area / outline.area
        for code, outline in outlines.items()
        if code in around and outline.area > 0
    }


def datum_suspected(
    raw: Mapping[str, BaseGeometry], around: Mapping[str, BaseGeometry], declared: Datum
) -> Datum | None:
    """Return another datum under which the outlines fit their districts clearly better, if there is one.

    A wrong datum shifts every outline by 0.5–1.2 km, so units at a district's edge leave it. Needs
    several units per district to tell; with one street in the file it usually cannot.
    """
    shares = {}
    for datum in Datum:
        moved = {code: outline_converted(outline, datum) for code, outline in raw.items()}
        inside = share_inside(moved, around)
        total = sum(moved[code].area for code in inside)
        shares[datum] = (
            sum(share * moved[code].area for code, share in inside.items()) / total if total else 1.0
        )
    best = max(shares, key=lambda datum: shares[datum])
    return best if shares[best] - shares[declared] > DATUM_GAIN else None
