"""The lists of this room as files."""

from .authoring import listings as authoring
from .outreach import listings as outreach
from .running import listings as running

__all__ = ["authoring", "outreach", "running"]
