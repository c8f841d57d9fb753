"""Who acts: the one value that every service takes first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class Function(StrEnum):
    """What a role lets its holder do; see docs/glossary.md."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    COMMITTEE = "committee"
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"
    DEPARTMENT = "department"
    PROPERTY = "property"
    SOCIAL_ORG = "social_org"
    PROVIDER = "provider"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    SYSTEM = "system"
    CLIENT = "client"


class Scope(StrEnum):
    """What a machine of another system may be granted; without any it may do nothing."""

    MATTERS_READ = "matters.read"
    MATTERS_REPORT = "matters.report"
    MATTERS_ACT = "matters.act"
    FIGURES_READ = "figures.read"
    PLACES_READ = "places.read"
    REGISTRY_COUNT = "registry.count"


class Assurance(IntEnum):
    """How surely it is known who a person is."""

    PHONE = 0  # owns a telephone number
    DWELLING = 1  # lives in a dwelling of the register
    REGISTERED = 2  # is one person of the register


AssuranceOf = Callable[[int], Assurance]
_assurance_of: AssuranceOf | None = None


def assurance_source_set(source: AssuranceOf) -> None:
    """Say by what a person's assurance is known (the register of residents, at start-up)."""
    global _assurance_of
    _assurance_of = source


GOVERNING = frozenset({Function.COMMITTEE, Function.STREET, Function.DISTRICT, Function.CITY})
EXECUTING = frozenset({Function.DEPARTMENT, Function.PROPERTY, Function.SOCIAL_ORG, Function.PROVIDER})
STAFF = GOVERNING | EXECUTING | {Function.GRID_WORKER, Function.SUPERVISOR, Function.OPERATOR}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in one of their roles, a visitor with their own session, or a named system actor.

    ``key`` is unique to the human or the machine (never one shared "anonymous").
    ``areas`` are ``area_path`` prefixes. ``person_id`` is the natural person behind every account of
    theirs, so that rules about "another person" compare persons. ``deputy_for`` is the person whose
    role is exercised during their leave. ``network`` is where a visitor comes from: counted by the rate
    limits (as a keyed digest), kept nowhere. ``scopes`` is what a client was granted; nobody else has any.
    """

    key: str
    function: Function
    name: str = ""
    person_id: int | None = None
    account_id: int | None = None
    role_id: int | None = None
    unit_id: int | None = None
    areas: tuple[str, ...] = ()
    deputy_for: int | None = None
    is_unit_admin: bool = False
    network: str = ""
    scopes: frozenset[Scope] = frozenset()

    @property
    def assurance(self) -> Assurance:
        """How surely the person is known at this moment, read when asked for; nobody half in has any."""
        if _assurance_of is None or self.person_id is None or self.function == Function.VISITOR:
            return Assurance.PHONE
        return _assurance_of(self.person_id)

    @property
    def is_governing(self) -> bool:
        """Whether the function sees the ranges of its areas."""
        return self.function in GOVERNING

    @property
    def is_executing(self) -> bool:
        """Whether the function sees only what its unit takes part in."""
        return self.function in EXECUTING

    @property
    def is_staff(self) -> bool:
        """Whether the actor works at the desk."""
        return self.function in STAFF

    @property
    def is_signed_in(self) -> bool:
        """Whether a person or a machine with a name acts."""
        return self.person_id is not None or self.function in (Function.SYSTEM, Function.CLIENT)

    @property
    def person_ids(self) -> frozenset[int]:
        """Every natural person in whose name this actor acts."""
        return frozenset(p for p in (self.person_id, self.deputy_for) if p is not None)

    def grants(self, scope: Scope) -> bool:
        """Whether this is a client that was granted the scope."""
        return self.function == Function.CLIENT and scope in self.scopes

    def covers(self, area_path: str) -> bool:
        """Whether a place lies in one of the actor's areas."""
        return any(area_path.startswith(area) for area in self.areas)

    def with_areas(self, areas: tuple[str, ...]) -> "Actor":
        """Return the same actor looking at fewer areas (the area switch)."""
        return replace(self, areas=areas)


def visitor(session_key: str, network: str = "") -> Actor:
    """Return the actor of a browser that nobody has signed in with; the key is the session's own."""
    return Actor(key=f"visitor:{session_key}", function=Function.VISITOR, name="访客", network=network)


def system(name: str) -> Actor:
    """Return a named machine actor, such as ``system("lapse")``; it sees the whole tree."""
    return Actor(key=f"system:{name}", function=Function.SYSTEM, name=f"系统({name})", areas=("",))
