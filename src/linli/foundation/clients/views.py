"""接口: the other systems of an administrator's units, and their tokens."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.errors import InvalidInput, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.middleware import ActorRequest
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import actor_of, administrator_required
from linli.foundation.accounts.selectors import area_choices, unit_for_management, unit_scope
from linli.foundation.accounts.views.ways import posted
from linli.foundation.places.models import Division

from .forms import ClientForm, TokenForm
from .models import Client
from .rules import ENDS_SOON_DAYS, LONGEST_DAYS, scopes_for
from .selectors import client_for_management, client_list, token_list
from .services import client_close, client_open, client_update, token_issue, token_revoke


@require_GET
@administrator_required
def client_index(request: ActorRequest) -> HttpResponse:
    """List the systems that are connected to one's units."""
    today = clock.today()
    rows = list(client_list(actor_of(request)))
    context = {"rows": rows, "today": today, "soon": today + timedelta(days=ENDS_SOON_DAYS)}
    return render(request, "clients/list.html", context)


def _form(request: ActorRequest, unit: Unit, **initial: Any) -> ClientForm:
    paths = [place.path for place in area_choices(unit.area_paths)]
    areas = Division.objects.filter(path__in=paths).order_by("path")
    return ClientForm(posted(request), initial=initial, areas=areas, scopes=scopes_for(unit.function))


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def client_new(request: ActorRequest) -> HttpResponse:
    """Choose the unit, then say what its system may do."""
    actor = actor_of(request)
    units = unit_scope(actor).filter(closed_on__isnull=True, areas__isnull=False).distinct()
    units = units.order_by("function", "pinyin", "name")
    wanted = request.POST.get("unit") or request.GET.get("unit", "")
    unit = unit_for_management(actor, wanted) if wanted else units.first() if units.count() == 1 else None
    if unit is None:
        return render(request, "clients/new_unit.html", {"units": units})
    last_day = clock.today() + timedelta(days=LONGEST_DAYS - 1)
    form = _form(request, unit, expires_on=last_day, areas=list(unit.areas.all()))
    if request.method == "POST" and form.is_valid():
        try:
            made = client_open(actor=actor, unit=unit, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("接口已设立。请签发令牌，交给对方系统。"))
            return redirect("clients:detail", made.public_id)
    context = {"form": form, "unit": unit}
    return render(request, "clients/form.html", context, status=422 if form.errors else 200)


def _page(request: ActorRequest, client: Client, form: TokenForm, secret: str = "") -> HttpResponse:
    context = {
        "client": client,
        "tokens": list(token_list(client)),
        "form": form,
        "secret": secret,
        "is_over": client.expires_on < clock.today(),
    }
    return render(request, "clients/detail.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def client_detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show a system with its tokens; posting issues one more, shown once on the page that answers."""
    actor = actor_of(request)
    client = client_for_management(actor, public_id)
    form = TokenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        issued = token_issue(actor=actor, client=client, **form.cleaned_data)
        return _page(request, client, TokenForm(), issued.secret)
    return _page(request, client, form)


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def client_edit(request: ActorRequest, public_id: str) -> HttpResponse:
    """Change what a system may do, or let it run longer."""
    actor = actor_of(request)
    client = client_for_management(actor, public_id)
    names = (
        "name",
        "scopes",
        "expires_on",
        "requests_a_minute",
        "addresses",
        "contact_name",
        "contact_phone",
    )
    present = {name: getattr(client, name) for name in names}
    form = _form(request, client.unit, **present, areas=list(client.areas.all()))
    if request.method == "POST" and form.is_valid():
        try:
            client_update(actor=actor, client=client, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已保存，对方的下一个请求起生效。"))
            return redirect("clients:detail", public_id)
    context = {"form": form, "unit": client.unit, "client": client}
    return render(request, "clients/form.html", context, status=422 if form.errors else 200)


@require_POST
@administrator_required
def client_end(request: ActorRequest, public_id: str) -> HttpResponse:
    """End a system's access with all its tokens."""
    actor = actor_of(request)
    client_close(actor=actor, client=client_for_management(actor, public_id))
    messages.success(request, _("接口已停用，全部令牌立即失效。"))
    return redirect("clients:list")


@require_POST
@administrator_required
def token_end(request: ActorRequest, public_id: str, token_id: str) -> HttpResponse:
    """Take one token out of use."""
    actor = actor_of(request)
    client = client_for_management(actor, public_id)
    token = client.tokens.filter(public_id=token_id).first()
    if token is None:
        raise NotFound(_("没有找到这个令牌。"))
    token_revoke(actor=actor, token=token)
    messages.success(request, _("令牌已吊销，立即失效。"))
    return redirect("clients:detail", public_id)
