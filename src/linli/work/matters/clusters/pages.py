"""The pages of hot issues and clusters: what many report, making it one case, every reporter's receipt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page, whose
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.selectors import is_map_schematic
from linli.foundation.ui.forms import DeskForm, chosen_of, long_text

from ..desk import selectors as desk_selectors
from ..models import Matter
from ..papers import acceptance_paper, reply_paper
from ..permissions import COMMITTEE_OR_STREET
from ..workflow import LIVE, WORKFLOW, State
from . import selectors
from .models import Cluster, Told
from .permissions import can_change_cluster
from .receipts import receipts_running
from .selectors import HotIssue, HotIssues
from .services import MOST, cluster_add, cluster_dissolve, cluster_make, cluster_release, receipt_tell

PERIODS = {
    7: gettext_lazy("近7天"),
    30: gettext_lazy("近30天"),
    90: gettext_lazy("近90天"),
    365: gettext_lazy("近一年"),
}
USUAL_DAYS = 30
PER_PAGE = 25
ISSUES_PER_PAGE = 10


class HotForm(forms.Form):
    """Where and when."""

    area = forms.ChoiceField(label=gettext_lazy("区域"), required=False)
    days = forms.TypedChoiceField(
        label=gettext_lazy("时段"),
        required=False,
        coerce=int,
        choices=list(PERIODS.items()),
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


def asked_of(actor: Actor, query: QueryDict) -> tuple[HotForm, HotIssues, date, date]:
    """Return the form, the hot issues and the two days of what an address asks for."""
    code = query.get("area", "")
    form = HotForm({"area": code, "days": query.get("days", USUAL_DAYS)}, areas=_areas(actor, code))
    form.is_valid()
    days = form.cleaned_data.get("days") or USUAL_DAYS
    until = clock.today()
    since = until - timedelta(days=days - 1)
    area = desk_selectors.area_path_of(actor, code) if code else ""
    return form, selectors.hot_issues(actor, area, since, until), since, until


def _areas(actor: Actor, code: str) -> list[tuple[str, str]]:
    below = [(str(key), str(words)) for key, words in desk_selectors.area_choices(actor, code)]
    return [("", _("全部")), *below]


@require_GET
@desk_page
def hot_page(request: HttpRequest) -> HttpResponse:
    """Show what many report, with growth, people affected, likes and places."""
    actor = actor_of(request)
    form, found, since, until = asked_of(actor, request.GET)
    context = {
        "form": form,
        "found": found,
        "page": (page := Paginator(found.issues, ISSUES_PER_PAGE).get_page(request.GET.get("page"))),
        "rows": [(issue, _new_url(issue)) for issue in page.object_list],
        "since": since,
        "until": until,
        "whistleable": [state for state in State if WORKFLOW.allows(state, "whistle")],
        "may_join": actor.function in COMMITTEE_OR_STREET,
        "map_url": f"{reverse('clusters:hot_places')}?{request.GET.urlencode()}",
        "has_points": any(issue.points for issue in found.issues),
        "is_schematic": is_map_schematic(),
    }
    return render(request, "clusters/hot.html", context)


def _new_url(issue: HotIssue) -> str:
    """Return where an issue is made one case, its matters ticked already."""
    keys = [("m", str(row["public_id"])) for row in issue.joinable[:MOST]]
    return f"{reverse('clusters:new')}?{urlencode([('title', issue.title[:80]), *keys])}"


@require_GET
@desk_page
def hot_places(request: HttpRequest) -> JsonResponse:
    """Send where the hot issues are reported from, as points to the tenth of a second of arc."""
    _form, found, _since, _until = asked_of(actor_of(request), request.GET)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lng, 4), round(lat, 4)]},
            "properties": {"name": _("%d件") % issue.heat.messages, "value": issue.heat.messages},
        }
        for issue in found.issues
        for lng, lat in issue.points
    ]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Cache-Control"] = "private, max-age=60"
    return response


# -- one case of many -----------------------------------------------------------
class ClusterFilterForm(forms.Form):
    """How the list of clusters is narrowed and sorted."""

    q = forms.CharField(label=gettext_lazy("编号或共同的事"), required=False, max_length=60)
    stage = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            ("open", gettext_lazy("在办")),
            ("ended", gettext_lazy("已办结")),
            ("dissolved", gettext_lazy("已解散")),
        ],
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("排序"),
        required=False,
        choices=[
            ("", gettext_lazy("最近的在前")),
            ("oldest", gettext_lazy("最早的在前")),
            ("many", gettext_lazy("回执多的在前")),
        ],
    )


def clusters_asked(actor: Actor, query: QueryDict) -> tuple[ClusterFilterForm, QuerySet[Cluster]]:
    """Return the list's filters as an address has them, and the clusters that it then shows."""
    if not actor.is_governing:
        raise NotAllowed(_("您的岗位不查看同类事项。"))
    form = ClusterFilterForm(query)
    return form, selectors.cluster_list(actor, **chosen_of(form))


@require_GET
@desk_page
def clusters_page(request: HttpRequest) -> HttpResponse:
    """List the clusters of the actor's areas."""
    form, rows = clusters_asked(actor_of(request), request.GET)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    is_narrowed = bool(form.cleaned_data.get("q") or form.cleaned_data.get("stage"))
    context = {"form": form, "page": found, "rows": found.object_list, "is_narrowed": is_narrowed}
    return render(request, "clusters/list.html", context)


def _keys(values: list[str]) -> list[UUID]:
    try:
        return [UUID(value) for value in values[:MOST]]
    except ValueError as error:
        raise NotFound from error


def _joiner(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.function not in COMMITTEE_OR_STREET:
        raise NotAllowed(_("您的岗位不合并事项。"), hint=_("由当地居委会或街镇办理。"))
    return actor


@desk_page
def new_page(request: HttpRequest) -> HttpResponse:
    """Look through what would be handled as one, then do it; by the second button a whistle follows."""
    actor = _joiner(request)
    sent = request.POST if request.method == "POST" else request.GET
    rows = selectors.mergeable(actor, _keys(sent.getlist("m")))
    title, error = sent.get("title", "")[:80], ""
    if request.method == "POST":
        made = _made(request, actor, rows, title)
        if isinstance(made, Cluster):
            messages.success(request, _("已并为一案，每位反映人都收到了通知，编号不变。"))
            return HttpResponseRedirect(_after(made, request.POST.get("then", "")))
        error = made
    head = sent.get("head") or (str(rows[0].public_id) if rows else "")
    context = {"rows": rows, "title": title, "error": error, "head": head, "whose": whose(request)}
    return render(request, "clusters/new.html", context, status=422 if error else 200)


def _made(request: HttpRequest, actor: Actor, rows: list[Matter], title: str) -> Cluster | str:
    by_key = {str(row.public_id): row.pk for row in rows}
    head = by_key.get(request.POST.get("head", "")) or next(iter(by_key.values()), None)
    if head is None:
        return _("请至少选择两件事。")
    try:
        return cluster_make(
            actor=actor,
            title=title,
            head_id=head,
            matter_ids=list(by_key.values()),
            accepts=request.POST.get("then") == "whistle",
            request_key=request.POST.get("request_key", ""),
        )
    except (InvalidInput, Conflict) as refusal:
        return refusal.message


def _after(cluster: Cluster, then: str) -> str:
    if then == "whistle":
        return reverse("matters:action", args=[cluster.head.public_id, "whistle"])
    return reverse("clusters:record", args=[cluster.public_id])


@require_GET
@desk_page
def cluster_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one cluster: what is handled, and every receipt with whether its reporter knows the result."""
    actor = actor_of(request)
    cluster = selectors.cluster_get(actor, public_id)
    rows = selectors.receipt_rows(cluster)
    may_change = can_change_cluster(actor, cluster) and cluster.dissolved_at is None
    context = {
        "cluster": cluster,
        "head": cluster.head,
        "rows": rows,
        "told": sum(row.is_told for row in rows),
        "rated": sum(row.is_rated for row in rows),
        "is_closed": cluster.head.state == State.CLOSED,
        "may_change": may_change,
        "may_whistle": may_change and WORKFLOW.allows(cluster.head.state, "whistle"),
        "ways": Told.choices,
        "alike": _alike(actor, cluster) if may_change and cluster.head.state in LIVE else [],
        "left": selectors.receipts_left(cluster),
    }
    return render(request, "clusters/record.html", context)


def _alike(actor: Actor, cluster: Cluster) -> list[Any]:
    """Return live matters near by that look like the same, and neither are in it nor were taken out of it."""
    known = set(cluster.receipts.values_list("matter_id", flat=True))
    found = [row.public_id for row in desk_selectors.alike(actor, cluster.head) if row.pk not in known]
    return selectors.mergeable(actor, found)


@require_POST
@desk_page
def add_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Join the ticked matters to a cluster."""
    actor = _joiner(request)
    cluster = selectors.cluster_get(actor, public_id)
    rows = selectors.mergeable(actor, _keys(request.POST.getlist("m")))
    try:
        cluster_add(
            actor=actor,
            cluster_id=cluster.pk,
            matter_ids=[row.pk for row in rows],
            request_key=request.POST.get("request_key", ""),
        )
    except (InvalidInput, Conflict) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已并入，反映人收到了通知。"))
    return HttpResponseRedirect(reverse("clusters:record", args=[cluster.public_id]))


class ReleaseForm(DeskForm):
    """What goes its own way again, and why."""

    m = forms.ModelMultipleChoiceField(
        label=gettext_lazy("哪几件不是同一件事"),
        queryset=Matter.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = long_text(
        gettext_lazy("为什么"),
        limit=300,
        help_text=gettext_lazy("反映人会看到；这件事回到并入之前，单独办理"),
    )

    def __init__(self, *args: Any, cluster: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["m"]
        others = receipts_running(cluster).exclude(matter=cluster.head_id).order_by()
        field.queryset = Matter.objects.filter(pk__in=others.values("matter")).order_by("reported_at", "pk")
        field.label_from_instance = lambda matter: f"{matter.title}（{matter.number}）"


@desk_page
def release_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take some out of a cluster again, or all by the second button, with the reason."""
    actor = _joiner(request)
    cluster = selectors.cluster_get(actor, public_id)
    if not can_change_cluster(actor, cluster):
        raise NotAllowed(_("由当地居委会或街镇办理。"))
    typed = request.POST if request.method == "POST" else None
    form = ReleaseForm(typed, cluster=cluster, initial={"m": request.GET.getlist("m")})
    status = 200
    if request.method == "POST":
        status = _released(request, actor, cluster, form)
        if status == 302:
            messages.success(request, _("已分出，反映人收到了通知，各自单独办理。"))
            return HttpResponseRedirect(reverse("clusters:record", args=[cluster.public_id]))
    context = {"cluster": cluster, "form": form, "whose": whose(request)}
    return render(request, "clusters/release.html", context, status=status)


def _released(request: HttpRequest, actor: Actor, cluster: Cluster, form: ReleaseForm) -> int:
    if not form.is_valid():
        return 422
    key, why = request.POST.get("request_key", ""), form.cleaned_data["reason"]
    chosen = [matter.pk for matter in form.cleaned_data["m"]]
    try:
        if request.POST.get("all") == "yes":
            cluster_dissolve(actor=actor, cluster_id=cluster.pk, reason=why, request_key=key)
        else:
            cluster_release(
                actor=actor, cluster_id=cluster.pk, matter_ids=chosen, reason=why, request_key=key
            )
    except InvalidInput as refusal:
        form.add_error("m" if "matters" in refusal.details else "reason", refusal.message)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    return 302


@require_POST
@desk_page
def tell(request: HttpRequest, public_id: UUID, matter_id: UUID) -> HttpResponse:
    """Note that a reporter without an account was told what came of it."""
    actor = _joiner(request)
    cluster = selectors.cluster_get(actor, public_id)
    receipt = receipts_running(cluster).filter(matter__public_id=matter_id).first()
    if receipt is None:
        raise NotFound
    try:
        receipt_tell(
            actor=actor, cluster_id=cluster.pk, matter_id=receipt.matter_id, how=request.POST.get("how", "")
        )
    except (InvalidInput, Conflict) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已记下。"))
    return HttpResponseRedirect(reverse("clusters:record", args=[cluster.public_id]))


@require_GET
@desk_page
def receipts_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every reporter's own paper, a sheet each: the slip, or after the end the result."""
    actor = actor_of(request)
    cluster = selectors.cluster_get(actor, public_id)
    if not can_change_cluster(actor, cluster):
        raise NotAllowed(_("回执由当地居委会或街镇打印。"))
    is_closed = cluster.head.state == State.CLOSED
    told = [row.receipt.matter for row in selectors.receipt_rows(cluster)]
    papers = [reply_paper(matter, actor) if is_closed else acceptance_paper(matter) for matter in told]
    context = {
        "papers": papers,
        "back": reverse("clusters:record", args=[cluster.public_id]),
        "result": _result(cluster.head) if is_closed else "",
        "printed_by": actor.name,
        "now_at": clock.now(),
    }
    response = render(request, "clusters/receipts.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _result(head: Matter) -> str:
    """Return what the leading unit said it did."""
    done = head.assignments.filter(part="lead", round=head.round).exclude(result="").last()
    return done.result if done else ""
