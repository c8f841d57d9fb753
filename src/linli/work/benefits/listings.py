"""The lists of this room as files."""

from .authoring import listings as authoring

__all__ = ["authoring"]
