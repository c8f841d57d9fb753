"""Uploads as JSON and bytes: up by the same judge as the pages, down for whoever may see the matter."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as _
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from linli.core.actor import Actor, Function, Scope
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import request_key_of
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store
from linli.foundation.files.views import file_response

from .. import selectors
from ..desk.selectors import photos_of
from ..resident.matters import own_matter
from ..resident.selectors import matter_files
from .reading import READING, router

uploads = Router(tags=[_("文件")])


class FileOut(Schema):
    """What an upload turned out to be."""

    public_id: UUID = Field(description=_("上报、补记时写在 photos 里。"))
    kind: str = Field(description=_("photo 照片，voice 录音，video 视频。"), examples=["photo"])
    state: str = Field(description=_("ready 可用，refused 不可用。"), examples=["ready"])
    refusal: str = Field(description=_("不可用的原因。"))
    media_type: str = Field(examples=["image/jpeg"])
    name: str
    size: int = Field(description=_("字节数。"))
    sha256: str
    width: int | None
    height: int | None
    milliseconds: int | None = Field(description=_("录音、视频的时长。"))
    uploaded_at: datetime


@uploads.post(
    "",
    response={201: FileOut},
    auth=let_in(Scope.MATTERS_REPORT, Scope.MATTERS_ACT),
    summary=_("上传文件"),
    operation_id="file_store",
    description=_(
        "照片（JPEG、PNG、WebP、GIF）、录音或短视频，按内容判断，去掉位置等信息。七天没有用到的会删掉。"
    ),
)
def store(request: HttpRequest, file: File[UploadedFile]) -> Status[StoredFile]:
    """Keep a photo, a voice note or a short video."""
    key = request_key_of(request)
    return Status(201, file_store(actor=actor_of(request), upload=file, request_key=key))


def _files(actor: Actor, public_id: UUID) -> list[StoredFile]:
    matter = selectors.matter_get(actor, public_id)
    if actor.is_staff or actor.function == Function.CLIENT:
        return photos_of(actor, matter)
    return [file for file in matter_files(own_matter(actor, public_id)) if file.state == file.State.READY]


@router.get(
    "/{uuid:public_id}/files",
    response=list[FileOut],
    auth=let_in(*READING),
    summary=_("事项的文件"),
    operation_id="matter_files",
    description=_("上报和办理时附上的照片、录音、视频。反映人的录音只给可以知道反映人是谁的人。"),
)
def files(request: HttpRequest, public_id: UUID) -> list[StoredFile]:
    """List the photos, voice notes and videos of a matter and of the steps that the caller may read."""
    return _files(actor_of(request), public_id)


@router.get(
    "/{uuid:public_id}/files/{uuid:file_id}",
    auth=let_in(*READING),
    summary=_("下载文件"),
    operation_id="matter_file",
    description=_("文件本身（去掉了位置等信息的一份），可以用 Range 分段取。"),
)
def file(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    """Return one of them: its clean copy, or a stretch of it."""
    found = next((one for one in _files(actor_of(request), public_id) if one.public_id == file_id), None)
    if found is None:
        raise NotFound
    return file_response(request, found, "clean")
