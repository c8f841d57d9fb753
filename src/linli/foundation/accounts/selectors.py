"""Every read of persons, units and roles that is more than a lookup."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, FilteredRelation, Model, OuterRef, Q, QuerySet

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotFound
from linli.foundation.places.models import Division

from .models import Account, Deputyship, Person, Role, Unit

NO_NAME = "居民"
ERASED_NAME = "已注销用户"
OWN_RELATIONS = ("person", "reporter")


def path_prefixes(path: str) -> list[str]:
    """Return the paths of a place and of everything above it (``31/``, ``31/3101/``, …)."""
    codes = path.rstrip("/").split("/") if path else []
    return ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]


def role_areas(role: Role) -> tuple[str, ...]:
    """Return the paths a role covers: its own areas, or its unit's where it has none (one query)."""
    own = Role.areas.through.objects.filter(role_id=role.pk, division_id=OuterRef("pk"))
    of_unit = Unit.areas.through.objects.filter(unit_id=role.unit_id, division_id=OuterRef("pk"))
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
        raise NotFound("没有找到这个单位。") from error


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


def demo_account_exists() -> bool:
    """Whether any account of the demo is in this database; ``serve`` asks before it opens a port."""
    return Account.objects.filter(is_demo=True, is_active=True).exists()


def own_data(person: Person) -> dict[str, Any]:
    """Return what is held about a person, as plain values; other rooms by their links to ``Person``."""
    accounts = person.accounts.all()
    return {
        "姓名": person.name,
        "手机号": person.phone,
        "建立时间": person.created_at.isoformat(),
        "账号": [
            {
                "用户名": a.username,
                "类别": a.get_kind_display(),
                "邮箱": a.email,
                "最近登录": _time(a.signed_in_at),
            }
            for a in accounts
        ],
        "隐私政策同意": [{"版本": c.version, "时间": _time(c.agreed_at)} for c in person.consents.all()],
        "岗位": [
            {"单位": str(r.unit or ""), "岗位": str(r), "起": str(r.valid_from), "止": str(r.valid_to or "")}
            for r in person.roles.select_related("unit")
        ],
        "代理": [
            {"岗位": str(d.role), "起": str(d.from_on), "止": str(d.to_on)} for d in person.deputyships.all()
        ],
        "其他记录": _related_records(person),
    }


def _time(instant: datetime | None) -> str:
    return instant.astimezone(clock.BEIJING).isoformat(timespec="seconds") if instant else ""


def _related_records(person: Person) -> dict[str, list[dict[str, str]]]:
    """Return the rows of other rooms that belong to the person (not those they handled), by field."""
    found: dict[str, list[dict[str, str]]] = {}
    for relation in person._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label in ("accounts", "duties") or relation.field.name not in OWN_RELATIONS:
            continue
        rows = model._default_manager.filter(**{relation.field.name: person})
        if listed := [_row(row) for row in rows]:
            title = f"{model._meta.verbose_name}（{relation.field.verbose_name}）"
            found.setdefault(title, []).extend(listed)
    return found


def _row(row: Model) -> dict[str, str]:
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    values = {str(field.verbose_name): field.value_from_object(row) for field in fields}
    return {name: str(value) for name, value in values.items() if value not in (None, "")}
