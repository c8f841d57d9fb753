"""The file of an import as it is kept: sealed piece by piece under the import's own data key.

Sealed pieces stand one after the other, each behind its length (4 bytes). A piece is bound to its place and
to being the last, so none can be left out, moved or added. A rotation renews the wrapped key in the row and
leaves the file alone; without the key in the row nobody reads the file, in a backup neither.
"""

from collections.abc import Iterator

from linli.core.crypto import DataKey, key_ring
from linli.foundation.files import storage

from .models import Import

KIND = "import"
PIECE = 1 << 20
_LENGTH = 4


def file_keep(content: bytes) -> tuple[str, str]:
    """Keep a file sealed; returns its path and its data key, wrapped under the current key of the ring."""
    wrapped, key = key_ring().key_make()
    return storage.write(KIND, _sealed(key, content)), wrapped


def file_read(job: Import) -> bytes:
    """Return the file of an import; raises ``KeyLost``, or ``ValueError`` where its bytes were changed."""
    kept = storage.read(job.path)
    if not job.data_key:  # kept in clear, before files were sealed
        return kept
    return b"".join(_opened(key_ring().key_open(job.data_key), kept))


def _sealed(key: DataKey, content: bytes) -> Iterator[bytes]:
    last = max(0, (len(content) - 1) // PIECE)
    for place in range(last + 1):
        piece = key.seal_piece(content[place * PIECE : (place + 1) * PIECE], _context(place, place == last))
        yield len(piece).to_bytes(_LENGTH) + piece


def _opened(key: DataKey, kept: bytes) -> Iterator[bytes]:
    at = place = 0
    while at < len(kept) or not place:
        start = at + _LENGTH
        at = start + int.from_bytes(kept[at:start])
        yield key.open_piece(kept[start:at], _context(place, at >= len(kept)))
        place += 1


def _context(place: int, is_last: bool) -> str:
    return f"imports_import.file/{place}/{'last' if is_last else 'more'}"
