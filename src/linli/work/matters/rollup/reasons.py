"""The reasons for which a matter may be left out of the three rates: those of ``data/exclusions.yaml``, less
what a city does not use, and its own."""

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "exclusions.yaml"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, its name as it stands in the record, by which rule, whether it is used."""

    code: str
    name: str
    source: str
    is_used: bool
    is_own: bool


@functools.cache
def _shipped() -> dict[str, Reason]:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    rows = content["reasons"].items()
    return {code: Reason(code, row["name"], content["source"], True, False) for code, row in rows}


def reasons_all() -> list[Reason]:
    """Return every reason, used or not: those of the list first, then one's own."""
    from .models import ExclusionReason  # read when asked: forms are made before the tables

    found = dict(_shipped())
    for row in ExclusionReason.objects.all():
        shipped = found.get(row.code)
        source = shipped.source if shipped else row.source
        found[row.code] = Reason(row.code, row.name, source, row.is_used, shipped is None)
    return list(found.values())


def reason_names() -> dict[str, str]:
    """Return code → name of every reason that was ever given."""
    return {reason.code: reason.name for reason in reasons_all()}


def exclusion_reasons() -> dict[str, str]:
    """Return the reasons that may be given now: code → name."""
    return {reason.code: reason.name for reason in reasons_all() if reason.is_used}
