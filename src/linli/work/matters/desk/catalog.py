"""权责清单: who answers for what, its editions and what differs between them, a new one from a file."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import DeskForm, day, short_text

from ..catalog.comparing import Difference
from ..catalog.reading import content_read, edition_content
from ..catalog.rules import LABELS
from ..catalog.selectors import (
    edition_get,
    edition_in_force,
    edition_list,
    editions_compare,
    leaves_found,
    leaves_of,
    rows_of_code,
    tree_of,
)
from ..catalog.template import template_file
from ..models import CategoryEdition
from ..permissions import can_keep_categories
from ..services import edition_draft, edition_drop, edition_publish
from .keeping import page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_MB = 5
MOST_OPEN, MOST_SHOWN = 120, 300  # leaves that are unfolded at once; differences on the page
KIND_WORDS = {
    "new": (gettext_lazy("新增"), "done"),
    "changed": (gettext_lazy("修改"), "action"),
    "gone": (gettext_lazy("取消"), "quiet"),
}


class EditionForm(DeskForm):
    """A file, and what the edition in it is called."""

    version = short_text(
        gettext_lazy("版本号"), limit=20, help_text=gettext_lazy("例如：2027-01；每一版都不同")
    )
    title = short_text(gettext_lazy("名称"), required=False, limit=80)
    source = short_text(
        gettext_lazy("依据"), required=False, limit=200, help_text=gettext_lazy("哪份文件公布的清单")
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("Excel（.xlsx、.xls）或 CSV。先看预览，确认发布前什么都不会改变。"),
        error_messages={"empty": gettext_lazy("这个文件是空的，请重新选择。")},
    )

    def clean_file(self) -> bytes:
        """Return the file's bytes; a list is never so large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_MB << 20:
            raise forms.ValidationError(_("文件超过%sMB，请检查是不是选错了文件。") % MOST_MB)
        content: bytes = file.read()
        return content


class PublishForm(DeskForm):
    """From which day on it applies."""

    starts_on = day(gettext_lazy("从哪天起用"))


def _keeper(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_keep_categories(actor):
        raise NotAllowed(
            _("权责清单由市级管理员或运维人员维护。"), hint=_("请把要改的地方告诉他们，您可以查看和导出。")
        )
    return actor


@require_GET
@desk_page
def catalog_page(request: HttpRequest) -> HttpResponse:
    """Show an edition (the one in force, or another that is named) as a tree, or what words find in it."""
    editions = [row for row in edition_list() if row.state == CategoryEdition.State.PUBLISHED]
    current = edition_in_force(clock.today())
    shown = next((row for row in editions if row.version == request.GET.get("edition")), current)
    words = request.GET.get("q", "").strip()[:60]
    leaves = leaves_of(shown.version) if shown else []
    found = leaves_found(words, leaves) if words else []
    context = {
        "editions": editions,
        "shown": shown,
        "is_current": shown is not None and shown == current,
        "words": words,
        "found": found,
        "tree": tree_of(shown.version) if shown and not words else [],
        "is_open": len(leaves) <= MOST_OPEN,
        "marks": Counter(str(leaf.get_mark_display()) for leaf in leaves if leaf.mark).most_common(),
        "leaves": len(leaves),
        "may_keep": can_keep_categories(actor_of(request)),
    }
    return page(request, "catalog", context)


@require_GET
@desk_page
def catalog_row(request: HttpRequest, version: str, code: str) -> HttpResponse:
    """Show one row of one edition, and where it stands in others."""
    rows = {row.version: row for row in rows_of_code(code)}
    if version not in rows:
        raise NotFound(_("这一版里没有这一类。"))
    others = [row.category for row in rows.values() if row.version != version]
    row = rows[version]
    texts = {question.key: question.text for question in row.questions}
    asked = [(question, texts.get(question.when_key, "")) for question in row.questions]
    return page(request, "catalog_row", {"row": row, "asked": asked, "others": others})


@require_GET
@desk_page
def editions_page(request: HttpRequest) -> HttpResponse:
    """List every edition, drafts first."""
    context = {
        "editions": edition_list(),
        "current": edition_in_force(clock.today()),
        "today": clock.today(),
        "may_keep": can_keep_categories(actor_of(request)),
    }
    return page(request, "catalog_editions", context)


@desk_page
def edition_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what one edition changes against another; a draft is published from here."""
    edition = edition_get(public_id)
    form = PublishForm(
        request.POST if request.method == "POST" else None, initial={"starts_on": clock.today()}
    )
    if request.method == "POST" and (done := _published(request, edition, form)):
        return done
    others = [row for row in edition_list() if row.pk != edition.pk and row.starts_on is not None]
    usual = edition_in_force(clock.today())
    other = next((row for row in others if row.version == request.GET.get("with")), None)
    other = other or (usual if usual != edition else next(iter(others), None))
    found = editions_compare(other, edition)
    context = {
        "edition": edition,
        "is_draft": edition.state == CategoryEdition.State.DRAFT,
        "other": other,
        "others": others,
        "counts": Counter(row.kind for row in found),
        "rows": [_difference(row) for row in found[:MOST_SHOWN]],
        "is_cut": len(found) > MOST_SHOWN,
        "lead_label": str(LABELS["unit_kind"]),
        "limits_label": str(LABELS["limits"]),
        "form": form,
        "may_keep": can_keep_categories(actor_of(request)),
    }
    return page(request, "catalog_edition", context, 422 if form.errors else 200)


def _difference(row: Difference) -> dict[str, Any]:
    words, tone = KIND_WORDS[row.kind]
    return {"row": row, "kind": words, "tone": tone}


def _published(request: HttpRequest, edition: CategoryEdition, form: PublishForm) -> HttpResponse | None:
    actor = _keeper(request)
    if not form.is_valid():
        return None
    try:
        done = edition_publish(actor=actor, edition_id=edition.pk, starts_on=form.cleaned_data["starts_on"])
    except InvalidInput as refusal:
        form.take(refusal)
        return None
    words = _("版本%(version)s已发布，从%(day)s起用。")
    messages.success(request, words % {"version": done.version, "day": f"{done.starts_on:%Y-%m-%d}"})
    return redirect("matters:catalog_editions")


@require_POST
@desk_page
def edition_drop_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    version = edition_drop(actor=_keeper(request), edition_id=edition_get(public_id).pk)
    messages.success(request, _("版本%s的草稿已丢弃。") % version)
    return redirect("matters:catalog_editions")


@desk_page
def edition_new_page(request: HttpRequest) -> HttpResponse:
    """Take a file in as a draft; every row that cannot be taken is named, and then nothing is kept."""
    actor = _keeper(request)
    is_post = request.method == "POST"
    form = EditionForm(request.POST if is_post else None, request.FILES if is_post else None)
    faults: list[str] = []
    if is_post and form.is_valid():
        try:
            return redirect("matters:catalog_edition", _drafted(actor, form).public_id)
        except InvalidInput as refusal:
            faults = [str(words) for words in refusal.details.pop("rows", [])]
            form.take(refusal)
    return page(request, "catalog_new", {"form": form, "faults": faults}, 422 if form.errors else 200)


def _drafted(actor: Actor, form: EditionForm) -> CategoryEdition:
    said = form.cleaned_data
    try:
        content = edition_content(said["file"], {})
    except InvalidInput as refusal:
        raise InvalidInput(details={"file": f"{refusal.message}{refusal.hint}"}) from refusal
    rows, faults = content_read(content)
    return edition_draft(
        actor=actor,
        version=said["version"],
        title=said["title"],
        source=said["source"],
        rows=rows,
        faults=faults,
        remarks=content["notes"],
    )


@require_GET
@desk_page
def catalog_template(request: HttpRequest) -> HttpResponse:
    """Hand out the empty workbook."""
    answer = HttpResponse(template_file(), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, _("权责清单空表.xlsx"))
    return answer
