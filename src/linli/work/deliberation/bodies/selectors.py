"""Every read of bodies that is more than a lookup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import path_prefixes, person_names

from .kinds import Composed, composition_faults, kinds
from .models import Body, BodyEvent, Member, Sitting, Term
from .rules import is_warned, meet_by

STAGES = ("standing", "due", "overdue", "dissolved", "all")
DUE_DAYS = 60


@dataclass(frozen=True, slots=True)
class BodyFilters:
    """What a list of bodies is narrowed by."""

    stage: str = "standing"
    kind: str = ""
    q: str = ""


def body_list(actor: Actor, filters: BodyFilters | None = None) -> QuerySet[Body]:
    """Return the bodies that an actor may see, with how many members they have now and their term."""
    asked, today = filters or BodyFilters(), clock.today()
    rows = Body.objects.visible_to(actor).select_related("unit", "compound")
    rows = rows.filter(_stage(asked.stage, today))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if words := asked.q.strip():
        rows = rows.filter(Q(name__icontains=words) | Q(compound__name__icontains=words))
    running = Q(terms__ended_on__isnull=True)
    return rows.annotate(
        members_now=Count("members", filter=Q(members__to_on__isnull=True), distinct=True),
        term_ends=Max("terms__ends_on", filter=running),
        met_last=Max("sittings__on"),
    ).order_by("area_path", "id")


def _stage(stage: str, today: date) -> Q:
    soon = today + timedelta(days=DUE_DAYS)
    running = Q(dissolved_on__isnull=True)
    return {
        "standing": running,
        "due": running & (Q(meet_by__lte=soon) | Q(terms__ended_on__isnull=True, terms__ends_on__lte=soon)),
        "overdue": running
        & (Q(meet_by__lt=today) | Q(terms__ended_on__isnull=True, terms__ends_on__lt=today)),
        "dissolved": Q(dissolved_on__isnull=False),
    }.get(stage, Q())


def stage_counts(actor: Actor) -> dict[str, int]:
    """Return how many bodies stand in each tab (one query)."""
    today = clock.today()
    wanted = {
        stage: Count("pk", filter=_stage(stage, today), distinct=True) for stage in STAGES if stage != "all"
    }
    found = Body.objects.visible_to(actor).order_by().aggregate(**wanted, every=Count("pk", distinct=True))
    return {**{stage: found[stage] for stage in wanted}, "all": found["every"]}


def body_get(actor: Actor, public_id: UUID | str) -> Body:
    """Return a body that the actor may see, or raise ``NotFound``."""
    rows = Body.objects.visible_to(actor).select_related("unit", "compound", "parent")
    try:
        found = rows.filter(public_id=public_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound(_("没有找到这个组织。"))
    return found


def body_public(public_id: UUID) -> Body:
    """Return a standing body as everybody may read of it, or raise ``NotFound``."""
    rows = Body.objects.standing().select_related("unit", "compound", "parent")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这个组织。"))
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A body as residents find it in the list: how many hold office, who leads, the term that runs."""

    body: Body
    count: int
    chair: Member | None
    term: Term | None


def bodies_told(area_path: str) -> list[Told]:
    """Return the standing bodies around a place: in it and above it, the nearest first (four queries)."""
    near = Q(area_path__in=path_prefixes(area_path)) | in_areas("area_path", (area_path,))
    rows = list(Body.objects.standing().filter(near).select_related("compound"))
    today = clock.today()
    office = Member.objects.filter(body__in=rows).filter(from_on__lte=today, to_on__isnull=True)
    counts = dict(office.order_by().values_list("body").annotate(n=Count("pk")))
    chairs = {one.body_id: one for one in office.filter(post="chair").select_related("resident", "person")}
    terms = {one.body_id: one for one in Term.objects.filter(body__in=rows, ended_on__isnull=True)}
    order = list(kinds())
    told = [Told(row, counts.get(row.pk, 0), chairs.get(row.pk), terms.get(row.pk)) for row in rows]
    for one in told:
        if one.chair is not None:
            one.chair.body = one.body
    return sorted(told, key=lambda one: (-len(one.body.area_path), order.index(one.body.kind), one.body.pk))


def bodies_in(actor: Actor, area_path: str, kinds: Iterable[str] = ()) -> list[Body]:
    """Return the standing bodies of exactly one place that the actor may see, some kinds or all."""
    rows = Body.objects.visible_to(actor).standing().filter(area_path=area_path)
    return list(rows.filter(kind__in=list(kinds)) if kinds else rows)


def members_on(body: Body, day: date) -> list[Member]:
    """Return who belonged to a body on a day, in the order of their posts (one query)."""
    rows = body.members.filter(from_on__lte=day).filter(Q(to_on__isnull=True) | Q(to_on__gte=day))
    posts = [post for post, _name in body.what.posts]
    found = list(rows.exclude(leaving=Member.Leaving.MISTAKE).select_related("resident", "person"))
    for member in found:
        member.body = body
    return sorted(found, key=lambda one: (posts.index(one.post) if one.post in posts else 99, one.pk))


def members_former(body: Body) -> list[Member]:
    """Return who has left, the latest first."""
    rows = body.members.filter(to_on__isnull=False).select_related("resident", "person", "term")
    found = list(rows.order_by("-to_on", "-pk"))
    for member in found:
        member.body = body
    return found


def term_now(body: Body) -> Term | None:
    """Return the term that runs."""
    return body.terms.filter(ended_on__isnull=True).first()


def body_faults(body: Body, members: Iterable[Member]) -> list[str]:
    """Return what the law asks of the present members and they do not have, in words."""
    return composition_faults(body.what, [Composed(one.post, one.is_woman) for one in members])


def lawful_day(body: Body) -> date | None:
    """Return by when a body must meet next, from what is known of its meetings."""
    last = Sitting.objects.filter(body=body).aggregate(last=Max("on"))["last"]
    since = max(body.founded_on, clock.local_date(body.created_at))
    return meet_by(body.what, clock.today(), since=since, last_on=last, ended_on=body.dissolved_on)


@dataclass(frozen=True, slots=True)
class Dates:
    """The lawful dates of a body as its page shows them; levels as clocks have them."""

    meet_by: date | None
    meet_level: str
    met_last: date | None
    term: Term | None
    term_level: str


def body_dates(body: Body) -> Dates:
    """Return by when a body must meet and be elected anew, and how near that is."""
    term, today = term_now(body), clock.today()
    last: Sitting | None = body.sittings.first()
    return Dates(
        body.meet_by,
        _level(body.meet_by, today, body.what.warn_days),
        last.on if last else None,
        term,
        _level(term.ends_on if term else None, today, DUE_DAYS),
    )


def levels_of(row: Any) -> tuple[str, str]:
    """Return how near a listed body's lawful day of meeting and the end of its term are."""
    today = clock.today()
    return _level(row.meet_by, today, row.what.warn_days), _level(row.term_ends, today, DUE_DAYS)


def _level(limit: date | None, today: date, days: int) -> str:
    if limit is None:
        return "done"
    if today > limit:
        return "red"
    return "amber" if is_warned(limit, today, days) else "green"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a body's history, with who did it and whom it is about."""

    event: BodyEvent
    who: str
    whom: str


def history_lines(body: Body) -> list[HistoryLine]:
    """Return a body's history, the latest first."""
    rows = body.events.select_related("unit", "member__resident", "member__person").order_by("-at", "-id")
    events = list(rows[:200])
    names = person_names([event.person_id for event in events])
    return [
        HistoryLine(
            event,
            " ".join(
                part
                for part in (event.unit.name if event.unit else "", names.get(event.person_id or 0, ""))
                if part
            ),
            event.member.full_name if event.member else "",
        )
        for event in events
    ]
