"""Uploads as JSON: the same judge as the pages; other interfaces name a file by its ``public_id``."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from linli.foundation.accounts.permissions import actor_of

from .models import StoredFile
from .services import file_store

router = Router(tags=["files"])


class FileOut(Schema):
    """What an upload turned out to be; ``refusal`` says in words why it cannot be used."""

    public_id: UUID
    kind: str
    state: str
    refusal: str
    media_type: str
    name: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    milliseconds: int | None
    uploaded_at: datetime


@router.post("", response={201: FileOut})
def store(request: HttpRequest, file: File[UploadedFile]) -> Status[StoredFile]:
    """Keep a photo, a voice note or a short video; unused, it goes after seven days."""
    key = request.headers.get("Idempotency-Key", "")
    return Status(201, file_store(actor=actor_of(request), upload=file, request_key=key))
