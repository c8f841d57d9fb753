"""Refusals of input, said once beside the field and once above the form."""

from collections.abc import Mapping

from linli.core.errors import InvalidInput


def invalid(**fields: str) -> InvalidInput:
    """Return the refusal of some fields; the first one's words are its message."""
    return InvalidInput(next(iter(fields.values())), details=fields)


def invalid_if(faults: Mapping[str, str]) -> None:
    """Refuse where something is wrong."""
    if faults:
        raise invalid(**faults)
