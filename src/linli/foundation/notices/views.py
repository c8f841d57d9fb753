"""The inbox, and the outbox as operators see it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of, actor_required, staff_required

from .models import Delivery
from .permissions import can_see_deliveries
from .selectors import delivery_counts, delivery_list, notice_list, unread_count
from .services import delivery_retry, notice_read, notices_read_all

PAGE = 20


@require_GET
@actor_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the reader's messages, all or unread."""
    actor = actor_of(request)
    only_unread = request.GET.get("only") == "unread"
    notices = notice_list(actor).filter(read_at__isnull=True) if only_unread else notice_list(actor)
    context = {
        "face": "ui/desk.html" if actor.is_staff else "ui/portal.html",
        "page": Paginator(notices, PAGE).get_page(request.GET.get("page")),
        "only_unread": only_unread,
        "unread": unread_count(actor),
    }
    return render(request, "notices/inbox.html", context)


@require_POST
@actor_required
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark a message as read and lead to the page it is about."""
    notice = notice_read(actor=actor_of(request), notice_id=str(notice_id))
    if notice.url and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect(notice.url)
    return redirect("notices:inbox")


@require_POST
@actor_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    notices_read_all(actor=actor_of(request))
    return redirect("notices:inbox")


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
    context = {
        "page": Paginator(delivery_list(actor, state), PAGE).get_page(request.GET.get("page")),
        "state": state,
        "tabs": [(value, label, counts[value]) for value, label in Delivery.State.choices],
    }
    return render(request, "notices/deliveries.html", context)


@require_POST
@staff_required
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Let a message that was given up be tried again."""
    delivery_retry(actor=actor_of(request), delivery_id=delivery_id)
    return redirect("notices:deliveries")
