"""The dated figures of the made-up city, read once from ``data/*.yaml``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data"


@cache
def figures(name: str) -> Mapping[str, Any]:
    """Return one file of figures: ``census``, ``households``, ``homes``, ``names`` or ``facts``."""
    content: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return content
