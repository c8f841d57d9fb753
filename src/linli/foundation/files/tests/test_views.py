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
