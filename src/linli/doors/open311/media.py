"""Photos that a report names by address: fetched from the hosts that the operator listed, or refused."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from linli.core import outbound
from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.foundation.files.judging import MAX_BYTES
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store

from .rules import refused

SECONDS = 10.0


def photo_fetch(actor: Actor, url: str, key: str) -> StoredFile:
    """Fetch the photo at an address and keep it; raises ``InvalidInput``.

    Its host must stand in ``LINLI_OPEN311_MEDIA``, and as every host that is called in ``LINLI_OUTBOUND``.
    """
    if _host(url) not in settings.OPEN311_MEDIA:
        words = _("本站不从这个网址取照片。请去掉 media_url 再发；需要从这里取照片，请联系本站运维人员登记。")
        raise refused("media_url", words)
    try:
        answer = outbound.request("GET", url, timeout=SECONDS, most_bytes=MAX_BYTES)
    except Refusal as error:
        raise refused("media_url", f"{error.message}{error.hint}") from error
    if not answer.is_ok:
        raise refused("media_url", _("对方回答%d，没有取到照片。") % answer.status)
    stored = file_store(actor=actor, upload=SimpleUploadedFile("media_url", answer.body), request_key=key)
    if stored.state != StoredFile.State.READY or not stored.is_photo:
        raise refused("media_url", stored.refusal or _("网址里不是照片。"))
    return stored


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # half an address in brackets
        return ""
