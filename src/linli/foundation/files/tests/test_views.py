"""How a picture leaves the house."""

from pathlib import Path
from typing import Any, Literal

import pytest
from django.http import Http404
from django.test import RequestFactory

from linli.core.actor import visitor
from linli.foundation.files import storage
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.views import file_response

from . import recordings as made
from .pictures import secretive, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> StoredFile:
    settings.MEDIA_ROOT = tmp_path
    return file_store(actor=visitor("x"), upload=upload(secretive(), '"><script>.jpg'))


def served(stored: StoredFile, variant: Literal["clean", "thumb"] = "clean", **headers: str) -> Any:
    return file_response(RequestFactory().get("/", headers=headers), stored, variant)


@pytest.mark.parametrize("variant", ["clean", "thumb"])
def test_the_clean_picture_with_strict_headers(
    stored: StoredFile, variant: Literal["clean", "thumb"]
) -> None:
    response = served(stored, variant)
    body = b"".join(response.streaming_content)
    assert body == storage.read(getattr(stored, f"{variant}_path")) and b"SECRET" not in body
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")
    assert response["Content-Disposition"] == f'inline; filename="{stored.public_id}.jpg"'
    assert "script" not in str(response.headers)


def test_an_unchanged_picture_is_not_sent_again(stored: StoredFile) -> None:
    tag = served(stored)["ETag"]
    again = served(stored, **{"If-None-Match": tag})
    assert again.status_code == 304 and "private" in again["Cache-Control"]


def test_the_original_is_never_served(stored: StoredFile) -> None:
    with pytest.raises(KeyError):
        served(stored, "original")  # type: ignore[arg-type]


def test_a_refused_or_lost_file_is_missing(stored: StoredFile) -> None:
    (storage.root() / stored.clean_path).unlink()
    with pytest.raises(Http404):
        served(stored)
    stored.state = StoredFile.State.REFUSED
    with pytest.raises(Http404):
        served(stored, "thumb")


# -- recordings: players ask for stretches ----------------------------------------
@pytest.fixture
def voice(settings: Any, tmp_path: Path) -> StoredFile:
    settings.MEDIA_ROOT = tmp_path
    return file_store(actor=visitor("x"), upload=upload(made.wav(), "说明.jpg"))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_recording_has_its_own_type_whatever_its_name(voice: StoredFile) -> None:
    response = served(voice)
    assert response["Content-Type"] == "audio/wav" and response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'inline; filename="{voice.public_id}.wav"'
    assert response["Accept-Ranges"] == "bytes"
    assert len(body(response)) == int(response["Content-Length"])


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 2),
        ("bytes=100-199", 100, 200),
        ("bytes=70000-", 70_000, None),
        ("bytes=-50", -50, None),
    ],
)
def test_a_stretch_is_sent_as_a_part(voice: StoredFile, asked: str, first: int, last: int | None) -> None:
    whole = storage.read(voice.clean_path)
    response = served(voice, Range=asked)
    assert response.status_code == 206
    assert body(response) == whole[first:last]
    start = first % len(whole)
    end = (last or len(whole)) - 1
    assert response["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=50-10", "bytes=-0"])
def test_a_stretch_outside_is_told(voice: StoredFile, asked: str) -> None:
    response = served(voice, Range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{storage.size(voice.clean_path)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "bytes=-", "items=1-2", "bytes=a-b"])
def test_whatever_else_is_asked_for_gets_the_whole(voice: StoredFile, asked: str) -> None:
    assert served(voice, Range=asked).status_code == 200


def test_a_stretch_of_an_older_version_gets_the_whole(voice: StoredFile) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"old"'}
    assert served(voice, **headers).status_code == 200
    headers["If-Range"] = served(voice)["ETag"]
    assert served(voice, **headers).status_code == 206


def test_a_recording_has_no_thumbnail(voice: StoredFile) -> None:
    with pytest.raises(Http404):
        served(voice, "thumb")
