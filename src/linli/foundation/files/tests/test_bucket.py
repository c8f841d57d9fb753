"""Uploads in an S3-compatible bucket: the same promises as on disk."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404
from django.test import RequestFactory
from moto import mock_aws

from linli.core import clock
from linli.core.actor import visitor
from linli.core.errors import InvalidInput
from linli.foundation.files import storage
from linli.foundation.files.bucket import Bucket
from linli.foundation.files.judging import MAX_BYTES
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.tasks import sweep_unused
from linli.foundation.files.views import file_response

from . import recordings as made
from .pictures import picture, upload

pytestmark = pytest.mark.django_db
ME = visitor("someone")


@pytest.fixture(autouse=True)
def bucket(settings: Any) -> Iterator[Any]:
    settings.FILES, settings.FILES_KEY, settings.FILES_SECRET = (
        "s3://uploads/linli?region=us-east-1",
        "k",
        "s",
    )
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s")
        client.create_bucket(Bucket="uploads")
        storage._bucket.cache_clear()
        yield client
    storage._bucket.cache_clear()


def keys(bucket: Any) -> list[str]:
    return [row["Key"] for row in bucket.list_objects_v2(Bucket="uploads").get("Contents", [])]


def test_an_upload_is_kept_cleaned_and_served(bucket: Any) -> None:
    content = picture()
    stored = file_store(actor=ME, upload=upload(content))
    assert stored.state == StoredFile.State.READY
    assert storage.read(stored.path) == content
    assert sorted(key.split("/")[:2] for key in keys(bucket)) == [
        ["linli", "clean"],
        ["linli", "original"],
        ["linli", "thumb"],
    ]
    response: Any = file_response(RequestFactory().get("/"), stored, "clean")
    assert b"".join(response.streaming_content) == storage.read(stored.clean_path)


def test_a_player_gets_the_stretch_it_asks_for() -> None:
    stored = file_store(actor=ME, upload=upload(made.wav(), "a.wav"))
    whole = storage.read(stored.clean_path)
    request = RequestFactory().get("/", headers={"Range": "bytes=100-199"})
    response: Any = file_response(request, stored, "clean")
    assert response.status_code == 206
    assert b"".join(response.streaming_content) == whole[100:200]


def test_the_same_content_is_kept_once_and_made_fresh(bucket: Any) -> None:
    first = storage.write("original", b"abc")
    with clock.clock_at(clock.now() + timedelta(hours=2)):
        age = storage.store().age(first)
        assert age is not None and age > 7000
        assert storage.write("original", [b"a", b"bc"]) == first
    assert len(keys(bucket)) == 1


def test_what_is_fresh_is_not_removed(bucket: Any) -> None:
    path = storage.write("original", b"abc")
    storage.remove(path)
    assert len(keys(bucket)) == 1
    with clock.clock_at(clock.now() + timedelta(hours=2)):
        storage.remove(path)
        storage.remove(path)
    assert not keys(bucket)


def test_what_is_too_large_leaves_nothing(bucket: Any) -> None:
    liar = upload(b"x" * (MAX_BYTES + 5))
    liar.size = 10
    with pytest.raises(InvalidInput, match="20 MB"):
        file_store(actor=ME, upload=liar)
    assert not keys(bucket) and not StoredFile.objects.exists()


def test_what_nobody_used_goes(bucket: Any, django_capture_on_commit_callbacks: Any) -> None:
    file_store(actor=ME, upload=upload(picture()))
    with clock.clock_at(clock.now() + timedelta(days=8)), django_capture_on_commit_callbacks(execute=True):
        assert sweep_unused() == 1
    assert not keys(bucket)


def test_what_is_missing_is_missing() -> None:
    stored = file_store(actor=ME, upload=upload(picture()))
    storage.remove_now(stored.clean_path)
    with pytest.raises(FileNotFoundError):
        storage.read(stored.clean_path)
    with pytest.raises(Http404):
        file_response(RequestFactory().get("/"), stored, "clean")


def test_a_check_up_writes_reads_and_deletes(bucket: Any) -> None:
    place = storage.store()
    assert isinstance(place, Bucket)
    assert place.trouble() == "" and place.is_versioned() is False
    bucket.put_bucket_versioning(Bucket="uploads", VersioningConfiguration={"Status": "Enabled"})
    assert place.is_versioned() is True
    bucket.put_bucket_versioning(Bucket="uploads", VersioningConfiguration={"Status": "Suspended"})
    assert not keys(bucket)
    assert "NoSuchBucket" in Bucket("s3://nowhere").trouble()


@pytest.mark.parametrize("address", ["s3://", "https://bucket", "s3://bucket?endpont=x"])
def test_an_address_that_is_not_understood_is_told(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LINLI_FILES"):
        Bucket(address)
