"""To what a person can agree; read from ``data/consents.yaml``."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class ConsentPurpose:
    """One use that needs consent, and the words in which it is asked."""

    purpose: str
    label: str
    version: str
    text: str
    law: str
    mark: str


@functools.cache
def consent_purposes() -> dict[str, ConsentPurpose]:
    """Return purpose → its words, in the order of the file."""
    content = yaml.safe_load((DATA / "consents.yaml").read_text(encoding="utf-8"))
    return {row["purpose"]: ConsentPurpose(**row) for row in content["purposes"]}
