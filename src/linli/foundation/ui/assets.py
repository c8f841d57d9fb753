"""Addresses of static files: what the build made carries its version, so that browsers may keep it."""

import functools
from pathlib import Path

from django.contrib.staticfiles.storage import StaticFilesStorage

BUILT = Path(__file__).parent / "static" / "build"


@functools.cache
def build_version() -> str:
    """Return the digest that the build wrote down, empty where nothing was built."""
    path = BUILT / "version.txt"
    return path.read_text().strip() if path.exists() else ""


class VersionedStorage(StaticFilesStorage):
    """Django's own storage, with ``?v=`` after the addresses of built files."""

    def url(self, name: str | None) -> str:
        """Return the address of a file; a folder's stays bare."""
        address = str(super().url(name))
        is_built = bool(name) and str(name).startswith("build/") and not address.endswith("/")
        return f"{address}?v={build_version()}" if is_built and build_version() else address
