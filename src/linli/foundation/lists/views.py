"""Saving what a list is narrowed by, and looking after what was saved."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotFound
from linli.core.listing import listing_get
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import person_names

from .forms import ViewForm
from .permissions import can_change_view
from .selectors import view_get, view_list
from .services import view_change, view_open_with, view_remove, view_save


@require_http_methods(["GET", "POST"])
@staff_required
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a list as it stands under the query; a page asks for what is missing."""
    actor, query = actor_of(request), request.GET.urlencode()
    listing = listing_get(code)
    if not listing.page:
        raise NotFound(_("这个列表不能保存视图。"))
    form = ViewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            view = view_save(actor=actor, listing=code, query=query, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("视图「%(name)s」已保存。") % {"name": view.name})
            return redirect(view.url)
    chosen = listing.choose(actor, QueryDict(query))
    context = {"listing": listing, "form": form, "conditions": chosen.conditions, "back": f"?{query}"}
    return render(request, "lists/save.html", context, status=422 if form.errors else 200)


@require_GET
@staff_required
def saved(request: HttpRequest) -> HttpResponse:
    """Show one's own views and those of the unit, list by list."""
    actor = actor_of(request)
    views = list(view_list(actor))
    names = person_names(view.person_id for view in views)
    rows = [(view, names.get(view.person_id, ""), view.person_id == actor.person_id) for view in views]
    return render(request, "lists/saved.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@staff_required
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Rename and share a view (whoever may), and let one's own list open with it."""
    actor = actor_of(request)
    view = view_get(actor, public_id)
    may_change = can_change_view(actor, view)
    initial = {"name": view.name, "is_shared": view.is_shared, "is_default": view.is_default}  # type: ignore[attr-defined]
    form = ViewForm(request.POST if request.method == "POST" else None, initial=initial)
    if not may_change:
        del form.fields["name"], form.fields["is_shared"]
    if request.method == "POST" and form.is_valid():
        try:
            (view_change if may_change else view_open_with)(
                actor=actor, public_id=public_id, **form.cleaned_data
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("lists:saved")
    context = {
        "view": view,
        "form": form,
        "may_change": may_change,
        "conditions": listing_get(view.listing).choose(actor, QueryDict(view.query)).conditions,
    }
    return render(request, "lists/change.html", context, status=422 if form.errors else 200)


@require_POST
@staff_required
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a view."""
    view_remove(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("视图已删除。"))
    return redirect("lists:saved")
