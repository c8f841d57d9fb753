"""单位: the units of an administrator's scope, and the import of units and staff."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.middleware import ActorRequest
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import (
    actor_of,
    administrator_required,
    can_administer,
    can_change_unit,
    can_look_up_units,
    can_manage_unit,
    functions_below,
    staff_required,
)
from linli.foundation.accounts.selectors import area_choices, unit_for_management, unit_scope, unit_visible
from linli.foundation.accounts.services import unit_close, unit_contact_change, unit_open, unit_update
from linli.foundation.accounts.views.ways import posted
from linli.foundation.lists.opening import opens_as_left
from linli.foundation.places.models import Division, Level

from .forms import ContactForm, UnitChangeForm, UnitFilterForm, UnitForm, WorkbookForm
from .selectors import import_list, import_plan, unit_table
from .services import units_import
from .workbook import template_write, workbook_read

PAGE = 25
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PREVIEW_SECONDS = 3600


def _unit(request: ActorRequest, public_id: str) -> Unit:
    actor = actor_of(request)
    if not can_look_up_units(actor):
        raise NotAllowed
    unit = unit_visible(actor).filter(public_id=public_id).first()
    if unit is None:
        raise NotFound(_("没有找到这个单位。"))
    return unit


@require_GET
@staff_required
@opens_as_left("units")
def unit_list(request: ActorRequest) -> HttpResponse:
    """List the units that serve the reader's areas; administrators act from here."""
    actor = actor_of(request)
    if not can_look_up_units(actor):
        raise NotAllowed
    filters = UnitFilterForm(request.GET or None)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    units = unit_table(
        actor,
        words=chosen.get("q", ""),
        function=chosen.get("function", ""),
        closed=chosen.get("state") == "closed",
    )
    page = Paginator(units, PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "is_filtered": any(chosen.values()),
        "can_import": can_administer(actor),
        "can_open": bool(functions_below(actor)),
    }
    return render(request, "organizations/unit_list.html", context)


def _place_choices(request: ActorRequest, unit: Unit | None = None) -> Any:
    """Offer the actor's areas, one level below, and what the unit has; to operators all streets."""
    actor = actor_of(request)
    paths = [place.path for place in area_choices(actor.areas)]
    if not actor.areas:
        top = Division.objects.filter(valid_to__isnull=True, level__lte=Level.STREET)
        paths = list(top.values_list("path", flat=True)[:400])
    kept = Q(units=unit) if unit is not None else Q(pk__in=[])
    return Division.objects.filter(Q(path__in=paths) | kept).distinct().order_by("path")


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def unit_new(request: ActorRequest) -> HttpResponse:
    """Open a unit."""
    actor = actor_of(request)
    form = UnitForm(
        posted(request),
        parents=unit_scope(actor).order_by("pinyin", "name"),
        places=_place_choices(request),
        functions=functions_below(actor),
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            unit = unit_open(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        except NotAllowed as refusal:
            refused = refusal.message
            form.add_error(None, refused)
        else:
            messages.success(request, _("单位已设立。下一步可以添加人员。"))
            return redirect("organizations:unit_detail", unit.public_id)
    status = 403 if refused else 422 if form.errors else 200
    return render(request, "organizations/unit_new.html", {"form": form}, status=status)


def _change_form(request: ActorRequest, unit: Unit, is_posted: bool) -> UnitChangeForm:
    initial = {
        "name": unit.name,
        "kind": unit.kind,
        "parent": unit.parent.public_id if unit.parent else None,
        "areas": [area.code for area in unit.areas.all()],
    }
    parents = Unit.objects.filter(Q(pk__in=unit_scope(actor_of(request))) | Q(children=unit)).distinct()
    return UnitChangeForm(
        request.POST if is_posted else None,
        initial=initial,
        parents=parents.exclude(pk=unit.pk).order_by("pinyin", "name"),
        places=_place_choices(request, unit),
    )


def _contact_form(request: ActorRequest, unit: Unit, is_posted: bool) -> ContactForm:
    initial = {"phone": unit.phone, "address": unit.address, "email": unit.email}
    return ContactForm(request.POST if is_posted else None, initial=initial)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def unit_detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show a unit; keep its contact (own administrator), change the rest (from above)."""
    actor, unit = actor_of(request), _unit(request, public_id)
    part = request.POST.get("part", "")
    change = _change_form(request, unit, part == "change")
    contact = _contact_form(request, unit, part == "contact")
    form, save = (change, unit_update) if part == "change" else (contact, unit_contact_change)
    if part and form.is_valid():
        try:
            save(actor=actor, unit=unit, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("organizations:unit_detail", public_id)
    context = {
        "unit": unit,
        "change": change,
        "contact": contact,
        "can_change": can_change_unit(actor, unit),
        "can_manage": can_manage_unit(actor, unit),
        "areas": unit.areas.order_by("path"),
    }
    status = 422 if part and form.errors else 200
    return render(request, "organizations/unit_detail.html", context, status=status)


@require_POST
@administrator_required
def unit_shut(request: ActorRequest, public_id: str) -> HttpResponse:
    """Close a unit from today on."""
    unit = unit_for_management(actor_of(request), public_id)
    unit_close(actor=actor_of(request), unit=unit)
    messages.success(request, _("单位已停用，其人员的岗位同时失效。"))
    return redirect("organizations:unit_detail", public_id)


def _salt(request: ActorRequest) -> str:
    return f"organizations.import.{actor_of(request).account_id}"


@never_cache
@require_http_methods(["GET", "POST"])
@administrator_required
def unit_import(request: ActorRequest) -> HttpResponse:
    """Take a workbook and show what it would do, row by row; nothing is written yet."""
    form = WorkbookForm(posted(request), request.FILES or None)
    context: dict[str, Any] = {"form": form, "runs": import_list(actor_of(request))}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            units, staff = workbook_read(upload, upload.size)
        except InvalidInput as refusal:
            form.add_error("file", f"{refusal.message}{refusal.hint}")
        else:
            plan = import_plan(actor_of(request), units, staff)
            kept = {"name": upload.name, "units": units, "staff": staff}
            sealed = signing.dumps(kept, salt=_salt(request), compress=True)
            context |= {"plan": plan, "kept": sealed, "name": upload.name}
            return render(request, "organizations/import_preview.html", context)
    return render(request, "organizations/import.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@administrator_required
def unit_import_apply(request: ActorRequest) -> HttpResponse:
    """Apply the workbook that was just looked through; new temporary passwords are shown once."""
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=_salt(request), max_age=PREVIEW_SECONDS)
    except signing.BadSignature as error:
        raise InvalidInput(
            _("预览已过期，请重新上传文件。"), hint=_("文件没有导入，可以放心再传。")
        ) from error
    units, staff = ([tuple(row) for row in kept[name]] for name in ("units", "staff"))
    done = units_import(actor=actor_of(request), file_name=kept["name"], units=units, staff=staff)
    return render(request, "organizations/import_done.html", {"done": done})


@require_GET
@administrator_required
def import_template(request: ActorRequest) -> HttpResponse:
    """Hand out the empty workbook."""
    response = HttpResponse(template_write(), content_type=SHEET_TYPE)
    response["Content-Disposition"] = 'attachment; filename="linli-units-template.xlsx"'
    return response
