"""Which role, which area: the two switches of the header, and the privacy notice."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import InvalidInput, NotFound

from ..middleware import AREA, AREA_NAME, CONSENT, ROLE, ActorRequest, role_key_of
from ..permissions import actor_of, staff_required
from ..privacy import notice_by_version, notice_current, notice_list
from ..selectors import area_choices
from ..services import consent_agree
from .ways import next_address


@require_POST
@staff_required
def role_switch(request: ActorRequest) -> HttpResponse:
    """Act in another of one's roles from now on."""
    wanted = request.POST.get("role", "")
    if wanted not in {role_key_of(role) for role in request.roles}:
        raise NotFound(_("您没有这个岗位，或它已经结束。"))
    request.session[ROLE] = wanted
    for name in (AREA, AREA_NAME):
        request.session.pop(name, None)
    return redirect(next_address(request, request.POST.get("next", ""), "/desk/"))


@require_http_methods(["GET", "POST"])
@staff_required
def area_switch(request: ActorRequest) -> HttpResponse:
    """Look at one area of the role's only, or at all of them again."""
    choices = area_choices(request.whole_areas)
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "GET":
        chosen = request.session.get(AREA, "")
        return render(request, "accounts/areas.html", {"choices": choices, "chosen": chosen, "next": wanted})
    path = request.POST.get("area", "")
    place = next((place for place in choices if place.path == path), None)
    if path and place is None:
        raise NotFound(_("这个区域不在您的岗位范围内。"))
    request.session[AREA], request.session[AREA_NAME] = path, place.name if place else ""
    messages.success(request, _("现在只看%s。") % place.name if place else _("现在看岗位的全部区域。"))
    return redirect(next_address(request, wanted, "/desk/"))


@require_GET
def privacy(request: ActorRequest, version: str = "") -> HttpResponse:
    """Show the privacy notice: the one in force, or an older version by its date."""
    notice = notice_by_version(version) if version else notice_current()
    others = [other for other in reversed(notice_list()) if other.version != notice.version]
    context = {"notice": notice, "others": others, "is_current": notice == notice_current()}
    return render(request, "accounts/privacy.html", context)


@require_http_methods(["GET", "POST"])
def privacy_agree(request: ActorRequest) -> HttpResponse:
    """Ask again once the notice has a new version; agreeing leads back."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if not actor_of(request).is_signed_in:
        return redirect("accounts:sign_in")
    notice = notice_current()
    error = ""
    if request.method == "POST":
        try:
            consent_agree(actor=actor_of(request), version=request.POST.get("version", ""))
        except InvalidInput as refusal:
            error = refusal.message
        else:
            request.session[CONSENT] = notice.version
            return redirect(next_address(request, wanted))
    context = {"notice": notice, "next": wanted, "error": error}
    return render(request, "accounts/privacy_agree.html", context, status=422 if error else 200)
