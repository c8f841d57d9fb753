"""The lists of this room as files."""

from .authoring import listings as authoring
from .outreach import listings as outreach

__all__ = ["authoring", "outreach"]
