"""我的数据: what is held, who looked, correct, take back, take along, delete; and who answers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.models import PrivacyConsent
from linli.foundation.accounts.permissions import actor_of, actor_required, staff_required
from linli.foundation.accounts.privacy import notice_current
from linli.foundation.accounts.services import consent_withdraw
from linli.foundation.audit.selectors import looks_about
from linli.foundation.audit.views import looks
from linli.foundation.files.views import file_response
from linli.foundation.notices.selectors import refused_by, subscription_of

from .carrying import carrier_of
from .forms import AnswerForm, RequestForm
from .models import DataRequest
from .permissions import can_answer_request, can_see_requests
from .rules import ANSWER_LIMIT
from .selectors import DONE, LATE, OPEN, held_about, request_get, request_list
from .services import held_take, request_answer, request_make, request_open, request_withdraw
from .taking import FORMATS

PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Show everything on one page; a request that needs a person is made here."""
    actor = actor_of(request)
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            key = request.POST.get("request_key", "")
            made = request_make(actor=actor, **form.cleaned_data, request_key=key)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            on = f"{made.due_at:%Y-%m-%d}" if made.due_at else ""
            messages.success(request, _("已提交，最迟%(on)s答复您。") % {"on": on})
            return redirect("privacy:my_data")
    seen = looks_about(actor)
    context = {
        "face": "ui/desk.html" if actor.is_staff else "ui/portal.html",
        "is_staff": actor.is_staff,
        "held": held_about(actor.person_id or 0),
        "looks": looks(actor, list(seen[:3])),
        "look_count": seen.count(),
        "consents": PrivacyConsent.objects.filter(person_id=actor.person_id or 0).order_by("-agreed_at"),
        "notice": notice_current(),
        "subscribed": subscription_of(actor),
        "refused": len(refused_by(actor)),
        "requests": DataRequest.objects.own(actor)[:20],
        "days": ANSWER_LIMIT.amount,
        "opened": request.GET.get("open", "")[:20],
        "form": form,
    }
    return render(request, "privacy/my_data.html", context, status=422 if form.errors else 200)


@require_POST
@actor_required
def take(request: HttpRequest, format: str) -> HttpResponse:
    """Hand out everything that is held about the reader as a file."""
    if format not in FORMATS:
        raise NotFound
    kind, write = FORMATS[format]
    response = HttpResponse(write(held_take(actor=actor_of(request))), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="linli-my-data-{clock.today():%Y%m%d}.{format}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@actor_required
def withdraw_consent(request: HttpRequest) -> HttpResponse:
    """Take back the agreement to the notice, and sign out."""
    consent_withdraw(actor=actor_of(request))
    logout(request)
    messages.success(request, _("已撤回同意并退出登录。再次登录办事时会请您重新同意；公开内容仍可浏览。"))
    return redirect("/")


@require_POST
@actor_required
def withdraw_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    request_withdraw(actor=actor_of(request), request_id=str(request_id))
    messages.success(request, _("申请已撤回。"))
    return redirect("privacy:my_data")


@require_GET
@staff_required
def requests(request: HttpRequest) -> HttpResponse:
    """List what people asked, the first due first; never who."""
    actor = actor_of(request)
    if not can_see_requests(actor):
        raise NotAllowed(_("个人信息申请由居委会、街镇和运维人员答复。"))
    state = request.GET.get("state") if request.GET.get("state") in (LATE, DONE) else OPEN
    context = {
        "page": Paginator(request_list(actor, str(state)), PAGE).get_page(request.GET.get("page")),
        "state": state,
        "late": request_list(actor, LATE).count(),
        "days": ANSWER_LIMIT.amount,
        "watches": actor.function == Function.STREET,
        "opens_all": actor.function == Function.OPERATOR,
        "own_unit": actor.unit_id,
        "now": clock.now(),
    }
    return render(request, "privacy/requests.html", context)


@never_cache
@require_GET
def photo(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Show the photo that came with a request to whoever answers it; for anybody else there is none."""
    found = request_get(actor_of(request), str(request_id))
    if found.photo is None or not can_answer_request(actor_of(request), found):
        raise NotFound
    return file_response(request, found.photo, "clean")


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show a request (a recorded look at the person's name and number) and take its answer."""
    actor = actor_of(request)
    if not can_see_requests(actor):
        raise NotAllowed(_("个人信息申请由居委会、街镇和运维人员答复。"))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        is_granted = form.cleaned_data["is_granted"] == "granted"
        words = form.cleaned_data["answer"]
        try:
            request_answer(actor=actor, request_id=str(request_id), is_granted=is_granted, answer=words)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        except Conflict as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
        else:
            messages.success(request, _("已答复，本人会收到消息。"))
            return redirect("privacy:requests")
    found = request_open(actor=actor, request_id=str(request_id))
    context = {"asked": found, "form": form, **_carried(actor, found)}
    return render(request, "privacy/answer.html", context, status=422 if form.errors else 200)


def _carried(actor: Actor, found: DataRequest) -> dict[str, object]:
    """Return what granting would change and by which law, or what stands against it."""
    carrier = carrier_of(found) if found.state == DataRequest.State.OPEN else None
    if carrier is None:
        return {}
    try:
        return {"changes": carrier.changes(actor, found), "basis": carrier.basis(found)}
    except Conflict as obstacle:
        return {"obstacle": f"{obstacle.message}{obstacle.hint}"}
