"""A file on its way in: its bytes, read as a table before anything is written."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .mapping import header_words
from .reading import Table, table_read
from .targets import Target


@dataclass(frozen=True, slots=True)
class Incoming:
    """An uploaded file that is a table."""

    name: str
    content: bytes
    table: Table

    @property
    def size(self) -> int:
        """How many bytes."""
        return len(self.content)

    def read(self) -> bytes:
        """Return the bytes."""
        return self.content


def incoming_read(upload: Any, target: Target) -> Incoming:
    """Read an upload (anything with ``name`` and ``read``); raises ``InvalidInput`` beside ``file``."""
    most = settings.IMPORT_MB * 1024 * 1024
    try:
        content: bytes = upload.read(most + 1)
        if len(content) > most:
            raise InvalidInput(
                _("文件超过%d MB。") % settings.IMPORT_MB, hint=_("请分成几个文件，或压缩成.csv.gz再上传。")
            )
        table = table_read(content, words=header_words(target), most_rows=settings.IMPORT_ROWS)
    except InvalidInput as refusal:
        words = f"{refusal.message}{refusal.hint}"
        raise InvalidInput(refusal.message, hint=refusal.hint, details={"file": words}) from refusal
    return Incoming(str(upload.name or "")[-160:], content, table)
