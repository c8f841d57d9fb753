"""Where a photo probably shows a face or a number plate: a proposal, never a decision.

Faces: the cascades that OpenCV ships, from the front and from both sides. Plates: blue and green areas of a
plate's proportions, and OpenCV's cascade for Russian plates, which is a weak fit. Much is missed, by its
nature; the page says so. Nothing is sent anywhere.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FACE, PLATE = "face", "plate"
LONGEST = 1200
MARGIN = {FACE: 0.15, PLATE: 0.1}
MOST = 30
# Chinese plates: 440 × 140 mm (3.1), new energy 480 × 140 (3.4), seen at an angle; two rows 440 × 220 (2.0)
PLATE_SHAPE = (1.8, 5.0)
PLATE_AREA = (0.0004, 0.08)
FILLED = 0.6
# Hue 0–180, saturation, value: blue of ordinary plates; green of new energy, white to green
COLOURS = (((100, 110, 60), (128, 255, 255)), ((38, 60, 80), (88, 255, 255)))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A box (shares of width and height), and what it is probably about."""

    kind: str
    box: tuple[float, float, float, float]


def is_available() -> bool:
    """Whether OpenCV is installed; without it there are no proposals, only the brush."""
    return find_spec("cv2") is not None


@functools.cache
def _cascade(name: str) -> Any:
    import cv2

    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"))


def _faces(grey: Any) -> list[Any]:
    import cv2

    least = max(grey.shape) // 40
    options: dict[str, Any] = {"scaleFactor": 1.1, "minNeighbors": 5, "minSize": (least, least)}
    found = list(_cascade("frontalface_alt2").detectMultiScale(grey, **options))
    found += list(_cascade("frontalface_default").detectMultiScale(grey, **{**options, "minNeighbors": 7}))
    found += list(_cascade("profileface").detectMultiScale(grey, **options))
    width = grey.shape[1]
    turned = _cascade("profileface").detectMultiScale(cv2.flip(grey, 1), **options)
    found += [(width - x - w, y, w, h) for x, y, w, h in turned]
    return found


def _plates(colours: Any, grey: Any) -> list[Any]:
    import cv2
    import numpy

    hsv = cv2.cvtColor(colours, cv2.COLOR_BGR2HSV)
    found = list(_cascade("russian_plate_number").detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5))
    kernel = numpy.ones((3, 9), numpy.uint8)  # letters cut a plate into pieces side by side
    for low, high in COLOURS:
        mask = cv2.inRange(hsv, numpy.array(low), numpy.array(high))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
        contours, _hierarchy = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        found += [cv2.boundingRect(one) for one in contours if _is_plate(one, mask.size)]
    return found


def _is_plate(contour: Any, pixels: int) -> bool:
    import cv2

    _x, _y, w, h = cv2.boundingRect(contour)
    share = w * h / pixels
    return bool(
        PLATE_SHAPE[0] <= w / max(h, 1) <= PLATE_SHAPE[1]
        and PLATE_AREA[0] <= share <= PLATE_AREA[1]
        and cv2.contourArea(contour) / (w * h) >= FILLED
    )


def _shares(kind: str, boxes: Iterable[Any], width: int, height: int) -> list[Proposal]:
    made: list[Proposal] = []
    for x, y, w, h in sorted(boxes, key=lambda box: -box[2] * box[3]):
        more_x, more_y = w * MARGIN[kind], h * MARGIN[kind]
        left, top = max(x - more_x, 0) / width, max(y - more_y, 0) / height
        right, bottom = min(x + w + more_x, width) / width, min(y + h + more_y, height) / height
        box = (float(left), float(top), float(right - left), float(bottom - top))
        if not any(_is_same(box, other.box) for other in made):
            made.append(Proposal(kind, box))
    return made


def _is_same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether most of the smaller box lies within the other."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return wide > 0 and high > 0 and wide * high > 0.5 * min(one[2] * one[3], other[2] * other[3])


def proposals(clean: bytes) -> list[Proposal]:
    """Return where a clean JPEG probably shows faces and plates, larger ones first; [] without OpenCV."""
    if not is_available():
        return []
    import cv2
    import numpy
    from PIL import Image

    image = Image.open(io.BytesIO(clean), formats=("JPEG",)).convert("RGB")
    image.thumbnail((LONGEST, LONGEST))
    colours = cv2.cvtColor(numpy.asarray(image), cv2.COLOR_RGB2BGR)
    grey = cv2.equalizeHist(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY))
    width, height = image.size
    faces = _shares(FACE, _faces(grey), width, height)
    return (faces + _shares(PLATE, _plates(colours, grey), width, height))[:MOST]
