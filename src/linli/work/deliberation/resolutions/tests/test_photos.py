"""Photos of progress that residents see: chosen, blurred, looked at; never the photo itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.tests.test_redaction import as_jpeg, patterned
from linli.foundation.ui.templatetags.linli import day
from linli.work.deliberation.resolutions.models import Resolution
from tests.watching import watcher

from .conftest import Desk
from .test_pages import client, page

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
BOX = [0.25, 0.25, 0.5, 0.25]


@pytest.fixture
def unchanged() -> Unchanged:
    """Return a check to be called before and after a refusal."""
    return watcher("resolutions", "files", "audit")


@pytest.fixture
def resolution(desk: Desk) -> Resolution:
    """A published resolution whose property company has written progress with a photo."""
    found = desk.published()
    upload = SimpleUploadedFile("a.jpg", as_jpeg(patterned()))
    photo = file_store(actor=desk.who("property"), upload=upload)
    desk.progress(found, photos=[photo])
    return found


def show(desk: Desk, resolution: Resolution, by: str = "worker", **more: Any) -> Any:
    said = {"photos": list(StoredFile.objects.all()), "are_photos_checked": True, **more}
    return desk.act("task_photos_publish", resolution, by, task_id=resolution.tasks.get().pk, **said)


def shown(desk: Desk, resolution: Resolution, copy: PublicCopy, variant: str = "clean") -> int:
    address = reverse("resolutions:public_photo", args=[resolution.public_id, copy.public_id, variant])
    return int(client(desk, "visitor").get(address).status_code)


def test_residents_see_the_blurred_copy_until_others_are_chosen(desk: Desk, resolution: Resolution) -> None:
    photo = StoredFile.objects.get()
    assert 'class="photos' not in page(desk, "resident", "public_detail", resolution.public_id)
    show(desk, resolution, redactions={str(photo.public_id): {"boxes": [BOX]}})
    copy = PublicCopy.objects.get()
    assert copy.redaction["boxes"] == [BOX]
    text = page(desk, "visitor", "public_detail", resolution.public_id)
    assert str(copy.public_id) in text
    assert str(photo.public_id) not in text
    assert shown(desk, resolution, copy) == 200
    assert shown(desk, resolution, copy, "thumb") == 200
    assert shown(desk, resolution, copy, "original") == 404
    show(desk, resolution, photos=[], are_photos_checked=False)
    assert not PublicCopy.objects.exists()
    assert shown(desk, resolution, copy) == 404


@pytest.mark.parametrize(
    ("by", "said", "refusal"),
    [
        ("worker", {"are_photos_checked": False}, InvalidInput),
        ("worker", {"redactions": {"all": 1}, "photos": "another's"}, InvalidInput),
        ("property", {}, NotAllowed),
        ("supervisor", {}, NotAllowed),
        ("worker_b", {}, NotFound),
    ],
)
def test_unchecked_foreign_or_by_others_nothing_is_shown(
    desk: Desk, resolution: Resolution, unchanged: Unchanged, by: str, said: dict[str, Any], refusal: Any
) -> None:
    if said.get("photos"):
        other = file_store(actor=desk.who("worker"), upload=SimpleUploadedFile("b.jpg", as_jpeg(patterned())))
        said = {**said, "photos": [other]}
    unchanged()
    with pytest.raises(refusal):
        show(desk, resolution, by, **said)
    unchanged()


def test_a_withdrawn_resolution_shows_no_photo(desk: Desk, resolution: Resolution) -> None:
    show(desk, resolution)
    copy = PublicCopy.objects.get()
    desk.act("resolution_withdraw", resolution, reason="程序有误")
    copy.refresh_from_db()
    assert copy.path == ""
    assert shown(desk, resolution, copy) == 404
    with pytest.raises(Conflict):
        show(desk, resolution)


def test_chosen_on_the_page_and_by_machines(desk: Desk, resolution: Resolution) -> None:
    task, photo = resolution.tasks.get(), StoredFile.objects.get()
    where = reverse("resolutions:task_act", args=[resolution.public_id, task.public_id, "show_photos"])
    record = page(desk, "worker", "record", resolution.public_id)
    assert where in record
    assert f"完成日期{day(task.due_on)}" in record
    assert where not in page(desk, "property", "record", resolution.public_id)
    form = client(desk, "worker").get(where).content.decode()
    assert f'data-photo="{photo.public_id}"' in form
    assert "build/redact.js" in form
    said = {"chosen": [str(photo.public_id)], "redactions": "{}"}
    refused = client(desk, "worker").post(where, said)
    assert refused.status_code == 422
    assert "逐张检查" in refused.content.decode()
    assert client(desk, "worker").post(where, {**said, "checked": "on"}).status_code == 302
    assert "居民看得到1张照片" in page(desk, "worker", "record", resolution.public_id)
    address = f"/api/v1/council/resolutions/{resolution.public_id}/tasks/{task.public_id}/public-photos"
    body = {"photos": [str(photo.public_id)], "are_photos_checked": True}
    post = {"content_type": "application/json"}
    assert client(desk, "property").post(address, body, **post).status_code == 403
    made = client(desk, "worker").post(address, body, **post).json()["tasks"][0]
    assert made["photos"] == [str(photo.public_id)]
    assert made["public_photos"] == [str(PublicCopy.objects.get().public_id)]


def test_proposals_are_for_whoever_may_choose(desk: Desk, resolution: Resolution) -> None:
    photo = StoredFile.objects.get()
    where = reverse("resolutions:photo_proposals", args=[resolution.public_id, photo.public_id])
    assert client(desk, "property").get(where).status_code == 404
    assert client(desk, "worker_b").get(where).status_code == 404
