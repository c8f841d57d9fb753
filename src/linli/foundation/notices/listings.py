"""What was sent outside, as a file for whoever mends it; never to whom."""

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, listing_add

from .models import Delivery
from .permissions import can_see_deliveries
from .selectors import delivery_list


def _deliveries(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_deliveries(actor):
        raise NotAllowed(_now("只有运维人员可以查看消息发送情况。"))
    state = query.get("state", Delivery.State.FAILED)
    state = state if state in Delivery.State.values else Delivery.State.FAILED
    return Chosen(delivery_list(actor, state), [(_("状态"), Delivery.State(state).label)])


listing_add(
    Listing(
        "deliveries",
        _("消息发送"),
        (
            Column(_("种类"), lambda row: row.notice.kind, width=20),
            Column(_("渠道"), lambda row: row.channel, width=10),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("次数"), lambda row: row.attempts, Kind.NUMBER, 8),
            Column(_("写入时间"), lambda row: row.notice.created_at, Kind.INSTANT, 17),
            Column(_("发出时间"), lambda row: row.sent_at, Kind.INSTANT, 17),
            Column(_("原因"), lambda row: row.error, width=50),
        ),
        _deliveries,
    )
)
