"""The outbox as operators see it."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.clock import now
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of, staff_required

from ..channels import channel_label
from ..models import Delivery
from ..permissions import can_see_deliveries
from ..rules import is_quiet
from ..selectors import delivery_counts, delivery_list
from ..services import delivery_retry
from .inbox import PAGE


@require_GET
@staff_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show what could not be sent, and why."""
    actor = actor_of(request)
    if not can_see_deliveries(actor):
        raise NotAllowed(_("只有运维人员可以查看消息发送情况。"))
    state = request.GET.get("state", Delivery.State.FAILED)
    state = state if state in Delivery.State.values else Delivery.State.FAILED
    counts = delivery_counts(actor)
    page = Paginator(delivery_list(actor, state), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(delivery, channel_label(delivery.channel)) for delivery in page],
        "state": state,
        "tabs": [(value, label, counts[value]) for value, label in Delivery.State.choices],
        "is_quiet": is_quiet(now(), *settings.QUIET_HOURS),
        "quiet_ends": settings.QUIET_HOURS[1],
    }
    return render(request, "notices/deliveries.html", context)


@require_POST
@staff_required
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Let a message that was given up be tried again."""
    delivery_retry(actor=actor_of(request), delivery_id=delivery_id)
    return redirect("notices:deliveries")
