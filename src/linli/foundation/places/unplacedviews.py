"""The list of compounds that a file names without a street: placed or dismissed by hand."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed

from .homeforms import PlaceForm
from .permissions import can_place_compounds
from .selectors import unplaced_filter
from .services import unplaced_dismiss, unplaced_place
from .views import fault, keeper

PAGE = 50
CHOSEN_MAX = 200


def _page(request: HttpRequest, actor: Actor, form: PlaceForm) -> HttpResponse:
    words, near = request.GET.get("q", "").replace("\0", "").strip()[:40], request.GET.get("near", "")
    rows = unplaced_filter(actor, words=words, near=near)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": list(page),
        "words": words,
        "near": near,
        "form": form,
        "chosen": request.POST.getlist("chosen"),
        "may_place": can_place_compounds(actor),
        "is_filtered": bool(words or near),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "places/unplaced.html", context, status=status)


def _ids(request: HttpRequest) -> list[UUID]:
    """Return the rows that were ticked; raises ``InvalidInput`` for none or for nonsense."""
    try:
        ids = [UUID(text) for text in request.POST.getlist("chosen")]
    except ValueError as error:
        raise InvalidInput(_("所选的小区有的已经处理过。"), hint=_("请刷新列表后重新选择。")) from error
    if not 1 <= len(ids) <= CHOSEN_MAX:
        raise InvalidInput(_("请先勾选小区，一次不超过200个。"))
    return ids


@require_http_methods(["GET", "POST"])
def unplaced_page(request: HttpRequest) -> HttpResponse:
    """List what waits for its street; place what is ticked in one, or dismiss it."""
    actor = keeper(request)
    if request.method == "GET":
        return _page(request, actor, PlaceForm(actor=actor))
    if not can_place_compounds(actor):
        raise NotAllowed(_("由街镇、区市或平台运维确认。"))
    is_dismissed = request.POST.get("act") == "dismiss"
    form = PlaceForm(request.POST, actor=actor)
    if is_dismissed:
        count = unplaced_dismiss(actor=actor, ids=_ids(request))
        messages.success(request, _("已把%d个小区标为不属于本地或重复。") % count)
        return redirect("places:unplaced")
    if form.is_valid():
        try:
            made = unplaced_place(actor=actor, ids=_ids(request), **form.cleaned_data)
        except InvalidInput as refusal:
            fault(form, refusal)
        else:
            words = {"n": len(made), "street": made[0].street.name}
            messages.success(request, _("已把%(n)d个小区放到%(street)s。") % words)
            return redirect("places:unplaced")
    return _page(request, actor, form)
