"""设置 → 派单规则: the tables, a draft row by row, what it would change, its publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.accounts.keeping import desk_page, whose
from linli.foundation.accounts.permissions import actor_of

from . import selectors, services
from .forms import FileForm, PolicyForm, PublishForm, RefuseForm, RowForm, TableForm
from .known import areas_offered, leaf_paths, lookup_for, units_offered
from .models import DecisionTable, DecisionVersion, VersionState
from .permissions import (
    can_confirm_version,
    can_draft_table,
    can_open_table,
    can_publish_table,
    can_switch_direct,
    needs_second_person,
    own_area,
)
from .sheetfile import rows_read

PAGE_ROWS = 100
MOST_FINDINGS = 60


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> TemplateResponse:
    """Answer with a page of this room."""
    return TemplateResponse(
        request, f"routing/{template}.html", {"whose": whose(request), **context}, status=status
    )


def _number(text: str | None) -> int:
    if not (text or "").isdecimal():
        raise NotFound
    return int(text or "0")


# -- the tables -----------------------------------------------------------------------------
@desk_page
def tables_page(request: HttpRequest) -> HttpResponse:
    """List the tables over and in one's areas; begin one of one's own."""
    actor = actor_of(request)
    tables = selectors.table_list(actor)
    taken = {table.subject for table in tables if table.area_path == own_area(actor)}
    form = TableForm(request.POST if request.method == "POST" else None)
    form.offer(taken)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.table_open(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("规则表已建立，请添加规则行。"))
            return redirect("routing:draft", made.public_id)
    context = {
        "groups": _groups(tables),
        "form": form,
        "may_open": can_open_table(actor) and bool(form.fields["subject"].choices),  # type: ignore[attr-defined]
        "may_switch": can_switch_direct(actor),
        "is_direct": bool(own_area(actor)) and selectors.direct_is_on(own_area(actor)),
    }
    return page(request, "tables", context, 422 if form.errors else 200)


def _groups(tables: list[DecisionTable]) -> list[dict[str, Any]]:
    """Return the tables area by area, the nearest first, each with where it stands."""
    names = selectors.area_names(tables)
    groups: dict[str, dict[str, Any]] = {}
    for table in tables:
        group = groups.setdefault(table.area_path, {"name": names.get(table.area_path, ""), "rows": []})
        now, work = selectors.version_now(table), selectors.version_in_work(table)
        row = {"table": table, "now": now, "work": work, "next": selectors.version_next(table)}
        group["rows"].append(row)
    return list(groups.values())


@require_POST
@desk_page
def direct_page(request: HttpRequest) -> HttpResponse:
    """Switch 直接派遣 on or off."""
    done = services.direct_switch(actor=actor_of(request), is_on=request.POST.get("is_on") == "yes")
    messages.success(request, _("直接派遣已打开。") if done.is_on else _("直接派遣已关闭。"))
    return redirect("routing:tables")


@desk_page
def table_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one version of a table (the one in force unless another is asked for), and all there are."""
    actor = actor_of(request)
    table = selectors.table_get(actor, public_id)
    asked = request.GET.get("version")
    version = selectors.version_get(table, _number(asked)) if asked else selectors.version_now(table)
    work = selectors.version_in_work(table)
    version = version or selectors.version_next(table)
    context = {
        **_table_context(request, table, version),
        "versions": list(table.versions.defer("rows")),
        "work": work,
        "may_draft": can_draft_table(actor, table),
        "may_confirm": work is not None
        and work.state == VersionState.WAITING
        and can_confirm_version(actor, work),
        "refuse_form": RefuseForm(),
        "findings": [f for f in selectors.version_check(version) if f.kind == "fault"] if version else [],
    }
    return page(request, "table", context)


def _table_context(
    request: HttpRequest, table: DecisionTable, version: DecisionVersion | None
) -> dict[str, Any]:
    rows = selectors.rows_shown(version) if version else []
    columns = selectors.columns_used(table.subject, rows)
    shown = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    codes = {column.code: column.label for column in columns}
    return {
        "table": table,
        "area": selectors.area_names([table])[table.area_path],
        "version": version,
        "columns": columns,
        "page_obj": shown,
        "rows": [
            {
                "number": row.number,
                "faults": row.faults,
                "cells": [(codes[code], words, raw) for code, words, raw in row.cells if code in codes],
            }
            for row in shown
        ],
        "count": len(rows),
        "export_query": f"table={table.public_id}&version={version.number}" if version else "",
    }


# -- the draft ------------------------------------------------------------------------------
def _draft_of(request: HttpRequest, public_id: UUID, *, writes: bool = False) -> DecisionVersion:
    """Return the draft of a table, or refuse in words; pages that write are for who may."""
    table = selectors.table_get(actor_of(request), public_id)
    if writes and not can_draft_table(actor_of(request), table):
        raise NotAllowed(_("这张规则表由它那一级的工作人员修改。"))
    found = selectors.version_in_work(table)
    if found is None:
        raise Conflict(_("这张表现在没有草稿。"), hint=_("请回到规则表，点“修改”起草一个新版本。"))
    return found


@require_POST
@desk_page
def draft_start_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin a draft, or go on with the one that is there."""
    actor = actor_of(request)
    services.draft_start(actor=actor, table_id=selectors.table_get(actor, public_id).pk)
    return redirect("routing:draft", public_id)


@desk_page
def draft_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a draft with everything that can be done to it, and what is wrong or odd about it."""
    actor, version = actor_of(request), _draft_of(request, public_id)
    findings = selectors.version_check(version)
    is_mine = can_draft_table(actor, version.table) and version.state == VersionState.DRAFT
    context = {
        **_table_context(request, version.table, version),
        "findings": findings[:MOST_FINDINGS],
        "more_findings": max(len(findings) - MOST_FINDINGS, 0),
        "faults": sum(finding.kind == "fault" for finding in findings),
        "may_change": is_mine,
        "may_publish": is_mine and can_publish_table(actor, version.table),
        "needs_second": needs_second_person(version.table),
        "policy_form": PolicyForm(initial={"policy": version.policy}),
        "file_form": FileForm(initial={"lock": version.lock}),
    }
    return page(request, "draft", context)


Act = Callable[..., Any]


def _change(request: HttpRequest, public_id: UUID, act: Act, done: str, **arguments: Any) -> HttpResponse:
    """Do one thing to a draft and show it again where it was done."""
    actor = actor_of(request)
    table = selectors.table_get(actor, public_id)
    lock = _number(request.POST.get("lock"))
    act(actor=actor, table_id=table.pk, lock=lock, **arguments)
    messages.success(request, done)
    number = int(arguments.get("to") or arguments.get("number") or 1)
    at = max(number - 1, 0) // PAGE_ROWS + 1
    answer = redirect("routing:draft", public_id)
    if at > 1:
        answer["Location"] += f"?page={at}"
    return answer


@require_POST
@desk_page
def policy_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say which of the rows that apply count."""
    policy = request.POST.get("policy", "")
    return _change(request, public_id, services.draft_policy_set, _("已保存。"), policy=policy)


@require_POST
@desk_page
def row_move_page(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Move a row."""
    to = _number(request.POST.get("to"))
    return _change(request, public_id, services.row_move, _("已移动。"), number=number, to=to)


@require_POST
@desk_page
def row_delete_page(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Take a row out."""
    return _change(request, public_id, services.row_delete, _("已删除。"), number=number)


@require_POST
@desk_page
def discard_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw the draft away."""
    actor = actor_of(request)
    table = selectors.table_get(actor, public_id)
    services.draft_discard(actor=actor, table_id=table.pk, lock=_number(request.POST.get("lock")))
    messages.success(request, _("草稿已丢弃，已发布的版本没有变。"))
    return redirect("routing:table", public_id)


@desk_page
def row_page(request: HttpRequest, public_id: UUID, number: int = 0) -> HttpResponse:
    """Write one row: a new one (0), or one that is there."""
    version = _draft_of(request, public_id, writes=True)
    table = version.table
    if number > len(version.rows):
        raise NotFound(_("草稿里没有第%d行。") % number)
    known = lookup_for(table.area_path)
    said = dict[str, str]()
    faults: tuple[str, ...] = ()
    if number:
        row = selectors.rows_shown(version)[number - 1]
        said, faults = {code: words for code, words, _raw in row.cells}, tuple(row.faults)
    posted = request.POST if request.method == "POST" else None
    form = RowForm(posted, subject=table.subject, known=known, said=said, initial={"lock": version.lock})
    is_stale = False
    if request.method == "POST" and form.is_valid():
        try:
            return _row_saved(request, table, form, number)
        except InvalidInput as refusal:
            form.take(refusal)
        except StaleVersion:  # what was typed stays, and goes over the draft as it is now
            typed = request.POST.copy()
            typed["lock"] = str(version.lock)
            form = RowForm(typed, subject=table.subject, known=known, said=said)
            is_stale = True
    context = {"table": table, "version": version, "form": form, "number": number, "faults": faults}
    status = 409 if is_stale else 422 if form.errors else 200
    return page(request, "row", context | {"is_stale": is_stale, **_offers(table.area_path)}, status)


def _row_saved(request: HttpRequest, table: DecisionTable, form: RowForm, number: int) -> HttpResponse:
    lock = form.cleaned_data["lock"]
    version = services.row_save(
        actor=actor_of(request),
        table_id=table.pk,
        lock=lock,
        typed=form.typed_cells(),
        number=number or None,
    )
    messages.success(request, _("第%d行已保存。") % (number or len(version.rows)))
    if "again" in request.POST:
        return redirect("routing:row_new", table.public_id)
    return redirect("routing:draft", table.public_id)


def _offers(area: str) -> dict[str, Any]:
    """Return what the lists below the fields offer."""
    return {
        "offers": {
            "category": leaf_paths(),
            "area": [division.name for division in areas_offered(area)],
            "helpers": [unit.name for unit in units_offered(area)],
        }
    }


@require_POST
@desk_page
def import_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the rows of a file in the place of the draft's."""
    version = _draft_of(request, public_id, writes=True)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        raise InvalidInput("；".join(str(words) for errors in form.errors.values() for words in errors))
    rows = rows_read(form.cleaned_data["file"].read(), version.table.subject)
    services.rows_replace(
        actor=actor_of(request), table_id=version.table_id, lock=form.cleaned_data["lock"], typed=rows
    )
    messages.success(request, _("读入了%d行。读不懂的格子已标红，请逐个改好。") % len(rows))
    return redirect("routing:draft", public_id)


# -- trying and publishing -------------------------------------------------------------------
@desk_page
def try_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """List which of the last matters a draft would have sent elsewhere."""
    version = _draft_of(request, public_id)
    asked = request.GET.get("count", str(selectors.DRY_RUNS[0]))
    count = _number(asked)
    found = selectors.dry_run(actor_of(request), version, count)
    shown = Paginator(found.changes, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "table": version.table,
        "version": version,
        "found": found,
        "shown": shown,
        "count": count,
        "counts": selectors.DRY_RUNS,
        "policy": version.get_policy_display(),
        "may_publish": can_publish_table(actor_of(request), version.table)
        and version.state == VersionState.DRAFT,
    }
    return page(request, "try", context)


@desk_page
def publish_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish a draft from a day on, or propose it to a second person."""
    version = _draft_of(request, public_id, writes=True)
    form = PublishForm(request.POST if request.method == "POST" else None, initial={"lock": version.lock})
    if request.method == "POST" and form.is_valid():
        try:
            done = services.version_publish(
                actor=actor_of(request), table_id=version.table_id, **form.cleaned_data
            )
        except InvalidInput as refusal:
            form.take(refusal)
        except Conflict as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
        else:
            messages.success(request, _done_words(done))
            return redirect("routing:table", public_id)
    kinds = [finding.kind for finding in selectors.version_check(version)]
    context = {
        "table": version.table,
        "version": version,
        "form": form,
        "needs_second": needs_second_person(version.table),
        "counts": {kind: kinds.count(kind) for kind in ("fault", "shadow", "overlap", "gap", "unsure")},
    }
    return page(request, "publish", context, 422 if form.errors else 200)


def _done_words(version: DecisionVersion) -> str:
    names = {"n": version.number, "day": version.starts_on}
    if version.state == VersionState.WAITING:
        return _("版本%(n)d已报请核准，另一人核准后于%(day)s起用。") % names
    return _("版本%(n)d已发布，%(day)s起用。") % names


@require_POST
@desk_page
def confirm_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm what another person proposed."""
    actor = actor_of(request)
    table = selectors.table_get(actor, public_id)
    messages.success(request, _done_words(services.version_confirm(actor=actor, table_id=table.pk)))
    return redirect("routing:table", public_id)


@require_POST
@desk_page
def refuse_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send a proposed version back."""
    actor = actor_of(request)
    table = selectors.table_get(actor, public_id)
    services.version_refuse(actor=actor, table_id=table.pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("已退回修改。"))
    return redirect("routing:table", public_id)
