"""推送: which systems are told of what, their log, a test, a new secret."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.middleware import ActorRequest
from linli.foundation.accounts.permissions import actor_of, administrator_required
from linli.foundation.accounts.views.ways import posted
from linli.foundation.clients.selectors import client_for_management

from . import services
from .forms import SubscriptionForm, kind_words
from .kinds import KINDS
from .models import Message, Subscription
from .selectors import (
    client_choices,
    is_standing,
    message_counts,
    message_list,
    sample_body,
    subscription_list,
    subscription_one,
)

PAGE = 30
SAMPLE = Path(__file__).parent / "data" / "verify.txt"


@require_GET
@administrator_required
def index(request: ActorRequest) -> HttpResponse:
    """List which systems of one's units are told."""
    rows = [(row, kind_words(row.kinds)) for row in subscription_list(actor_of(request))]
    return render(request, "webhooks/list.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def new(request: ActorRequest) -> HttpResponse:
    """Choose the system, then say where to and of what."""
    actor = actor_of(request)
    wanted = request.POST.get("client") or request.GET.get("client", "")
    if not wanted:
        return render(request, "webhooks/new_client.html", {"clients": client_choices(actor)})
    client = client_for_management(actor, wanted)
    form = SubscriptionForm(posted(request), client=client, initial={"kinds": list(KINDS)})
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.subscription_open(actor=actor, client=client, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return _page(request, opened.subscription, opened.secret)
    context = {"form": form, "client": client}
    return render(request, "webhooks/form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def change(request: ActorRequest, public_id: str) -> HttpResponse:
    """Say anew of what and where a system is told."""
    actor = actor_of(request)
    found = subscription_one(actor, public_id)
    said = {"host": found.host, "kinds": found.kinds, "areas": found.areas.all()}
    form = SubscriptionForm(posted(request), client=found.client, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            services.subscription_change(actor=actor, subscription=found, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已保存，从现在起按新的设置推送。"))
            return redirect("webhooks:detail", public_id)
    context = {"form": form, "client": found.client, "subscription": found}
    return render(request, "webhooks/form.html", context, status=422 if form.errors else 200)


def _page(request: ActorRequest, subscription: Subscription, secret: str = "") -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in Message.State.values else ""
    page = Paginator(message_list(subscription, state), PAGE).get_page(request.GET.get("page"))
    context = {
        "subscription": subscription,
        "progress": subscription.progress,
        "is_standing": is_standing(subscription),
        "kinds": kind_words(subscription.kinds),
        "page": page,
        "rows": [(row, KINDS.get(row.kind, _("推送测试"))) for row in page],
        "tabs": _tabs(message_counts(subscription), state),
        "state": state,
        "secret": secret,
    }
    return render(request, "webhooks/detail.html", context)


def _tabs(counts: dict[str, int], present: str) -> list[dict[str, object]]:
    rows = [("", _("全部"), sum(counts.values()))]
    rows += [(code, str(words), counts.get(code, 0)) for code, words in Message.State.choices]
    return [
        {"state": code, "label": label, "count": count, "is_present": code == present}
        for code, label, count in rows
    ]


@require_GET
@administrator_required
def guide(request: ActorRequest) -> HttpResponse:
    """Say to another system's programmers what comes and how they check it."""
    context = {"sample": SAMPLE.read_text(encoding="utf-8").strip(), "body": sample_body()}
    return render(request, "webhooks/guide.html", context)


@never_cache
@require_GET
@administrator_required
def detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one subscription with its log."""
    return _page(request, subscription_one(actor_of(request), public_id))


@never_cache
@require_POST
@administrator_required
def renew(request: ActorRequest, public_id: str) -> HttpResponse:
    """Give a new secret, shown once on the page that answers."""
    actor = actor_of(request)
    opened = services.secret_renew(actor=actor, subscription=subscription_one(actor, public_id))
    return _page(request, opened.subscription, opened.secret)


@require_POST
@administrator_required
def test(request: ActorRequest, public_id: str) -> HttpResponse:
    """Send a test message."""
    done = _("测试消息已排队，几秒后发出；结果见下面的记录。")
    return _acted(request, public_id, services.message_test, done)


def _acted(request: ActorRequest, public_id: str, service: Callable[..., Any], done: str) -> HttpResponse:
    """Do one thing to a subscription and lead back to its page."""
    actor = actor_of(request)
    service(actor=actor, subscription=subscription_one(actor, public_id))
    messages.success(request, done)
    return redirect("webhooks:detail", public_id)


@require_POST
@administrator_required
def retry(request: ActorRequest, public_id: str, message_id: str) -> HttpResponse:
    """Send one message again."""
    again = partial(services.message_retry, message_id=message_id)
    return _acted(request, public_id, again, _("已重新排队。"))


@require_POST
@administrator_required
def pause(request: ActorRequest, public_id: str) -> HttpResponse:
    """Send nothing until it is resumed."""
    done = _("已暂停；期间的动态在恢复后补发。")
    return _acted(request, public_id, services.subscription_pause, done)


@require_POST
@administrator_required
def resume(request: ActorRequest, public_id: str) -> HttpResponse:
    """Go on after a pause or after failures."""
    done = _("已恢复推送，积压的消息马上发送。")
    return _acted(request, public_id, services.subscription_resume, done)


@require_POST
@administrator_required
def close(request: ActorRequest, public_id: str) -> HttpResponse:
    """Stop for good."""
    actor = actor_of(request)
    services.subscription_close(actor=actor, subscription=subscription_one(actor, public_id))
    messages.success(request, _("推送已停止。"))
    return redirect("webhooks:list")
