"""What other rooms do at once when somebody objects to matching by machine; known to them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Model

from ..models import Resident

Follower = Callable[[Resident], Iterable[type[Model]]]
_followers: list[Follower] = []


def objection_follower_add(follow: Follower) -> None:
    """Let a room follow, once, at start-up: a step inside the objection, which returns what it wrote to."""
    _followers.append(follow)


def objection_followed(resident: Resident) -> list[type[Model]]:
    """Let every room follow an objection; returns the models that were written to."""
    return [model for follow in _followers for model in follow(resident)]
