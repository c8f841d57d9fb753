"""Every read of persons, units and roles that is more than a lookup."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.crypto.usage import key_of
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Division
from linli.foundation.places.rules import pinyin_syllables
from linli.foundation.places.selectors import named_like

from .models import Account, Deputyship, Identity, Person, Role, Unit
from .rules import UNIT_FUNCTIONS, is_above

NO_NAME = "居民"
ERASED_NAME = "已注销用户"
MOST_COMPARED = 2_000


def path_prefixes(path: str) -> list[str]:
    """Return the paths of a place and of everything above it (``31/``, ``31/3101/``, …)."""
    codes = path.rstrip("/").split("/") if path else []
    return ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]


def role_areas(role: Role) -> tuple[str, ...]:
    """Return the paths a role covers: its own areas, or its unit's where it has none (one query)."""
    own = Role.areas.through.objects.filter(role_id=role.pk, division_id=OuterRef("pk"))
    of_unit = Unit.areas.through.objects.filter(unit_id=role.unit_id or 0, division_id=OuterRef("pk"))
    rows = list(
        Division.objects.filter(Exists(own) | Exists(of_unit))
        .annotate(is_own=Exists(own))
        .order_by("path")
        .values_list("path", "is_own")
    )
    chosen = [path for path, is_own in rows if is_own] or [path for path, _ in rows]
    return tuple(chosen)


def role_list(person: Person, on: date | None = None) -> list[Role]:
    """Return the roles a person may act in today, own ones first, then those as a deputy (one query).

    A role held as a deputy carries ``deputyship_id``; own roles carry ``None``.
    """
    day = on or clock.today()
    standing_in = Q(
        deputyships__deputy=person,
        deputyships__from_on__lte=day,
        deputyships__to_on__gte=day,
        deputyships__ended_at__isnull=True,
    )
    return list(
        Role.objects.valid_on(day)
        .annotate(standing_in=FilteredRelation("deputyships", condition=standing_in))
        .filter(Q(person=person) | Q(standing_in__isnull=False))
        .annotate(deputyship_id=F("standing_in__id"))
        .select_related("person", "unit")
        .order_by(F("deputyship_id").asc(nulls_first=True), "valid_from", "pk")
    )


def actor_of_role(account: Account, role: Role) -> Actor:
    """Return a staff account's actor in one role that ``role_list`` allowed it (one query)."""
    is_deputy = role.person_id != account.person_id
    return Actor(
        key=f"person:{account.person_id}",
        function=Function(role.function),
        name=account.person.name,
        person_id=account.person_id,
        account_id=account.pk,
        role_id=role.pk,
        unit_id=role.unit_id,
        areas=role_areas(role),
        deputy_for=role.person_id if is_deputy else None,
        is_unit_admin=role.is_unit_admin,
    )


def actor_of_resident(account: Account) -> Actor:
    """Return the actor of a person without a role: a resident who sees their own and what is public."""
    return Actor(
        key=f"person:{account.person_id}",
        function=Function.RESIDENT,
        name=account.person.name,
        person_id=account.person_id,
        account_id=account.pk,
    )


def actor_half_in(account: Account) -> Actor:
    """Return the actor of somebody who gave the right password and still has steps to take: no powers."""
    return Actor(
        key=f"person:{account.person_id}",
        function=Function.VISITOR,
        person_id=account.person_id,
        account_id=account.pk,
    )


def _of_area(area_path: str) -> Q:
    prefixes = path_prefixes(area_path)
    own, of_unit = Q(areas__path__in=prefixes), Q(areas__isnull=True, unit__areas__path__in=prefixes)
    return own | of_unit


def person_ids_for(*, function: Function | str, unit_id: int | None = None, area_path: str = "") -> list[int]:
    """Return who holds a valid role of this function (in the unit, over the place), deputies included."""
    day = clock.today()
    roles = Role.objects.valid_on(day).filter(function=function)
    if unit_id is not None:
        roles = roles.filter(unit_id=unit_id)
    if area_path:
        roles = roles.filter(_of_area(area_path))
    held = dict(roles.values_list("pk", "person_id"))
    deputies = Deputyship.objects.filter(
        role_id__in=held, from_on__lte=day, to_on__gte=day, ended_at__isnull=True
    ).values_list("deputy_id", flat=True)
    return sorted({*held.values(), *deputies})


class Holders:
    """Who holds which function today, in which unit and over which places, deputies included; read once.

    Answers like ``person_ids_for``, for jobs that ask about thousands of units and places.
    """

    def __init__(self) -> None:
        day = clock.today()
        self._by_unit: dict[tuple[str, int], set[int]] = {}
        self._by_path: dict[tuple[str, str], set[int]] = {}
        self._known: dict[tuple[str, int | None, str], list[int]] = {}
        persons = _persons_by_role(day)
        own, of_unit = _paths(Role.areas.through, "role_id"), _paths(Unit.areas.through, "unit_id")
        for pk, function, unit_id in Role.objects.valid_on(day).values_list("pk", "function", "unit_id"):
            if unit_id is not None:
                self._by_unit.setdefault((function, unit_id), set()).update(persons[pk])
            for path in own.get(pk) or of_unit.get(unit_id) or ():
                self._by_path.setdefault((function, path), set()).update(persons[pk])

    def of(self, function: str, unit_id: int | None = None, area_path: str = "") -> list[int]:
        """Return the persons of a unit, or (no unit) of a place, in this function."""
        key = (function, unit_id, "" if unit_id else area_path)
        if key not in self._known:
            found: set[int] = set()
            if unit_id is not None:
                found |= self._by_unit.get((function, unit_id), set())
            else:
                for prefix in path_prefixes(area_path):
                    found |= self._by_path.get((function, prefix), set())
            self._known[key] = sorted(found)
        return self._known[key]


def _persons_by_role(day: date) -> dict[int, set[int]]:
    persons = {pk: {held} for pk, held in Role.objects.valid_on(day).values_list("pk", "person_id")}
    deputies = Deputyship.objects.filter(from_on__lte=day, to_on__gte=day, ended_at__isnull=True)
    for role_id, deputy in deputies.values_list("role_id", "deputy_id"):
        if role_id in persons:
            persons[role_id].add(deputy)
    return persons


def _paths(through: Any, key: str) -> dict[int | None, list[str]]:
    paths: dict[int | None, list[str]] = {}
    for pk, path in through._default_manager.values_list(key, "division__path"):
        paths.setdefault(pk, []).append(path)
    return paths


def unit_list(function: Function | str | None = None, covering: str | None = None) -> QuerySet[Unit]:
    """Return open units, by function and by a place that their areas must hold."""
    units = Unit.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=clock.today()))
    if function:
        units = units.filter(function=function)
    if covering:
        units = units.filter(areas__path__in=path_prefixes(covering)).distinct()
    return units


def unit_by_public_id(public_id: str) -> Unit:
    """Return a unit by the id that pages carry, or raise ``NotFound``."""
    try:
        return Unit.objects.get(public_id=public_id)
    except (Unit.DoesNotExist, ValueError) as error:
        raise NotFound(_("没有找到这个单位。")) from error


def person_name(person_id: int | None) -> str:
    """Return how a person is called on a page; never an empty string."""
    return person_names([person_id]).get(person_id or 0, NO_NAME)


def person_names(person_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of several persons in one query."""
    wanted = {person_id for person_id in person_ids if person_id}
    if not wanted:
        return {}
    persons = Person.objects.filter(pk__in=wanted)
    return {p.pk: ERASED_NAME if p.erased_at else p.name or NO_NAME for p in persons}


def area_choices(areas: tuple[str, ...], depth: int = 1) -> list[Division]:
    """Return the divisions a role covers and what stands below them, down to ``depth`` levels."""
    tops = list(Division.objects.filter(path__in=areas, valid_to__isnull=True))
    deepest = max((top.level for top in tops), default=0) + depth
    places = Division.objects.filter(in_areas("path", areas), valid_to__isnull=True, level__lte=deepest)
    return list(places.order_by("path")) if tops else []


def unit_scope(actor: Actor) -> QuerySet[Unit]:
    """Return the units that an administrator sees: their own, and those below inside their areas."""
    if actor.function in (Function.SYSTEM, Function.OPERATOR):
        return Unit.objects.all()
    if not actor.is_unit_admin:
        return Unit.objects.none()
    below = [function for function in UNIT_FUNCTIONS if is_above(actor.function, function)]
    outside = Unit.areas.through.objects.exclude(in_areas("division__path", actor.areas))
    inside = Q(function__in=below, areas__isnull=False) & ~Q(pk__in=outside.values("unit_id"))
    return Unit.objects.filter(Q(pk=actor.unit_id) | inside).distinct()


def unit_visible(actor: Actor) -> QuerySet[Unit]:
    """Return the units an actor may look up: their scope; governing staff, whoever serves their areas."""
    if not actor.is_governing:
        return unit_scope(actor)
    prefixes = {prefix for area in actor.areas for prefix in path_prefixes(area)}
    here = in_areas("areas__path", actor.areas) | Q(areas__path__in=prefixes)
    return Unit.objects.filter(here | Q(pk__in=unit_scope(actor).values("pk"))).distinct()


def unit_named(words: str) -> Q:
    """Return the condition that a unit's name or kind holds the words, or its pinyin or initials begin so."""
    return named_like(words) | Q(name__icontains=words) | Q(kind__icontains=words)


def unit_for_management(actor: Actor, public_id: str) -> Unit:
    """Return a unit that the actor administers, or raise ``NotFound``."""
    unit = unit_scope(actor).filter(public_id=public_id).first()
    if unit is None:
        raise NotFound(_("没有找到这个单位。"))
    return unit


def account_scope(actor: Actor) -> QuerySet[Account]:
    """Return the staff accounts whose persons have or had a role in a unit of the actor's scope."""
    roles = Role.objects.filter(unit__in=unit_scope(actor))
    return Account.objects.filter(kind=Account.Kind.STAFF, person__in=roles.values("person_id"))


def account_for_management(actor: Actor, public_id: str) -> Account:
    """Return a staff account in the actor's scope, or raise ``NotFound``."""
    account = account_scope(actor).filter(public_id=public_id).first()
    if account is None:
        raise NotFound(_("没有找到这个人员。"))
    return account


def account_list(
    actor: Actor, *, words: str = "", unit: Unit | None = None, state: str = ""
) -> list[Account]:
    """Return the staff of an administrator's scope, by the pinyin of their names.

    Names are encrypted, so that they are compared and sorted here: some ten thousand a second.
    """
    day = clock.today()
    accounts = account_scope(actor)
    if unit is not None:
        accounts = accounts.filter(person__in=Role.objects.filter(unit=unit).values("person_id"))
    if state == "off":
        accounts = accounts.filter(is_active=False)
    elif state:
        holding = Role.objects.valid_on(day).values("person_id")
        accounts = accounts.filter(is_active=True)
        accounts = (
            accounts.filter(person__in=holding) if state == "in" else accounts.exclude(person__in=holding)
        )
    found = [a for a in accounts if words.lower() in f"{a.username} {a.person.name}".lower()]
    return sorted(found, key=lambda account: (pinyin_syllables(account.person.name), account.username))


def staff_found(actor: Actor, words: str, most: int) -> list[Account]:
    """Return at most so many staff of an administrator's scope whose name or user name holds the words.

    Names are ciphertext: the first ``MOST_COMPARED`` accounts by user name are compared, in 0.2 s at most.
    """
    rows = account_scope(actor).select_related("person").order_by("username")[:MOST_COMPARED]
    words = words.lower()
    return [a for a in rows if words in f"{a.username} {a.person.name}".lower()][:most]


def roles_by_person(accounts: Iterable[Account]) -> dict[int, list[Role]]:
    """Return the roles that hold today of several persons (one query)."""
    found: dict[int, list[Role]] = {}
    persons = [account.person_id for account in accounts]
    for role in Role.objects.valid_on(clock.today()).filter(person__in=persons).select_related("unit"):
        found.setdefault(role.person_id, []).append(role)
    return found


def identity_of(issuer: str, subject: str) -> Identity | None:
    """Return the standing link of a subject of the common sign-in, confirmed or not (one query)."""
    standing = Identity.objects.filter(issuer=issuer, subject=subject, ended_at__isnull=True)
    return standing.select_related("account__person").first()


def identity_list(account: Account) -> list[Identity]:
    """Return the standing links of an account."""
    return list(account.identities.filter(ended_at__isnull=True).order_by("created_at"))


def identities_waiting(actor: Actor) -> list[Identity]:
    """Return the claims that an administrator may confirm, oldest first."""
    waiting = Identity.objects.filter(confirmed_at__isnull=True, ended_at__isnull=True)
    found = waiting.filter(account__in=account_scope(actor)).select_related("account__person")
    return list(found.order_by("created_at")[:50])


def account_named(username: str) -> Account | None:
    """Return the active staff account of a user name, whatever its case."""
    named = Account.objects.filter(username=username.strip().lower(), kind=Account.Kind.STAFF, is_active=True)
    return named.first() if username.strip() and "\0" not in username else None


def own_role_list(person: Person) -> QuerySet[Role]:
    """Return the roles that a person holds today in their own name."""
    return Role.objects.valid_on(clock.today()).filter(person=person).select_related("unit")


def colleague_list(person: Person, roles: Iterable[Role]) -> QuerySet[Person]:
    """Return who works today in a unit of these roles and can sign in, without the person."""
    units = [role.unit_id for role in roles if role.unit_id is not None]
    there = Role.objects.valid_on(clock.today()).filter(unit_id__in=units).values("person_id")
    able = Account.objects.filter(kind=Account.Kind.STAFF, is_active=True).values("person_id")
    return Person.objects.filter(pk__in=there).filter(pk__in=able).exclude(pk=person.pk).order_by("pk")


def deputyship_list(person: Person) -> list[Deputyship]:
    """Return the deputyships from today on in which a person is stood in for or stands in."""
    concerned = Q(role__person=person) | Q(deputy=person)
    return list(
        Deputyship.objects.filter(concerned, ended_at__isnull=True, to_on__gte=clock.today())
        .select_related("role__person", "role__unit", "deputy")
        .order_by("from_on")
    )


def role_history(person: Person) -> list[Role]:
    """Return every role a person ever had, newest first."""
    return list(Role.objects.filter(person=person).select_related("unit").order_by("-valid_from", "-pk"))


def duty_count(person: Person) -> int:
    """Return how many duties of work stand open for a person; what they owe as a resident is theirs."""
    standing = person.duties.filter(state__in=("open", "paused"))
    return standing.exclude(function=Function.RESIDENT).count()


def demo_account_exists() -> bool:
    """Whether any account of the demo is in this database; ``serve`` asks before it opens a port."""
    return Account.objects.filter(is_demo=True, is_active=True).exists()


def secret_keys_named() -> set[str]:
    """Return the data keys under which authenticators' secrets stand."""
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("data", flat=True)
    return {key_of(data["secret"]) for data in rows}
