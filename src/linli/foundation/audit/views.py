"""The record as supervisors and administrators read it, and as a person sees who looked at their data."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.subjects import subjects_named
from linli.foundation.accounts.models import FUNCTIONS
from linli.foundation.accounts.permissions import actor_of, actor_required, staff_required
from linli.foundation.accounts.selectors import person_names
from linli.foundation.lists.opening import opens_as_left

from .forms import AuditSearch
from .models import AuditRecord
from .permissions import can_see_audit
from .selectors import audit_list, looks_about, subject_links
from .words import HIDDEN_FIELDS, actor_names, field_words, kind_words, verb_words

PAGE = 50
NOBODY = {
    Function.SYSTEM: (gettext_lazy("系统"), gettext_lazy("后台作业")),
    Function.VISITOR: (gettext_lazy("访客"), gettext_lazy("没有登录")),
}


@require_GET
@staff_required
@opens_as_left("audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Search the record."""
    actor = actor_of(request)
    if not can_see_audit(actor):
        raise NotAllowed(
            _("您不能查看操作留痕。"), hint=_("监督、运维和单位管理员可以查看；请联系本单位管理员。")
        )
    form = AuditSearch(request.GET)
    rows = audit_list(actor, **chosen_of(form)) if form.is_valid() else AuditRecord.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "acts": acts(list(page))}
    # Supervisors and operators read the record of acts; the records themselves are not theirs to open.
    context["opens"] = actor.is_governing or actor.is_executing
    return render(request, "audit/list.html", context, status=200 if form.is_valid() else 422)


@require_GET
@actor_required
def my_looks(request: HttpRequest) -> HttpResponse:
    """Show the signed-in person who was shown their personal data, when and why."""
    actor = actor_of(request)
    page = Paginator(looks_about(actor), PAGE).get_page(request.GET.get("page"))
    face = "ui/desk.html" if actor.is_staff else "ui/portal.html"
    return render(
        request, "audit/my_looks.html", {"page": page, "acts": looks(actor, list(page)), "face": face}
    )


def looks(actor: Actor, rows: Sequence[AuditRecord]) -> list[dict[str, Any]]:
    """Return looks with the words a reader needs, and whom of theirs each was about."""
    whom = subjects_named(actor.person_id or 0)
    return [{**act, "whom": whom.get(act["row"].subject_id, "")} for act in acts(rows)]


def chosen_of(form: AuditSearch) -> dict[str, Any]:
    """Return what a valid search narrows the record by."""
    found = dict(form.cleaned_data)
    for name in ("since", "until"):
        found[name] = clock.local_midnight(found[name]) if found[name] else None
    return found


def acts(rows: Sequence[AuditRecord]) -> list[dict[str, Any]]:
    """Return rows with the words a reader needs: two queries for all of them."""
    names = person_names(row.person_id for row in rows)
    machines = actor_names(row.actor_key for row in rows)
    links = subject_links({row.subject_id for row in rows})
    functions = {
        **{str(code): words for code, words in FUNCTIONS},
        **{str(code): function for code, (_w, function) in NOBODY.items()},
        str(Function.CLIENT): _("接口"),
    }
    nobody = {str(code): who for code, (who, _f) in NOBODY.items()}
    return [
        {
            "row": row,
            "who": names.get(row.person_id or 0)
            or machines.get(row.actor_key)
            or nobody.get(row.actor_function, ""),
            "function": functions.get(row.actor_function, row.actor_function),
            "what": verb_words(row.verb),
            "link": links.get(row.subject_id),
            "kind": kind_words(row.subject_kind),
            "fields": "、".join(_fields(row)),
        }
        for row in rows
    ]


def _fields(row: AuditRecord) -> list[str]:
    """Return what was changed or looked at: what has a name by it, the rest by how many they are."""
    names = [name for name in (*row.changes, *row.looked_at) if name not in HIDDEN_FIELDS]
    words = [field_words(row.subject_kind, name) for name in names]
    named = [label for label in words if not label.isascii()]
    others = len(words) - len(named)
    return [*named, _("另有%d项") % others] if others else named
