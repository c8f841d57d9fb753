"""Taking a list away, waiting for a long one, getting it again, and the record of who took what."""

from typing import cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotSignedIn
from linli.core.listing import listing_get
from linli.foundation.accounts.permissions import actor_of, actor_required, staff_required
from linli.foundation.accounts.selectors import person_names

from .forms import ExportForm, ExportSearch
from .models import Export
from .permissions import can_fetch_export, can_make_export, can_see_exports
from .selectors import export_get, export_list
from .services import export_fetch, export_make, export_queue
from .tasks import export_run

PAGE = 30
TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _face(actor: Actor) -> str:
    return "ui/desk.html" if actor.is_staff else "ui/portal.html"


@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, code: str) -> HttpResponseBase:
    """Take a list away as it stands under the query; a page asks for what is missing."""
    actor, listing, query = actor_of(request), listing_get(code), request.GET.urlencode()
    if not can_make_export(actor, listing):
        raise NotAllowed() if actor.is_signed_in else NotSignedIn()
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return make_and_answer(actor, code, query, form)
        except InvalidInput as refusal:
            if not refusal.details:
                raise
            for name, words in refusal.details.items():
                form.add_error(name, words)
    chosen = listing.choose(actor, QueryDict(query))
    context = {
        "face": _face(actor),
        "listing": listing,
        "form": form,
        "rows": chosen.count(),
        "conditions": chosen.conditions,
    }
    return render(request, "exports/new.html", context, status=422 if form.errors else 200)


def make_and_answer(actor: Actor, code: str, query: str, form: ExportForm) -> HttpResponseBase:
    """Return the file of a short list, or the page that waits for a long one."""
    sent = form.cleaned_data
    export = export_make(
        actor=actor, listing=code, format=sent["format"], query=query, purpose=sent["purpose"]
    )
    if export.is_inline:
        export_run(export, actor)
        return file_response(export)
    export_queue(actor=actor, export_id=export.pk)
    return redirect("exports:detail", public_id=export.public_id)


def file_response(export: Export) -> FileResponse:
    """Return an export's file under a Chinese name that says what and when."""
    export.refresh_from_db()
    name = f"{export.title}-{export.made_at.astimezone(clock.BEIJING):%Y%m%d-%H%M}.{export.format}"
    response = FileResponse(
        default_storage.open(export.file.path),
        as_attachment=True,
        filename=name,
        content_type=TYPES[Export.Format(export.format)],
    )
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@actor_required
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how far an export is, and let whoever made it get the file."""
    actor = actor_of(request)
    export = export_get(actor, public_id)
    context = {
        "face": _face(actor),
        "export": export,
        "file": export.file,
        "may_fetch": can_fetch_export(actor, export.actor_key),
        "who": person_names([export.person_id]).get(export.person_id or 0, export.actor_name),
    }
    part = "exports/progress.html" if request.headers.get("HX-Request") else "exports/detail.html"
    return render(request, part, context)


@require_GET
@actor_required
def fetch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the file of one's own export; each time is recorded."""
    return cast(HttpResponse, file_response(export_fetch(actor=actor_of(request), public_id=public_id)))


@require_GET
@staff_required
def records(request: HttpRequest) -> HttpResponse:
    """Show who took which list away: one's own, and others' to those who oversee."""
    actor = actor_of(request)
    form = ExportSearch(request.GET)
    found = export_list(actor, **form.cleaned_data) if form.is_valid() else Export.objects.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = person_names(export.person_id for export in page)
    context = {
        "form": form,
        "page": page,
        "rows": [
            (export, names.get(export.person_id or 0, export.actor_name), export.actor_key == actor.key)
            for export in page
        ],
        "oversees": can_see_exports(actor),
        "is_filtered": any(form.cleaned_data.values()) if form.is_valid() else True,
    }
    return render(request, "exports/records.html", context, status=200 if form.is_valid() else 422)
