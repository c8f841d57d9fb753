"""An S3-compatible bucket as the place of uploads; nobody but Linli reads it, no address of it leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from linli.core import clock

CHUNK = 256 * 1024
IN_MEMORY = 1024 * 1024
MISSING = {"404", "NoSuchKey", "NotFound"}
KNOWN = {"endpoint", "region", "addressing"}


class Bucket:
    """Objects below ``s3://BUCKET/PREFIX?endpoint=URL&region=NAME&addressing=path``.

    Keys come from ``LINLI_FILES_KEY`` and ``LINLI_FILES_SECRET``, else from where the S3 client looks
    itself (environment, instance role).
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme != "s3" or not parts.netloc or set(asked) - KNOWN:
            raise ImproperlyConfigured(f"LINLI_FILES: s3://BUCKET/PREFIX?endpoint=URL, not {address!r}")
        self.name, self.prefix = parts.netloc, parts.path.strip("/")
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=asked.get("endpoint"),
            region_name=asked.get("region", "us-east-1"),
            aws_access_key_id=settings.FILES_KEY or None,
            aws_secret_access_key=settings.FILES_SECRET or None,
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": asked.get("addressing", "auto")},
                # Many compatible servers do not know the checksums that the client adds by itself.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _place(self, relative: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": f"{self.prefix}/{relative}" if self.prefix else relative}

    def write(self, kind: str, chunks: Iterable[bytes], name: str) -> str:
        """Keep bytes; what is there already is made fresh, so that nobody removes it meanwhile."""
        digest = sha256()
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.seek(0)
            name = name or digest.hexdigest()
            relative = f"{kind}/{name[:2]}/{name}"
            place = self._place(relative)
            if self._head(relative) is None:
                self.client.upload_fileobj(file, place["Bucket"], place["Key"])
            else:
                self.client.copy_object(**place, CopySource=place, MetadataDirective="REPLACE")
        return relative

    def _head(self, relative: str) -> Any:
        try:
            return self.client.head_object(**self._place(relative))
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    def size(self, relative: str) -> int:
        """Return the size of an object."""
        head = self._head(relative)
        if head is None:
            raise FileNotFoundError(relative)
        return int(head["ContentLength"])

    def stream(self, relative: str, start: int, length: int) -> Iterator[bytes]:
        """Yield a stretch of an object."""
        if not length:
            return iter(())
        wanted = f"bytes={start}-{start + length - 1}"
        try:
            answer = self.client.get_object(**self._place(relative), Range=wanted)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise FileNotFoundError(relative) from error
            raise
        chunks: Iterator[bytes] = answer["Body"].iter_chunks(CHUNK)
        return chunks

    def age(self, relative: str) -> float | None:
        """Return the seconds since an object was written or made fresh."""
        head = self._head(relative)
        return clock.now().timestamp() - head["LastModified"].timestamp() if head else None

    def remove(self, relative: str) -> None:
        """Delete an object."""
        self.client.delete_object(**self._place(relative))

    def trouble(self) -> str:
        """Write, read and delete a probe; return what went wrong, or nothing."""
        probe = "probe/li/linli"
        try:
            self.client.put_object(**self._place(probe), Body=b"linli")
            found = b"".join(self.stream(probe, 0, 5))
            self.remove(probe)
        except (BotoCoreError, ClientError, FileNotFoundError) as error:
            return str(error)
        return "" if found == b"linli" else "read back something else"

    def is_versioned(self) -> bool | None:
        """Whether the bucket keeps old versions; ``None`` where the server does not say."""
        try:
            answer = self.client.get_bucket_versioning(Bucket=self.name)
        except (BotoCoreError, ClientError):
            return None
        return bool(answer.get("Status") == "Enabled")
