"""Who uses parts: rooms above say so here, so that nothing that is lived in is closed.

A room calls ``part_users_add`` in its ``ready()``; places knows none of them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from django.db.models import ManyToOneRel, Model
from django.utils.functional import Promise

Text = str | Promise
PartUsers = Callable[[Sequence[int]], Collection[int]]  # of some parts' ids those that are used today
_users: dict[str, tuple[Text, PartUsers]] = {}


def part_users_add(name: str, label: Text, users: PartUsers) -> None:
    """Say which parts somebody uses; ``label`` is how a refusal names it (有人居住). Once a name."""
    _users[name] = (label, users)


def part_users_remove(name: str) -> None:
    """Take back what was said under a name."""
    _users.pop(name, None)


def part_uses(ids: Sequence[int]) -> dict[int, list[str]]:
    """Return, for those of some parts that are used today, by what (有人居住、有单位使用)."""
    found: dict[int, list[str]] = defaultdict(list)
    for label, users in _users.values():
        for pk in users(ids):
            found[pk].append(str(label))
    return dict(found)


def keys_to(model: type[Model]) -> list[tuple[type[Model], str]]:
    """Return model and name of every foreign key to a part, or to a stair, of whatever room."""
    relations = model._meta.get_fields(include_hidden=True)
    return [(r.related_model, r.field.name) for r in relations if isinstance(r, ManyToOneRel)]


def recorded(model: type[Model], ids: Collection[int]) -> set[int]:
    """Return those of some parts (or stairs) that any record of any room names, ended ones too."""
    found: set[int] = set()
    for naming, name in keys_to(model):
        found.update(naming._base_manager.filter(**{f"{name}__in": ids}).values_list(name, flat=True))
    return found
