"""The reasons for which a matter may be left out of the three rates, read from ``data/exclusions.yaml``."""

import functools
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "exclusions.yaml"


@functools.cache
def exclusion_reasons() -> dict[str, str]:
    """Return the reasons: code → name as it stands in the record."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["reasons"]
    return {code: row["name"] for code, row in rows.items()}
