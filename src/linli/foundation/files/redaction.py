"""Making places of a photo unrecognisable for good: coordinates in, a new picture out.

Each place is reduced to a handful of averaged, coarsely rounded squares, which are then smoothed. What was
there cannot be computed back: the squares hold less than a hundred numbers, and a smooth edge adds none.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFilter

from .photos import CLEAN_PIXELS, THUMB_PIXELS, jpeg
from .verdicts import NotAccepted

MOST_SHAPES, MOST_POINTS = 200, 10_000
CELLS = 5  # across the shorter side of a place
LEAST_SHARE = 80  # no cell is smaller than the picture's long side by this number
LEVELS = 32  # each colour is rounded to one of eight
SMALLEST, WIDEST = 0.002, 0.25

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A brush stroke: points and half the brush's width, as shares of the picture's width and height."""

    radius: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to be unrecognisable: boxes (left, top, width, height) and strokes, all as shares 0–1."""

    boxes: tuple[tuple[float, float, float, float], ...] = ()
    strokes: tuple[Stroke, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the shape that ``redaction_read`` takes."""
        strokes = [{"radius": one.radius, "points": [list(p) for p in one.points]} for one in self.strokes]
        return {"boxes": [list(box) for box in self.boxes], "strokes": strokes}


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -0.5 <= value <= 1.5:
        raise ValueError
    return min(max(float(value), 0.0), 1.0)


def _box(row: Any) -> tuple[float, float, float, float]:
    left, top, width, height = (_share(value) for value in row)
    if min(width, height) < SMALLEST / 2:
        raise ValueError
    left, top = min(left, 1 - SMALLEST), min(top, 1 - SMALLEST)
    return left, top, min(width, 1 - left), min(height, 1 - top)


def _stroke(row: Any) -> Stroke:
    points = tuple((_share(x), _share(y)) for x, y in row["points"])
    radius = min(max(_share(row["radius"]), SMALLEST), WIDEST)
    if not points or len(points) > MOST_POINTS:
        raise ValueError
    return Stroke(radius, points)


def redaction_read(said: Mapping[str, Any]) -> Redaction:
    """Return ``{"boxes": [[x, y, w, h]…], "strokes": [{"radius": r, "points": [[x, y]…]}…]}`` as checked
    values; raises ``NotAccepted``."""
    try:
        boxes, strokes = said.get("boxes", []), said.get("strokes", [])
        if len(boxes) + len(strokes) > MOST_SHAPES:
            raise ValueError
        return Redaction(tuple(_box(row) for row in boxes), tuple(_stroke(row) for row in strokes))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAccepted(_("没有看懂要遮挡的位置。请重新遮挡一次。")) from error


def _patch(image: Image.Image, area: tuple[int, int, int, int], cell: float) -> Image.Image:
    """Return what stands over an area: few squares, coarse colours, smooth edges."""
    part = image.crop(area)
    columns, rows = max(round(part.width / cell), 1), max(round(part.height / cell), 1)
    few = part.resize((columns, rows), Image.Resampling.BOX)
    coarse = few.point(lambda value: value // LEVELS * LEVELS + LEVELS // 2)
    return coarse.resize(part.size, Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(cell / 4))


def _cell(image: Image.Image, across: float) -> float:
    return max(across / CELLS, max(image.size) / LEAST_SHARE, 4)


def _area(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Any:
    """Return whole pixels around an area, never fewer than one."""
    x, y = max(int(left), 0), max(int(top), 0)
    return x, y, max(min(int(right) + 1, image.width), x + 1), max(min(int(bottom) + 1, image.height), y + 1)


def _shapes(image: Image.Image, redaction: Redaction) -> Iterator[tuple[Any, float, Image.Image | None]]:
    """Yield (area, size of a square, mask of the area or none)."""
    wide, high = image.size
    for x, y, w, h in redaction.boxes:
        area = _area(image, x * wide, y * high, (x + w) * wide, (y + h) * high)
        yield area, _cell(image, min(w * wide, h * high)), None
    for stroke in redaction.strokes:
        radius = stroke.radius * wide
        points = [(x * wide, y * high) for x, y in stroke.points]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        area = _area(image, min(xs) - radius, min(ys) - radius, max(xs) + radius, max(ys) + radius)
        yield area, _cell(image, 2 * radius), _stroke_mask(points, radius, area)


def _stroke_mask(points: Sequence[Point], radius: float, area: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", (area[2] - area[0], area[3] - area[1]))
    draw = ImageDraw.Draw(mask)
    moved = [(x - area[0], y - area[1]) for x, y in points]
    draw.line(moved, fill=255, width=max(round(2 * radius), 1), joint="curve")
    for x, y in moved:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask


def redact(clean: bytes, redaction: Redaction) -> tuple[bytes, bytes]:
    """Return picture and thumbnail of a clean JPEG with these places made unrecognisable."""
    image = Image.open(io.BytesIO(clean), formats=("JPEG",)).convert("RGB")
    before = image.copy()  # overlapping places are averaged from the picture, not from each other's edges
    for area, cell, mask in _shapes(image, redaction):
        image.paste(_patch(before, area, cell), area[:2], mask)
    return jpeg(image, CLEAN_PIXELS), jpeg(image, THUMB_PIXELS)
