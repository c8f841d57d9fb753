"""The digest of a bulk act's change list, which stands in the act's one audit record."""

import hashlib
import json
from collections.abc import Iterable


def changes_digest(changes: Iterable[object]) -> str:
    """Return 32 hexadecimal digits over the changes in their order."""
    sha = hashlib.sha256()
    for change in changes:
        sha.update(json.dumps(change, ensure_ascii=False, default=str).encode())
    return sha.hexdigest()[:32]
