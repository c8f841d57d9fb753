"""What the public sees of a photo: a copy in which somebody has blurred what must not be seen."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from linli.core.errors import InvalidInput
from linli.foundation.files import storage
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.tests import recordings as made
from linli.foundation.files.tests.test_redaction import as_jpeg, contrast, patterned
from linli.work.matters import services as do
from linli.work.matters.models import Matter, PublicVersion

from .life import Life

Unchanged = Callable[[], None]
WORDS = {"title": "路灯已修好", "text": "三号楼门口的路灯已经换新。"}
BOX = [0.25, 0.25, 0.5, 0.25]
INSIDE = (110, 85, 290, 140)


def stored(life: Life, content: bytes, name: str = "a.jpg") -> StoredFile:
    return file_store(actor=life.who("resident"), upload=SimpleUploadedFile(name, content))


@pytest.fixture
def matter(life: Life) -> Matter:
    """A closed matter with a photo of fine stripes and a voice note."""
    files = [stored(life, as_jpeg(patterned())), stored(life, made.webm(), "b.weba")]
    return life.verify(life.result(life.sign(life.hand_over(life.accept(life.report(photos=files))))))


def photo_of(matter: Matter) -> StoredFile:
    return matter.photos.get(kind="photo")


def published(life: Life, matter: Matter, **more: Any) -> PublicVersion:
    said = {"photos": [photo_of(matter)], "are_photos_checked": True, **WORDS, **more}
    return do.matter_publish(actor=life.who("worker"), matter_id=matter.pk, **said)


def blurred(matter: Matter) -> dict[str, Any]:
    return {"redactions": {str(photo_of(matter).public_id): {"boxes": [BOX]}}}


def public_photo(client: Client, version: PublicVersion, photo_id: UUID, variant: str = "clean") -> Any:
    return client.get(reverse("matters:public_photo", args=[version.public_id, photo_id, variant]))


def test_the_public_gets_the_blurred_copy_and_never_the_photo(
    life: Life, matter: Matter, client: Client
) -> None:
    version = published(life, matter, **blurred(matter))
    copy = version.photos.get()
    answer = public_photo(client, version, copy.public_id)
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert contrast(shown, INSIDE) < 60
    assert contrast(Image.open(io.BytesIO(storage.read(photo_of(matter).clean_path))), INSIDE) > 200
    assert public_photo(client, version, photo_of(matter).public_id).status_code == 404
    assert str(photo_of(matter).public_id) not in client.get(f"/public/{version.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"are_photos_checked": False}, "checked", "逐张检查"),
        ({"redactions": "boxes"}, "photos", "重新遮挡"),
        ({"redactions": {"boxes": [[0.1, 0.1, 9, 1]]}}, "photos", "重新遮挡"),
    ],
)
def test_unchecked_or_garbled_nothing_is_published(
    life: Life, matter: Matter, unchanged: Unchanged, said: dict[str, Any], field: str, words: str
) -> None:
    if "redactions" in said:
        said = {"redactions": {str(photo_of(matter).public_id): said["redactions"]}}
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        published(life, matter, **said)
    assert words in refused.value.details[field]
    unchanged()
    assert not PublicCopy.objects.exists()


def test_recordings_are_never_public(life: Life, matter: Matter, unchanged: Unchanged) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        published(life, matter, photos=[matter.photos.get(kind="voice")])
    assert "录音和视频不公开" in refused.value.details["photos"]
    unchanged()


def test_publishing_again_makes_new_copies_and_forgets_the_old(
    life: Life, matter: Matter, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    first = published(life, matter).photos.get()
    with django_capture_on_commit_callbacks(execute=True):
        version = published(life, matter, **blurred(matter))
    second = version.photos.get()
    assert second.path != first.path and PublicCopy.objects.count() == 1
    assert public_photo(client, version, first.public_id).status_code == 404
    with pytest.raises(FileNotFoundError):
        storage.size(first.path)
    assert second.redaction["boxes"] == [BOX]


@pytest.mark.parametrize("how", ["unpublish", "protect"])
def test_taken_down_the_copies_are_gone(
    life: Life, matter: Matter, client: Client, how: str, django_capture_on_commit_callbacks: Any
) -> None:
    version = published(life, matter, **blurred(matter))
    copy = version.photos.get()
    act = {"unpublish": do.matter_unpublish, "protect": do.matter_protect}[how]
    with django_capture_on_commit_callbacks(execute=True):
        act(actor=life.who("worker"), matter_id=matter.pk, reason="有误")
    assert public_photo(client, version, copy.public_id).status_code == 404
    for path in (copy.path, copy.thumb_path):
        with pytest.raises(FileNotFoundError):
            storage.size(path)
    assert storage.size(photo_of(matter).clean_path)
    copy.refresh_from_db()
    assert copy.path == "" and copy.redaction["boxes"] == [BOX]


def test_the_page_offers_photos_only_and_remembers_what_was_blurred(life: Life, matter: Matter) -> None:
    client = life.cast.client("worker")
    address = reverse("matters:action", args=[matter.public_id, "publish"])
    shown = client.get(address).content.decode()
    assert shown.count("data-photo=") == 1 and "录音和视频不公开" in shown and "请人工检查" in shown
    key = str(photo_of(matter).public_id)
    form = {
        **WORDS,
        "chosen": [key],
        "redactions": json.dumps({key: {"boxes": [BOX]}}),
        "request_key": "p" * 32,
    }
    refused = client.post(address, form)
    assert refused.status_code == 422 and "逐张检查" in refused.content.decode()
    assert "0.25" in refused.content.decode() and not PublicVersion.objects.exists()
    assert client.post(address, {**form, "checked": "on"}).status_code == 302
    assert PublicVersion.objects.get().photos.get().redaction["boxes"] == [BOX]
    again = client.get(address).content.decode()
    assert "&quot;boxes&quot;: [[0.25" in again and f'value="{key}" checked' in again


@pytest.mark.parametrize("said", ["{", "[" * 5000, '"x"', "[1]"])
def test_garbled_coordinates_are_told_or_nothing(life: Life, matter: Matter, said: str) -> None:
    address = reverse("matters:action", args=[matter.public_id, "publish"])
    form = {**WORDS, "redactions": said, "request_key": "p" * 32}
    assert life.cast.client("worker").post(address, form).status_code in (302, 422)


def test_proposals_are_for_those_who_publish(life: Life, matter: Matter) -> None:
    address = reverse("matters:photo_proposals", args=[matter.public_id, photo_of(matter).public_id])
    assert life.cast.client("worker").get(address).json() == {"proposals": []}
    assert life.cast.client("department").get(address).status_code == 404
    assert life.cast.client("worker").post(address).status_code == 405
    voice = reverse(
        "matters:photo_proposals", args=[matter.public_id, matter.photos.get(kind="voice").public_id]
    )
    assert life.cast.client("worker").get(voice).status_code == 404


def test_machines_publish_the_same_way(life: Life, matter: Matter) -> None:
    client = life.cast.client("worker")
    key = str(photo_of(matter).public_id)
    body = {**WORDS, "public_photos": [key], "redactions": {key: {"boxes": [BOX]}}}
    address = f"/api/v1/matters/{matter.public_id}/publish"
    refused = client.post(address, body, content_type="application/json")
    assert (refused.status_code, list(refused.json()["details"])) == (422, ["checked"])
    body["are_photos_checked"] = True
    assert client.post(address, body, content_type="application/json").status_code == 200
    assert PublicVersion.objects.get().photos.get().redaction["boxes"] == [BOX]


def test_a_list_leads_to_the_three_affairs_where_there_are_any(life: Life) -> None:
    for place, answers in (("district_place", 404), ("street_place", 200), ("committee_a_place", 200)):
        code, client = life.cast.places[place].code, Client()
        way = f"/affairs/{code}/"
        assert (way in client.get(f"/public/?area={code}").content.decode()) == (answers == 200)
        assert client.get(way).status_code == answers
