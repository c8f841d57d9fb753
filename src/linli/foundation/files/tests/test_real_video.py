"""A video that a real encoder wrote still plays, frame by frame the same, after it was cleaned."""

import io
from pathlib import Path
from typing import Any

import numpy
import pytest

from linli.foundation.files.judging import recording_judge

cv2 = pytest.importorskip("cv2")
FRAMES, RATE, SIZE = 30, 15, (160, 120)


def frames_of(path: Path) -> list[Any]:
    capture = cv2.VideoCapture(str(path))
    shown = []
    while True:
        is_there, frame = capture.read()
        if not is_there:
            return shown
        shown.append(frame)


@pytest.mark.parametrize(("ending", "code"), [("mp4", "mp4v"), ("webm", "VP80"), ("mov", "mp4v")])
def test_a_cleaned_video_shows_the_same(tmp_path: Path, ending: str, code: str) -> None:
    path = tmp_path / f"a.{ending}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), RATE, SIZE)
    if not writer.isOpened():
        pytest.skip(f"this OpenCV does not write {ending}")
    for number in range(FRAMES):
        frame = numpy.full((SIZE[1], SIZE[0], 3), number * 8, numpy.uint8)
        writer.write(cv2.circle(frame, (number * 5, 60), 20, (0, 0, 255), -1))
    writer.release()
    content = path.read_bytes()
    clean = recording_judge(io.BytesIO(content), len(content))
    assert clean.recording.kind == "video"
    assert abs(clean.recording.milliseconds - FRAMES * 1000 / RATE) <= 100
    assert (clean.recording.width, clean.recording.height) == SIZE
    cleaned = tmp_path / f"b.{ending}"
    cleaned.write_bytes(b"".join(clean.chunks))
    before, after = frames_of(path), frames_of(cleaned)
    assert len(before) == len(after) == FRAMES
    assert all((one == other).all() for one, other in zip(before, after, strict=True))
    assert b"Lavf" in content and b"Lavf" not in cleaned.read_bytes()
