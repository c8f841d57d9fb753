"""What was public before public copies existed stays public, as a copy of its own."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.core import clock
from linli.core.actor import visitor
from linli.foundation.files import storage
from linli.foundation.files.services import file_store
from linli.foundation.files.tests.pictures import picture

BEFORE = [("matters", "0007_matterevent_matters_mat_recorde_65178b_idx"), ("files", "0002_recordings")]
AFTER = [("matters", "0008_public_copies"), ("files", "0002_recordings")]
TIMES = ("happened_at", "reported_at")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_published_photos_become_copies() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    try:
        photo, version = _published(executor.loader.project_state(BEFORE).apps)
        executor = MigrationExecutor(connection)
        executor.migrate(AFTER)
        apps: Any = executor.loader.project_state(AFTER).apps
        copy = apps.get_model("matters", "PublicVersion").objects.get(pk=version.pk).photos.get()
        assert copy.source_id == photo.pk and copy.path.startswith("public/")
        assert storage.read(copy.path) == storage.read(photo.clean_path)
        assert storage.read(copy.thumb_path) == storage.read(photo.thumb_path)
        for name in ("PublicVersion", "Matter"):
            apps.get_model("matters", name).objects.all().delete()
        apps.get_model("files", "PublicCopy").objects.all().delete()
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)


def _published(apps: Any) -> tuple[Any, Any]:
    kept = file_store(actor=visitor("x"), upload=SimpleUploadedFile("a.jpg", picture()))
    now = clock.now()
    matter = apps.get_model("matters", "Matter").objects.create(
        number="1",
        title="x",
        place_code="1",
        area_path="/1/",
        place_how="x",
        happened_at=now,
        reported_at=now,
    )
    version = apps.get_model("matters", "PublicVersion").objects.create(
        matter=matter, area_path="/1/", title="x", text="x", place_name="x", published_at=now
    )
    photo = apps.get_model("files", "StoredFile").objects.get(pk=kept.pk)
    version.photos.add(photo)
    return photo, version
