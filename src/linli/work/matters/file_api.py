"""Uploads as JSON and bytes: up by the same judge as the pages, down for whoever may see the matter."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.views import file_response

from . import selectors
from .desk.selectors import photos_of
from .models import Matter
from .resident.matters import own_matter
from .resident.selectors import matter_files

router = Router(tags=["matters"])
uploads = Router(tags=["files"])


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


@uploads.post("", response={201: FileOut})
def store(request: HttpRequest, file: File[UploadedFile]) -> Status[StoredFile]:
    """Keep a photo, a voice note or a short video; unused, it goes after seven days."""
    key = request.headers.get("Idempotency-Key", "")
    return Status(201, file_store(actor=actor_of(request), upload=file, request_key=key))


def _files(actor: Actor, public_id: UUID) -> list[StoredFile]:
    matter: Matter = selectors.matter_get(actor, public_id)
    if actor.is_staff:
        return photos_of(actor, matter)
    return [file for file in matter_files(own_matter(actor, public_id)) if file.state == file.State.READY]


@router.get("/{uuid:public_id}/files", response=list[FileOut])
def files(request: HttpRequest, public_id: UUID) -> list[StoredFile]:
    """List the photos, voice notes and videos of a matter and of the steps that the caller may read."""
    return _files(actor_of(request), public_id)


@router.get("/{uuid:public_id}/files/{uuid:file_id}")
def file(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    """Return one of them: its clean copy, or a stretch of it (``Range``)."""
    found = next((one for one in _files(actor_of(request), public_id) if one.public_id == file_id), None)
    if found is None:
        raise NotFound
    return file_response(request, found, "clean")
