"""Refusals of input, said once beside the field and once above the form."""

from linli.core.errors import InvalidInput


def invalid(**fields: str) -> InvalidInput:
    """Return the refusal of some fields; the first one's words are its message."""
    return InvalidInput(next(iter(fields.values())), details=fields)
