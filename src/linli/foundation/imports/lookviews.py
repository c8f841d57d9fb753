"""An import looked at row by row: every line of the preview, what is in conflict, what would end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.middleware import ActorRequest
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.views.ways import posted

from . import services
from .forms import ConflictsForm, EndingForm
from .models import Import, QuarantinedRow
from .permissions import can_import
from .previewing import OUTCOMES
from .selectors import (
    PreviewLines,
    clashes_shown,
    conflict_counts,
    conflict_rows,
    import_get,
    import_rows_get,
)
from .targets import Target, Text, target_get

LINES, ROWS = 50, 10
LABELS: dict[str, Text] = {
    "new": gettext_lazy("新增"),
    "changed": gettext_lazy("更新"),
    "unchanged": gettext_lazy("没有变化"),
    "conflicts": gettext_lazy("有出入"),
    "quarantined": gettext_lazy("有问题"),
}


def _job(request: ActorRequest, public_id: UUID, *, has_rows: bool = True) -> Import:
    actor = actor_of(request)
    if not can_import(actor):
        raise NotAllowed(_("导入由街镇、居村委的管理员或运维人员办理。"))
    return import_rows_get(actor, public_id) if has_rows else import_get(actor, public_id)


@never_cache
@require_GET
@staff_required
def preview_list(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """List every row of the preview by what would become of it, personal values masked."""
    job = _job(request, public_id)
    counts = job.preview.get("counts", {})
    wanted = request.GET.get("outcome", "")
    outcome = wanted if wanted in OUTCOMES else next((name for name in OUTCOMES if counts.get(name)), "new")
    target = target_get(job.target)
    page: Page[Any] = Paginator(PreviewLines(job, outcome), LINES).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    context = {
        "job": job,
        "outcome": outcome,
        "tabs": [(name, LABELS[name], counts.get(name, 0)) for name in OUTCOMES],
        "page": page,
        "lines": [_line(target, line) for line in page],
    }
    return render(request, "imports/preview.html", context)


def _line(target: Target, line: dict[str, Any]) -> dict[str, Any]:
    """Dress a line of the preview: fields by their labels."""
    labels = {item.code: item.label for item in target.fields}
    return {
        "number": line["n"],
        "values": [(labels.get(code, code), text) for code, text in line.get("v", {}).items()],
        "changes": [(labels.get(code, code), before, after) for code, before, after in line.get("d", ())],
        "clashes": line.get("c", ()),
        "words": line.get("w", ()),
    }


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def conflicts(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Compare what is here with what the file says, field by field, and decide; shown in clear on request."""
    job, actor = _job(request, public_id), actor_of(request)
    page = Paginator(conflict_rows(job), ROWS).get_page(request.GET.get("page"))
    rows, is_clear = list(page), "clear" in request.POST
    if is_clear:
        rows = services.conflicts_look(actor=actor, import_id=job.pk, numbers=[row.number for row in rows])
    sent = None if is_clear else posted(request)
    form = ConflictsForm(sent, rows=rows)
    if sent is not None and form.is_valid():
        if choices := form.choices():
            count = services.conflicts_settle(actor=actor, import_id=job.pk, choices=choices)
            messages.success(request, _("已决定%d行，正在按决定导入。") % count)
            return redirect("imports:detail", job.public_id)
        form.add_error(None, _("还没有一行选完：每一项都选了，这一行才算决定。"))
    context = {
        "job": job,
        "form": form,
        "page": page,
        "rows": [_compared(job, form, row, is_clear) for row in rows],
        "is_clear": is_clear,
        "kinds": [(field, label, count) for field, (label, count) in conflict_counts(job).items()],
    }
    return render(request, "imports/conflicts.html", context, status=422 if form.errors else 200)


def _compared(job: Import, form: ConflictsForm, row: QuarantinedRow, is_clear: bool) -> dict[str, Any]:
    clashes = [
        {**clash, "control": form[f"row_{row.number}_{clash['field']}"]}
        for clash in clashes_shown(job, row, is_clear=is_clear)
    ]
    return {"number": row.number, "clashes": clashes}


@require_POST
@staff_required
def conflicts_all(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Decide all rows in conflict the same way, or all about one field."""
    job, choice = _job(request, public_id), request.POST.get("choice", "")
    count = services.conflicts_settle_all(
        actor=actor_of(request), import_id=job.pk, choice=choice, field=request.POST.get("field", "")
    )
    messages.success(request, _("已决定%d行，正在按决定导入。") % count)
    return redirect("imports:detail", job.public_id)


@require_POST
@staff_required
def ending(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Confirm that what the file no longer names ends."""
    actor = actor_of(request)
    job, form = _job(request, public_id, has_rows=False), EndingForm(request.POST)
    if form.is_valid():
        try:
            services.import_ending_confirm(actor=actor, import_id=job.pk, ends=form.cleaned_data["ends"])
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return redirect("imports:detail", job.public_id)
    raise InvalidInput(str(next(iter(form.errors.values()))[0]))
