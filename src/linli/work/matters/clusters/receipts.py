"""Receipts follow what is merged and what is taken out again; called by the services that do this."""

from collections.abc import Sequence

from django.db.models import QuerySet

from linli.core import clock
from linli.core.actor import Actor
from linli.core.service import record, require_service

from ..models import Matter
from .models import Cluster, Receipt


def cluster_of(head: Matter) -> Cluster | None:
    """Return the running cluster whose handled matter this is."""
    found: Cluster | None = Cluster.objects.filter(head=head, dissolved_at__isnull=True).first()
    return found


def receipts_running(cluster: Cluster) -> QuerySet[Receipt]:
    """Return the receipts of those who are still in a cluster, in the order in which they joined."""
    return cluster.receipts.filter(left_at__isnull=True).order_by("joined_at", "pk")


@require_service
def receipts_give(*, actor: Actor, cluster: Cluster, matter_ids: Sequence[int]) -> None:
    """Give each matter its own receipt in the cluster."""
    Receipt.objects.bulk_create(
        Receipt(cluster=cluster, matter_id=pk, joined_at=clock.now(), joined_by_id=actor.person_id)
        for pk in matter_ids
    )


@require_service
def receipts_follow(*, actor: Actor, head: Matter, matter_ids: Sequence[int]) -> list[type[Receipt]]:
    """Give receipts to what was merged into the head of a cluster; returns the tables that were written."""
    cluster = cluster_of(head)
    if cluster is None:
        return []
    receipts_give(actor=actor, cluster=cluster, matter_ids=matter_ids)
    return [Receipt]


@require_service
def receipt_leave(*, actor: Actor, matter: Matter, reason: str) -> list[type[Receipt]]:
    """End the receipt of a matter that goes its own way; a cluster that is left with its head dissolves."""
    receipt = Receipt.objects.select_related("cluster").filter(matter=matter, left_at__isnull=True).first()
    if receipt is None:
        return []
    receipt.left_at, receipt.left_by_id, receipt.left_reason = clock.now(), actor.person_id, reason
    receipt.save(update_fields=["left_at", "left_by", "left_reason"])
    cluster = receipt.cluster
    if not receipts_running(cluster).exclude(matter_id=cluster.head_id).exists():
        _dissolve(actor, cluster, reason)
    return [Receipt]


def _dissolve(actor: Actor, cluster: Cluster, reason: str) -> None:
    at = clock.now()
    receipts_running(cluster).update(left_at=at, left_by_id=actor.person_id, left_reason=reason)  # the head's
    cluster.dissolved_at, cluster.dissolved_by_id, cluster.dissolved_reason = at, actor.person_id, reason
    cluster.save(update_fields=["dissolved_at", "dissolved_by", "dissolved_reason"])
    changes = {
        "dissolved_at": (None, at),
        "dissolved_by": (None, actor.person_id),
        "dissolved_reason": ("", reason),
    }
    record("cluster.dissolve", cluster, changes)
