"""设置 → 导入: the list, a new file, its map, what would come of it, the run, what waits, the undo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.middleware import ActorRequest
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import person_names
from linli.foundation.accounts.views.ways import posted

from . import services
from .forms import CorrectedForm, EndingForm, MapForm, UploadForm, WordsForm
from .incoming import incoming_read
from .mapping import MapSpec, spec_read, suggest
from .models import Import
from .permissions import can_import, can_see_rows
from .quarantine import SHAPES, quarantine_file
from .selectors import (
    MOST_COUNTED,
    import_get,
    import_list,
    kept_rows,
    map_list,
    place_choices,
    progress_percent,
    reason_counts,
)
from .targets import target_choices, target_get
from .template import template_file

PAGE = 20
State = Import.State


def _importer(request: ActorRequest) -> None:
    if not can_import(actor_of(request)):
        raise NotAllowed(
            _("导入由街镇、居村委的管理员或运维人员办理。"), hint=_("请把文件交给本单位的管理员。")
        )


def _job(request: ActorRequest, public_id: UUID) -> Import:
    _importer(request)
    return import_get(actor_of(request), public_id)


@require_GET
@staff_required
def job_list(request: ActorRequest) -> HttpResponse:
    """List the imports of the actor's areas, and the maps that the unit keeps."""
    _importer(request)
    actor = actor_of(request)
    page = Paginator(import_list(actor), PAGE).get_page(request.GET.get("page"))
    names = person_names(job.created_by_id for job in page)
    context = {
        "page": page,
        "rows": [(job, names.get(job.created_by_id or 0, _("系统"))) for job in page],
        "maps": map_list(actor)[:20],
    }
    return render(request, "imports/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def new(request: ActorRequest) -> HttpResponse:
    """Take a file; the map is next."""
    _importer(request)
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        try:
            incoming = incoming_read(form.cleaned_data["file"], target_get(target))
            job = services.import_upload(
                actor=actor_of(request),
                target=target,
                incoming=incoming,
                request_key=request.POST.get("request_key", ""),
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return redirect("imports:map", job.public_id)
    context = {"form": form, "targets": target_choices()}
    return render(request, "imports/new.html", context, status=422 if form.errors else 200)


@require_GET
@staff_required
def template(request: ActorRequest, target: str) -> HttpResponse:
    """Hand out the empty workbook of what can be imported."""
    _importer(request)
    chosen = target_get(target)
    answer = HttpResponse(template_file(chosen), content_type=SHAPES["xlsx"][1])
    answer["Content-Disposition"] = content_disposition_header(True, _("%s导入空表.xlsx") % chosen.label)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def map_page(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Say which column is which field; then the worker looks through the file."""
    job, actor = _job(request, public_id), actor_of(request)
    if job.state not in (State.UPLOADED, State.CHECKED):
        return redirect("imports:detail", job.public_id)
    target, spec = target_get(job.target), _spec_chosen(request, job)
    form = MapForm(
        posted(request),
        target=target,
        headers=job.headers,
        spec=spec,
        places=place_choices(job.areas),
        initial={"is_counted": job.is_counted},
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            services.import_map_set(
                actor=actor,
                import_id=job.pk,
                spec=form.spec(),
                is_counted=sent.get("is_counted", False),
                save_as=sent["save_as"],
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return redirect("imports:detail", job.public_id)
    context = {"job": job, "form": form, "maps": map_list(actor, job.target)[:20], **_first(job, spec)}
    return render(request, "imports/map.html", context, status=422 if form.errors else 200)


def _spec_chosen(request: ActorRequest, job: Import) -> MapSpec:
    """Return the map to show: a kept one that was chosen, else what the import has."""
    wanted = request.GET.get("use", "")
    kept = map_list(actor_of(request), job.target).filter(name=wanted).first() if wanted else None
    return spec_read(kept.spec if kept else job.spec)


def _first(job: Import, spec: MapSpec) -> dict[str, Any]:
    """The file's first rows; columns that are taken for personal data are hidden."""
    target = target_get(job.target)
    guess = suggest(target, job.headers, {}).columns | spec.columns
    hidden = {guess[item.code] for item in target.fields if item.is_personal and item.code in guess}
    rows = [
        [
            "●●●" if header in hidden and cell else cell
            for header, cell in zip(job.headers, line, strict=False)
        ]
        for line in job.first_lines
    ]
    return {"first": rows}


@never_cache
@require_GET
@staff_required
def detail(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show an import where it is: under way, looked through, done, undone."""
    job = _job(request, public_id)
    if job.state == State.UPLOADED:
        return redirect("imports:map", job.public_id)
    return render(request, "imports/detail.html", _shown(request, job, CorrectedForm()))


def _shown(request: ActorRequest, job: Import, corrected: CorrectedForm) -> dict[str, Any]:
    target, found = target_get(job.target), job.preview
    is_over = job.state in (State.DONE, State.FAILED, State.HELD)
    waiting = list(job.quarantine.filter(is_conflict=False)[:MOST_COUNTED]) if is_over else []
    names = {item.code: item.label for item in target.fields}
    first = found.get("first", [])
    used = [code for code in names if any(code in row["cells"] for row in first)]
    return {
        "job": job,
        "found": found,
        "percent": progress_percent(job) if job.is_working else 100,
        "words": _words(job),
        "reasons": found.get("reasons", []) if job.state == State.CHECKED else reason_counts(waiting),
        "waiting": len(waiting),
        "asked": job.quarantine.filter(is_conflict=True).count() if is_over else 0,
        "can_count": target.count is not None,
        "is_own": job.created_by_id is not None and job.created_by_id == actor_of(request).person_id,
        "ending_form": EndingForm(),
        "first_heads": [names[code] for code in used],
        "first_rows": [
            (row["number"], row["is_new"], [row["cells"].get(code, "") for code in used]) for row in first
        ],
        "kept": kept_rows(job) if job.state == State.UNDONE else [],
        "corrected": corrected,
        "may_see_rows": can_see_rows(actor_of(request), job),
        "who": person_names([job.created_by_id]).get(job.created_by_id or 0, _("系统")),
    }


def _words(job: Import, data: Any = None) -> WordsForm:
    """The words of the file that nobody has said the meaning of yet."""
    given = spec_read(job.spec).values
    unknown = {
        code: [(word, count) for word, count in words if word not in given.get(code, {})]
        for code, words in job.preview.get("unknown", {}).items()
    }
    is_asked = job.state == State.CHECKED or (job.state == State.DONE and job.quarantine.exists())
    shown = unknown if is_asked else {}
    return WordsForm(data, target=target_get(job.target), unknown=shown, places=place_choices(job.areas))


@never_cache
@require_GET
@staff_required
def progress(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """How far the worker is, as a part of the page; it loads the page anew when the step is done."""
    job = _job(request, public_id)
    response = render(request, "imports/progress.html", {"job": job, "percent": progress_percent(job)})
    if not job.is_working:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@staff_required
def values(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Take what words of the file mean; before a run look through again, after it try what waits."""
    job, actor = _job(request, public_id), actor_of(request)
    form = _words(job, request.POST)
    if not form.is_valid():
        raise InvalidInput(_("有选项不在列表里，请重新选择。"))
    if not form.values():
        messages.info(request, _("没有选择对应关系，什么也没有改变。"))
        return redirect("imports:detail", job.public_id)
    services.import_values_set(actor=actor, import_id=job.pk, values=form.values())
    if job.state == State.DONE and job.quarantine.exists():
        services.quarantine_retry(actor=actor, import_id=job.pk)
    return redirect("imports:detail", job.public_id)


STEPS: dict[str, Callable[..., Any]] = {
    "start": services.import_start,
    "undo": services.import_undo_start,
    "discard": services.import_discard,
    "retry": services.quarantine_retry,
    "no-ending": services.import_ending_decline,
}


@require_POST
@staff_required
def step(request: ActorRequest, public_id: UUID, name: str) -> HttpResponse:
    """Start, undo, give up, or try again what waits."""
    job = _job(request, public_id)
    if name not in STEPS:
        raise NotFound()
    STEPS[name](actor=actor_of(request), import_id=job.pk)
    return redirect("imports:list") if name == "discard" else redirect("imports:detail", job.public_id)


@require_POST
@staff_required
def count(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Count the import in the figures, or leave it out."""
    job = _job(request, public_id)
    wanted = request.POST.get("is_counted") == "yes"
    services.import_count_set(actor=actor_of(request), import_id=job.pk, is_counted=wanted)
    messages.success(request, _("已计入统计。") if wanted else _("已不计入统计。"))
    return redirect("imports:detail", job.public_id)


@never_cache
@require_GET
@staff_required
def quarantine(request: ActorRequest, public_id: UUID, shape: str) -> HttpResponse:
    """Hand out the rows that wait, with their reasons; recorded as a look."""
    job, actor = _job(request, public_id), actor_of(request)
    if shape not in SHAPES:
        raise NotFound()
    rows = services.quarantine_look(actor=actor, import_id=job.pk)
    response = HttpResponse(quarantine_file(shape, job, rows, actor), content_type=SHAPES[shape][1])
    response["Content-Disposition"] = f'attachment; filename="linli-import-{job.pk}-rows.{shape}"'
    return response


@require_POST
@staff_required
def correct(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Take corrected rows back and try them again."""
    job, actor = _job(request, public_id), actor_of(request)
    form = CorrectedForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            incoming = incoming_read(form.cleaned_data["file"], target_get(job.target))
            found = services.quarantine_correct(actor=actor, import_id=job.pk, table=incoming.table)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("收到%d行，正在重新导入。") % found)
            return redirect("imports:detail", job.public_id)
    return render(request, "imports/detail.html", _shown(request, job, form), status=422)


@require_POST
@staff_required
def map_forget(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Forget a kept map."""
    _importer(request)
    actor = actor_of(request)
    kept = map_list(actor).filter(public_id=public_id).first()
    if kept is None:
        raise NotFound(_("没有找到这个对应关系。"))
    services.map_delete(actor=actor, map_id=kept.pk)
    messages.success(request, _("已删除。"))
    return redirect("imports:list")
