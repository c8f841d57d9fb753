"""What was blurred cannot be made out again, and what was not stays as it was."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as speed
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from linli.foundation.files.proposals import FACE, PLATE, is_available, proposals
from linli.foundation.files.redaction import LEVELS, Redaction, Stroke, redact, redaction_read
from linli.foundation.files.verdicts import NotAccepted

BOX = (0.25, 0.25, 0.5, 0.25)


def patterned(size: tuple[int, int] = (400, 300), step: int = 4) -> Image.Image:
    """A picture of fine stripes, as letters are."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x in range(0, size[0], step):
        draw.line((x, 0, x, size[1]), fill="black", width=step // 2)
    return image


def as_jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def contrast(image: Image.Image, area: tuple[int, int, int, int]) -> int:
    low, high = image.crop(area).convert("L").getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


INSIDE, OUTSIDE = (110, 85, 290, 140), (10, 200, 390, 290)


def test_inside_nothing_is_left_and_outside_nothing_is_changed() -> None:
    before = patterned()
    picture, thumb = redact(as_jpeg(before), Redaction(boxes=(BOX,)))
    after = opened(picture)
    assert contrast(before, INSIDE) == 255 and contrast(after, INSIDE) < 60
    change = ImageChops.difference(before.crop(OUTSIDE), after.crop(OUTSIDE)).convert("L").getextrema()
    assert change[1] < 90 and contrast(after, OUTSIDE) > 150  # type: ignore[operator]
    assert max(opened(thumb).size) <= 400


def test_two_faces_that_differ_finely_become_the_same() -> None:
    """What is told apart by detail only cannot be told apart afterwards: nothing is left to compute back."""
    one, other = patterned(), ImageChops.offset(patterned(), 2, 0)
    shown = [opened(redact(as_jpeg(image), Redaction(boxes=(BOX,)))[0]) for image in (one, other)]
    change = ImageChops.difference(shown[0].crop(INSIDE), shown[1].crop(INSIDE)).convert("L").getextrema()
    assert change[1] <= LEVELS + 8  # type: ignore[operator]  # one step of rounding, and JPEG's own


def test_a_stroke_blurs_along_its_way_only() -> None:
    stroke = Stroke(0.05, ((0.2, 0.3), (0.8, 0.3)))
    after = opened(redact(as_jpeg(patterned()), Redaction(strokes=(stroke,)))[0])
    assert contrast(after, (100, 80, 300, 100)) < 60
    assert contrast(after, OUTSIDE) > 150


def test_no_metadata_leaves_with_it() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    out = io.BytesIO()
    patterned().save(out, "JPEG", exif=exif, comment=b"SECRET")
    for made in redact(out.getvalue(), Redaction()):
        assert b"SECRET" not in made


@pytest.mark.parametrize(
    "said",
    [
        {"boxes": [[0.1, 0.1, 0.2]]},
        {"boxes": [[0.1, 0.1, 0, 0.2]]},
        {"boxes": [[0.1, 0.1, 9, 0.2]]},
        {"boxes": [["a", 0.1, 0.2, 0.2]]},
        {"boxes": [[True, 0.1, 0.2, 0.2]]},
        {"boxes": [[float("nan"), 0.1, 0.2, 0.2]]},
        {"boxes": [BOX] * 201},
        {"boxes": 3},
        {"strokes": [{"radius": 0.1}]},
        {"strokes": [{"radius": 0.1, "points": []}]},
        {"strokes": [{"radius": 0.1, "points": [[0.1, 0.1]] * 10_001}]},
        {"strokes": ["x"]},
        ["x"],
    ],
)
def test_what_is_no_place_is_refused(said: Any) -> None:
    with pytest.raises(NotAccepted, match="重新遮挡"):
        redaction_read(said)


share = st.floats(0, 1)


@speed(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(share, share, st.floats(0.01, 1), st.floats(0.01, 1)), max_size=3),
    st.lists(
        st.tuples(st.floats(0, 0.3), st.lists(st.tuples(share, share), min_size=1, max_size=4)), max_size=2
    ),
)
def test_any_place_can_be_blurred_and_is_kept_as_it_was_said(boxes: Any, strokes: Any) -> None:
    rows = [{"radius": radius, "points": points} for radius, points in strokes]
    asked = redaction_read({"boxes": boxes, "strokes": rows})
    assert redaction_read(asked.as_json()) == asked
    for box in asked.boxes:
        assert box[0] + box[2] <= 1.0001 and box[1] + box[3] <= 1.0001
    assert opened(redact(as_jpeg(patterned((80, 60))), asked)[0]).size == (80, 60)


# -- proposals: drawn plates, because real ones belong to people ---------------------
def street_with_plate(colour: str, place: tuple[int, int] = (500, 420), width: int = 150) -> bytes:
    """A grey car with a plate of seven characters in a street."""
    image = Image.new("RGB", (1200, 900), "#9aa0a5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1200, 350), fill="#c9d3da")
    draw.rounded_rectangle((350, 250, 850, 620), 60, fill="#3b3d40")
    x, y = place
    height = width * 140 // 440
    draw.rectangle((x, y, x + width, y + height), fill=colour)
    for number in range(7):
        left = x + 8 + number * (width - 12) // 7
        draw.rectangle((left, y + 10, left + width // 12, y + height - 10), outline="white", width=3)
    return as_jpeg(image)


@pytest.mark.skipif(not is_available(), reason="OpenCV is not installed")
@pytest.mark.parametrize("colour", ["#0b3d91", "#1546b0", "#3fae5a", "#57c27a"])
@pytest.mark.parametrize("place", [(500, 420), (400, 520), (650, 300)])
def test_a_drawn_plate_is_proposed(colour: str, place: tuple[int, int]) -> None:
    found = [one for one in proposals(street_with_plate(colour, place)) if one.kind == PLATE]
    middle = ((place[0] + 75) / 1200, (place[1] + 24) / 900)
    hits = [
        b
        for b in (one.box for one in found)
        if b[0] < middle[0] < b[0] + b[2] and b[1] < middle[1] < b[1] + b[3]
    ]
    assert hits and hits[0][2] < 0.3


def somebody(size: int) -> bytes:
    """Nobody's face, drawn with the lights and shadows of one, in a picture twice its size."""
    image = Image.new("RGB", (2 * size, 2 * size), "#c6c6c6")
    draw, x, y, s = ImageDraw.Draw(image), size, size, size
    draw.ellipse((x - s * 0.51, y - s * 0.75, x + s * 0.51, y + s * 0.6), fill="#2e2e2e")
    draw.ellipse((x - s * 0.45, y - s * 0.45, x + s * 0.45, y + s * 0.62), fill="#acacac")
    for eye in (x - s * 0.22, x + s * 0.22):
        draw.ellipse((eye - s * 0.17, y - s * 0.24, eye + s * 0.17, y + s * 0.02), fill="#737373")
        draw.ellipse((eye - s * 0.1, y - s * 0.16, eye + s * 0.1, y - s * 0.03), fill="#464646")
        draw.rectangle((eye - s * 0.15, y - s * 0.27, eye + s * 0.15, y - s * 0.22), fill="#464646")
    draw.rectangle((x - s * 0.05, y - s * 0.2, x + s * 0.05, y + s * 0.15), fill="#d1d1d1")
    draw.ellipse((x - s * 0.11, y + s * 0.12, x + s * 0.11, y + s * 0.2), fill="#737373")
    draw.ellipse((x - s * 0.2, y + s * 0.38, x + s * 0.2, y + s * 0.48), fill="#5c5c5c")
    return as_jpeg(image.filter(ImageFilter.GaussianBlur(s / 28)))


@pytest.mark.skipif(not is_available(), reason="OpenCV is not installed")
@pytest.mark.parametrize("size", [100, 150, 300])
def test_a_drawn_face_is_proposed(size: int) -> None:
    boxes = [one.box for one in proposals(somebody(size)) if one.kind == FACE]
    assert any(left < 0.5 < left + wide and top < 0.5 < top + high for left, top, wide, high in boxes)


@pytest.mark.skipif(not is_available(), reason="OpenCV is not installed")
def test_an_empty_wall_proposes_nothing() -> None:
    assert proposals(as_jpeg(Image.new("RGB", (800, 600), "#cfcac2"))) == []


def test_without_opencv_there_is_only_the_brush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.foundation.files.proposals.find_spec", lambda name: None)
    assert not is_available() and proposals(street_with_plate("#0b3d91")) == []
