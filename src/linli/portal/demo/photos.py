"""Drawn pictures in place of photos: each topic has a few simple scenes, made with Pillow, seeded."""

from __future__ import annotations

import functools
import io
import random
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from linli.core.actor import Actor
from linli.foundation.files.services import file_store

if TYPE_CHECKING:
    from .life import Stage

SIZE = (800, 600)
VARIANTS = 3
# sky or wall, ground, the thing itself, its shade
PALETTES = {
    "lift": ("#d9d4cb", "#8e8a82", "#7c8c96", "#4d5a63"),
    "rubbish": ("#cfdde3", "#9b9a93", "#4f7d4c", "#37563a"),
    "illegal": ("#c9dbe8", "#b3a692", "#9cb3c4", "#6c7f8d"),
    "fire": ("#d8d2c8", "#8b857b", "#c2574a", "#7a3a33"),
    "road": ("#c3d3dc", "#77777a", "#3f4246", "#28292c"),
    "green": ("#cfe3ee", "#a99f84", "#5f8f50", "#3e6336"),
    "noise": ("#3b4560", "#4c4a4b", "#d6a544", "#8c6a2b"),
    "dogs": ("#d3e4d2", "#83a06b", "#a4764a", "#6b4a2d"),
    "parking": ("#cbd5da", "#7f8386", "#b9bec2", "#5c7489"),
    "property": ("#e0dacd", "#9d968a", "#b5a58c", "#7d6f5a"),
    "elderly": ("#e7dccb", "#b39f82", "#8a6f52", "#5e4a36"),
    "consult": ("#e3e3dd", "#aaa79d", "#6d8f96", "#47636a"),
}


@functools.cache
def picture(topic: str, variant: int) -> bytes:
    """Return one JPEG picture of a topic."""
    rng = random.Random(f"{topic}/{variant}")  # noqa: S311 - a drawing, not a secret
    back, ground, thing, shade = PALETTES[topic]
    image = Image.new("RGB", SIZE, back)
    draw = ImageDraw.Draw(image)
    horizon = rng.randint(330, 400)
    _houses(draw, rng, horizon, back)
    draw.rectangle((0, horizon, *SIZE), fill=ground)
    for _ in range(rng.randint(3, 7)):
        x, y = rng.randint(50, 640), rng.randint(horizon - 50, 490)
        w, h = rng.randint(50, 190), rng.randint(60, 170)
        draw.ellipse((x - 12, y + h - 14, x + w + 22, y + h + 16), fill=_mix(ground, "#000000", 0.25))
        draw.rounded_rectangle((x, y, x + w, y + h), radius=rng.randint(4, 40), fill=thing)
        draw.rectangle((x + w // 2, y + 12, x + w - 8, y + h - 10), fill=shade)
    if topic == "parking":
        _car(draw, rng, horizon)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(out, "JPEG", quality=72)
    return out.getvalue()


def _car(draw: ImageDraw.ImageDraw, rng: random.Random, horizon: int) -> None:
    """A car from behind with a plate that belongs to nobody: boxes in place of characters."""
    x, y = rng.randint(120, 460), horizon - 40
    draw.rounded_rectangle((x, y, x + 260, y + 150), radius=34, fill="#4a4d52")
    draw.rounded_rectangle((x + 30, y + 12, x + 230, y + 60), radius=14, fill="#a9bcc8")
    draw.rectangle((x + 80, y + 92, x + 180, y + 124), fill="#1546b0")
    for number in range(7):
        left = x + 87 + number * 13
        draw.rectangle((left, y + 99, left + 7, y + 117), outline="white", width=2)


def _houses(draw: ImageDraw.ImageDraw, rng: random.Random, horizon: int, back: str) -> None:
    x = -40
    while x < SIZE[0]:
        width, height = rng.randint(120, 240), rng.randint(140, 360)
        draw.rectangle((x, horizon - height, x + width, horizon), fill=_mix(back, "#6b6660", 0.28))
        for row in range(horizon - height + 20, horizon - 30, 44):
            for column in range(x + 18, x + width - 24, 40):
                draw.rectangle((column, row, column + 18, row + 24), fill=_mix(back, "#3f4b55", 0.45))
        x += width + rng.randint(10, 60)


def _mix(one: str, other: str, share: float) -> tuple[int, int, int]:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return red, green, blue


def upload(stage: Stage, actor: Actor, topics: list[str]) -> list[Any]:
    """Upload one picture for each topic as this actor and return the stored files."""
    stored = []
    for topic in topics:
        body = picture(topic, stage.rng.randrange(VARIANTS))
        file = SimpleUploadedFile(f"{topic}.jpg", body, content_type="image/jpeg")
        stored.append(file_store(actor=actor, upload=file))
    return stored
