"""What GeoReport v2 shows: jurisdictions, services, and of matters the public versions alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import blind_index
from linli.core.errors import NotFound, Refusal
from linli.core.fields import in_areas
from linli.foundation.clients.models import Client
from linli.foundation.clients.selectors import client_list
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_by_code, division_names
from linli.work.matters.catalog.rules import SEPARATOR, path_words
from linli.work.matters.models import Category, Channel, Matter, MatterEvent, PublicVersion
from linli.work.matters.selectors import category_list, public_list
from linli.work.matters.workflow import ENDED, State

from .reading import Said
from .rules import (
    METRES_A_DEGREE,
    MOST,
    Circle,
    circle_of,
    instant_of,
    listed,
    refused,
    statuses_of,
    uuids_of,
    whole_of,
    window_of,
)
from .shapes import Extended, RequestOut, ServiceOut, UpdateOut

UNSORTED = "unsorted"
# What the rows read: the report itself, which is ciphertext in parts, stays where it is.
READ = (
    *("public_id", "area_path", "title", "text", "place_name", "lng", "lat", "published_at"),
    *("matter__state", "matter__closed_at", "matter__category__code", "matter__category__name"),
)
UPDATED_AT = Case(
    When(matter__state__in=ENDED, matter__closed_at__gt=F("published_at"), then=F("matter__closed_at")),
    default=F("published_at"),
    output_field=DateTimeField(),
)


# -- jurisdictions ------------------------------------------------------------
def jurisdiction_of(said: Said) -> Division:
    """Return the division that a request is about: ``jurisdiction_id`` is its code of today.

    Raises ``InvalidInput`` where none was named, ``NotFound`` where there is no such division.
    """
    code = said.get("jurisdiction_id")
    if not code:
        words = _("请写明是哪个地区：区划代码，例如 310104（区）或 310104013（街镇）。")
        raise refused("jurisdiction_id", words)
    try:
        return division_by_code(code)
    except NotFound as error:
        raise NotFound(_("没有 jurisdiction_id 为“%s”的地区。") % code[:20]) from error


def jurisdictions_of(actor: Actor) -> list[Division]:
    """Return an administrator's jurisdictions: each of their areas and what stands right below."""
    own = Division.objects.on().filter(path__in=actor.areas)
    below = Division.objects.on().filter(parent__path__in=actor.areas, level__lte=Level.COMMITTEE)
    return [*own.order_by("path"), *below.order_by("path")]


def keys_of(actor: Actor) -> QuerySet[Client]:
    """Return the connected systems of an administrator's units; those that may report have a valid key."""
    return client_list(actor).filter(closed_at__isnull=True)


# -- services -----------------------------------------------------------------
def service_list() -> list[ServiceOut]:
    """Return what can be reported: the categories in use, and one for whoever does not know."""
    return [service_of(category) for category in category_list()] + [service_of(None)]


def service_of(category: Category | None) -> ServiceOut:
    """Return a category as a service; ``None`` is what the desk sorts."""
    if category is None:
        return ServiceOut(
            service_code=UNSORTED,
            service_name=_("其他"),
            description=_("不知道属于哪一类时用这个，由工作人员分类。"),
            metadata=False,
            type="batch",
            keywords="",
            group="",
        )
    return ServiceOut(
        service_code=category.code,
        service_name=category.name,
        description=_described(category),
        metadata=bool(category.questions),
        type="blackbox" if category.is_never_public else "batch",
        keywords=",".join(category.words),
        group=path_words(category.path.rpartition(SEPARATOR)[0]),
    )


def _described(category: Category) -> str:
    parts = [_("通常由%s办理。") % category.unit_kind] if category.unit_kind else []
    if category.is_never_public:
        parts.append(_("这一类不公开，只有办理的人能看到。"))
    return "".join(parts)


def category_of(code: str) -> Category | None:
    """Return the category of a service that can be reported, ``None`` for the unsorted; else ``NotFound``."""
    if code == UNSORTED:
        return None
    found = next((category for category in category_list() if category.code == code), None)
    if found is None:
        raise NotFound(
            _("没有 service_code 为“%s”的服务。") % code[:40], hint=_("请先读取服务清单 services。")
        )
    return found


# -- published matters ------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Asked:
    """Which published matters are wanted; what is empty narrows nothing."""

    condition: Q
    page: int = 1
    page_size: int = MOST
    is_extended: bool = False


def requests_asked(said: Said) -> Asked:
    """Return what a list is asked for; ids override everything else, as the specification says.

    Raises ``InvalidInput`` with the parameter, ``NotFound`` for a service that was never there.
    """
    is_extended = said.get("extensions") == "true"
    if ids := listed(said.get("service_request_id")):
        return Asked(Q(public_id__in=uuids_of(ids[:MOST])), is_extended=is_extended)
    condition = _of_services(said) & _of_status(said) & _of_time(said) & _of_place(said)
    if words := said.get("q")[:60]:
        condition &= Q(title__contains=words) | Q(text__contains=words)
    return Asked(
        condition,
        whole_of("page", said.get("page"), 1, 100_000, 1),
        whole_of("page_size", said.get("page_size"), 1, MOST, MOST),
        is_extended,
    )


def _of_services(said: Said) -> Q:
    codes = listed(said.get("service_code"))
    if not codes:
        return Q()
    known = {UNSORTED, *Category.objects.filter(code__in=codes).values_list("code", flat=True)}
    if strange := [code for code in codes if code not in known]:
        raise NotFound(_("没有 service_code 为“%s”的服务。") % strange[0][:40])
    wanted = Q(matter__category__code__in=codes)
    return wanted | Q(matter__category=None) if UNSORTED in codes else wanted


def _of_status(said: Said) -> Q:
    statuses = statuses_of(said.get("status"))
    if len(statuses) != 1:
        return Q()
    return Q(matter__state__in=ENDED) if statuses == ["closed"] else ~Q(matter__state__in=ENDED)


def _of_time(said: Said) -> Q:
    """Narrow by when a matter was published, or (an extension) by its last change."""
    after = instant_of("updated_after", said.get("updated_after"))
    before = instant_of("updated_before", said.get("updated_before"))
    start = instant_of("start_date", said.get("start_date"))
    end = instant_of("end_date", said.get("end_date"))
    condition = _between("updated_at", after, before)
    if (after or before) and not (start or end):
        return condition
    window = window_of(start, end, clock.now())
    return condition & _between("published_at", window.start, window.end)


def _between(name: str, start: datetime | None, end: datetime | None) -> Q:
    condition = Q(**{f"{name}__gte": start}) if start else Q()
    return condition & Q(**{f"{name}__lte": end}) if end else condition


def _of_place(said: Said) -> Q:
    circle = circle_of(said.get("long"), said.get("lat"), said.get("radius"))
    return Q(off__lte=circle.metres**2) if circle else Q()


def _off(circle: Circle | None) -> dict[str, Any]:
    """Return the square of the metres between a version's place and a position, on a plane."""
    if circle is None:
        return {}
    tall = (F("lat") - Value(circle.lat)) * Value(float(METRES_A_DEGREE))
    wide = (F("lng") - Value(circle.lng)) * Value(METRES_A_DEGREE * cos(radians(circle.lat)))
    return {"off": tall * tall + wide * wide}


def requests_published(area: Division, said: Said) -> list[RequestOut]:
    """Return what is published in a jurisdiction and was asked for, newest first, at most 1000."""
    wanted = requests_asked(said)
    circle = circle_of(said.get("long"), said.get("lat"), said.get("radius"))
    rows = _published(area).annotate(**_off(circle)).filter(wanted.condition)
    first = (wanted.page - 1) * wanted.page_size
    return _shown(rows.order_by("-published_at", "-id")[first : first + wanted.page_size], wanted.is_extended)


def request_published(area: Division, service_request_id: str, *, is_extended: bool) -> list[RequestOut]:
    """Return one published matter of a jurisdiction as a list of one; raises ``NotFound``."""
    found = _shown(_published(area).filter(public_id__in=uuids_of([service_request_id])), is_extended)
    if not found:
        raise no_request(service_request_id)
    return found


def no_request(service_request_id: str) -> Refusal:
    """Return the refusal of an id that names nothing public here: missing, hidden, taken down are one."""
    words = _("没有编号为“%s”的公开事项。") % service_request_id[:40]
    return NotFound(words, hint=_("它可能没有公开、已经撤下，或在另一个地区。"))


def _published(area: Division) -> QuerySet[PublicVersion]:
    rows = public_list(area.path).annotate(updated_at=UPDATED_AT, affected_count=Count("affected"))
    return rows.only(*READ).prefetch_related("photos")


def _shown(rows: Iterable[PublicVersion], is_extended: bool) -> list[RequestOut]:
    versions = list(rows)
    areas = division_names({version.area_path for version in versions})
    return [_request(version, areas[version.area_path], is_extended) for version in versions]


def _request(version: PublicVersion, area: str, is_extended: bool) -> RequestOut:
    matter = version.matter
    photos = [
        _absolute("matters:public_photo", version.public_id, p.public_id, "clean") for p in _photos(version)
    ]
    return RequestOut(
        service_request_id=str(version.public_id),
        status=status_of(matter.state),
        status_notes=status_words(matter.state),
        service_code=matter.category.code if matter.category else UNSORTED,
        service_name=matter.category.name if matter.category else _("其他"),
        description=f"{version.title}\n{version.text}",
        requested_datetime=written(version.published_at),
        updated_datetime=written(version.updated_at),  # type: ignore[attr-defined]  # annotated
        address=_address(version.place_name, area),
        lat=version.lat,
        long=version.lng,
        media_url=photos[0] if photos else None,
        extended_attributes=_extended(version, photos) if is_extended else None,
    )


def _photos(version: PublicVersion) -> list[Any]:
    return list(version.photos.all())


def _extended(version: PublicVersion, photos: list[str]) -> Extended:
    return Extended(
        title=version.title,
        page_url=_absolute("matters:public_detail", version.public_id),
        media_urls=photos,
        affected=version.affected_count,  # type: ignore[attr-defined]  # annotated
    )


def _absolute(url_name: str, *arguments: Any) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse(url_name, args=arguments)}"


def _address(place_name: str, area: str) -> str:
    return area if area.endswith(place_name) else f"{area}{place_name}"


def status_of(state: str) -> Any:
    """Return the specification's status of a matter's state."""
    return "closed" if state in ENDED else "open"


def status_words(state: str) -> str:
    """Return what the public pages say of a state."""
    if state == State.CLOSED:
        return _("已解决")
    return _("已结束") if state in ENDED else _("正在办")


def written(instant: datetime) -> str:
    """Return an instant in W3C's form, with the zone of Beijing, to the second."""
    return instant.astimezone(clock.BEIJING).isoformat(timespec="seconds")


# -- updates ------------------------------------------------------------------
def updates_published(area: Division, said: Said) -> list[UpdateOut]:
    """Return how the status of what is published has changed, oldest first, at most 1000.

    Only what the public pages show: that it was published, and each change between 正在办 and 已解决; no note
    and no unit.
    """
    start = instant_of("start_date", said.get("start_date"))
    end = instant_of("end_date", said.get("end_date"))
    window = window_of(start, end, clock.now())
    shown = public_list(area.path)
    if ids := listed(said.get("service_request_id")):
        shown = shown.filter(public_id__in=uuids_of(ids[:MOST]))
    events = MatterEvent.objects.filter(
        _between("recorded_at", window.start, window.end),
        Q(verb="publish") | _turning(),
        matter__in=shown.order_by().values("matter"),
        recorded_at__gte=F("matter__public_version__published_at"),
    )
    return _updates(events.order_by("recorded_at", "pk"))


def _turning() -> Q:
    """Return the condition that a step ended a matter or took it up again."""
    closed = [State.CLOSED]
    ended = [state for state in ENDED if state != State.CLOSED]
    went = [(Q(from_state__in=states), Q(to_state__in=states)) for states in (closed, ended)]
    condition = Q()
    for was, becomes in went:
        condition |= (was & ~becomes) | (~was & becomes)
    return condition


def _updates(events: QuerySet[MatterEvent]) -> list[UpdateOut]:
    rows = events.values_list("pk", "recorded_at", "to_state", "matter__public_version__public_id")
    return [
        UpdateOut(
            update_id=blind_index("open311-update", str(pk))[:32],
            service_request_id=str(public_id),
            status=status_of(state),
            updated_datetime=written(at),
            description=status_words(state),
        )
        for pk, at, state, public_id in rows[:MOST]
    ]


# -- tokens -------------------------------------------------------------------
def token_request_id(area: Division, token: str) -> str:
    """Return the id under which what was reported with a token is public; empty while it is not.

    Raises ``NotFound``. A token is the report's own id, which nobody guesses; only what came in over an
    interface has one.
    """
    reported = Matter.objects.filter(in_areas("area_path", (area.path,)), channel=Channel.INTERFACE)
    found = reported.filter(public_id__in=uuids_of([token])).only("pk").first()
    if found is None:
        raise NotFound(_("没有 token 为“%s”的上报。") % token[:40])
    version = public_list(area.path).filter(matter=found).only("public_id", "matter_id").first()
    return str(version.public_id) if version else ""


def published_counts(areas: Iterable[Division]) -> Mapping[str, int]:
    """Return path → how many matters are public there."""
    return {area.path: public_list(area.path).count() for area in areas}
