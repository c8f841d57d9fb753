"""What was attached to a matter as JSON and bytes, for whoever may see it there."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.api import FileOut
from linli.foundation.files.models import StoredFile
from linli.foundation.files.views import file_response

from . import selectors
from .desk.selectors import photos_of
from .models import Matter
from .resident.matters import own_matter
from .resident.selectors import matter_files

router = Router(tags=["matters"])


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
