"""What an act about divisions decides, as plain values; read from and written to JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .models import ChangeKind


@dataclass(frozen=True, slots=True)
class Named:
    """A division after the act."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """One act. Codes are unpadded; which fields count depends on the kind.

    set_up: ``parent``, one ``after`` · abolish: one ``before``, ``rest`` takes over (or nothing is left)
    · merge: ``before``, one ``after``, whose code is new or one of theirs · split: one ``before``, ``after``
    (one may keep the code), ``children`` and ``compounds`` say who goes where, ``rest`` takes what has no
    compound · renumber, rename: one ``before``, one ``after`` · boundary: ``children`` (code → code of
    the new parent) and ``compounds`` (public id → code of the new committee).
    """

    kind: ChangeKind
    before: tuple[str, ...] = ()
    after: tuple[Named, ...] = ()
    parent: str = ""
    children: Mapping[str, str] = field(default_factory=dict)
    compounds: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the plan as it is kept."""
        return {**asdict(self), "kind": str(self.kind.value)}


def plan_read(kept: Mapping[str, Any]) -> ChangePlan:
    """Return a plan as it was before it was kept."""
    return ChangePlan(
        kind=ChangeKind(kept["kind"]),
        before=tuple(kept["before"]),
        after=tuple(Named(**named) for named in kept["after"]),
        parent=kept["parent"],
        children=dict(kept["children"]),
        compounds=dict(kept["compounds"]),
        rest=kept["rest"],
    )
