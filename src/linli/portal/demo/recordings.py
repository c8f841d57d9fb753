"""Hummed voice notes and drawn clips, so that the players have something to play; nobody's voice."""

from __future__ import annotations

import functools
import io
import tempfile
import wave
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.core.actor import Actor
from linli.foundation.files.proposals import is_available, proposals
from linli.foundation.files.services import file_store
from linli.foundation.files.storage import read

from .photos import picture

if TYPE_CHECKING:
    from linli.foundation.files.models import StoredFile

RATE = 8000
SYLLABLES = (196, 220, 247, 220, 262, 247, 196, 220)
EVERY_NTH_SPEAKS = 7
FRAMES, FRAME_RATE, FRAME = 30, 10, (320, 240)


@functools.cache
def hum(seconds: int) -> bytes:
    """Return a WAV of so many seconds that rises and falls as speech does."""
    moments = numpy.arange(RATE * seconds) / RATE
    pitch = numpy.take(SYLLABLES, (moments * 4).astype(int) % len(SYLLABLES))
    loud = numpy.abs(numpy.sin(moments * 4 * numpy.pi)) * 6000
    wavy = (numpy.sin(numpy.cumsum(pitch) * 2 * numpy.pi / RATE) * loud).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(wavy.tobytes())
    return out.getvalue()


@functools.cache
def clip(topic: str) -> bytes:
    """Return a Matroska video of three seconds over a drawing, or nothing where OpenCV cannot write one."""
    if not is_available():
        return b""
    import cv2

    image = Image.open(io.BytesIO(picture(topic, 0))).resize((480, 360))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mkv"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), FRAME_RATE, FRAME)
        for number in range(FRAMES):
            part = image.crop((number * 5, 60, number * 5 + FRAME[0], 60 + FRAME[1]))
            writer.write(cv2.cvtColor(numpy.asarray(part), cv2.COLOR_RGB2BGR))
        writer.release()
        return path.read_bytes() if path.exists() else b""


def spoken(actor: Actor, text: str) -> list[StoredFile]:
    """Store a voice note with every so-many-th report; which one hangs on its words, not on chance."""
    mark = zlib.crc32(text.encode())
    if mark % EVERY_NTH_SPEAKS:
        return []
    file = SimpleUploadedFile("voice.wav", hum(4 + mark % 9), content_type="audio/wav")
    return [file_store(actor=actor, upload=file)]


def filmed(actor: Actor, topic: str) -> list[StoredFile]:
    """Store a short video, if one can be made."""
    content = clip(topic)
    if not content:
        return []
    file = SimpleUploadedFile("clip.mkv", content, content_type="video/x-matroska")
    return [file_store(actor=actor, upload=file)]


def blurred(photos: list[StoredFile]) -> dict[str, Any]:
    """Return what a worker blurs who accepts every proposal."""
    return {
        str(photo.public_id): {"boxes": [one.box for one in proposals(read(photo.clean_path))]}
        for photo in photos
    }
