"""Making one handled cluster of many matters, adding to it, and noting who was told what came of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.fields import public_number
from linli.core.service import record, require_service, service

from ..models import Matter
from ..refusals import invalid
from ..rules import street_of
from ..services.intake import matter_merge
from ..services.steps import matters_lock
from ..services.texts import text_required
from ..workflow import LIVE, WORKFLOW, State
from .models import Cluster, Receipt, Told
from .permissions import can_change_cluster, can_make_cluster

MOST = 200


@service(idempotent=True)
def cluster_make(*, actor: Actor, title: str, head_id: int, matter_ids: Sequence[int]) -> Cluster:
    """Handle many matters on one cause as one: ``head`` is handled, the others are merged into it.

    Every reporter keeps their own number, is told of every step, and rates for themselves. All or none:
    one matter that cannot be joined (another street, ended, in handling elsewhere with no way back) refuses
    the whole.
    """
    wanted = list(dict.fromkeys([head_id, *matter_ids]))
    name = text_required(value=title, name="title", words=_("请写明共同的是什么事。"), most=80)
    head = _members_checked(actor, head_id, wanted)
    if len(wanted) + head.merged.count() < 2:
        raise invalid(matters=_("请至少选择两件事。"))
    if Cluster.objects.filter(head=head).exists():
        raise Conflict(_("%(number)s已经是一案多回执，请打开它，再加入。") % {"number": head.number})
    cluster = Cluster(
        number=f"{clock.now():%y}{public_number(8)}",
        title=name,
        head=head,
        area_path=head.area_path,
        place_code=head.place_code,
        made_at=clock.now(),
        made_by_id=actor.person_id,
        unit_id=actor.unit_id,
    )
    cluster.save()
    earlier = [head.pk, *head.merged.values_list("pk", flat=True)]
    receipts_give(actor=actor, cluster=cluster, matter_ids=earlier)
    _join(actor, cluster, [pk for pk in wanted if pk not in earlier])
    record("cluster.make", cluster, touched=[Receipt])
    return cluster


@service(idempotent=True)
def cluster_add(*, actor: Actor, cluster_id: int, matter_ids: Sequence[int]) -> Cluster:
    """Join further matters to a cluster."""
    cluster = _changeable(actor, cluster_id)
    wanted = list(dict.fromkeys(matter_ids))
    if not wanted:
        raise invalid(matters=_("请至少选择一件事。"))
    if cluster.receipts.filter(matter_id__in=wanted).exists():
        raise Conflict(_("所选的里面有已经并入的，请刷新后再选。"))
    _members_checked(actor, cluster.head_id, [cluster.head_id, *wanted])
    _join(actor, cluster, wanted)
    record("cluster.add", cluster, touched=[Receipt])
    return cluster


@service(idempotent=True)
def receipt_tell(*, actor: Actor, cluster_id: int, matter_id: int, how: str) -> Cluster:
    """Note that a reporter without an account was told what came of it: by phone, at the door, on paper."""
    cluster = _changeable(actor, cluster_id)
    receipt = cluster.receipts.select_related("matter").filter(matter_id=matter_id).first()
    if receipt is None:
        raise NotFound(_("没有找到这份回执。"))
    if how not in Told.values:
        raise invalid(how=_("请选择怎样告知的。"))
    if cluster.head.state != State.CLOSED:
        raise Conflict(_("这件事还没有办结，办结后再告知结果。"))
    if receipt.matter.reporter_id is not None:
        raise Conflict(_("这位反映人有账号，平台已经告知。"))
    if receipt.told_at is not None:
        raise Conflict(_("这位反映人已经告知过。"))
    receipt.told_at, receipt.told_by_id, receipt.told_how = clock.now(), actor.person_id, how
    receipt.save(update_fields=["told_at", "told_by", "told_how"])
    record("cluster.tell", cluster, touched=[Receipt])
    return cluster


def _changeable(actor: Actor, cluster_id: int) -> Cluster:
    seen = Cluster.objects.visible_to(actor).select_related("head").select_for_update(of=("self",))
    cluster = seen.filter(pk=cluster_id).first()
    if cluster is None:
        raise NotFound(_("没有找到这组同类事项。"))
    if not can_change_cluster(actor, cluster):
        raise NotAllowed()
    return cluster


def _members_checked(actor: Actor, head_id: int, wanted: list[int]) -> Matter:
    """Refuse what cannot be joined, in one sentence that names it; returns the head."""
    if len(wanted) > MOST:
        raise invalid(matters=_("一次最多并%d件，请分几次。") % MOST)
    matters_lock(matter_ids=wanted)
    found = {matter.pk: matter for matter in Matter.objects.visible_to(actor).filter(pk__in=wanted)}
    if len(found) != len(wanted):
        raise NotFound(_("所选的里面有没找到的事项。"))
    head = found[head_id]
    if not all(can_make_cluster(actor, matter.area_path) for matter in found.values()):
        raise NotAllowed(_("只能合并您负责的区域里的事项。"))
    if head.state not in LIVE:
        raise invalid(head=_("%(number)s已经结束，不能作为一起办的那一件。") % {"number": head.number})
    for matter in found.values():
        _member_checked(matter, head)
    return head


def _member_checked(matter: Matter, head: Matter) -> None:
    named = {"number": matter.number, "state": matter.get_state_display()}
    if matter.pk == head.pk:
        return
    if street_of(matter.area_path) != street_of(head.area_path):
        raise invalid(matters=_("%(number)s在另一个街镇，只能并同一街镇的事项。") % named)
    if not WORKFLOW.allows(matter.state, "merge"):
        raise invalid(matters=_("%(number)s现在是「%(state)s」，不能并入，请去掉它。") % named)
    if Cluster.objects.filter(head=matter).exists():
        raise invalid(matters=_("%(number)s自己是另一组同类事项，请去掉它。") % named)


@require_service
def receipts_give(*, actor: Actor, cluster: Cluster, matter_ids: Sequence[int]) -> None:
    """Give each matter its own receipt in the cluster."""
    Receipt.objects.bulk_create(
        Receipt(cluster=cluster, matter_id=pk, joined_at=clock.now(), joined_by_id=actor.person_id)
        for pk in matter_ids
    )


def _join(actor: Actor, cluster: Cluster, matter_ids: list[int]) -> None:
    """Merge each into the head; what was merged into one of them before comes along."""
    for pk in matter_ids:
        matter = Matter.objects.get(pk=pk)
        family = [pk, *matter.merged.values_list("pk", flat=True)]
        matter_merge(
            actor=actor,
            matter_id=pk,
            version=matter.version,
            target_id=cluster.head_id,
            reason=f"和{cluster.title}是同一件事，一起办理，编号不变。",
        )
        receipts_give(actor=actor, cluster=cluster, matter_ids=family)
