"""Reads of clusters and hot issues."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.errors import NotAllowed, NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from ..models import Affected, Matter
from ..workflow import ENDED, WORKFLOW, State
from .models import Cluster, Receipt
from .permissions import can_see_hot_issues
from .receipts import receipts_running
from .rules import Heat, Message, groups_of, heat_of

MOST_MESSAGES = 5_000
LEAST_MESSAGES = 2
KEPT_SECONDS = 600
READ = (
    *(
        "pk",
        "public_id",
        "number",
        "title",
        "state",
        "area_path",
        "reported_at",
        "reporter_id",
        "reporter_key",
    ),
    *("reporter_phone_index", "merged_into_id", "lng", "lat", "compound__name", "compound__lng"),
    "compound__lat",
)


@dataclass(frozen=True, slots=True)
class HotIssue:
    """One cause that several reported in a period: what, how many, where, and whether it is one case yet."""

    title: str
    heat: Heat
    matters: list[dict[str, Any]]
    places: list[tuple[str, int]]
    first_at: datetime
    last_at: datetime
    open_count: int
    cluster: Cluster | None

    @property
    def joinable(self) -> list[dict[str, Any]]:
        """The matters that can still be handled as one."""
        return [row for row in self.matters if row["state"] not in ENDED]

    @property
    def points(self) -> list[tuple[float, float]]:
        """Where it is reported from, as (lng, lat)."""
        return [point for row in self.matters if (point := _point(row)) is not None]


@dataclass(frozen=True, slots=True)
class HotIssues:
    """The hot issues of a period, with what they were looked for in."""

    issues: list[HotIssue]
    looked_at: int
    is_cut: bool
    total: int  # of which the hottest are listed


def _point(row: dict[str, Any]) -> tuple[float, float] | None:
    for lng, lat in ((row["lng"], row["lat"]), (row["compound__lng"], row["compound__lat"])):
        if lng is not None and lat is not None:
            return lng, lat
    return None


def hot_issues(actor: Actor, area: str, since: date, until: date, *, most: int = 50) -> HotIssues:
    """Return what several people reported between two days, both included, hottest first.

    By people affected, then by growth over the period of the same length before. Looks at the newest
    ``MOST_MESSAGES`` of both periods and says when there were more. Nothing about who reported leaves here.
    """
    if not can_see_hot_issues(actor):
        raise NotAllowed(_("您的岗位不查看热点。"), hint=_("热点供居委会、街镇、区和市查看。"))
    begin, end = local_midnight(since), local_midnight(until + timedelta(days=1))
    rows = Matter.objects.visible_to(actor).exclude(state=State.WITHDRAWN)
    if area:
        rows = rows.filter(in_areas("area_path", (area,)))
    rows = rows.filter(reported_at__gte=begin - (end - begin), reported_at__lt=end).order_by()
    read = list(rows.order_by("-reported_at", "-pk").values(*READ)[: MOST_MESSAGES + 1])
    messages = read[:MOST_MESSAGES]
    issues = _issues(messages, _grouped(rows, messages), begin)
    issues.sort(key=lambda issue: (-issue.heat.affected, -issue.heat.growth, issue.title))
    return HotIssues(issues[:most], len(messages), len(read) > MOST_MESSAGES, len(issues))


def _grouped(rows: QuerySet[Matter], messages: list[dict[str, Any]]) -> list[list[int]]:
    """Group by title and compound, what was merged staying together; kept for a while, as positions only."""
    newest = rows.aggregate(newest=Max("pk"), n=Count("pk"), merged=Count("merged_into"))
    told = f"{newest}{[row['pk'] for row in messages]}"
    key = f"clusters.groups.{hashlib.sha256(told.encode()).hexdigest()}"
    groups: list[list[int]] | None = cache.get(key)
    if groups is None:
        groups = groups_of([f"{row['title']} {row['compound__name'] or ''}" for row in messages])
        groups = _families(groups, messages)
        cache.set(key, groups, KEPT_SECONDS)
    return groups


def _families(groups: list[list[int]], messages: list[dict[str, Any]]) -> list[list[int]]:
    """Move what a person merged to where its main one stands: what people joined counts over likeness."""
    place = {row["pk"]: at for at, row in enumerate(messages)}
    home = {at: number for number, group in enumerate(groups) for at in group}
    for at, row in enumerate(messages):
        if row["merged_into_id"] in place:
            home[at] = home[place[row["merged_into_id"]]]
    kept = [[at for at in group if home[at] == number] for number, group in enumerate(groups)]
    for number, group in enumerate(groups):
        for at in group:
            if home[at] != number:
                kept[home[at]].append(at)
    return [group for group in kept if group]


def _issues(messages: list[dict[str, Any]], groups: list[list[int]], begin: datetime) -> list[HotIssue]:
    wanted = [group for group in groups if len(group) >= LEAST_MESSAGES]
    keys = [messages[at]["pk"] for group in wanted for at in group]
    likes = dict(
        Affected.objects.filter(version__matter__in=keys, version__withdrawn_at__isnull=True)
        .order_by()
        .values_list("version__matter")
        .annotate(n=Count("pk"))
    )
    running = Cluster.objects.filter(head__in=keys, dissolved_at__isnull=True).select_related("head")
    clusters = {row.head_id: row for row in running}
    names = division_names({messages[at]["area_path"] for group in wanted for at in group}, Level.COMMITTEE)
    found = (_issue([messages[at] for at in group], begin, likes, clusters, names) for group in wanted)
    return [issue for issue in found if issue is not None]


def _issue(
    rows: list[dict[str, Any]],
    begin: datetime,
    likes: dict[int, int],
    clusters: dict[int, Cluster],
    names: dict[str, str],
) -> HotIssue | None:
    heat = heat_of([Message(row["reported_at"], _who(row), likes.get(row["pk"], 0)) for row in rows], begin)
    if heat.messages < LEAST_MESSAGES:
        return None
    now = sorted((row for row in rows if row["reported_at"] >= begin), key=lambda row: row["reported_at"])
    where = Counter(row["compound__name"] or names.get(row["area_path"], "") for row in now)
    head = next((clusters[row["pk"]] for row in rows if row["pk"] in clusters), None)
    return HotIssue(
        title=rows[0]["title"],
        heat=heat,
        matters=now,
        places=[(name, count) for name, count in where.most_common(3) if name],
        first_at=now[0]["reported_at"],
        last_at=now[-1]["reported_at"],
        open_count=sum(row["state"] not in ENDED for row in now),
        cluster=head,
    )


def _who(row: dict[str, Any]) -> Any:
    """Return by what a reporter is counted once; somebody unknown counts as one more."""
    return row["reporter_id"] or row["reporter_phone_index"] or row["reporter_key"] or -row["pk"]


# -- clusters -------------------------------------------------------------------
CLUSTER_STAGES = {
    "open": Q(dissolved_at__isnull=True) & ~Q(head__state__in=ENDED),
    "ended": Q(dissolved_at__isnull=True, head__state__in=ENDED),
    "dissolved": Q(dissolved_at__isnull=False),
}
CLUSTER_SORTS = {"": ("-made_at", "-pk"), "oldest": ("made_at", "pk"), "many": ("-count", "-made_at", "-pk")}


def cluster_list(actor: Actor, q: str = "", stage: str = "", sort: str = "") -> QuerySet[Cluster]:
    """Return the clusters that an actor may see, the newest first or as asked, receipts counted."""
    rows = Cluster.objects.visible_to(actor).select_related("head")
    if words := q.strip():
        rows = rows.filter(Q(title__icontains=words) | Q(number__istartswith=words))
    rows = rows.filter(CLUSTER_STAGES.get(stage, Q()))
    still = Q(receipts__left_at__isnull=True)
    counted = rows.annotate(count=Count("receipts", filter=still))
    return counted.order_by(*CLUSTER_SORTS.get(sort, CLUSTER_SORTS[""]))


def cluster_of_matter(actor: Actor, matter_id: int) -> Cluster | None:
    """Return the cluster in which a matter has its receipt now, where the actor may see it."""
    rows = Cluster.objects.visible_to(actor).filter(dissolved_at__isnull=True)
    return rows.filter(receipts__matter=matter_id, receipts__left_at__isnull=True).first()


def cluster_get(actor: Actor, public_id: UUID) -> Cluster:
    """Return a cluster that the actor may see, or raise ``NotFound``."""
    found = (
        Cluster.objects.visible_to(actor).select_related("head", "unit").filter(public_id=public_id).first()
    )
    if found is None:
        raise NotFound(_("没有找到这组同类事项。"))
    return found


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt as the page shows it; never who reported."""

    receipt: Receipt
    has_account: bool
    has_contact: bool
    is_told: bool
    is_rated: bool


def receipt_rows(cluster: Cluster) -> list[ReceiptRow]:
    """Return every reporter's receipt who is still in it, in the order in which they joined (one query)."""
    rated = Count("matter__ratings", filter=Q(matter__ratings__round=cluster.head.round))
    rows = receipts_running(cluster).select_related("matter").annotate(rated=rated)
    is_closed = cluster.head.state == State.CLOSED
    return [
        ReceiptRow(
            receipt,
            has_account=receipt.matter.reporter_id is not None,
            has_contact=bool(receipt.matter.reporter_phone or receipt.matter.reporter_name),
            is_told=receipt.told_at is not None or (is_closed and receipt.matter.reporter_id is not None),
            is_rated=bool(receipt.rated),
        )
        for receipt in rows
    ]


def receipts_left(cluster: Cluster) -> list[Receipt]:
    """Return the receipts of what was taken out again, the latest first."""
    rows = cluster.receipts.filter(left_at__isnull=False).select_related("matter")
    return list(rows.order_by("-left_at", "-pk"))


def mergeable(actor: Actor, public_ids: list[UUID]) -> list[Matter]:
    """Return the matters of a choice that can be handled as one, oldest first."""
    rows = Matter.objects.visible_to(actor).filter(public_id__in=public_ids).select_related("category")
    states = [state for state in State.values if WORKFLOW.allows(state, "merge")]
    return list(rows.filter(state__in=states).order_by("reported_at", "pk"))
