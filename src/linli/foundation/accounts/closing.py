"""What else happens when a unit is closed: rooms that name units in their rules look at them at once."""

from collections.abc import Callable

UnitStep = Callable[[int], None]
_steps: list[UnitStep] = []


def unit_close_step_add(step: UnitStep) -> None:
    """Call ``step(unit_id)`` inside the service that closes a unit; a room says so once, at start-up."""
    _steps.append(step)


def unit_close_steps() -> tuple[UnitStep, ...]:
    """Return every step, in the order of adding."""
    return tuple(_steps)
