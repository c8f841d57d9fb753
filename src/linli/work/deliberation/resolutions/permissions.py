"""Who may do what about resolutions."""

from linli.core.actor import Actor, Function

from .models import Resolution, Task

ORGANISING = frozenset({Function.COMMITTEE, Function.STREET})


def can_make_resolutions(actor: Actor, area_path: str) -> bool:
    """Write down what was decided: people of a committee or a street of the place."""
    return actor.function in ORGANISING and actor.unit_id is not None and actor.covers(area_path)


def can_run_resolution(actor: Actor, resolution: Resolution) -> bool:
    """Publish, add tasks, file, finish: the unit that answers for it, or the street of the place."""
    if not can_make_resolutions(actor, resolution.area_path):
        return False
    return actor.unit_id == resolution.unit_id or actor.function == Function.STREET


def can_file_resolution(actor: Actor, resolution: Resolution) -> bool:
    """Receive a filing or send it back: the street of the place."""
    return actor.function == Function.STREET and can_run_resolution(actor, resolution)


def can_work_task(actor: Actor, task: Task) -> bool:
    """Write progress on a task: people of its unit, or who runs the resolution."""
    is_own = actor.is_staff and actor.unit_id is not None and actor.unit_id == task.unit_id
    return is_own or can_run_resolution(actor, task.resolution)
