"""A file on its way in: its bytes, read as a table before anything is written."""

import gzip
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .dropping import dropped_of, table_bytes, without_dropped
from .mapping import header_words
from .reading import Table, table_read
from .targets import Target


@dataclass(frozen=True, slots=True)
class Incoming:
    """An uploaded file that is a table; ``dropped`` are columns that were left out, also of ``content``."""

    name: str
    content: bytes
    table: Table
    dropped: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes."""
        return len(self.content)

    def read(self) -> bytes:
        """Return the bytes."""
        return self.content


def incoming_read(upload: Any, target: Target) -> Incoming:
    """Read an upload (anything with ``name`` and ``read``); raises ``InvalidInput`` beside ``file``."""
    most_rows, most_mb = target.limits()
    most = most_mb * 1024 * 1024
    try:
        content: bytes = upload.read(most + 1)
        if len(content) > most:
            raise InvalidInput(
                _("文件超过%d MB。") % most_mb, hint=_("请分成几个文件，或压缩成.csv.gz再上传。")
            )
        came = table_read(content, words=header_words(target), most_rows=most_rows)
    except InvalidInput as refusal:
        words = f"{refusal.message}{refusal.hint}"
        raise InvalidInput(refusal.message, hint=refusal.hint, details={"file": words}) from refusal
    table, dropped = without_dropped(came), dropped_of(came)
    if dropped:  # what must not be kept is not kept in the file either
        content = gzip.compress(table_bytes(table), 1, mtime=0)
    return Incoming(str(upload.name or "")[-160:], content, table, dropped)
