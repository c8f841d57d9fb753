"""The figures of ``data/outreach.yaml``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from linli.core.timelimits import Limit, LimitUnit


@functools.cache
def _content() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "outreach.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def visit_limit() -> Limit:
    """Return how long somebody has to go to a household."""
    said = _content()["visit"]
    return Limit(said["working_days"], LimitUnit.WORKING_DAY, f"{said['source']}（建议值）")


def batch_limit() -> Limit:
    """Return how long another person has to look at a list without application."""
    said = _content()["batch"]
    return Limit(said["working_days"], LimitUnit.WORKING_DAY, f"{said['source']}（建议值）")


def undo_days() -> int:
    """Return for how many days a press can be taken back."""
    return int(_content()["undo"]["days"])
