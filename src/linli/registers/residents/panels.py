"""What other rooms show on a household's card: each adds one function at start-up; known to them alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core.actor import Actor
from linli.core.errors import ProgrammingFault
from linli.foundation.places.models import Part

from .models import Household


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line: what it is, where it leads, how it stands, since when."""

    title: str
    url: str
    state: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A card of another room; one without rows is not shown."""

    title: str
    rows: Sequence[PanelRow]


Maker = Callable[[Actor, Household, Part | None], Panel]
_makers: dict[str, Maker] = {}


def household_panels_add(code: str, make: Maker) -> None:
    """Make a panel known, once, at start-up; it decides itself what the actor may see."""
    if code in _makers:
        raise ProgrammingFault(f"two panels are called {code}")
    _makers[code] = make


def household_panels(actor: Actor, household: Household, part: Part | None) -> list[Panel]:
    """Return the panels of a household that have something to show."""
    made = [make(actor, household, part) for make in _makers.values()]
    return [panel for panel in made if panel.rows]
