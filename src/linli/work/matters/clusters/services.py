"""Making one handled cluster of many matters, adding to it, taking out again, noting who was told."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.fields import public_number
from linli.core.service import record, service

from ..models import Matter
from ..refusals import invalid
from ..rules import street_of
from ..services.intake import matter_accept, matter_merge
from ..services.splitting import matter_split
from ..services.steps import matters_lock
from ..services.texts import text_required
from ..workflow import LIVE, WORKFLOW, State
from .models import Cluster, Receipt, Told
from .permissions import can_change_cluster, can_make_cluster
from .receipts import cluster_of, receipts_give, receipts_running

MOST = 200


@service(idempotent=True)
def cluster_make(
    *, actor: Actor, title: str, head_id: int, matter_ids: Sequence[int], accepts: bool = False
) -> Cluster:
    """Handle many matters on one cause as one: ``head`` is handled, the others are merged into it.

    Every reporter keeps their own number, is told of every step, and rates for themselves. All or none:
    one matter that cannot be joined (another street, ended, in handling elsewhere with no way back) refuses
    the whole. ``accepts``: a head that nobody has accepted yet is accepted with it.
    """
    wanted = list(dict.fromkeys([head_id, *matter_ids]))
    name = text_required(value=title, name="title", words=_("请写明共同的是什么事。"), most=80)
    head = _members_checked(actor, head_id, wanted)
    if len(wanted) + head.merged.count() < 2:
        raise invalid(matters=_("请至少选择两件事。"))
    if cluster_of(head) is not None:
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
    head.refresh_from_db()
    if accepts and head.state == State.REPORTED:
        matter_accept(actor=actor, matter_id=head.pk, version=head.version)
    record("cluster.make", cluster, touched=[Receipt])
    return cluster


@service(idempotent=True)
def cluster_add(*, actor: Actor, cluster_id: int, matter_ids: Sequence[int]) -> Cluster:
    """Join further matters to a cluster."""
    wanted = list(dict.fromkeys(matter_ids))
    cluster = _changeable(actor, cluster_id, wanted[:MOST])
    if not wanted:
        raise invalid(matters=_("请至少选择一件事。"))
    if receipts_running(cluster).filter(matter_id__in=wanted).exists():
        raise Conflict(_("所选的里面有已经并入的，请刷新后再选。"))
    _members_checked(actor, cluster.head_id, [cluster.head_id, *wanted])
    _join(actor, cluster, wanted)
    record("cluster.add", cluster)
    return cluster


@service(idempotent=True)
def cluster_release(*, actor: Actor, cluster_id: int, matter_ids: Sequence[int], reason: str) -> Cluster:
    """Take out what turned out to be another matter: each goes its own way again, and its reporter is told.

    All or none. A cluster that is left with what is handled alone is dissolved.
    """
    wanted = list(dict.fromkeys(matter_ids))
    cluster = _changeable(actor, cluster_id, wanted)
    if not wanted:
        raise invalid(matters=_("请至少选择一件事。"))
    if cluster.head_id in wanted:
        raise invalid(matters=_("办理的那一件不能分出；要全部分开，请用“解散”。"))
    if receipts_running(cluster).filter(matter_id__in=wanted).count() != len(wanted):
        raise Conflict(_("所选的里面有不在这一案的，请刷新后再选。"))
    text_required(value=reason, name="reason", words=_("请写明为什么不是同一件事。"), most=300)
    for matter in Matter.objects.filter(pk__in=wanted).order_by("pk"):
        matter_split(actor=actor, matter_id=matter.pk, version=matter.version, reason=reason)
    record("cluster.release", cluster)
    cluster.refresh_from_db()
    return cluster


@service(idempotent=True)
def cluster_dissolve(*, actor: Actor, cluster_id: int, reason: str) -> Cluster:
    """Take out everything but what is handled: every matter goes its own way again."""
    cluster = Cluster.objects.visible_to(actor).filter(pk=cluster_id).first()
    others = (
        receipts_running(cluster).exclude(matter_id=cluster.head_id) if cluster else Receipt.objects.none()
    )
    return cluster_release(
        actor=actor,
        cluster_id=cluster_id,
        matter_ids=list(others.values_list("matter_id", flat=True)),
        reason=reason,
    )


@service(idempotent=True)
def receipt_tell(*, actor: Actor, cluster_id: int, matter_id: int, how: str) -> Cluster:
    """Note that a reporter without an account was told what came of it: by phone, at the door, on paper."""
    cluster = _changeable(actor, cluster_id)
    receipt = receipts_running(cluster).select_related("matter").filter(matter_id=matter_id).first()
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


def _changeable(actor: Actor, cluster_id: int, matter_ids: Sequence[int] = ()) -> Cluster:
    """Lock a cluster behind the matters that are about to change: whoever merges takes them in that order."""
    seen = Cluster.objects.visible_to(actor)
    heads = seen.filter(pk=cluster_id).values_list("head_id", flat=True)
    matters_lock(matter_ids=[*heads, *matter_ids] if matter_ids else [])
    locked = seen.select_related("head").select_for_update(of=("self",), no_key=True)
    cluster = locked.filter(pk=cluster_id).first()
    if cluster is None:
        raise NotFound(_("没有找到这组同类事项。"))
    if not can_change_cluster(actor, cluster):
        raise NotAllowed()
    if cluster.dissolved_at is not None:
        raise Conflict(_("这组同类事项已经解散。"), hint=_("各件已单独办理，请打开各自的事项。"))
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
    if cluster_of(matter) is not None:
        raise invalid(matters=_("%(number)s自己是另一组同类事项，请去掉它。") % named)


def _join(actor: Actor, cluster: Cluster, matter_ids: list[int]) -> None:
    """Merge each into the head, with what was merged into it before; each gets its receipt by that."""
    for pk in matter_ids:
        matter_merge(
            actor=actor,
            matter_id=pk,
            version=Matter.objects.values_list("version", flat=True).get(pk=pk),
            target_id=cluster.head_id,
            reason=f"和{cluster.title}是同一件事，一起办理，编号不变。",
        )
