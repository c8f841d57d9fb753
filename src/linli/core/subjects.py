"""Which records are about a signed-in person besides what names them: as their rooms say.

A room's ``apps.py`` calls ``subjects_add``; who looked at such a record is shown to the person, also for
looks before it was known that the record is about them.
"""

from collections.abc import Callable, Iterable

Subject = tuple[str, str, str]  # kind (app.model), public id, whom it is about where not the person alone
Source = Callable[[int], Iterable[Subject]]
_SOURCES: list[Source] = []


def subjects_add(source: Source) -> None:
    """Name a source: from a person's key to the records about them."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def subjects_of(person_id: int) -> dict[str, list[str]]:
    """Return kind → public ids of the records about a person."""
    found: dict[str, list[str]] = {}
    for source in _SOURCES:
        for kind, public_id, _whom in source(person_id):
            found.setdefault(kind, []).append(public_id)
    return found


def subjects_named(person_id: int) -> dict[str, str]:
    """Return public id → whom a record is about, of those that are not about the person alone."""
    return {public_id: whom for source in _SOURCES for _kind, public_id, whom in source(person_id) if whom}
