"""Pages of the frame itself: what is said when something is refused, and the reader's own choices."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.clock import now
from linli.core.errors import InvalidInput, NotAllowed, NotFound, Refusal
from linli.core.words import gettext_lazy

from .context import LARGER_COOKIE
from .gallery import GalleryForm, shapes
from .refusals import log, number_new, refusal_response, wants_json

YEAR = 365 * 24 * 3600


class PageExpired(Refusal):
    """The form's token is missing or old: the page lay open too long, or cookies are blocked."""

    code = "page.expired"
    status = 403
    message = gettext_lazy("页面打开太久，需要重新确认是您本人。")
    hint = gettext_lazy(
        "请返回上一页，刷新后再提交；您填写的内容会自动恢复。如果反复出现，请允许浏览器使用 Cookie。"
    )


class BadRequest(Refusal):
    """The request could not be read."""

    code = "request.bad"
    message = gettext_lazy("这个请求无法读取。")
    hint = gettext_lazy("请返回上一页再试一次。如果上传了文件，请检查文件是否太大。")


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not hold."""
    return refusal_response(request, PageExpired())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return refusal_response(request, BadRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return refusal_response(request, NotAllowed())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    refusal = NotFound(
        _("没有找到这个页面。"), hint=_("请核对网址或编号；它可能已被删除，或不在您的查看范围内。")
    )
    return refusal_response(request, refusal)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that depends on nothing that may have failed."""
    number = getattr(request, "request_id", "") or number_new()
    log.error("%s 500 %s", number, request.path)
    if wants_json(request):
        fault = Refusal(_("系统出了故障，这一步没有完成。"), hint=_("请稍后再试。"))
        fault.status, fault.code = 500, "server.fault"
        return refusal_response(request, fault)
    response = HttpResponse(_fault_page(number), status=500)
    response["X-Request-Id"] = number
    return response


def _fault_page(number: str) -> str:
    from django.template.loader import render_to_string

    return render_to_string("ui/fault.html", {"request_id": number})


@require_POST
def larger_toggle(request: HttpRequest) -> HttpResponse:
    """Keep in a cookie whether the reader wants the larger version, and return to the same page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    wanted = "1" if request.POST.get("larger") == "1" else "0"
    response.set_cookie(LARGER_COOKIE, wanted, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


@require_GET
def gallery(request: HttpRequest, face: str = "desk") -> HttpResponse:
    """Show every component, for whoever builds pages and for the tests; only in demo and debug."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    present = now()
    context = {
        "face_template": f"ui/{face}.html",
        "face": face,
        "form": GalleryForm({"title": "", "text": _("楼道灯坏了，晚上看不清台阶。"), "kind": "light"}),
        "page": Paginator(range(1, 184), 20).page(3),
        "soon": present + timedelta(hours=5, minutes=20),
        "later": present + timedelta(days=3, hours=2),
        "late": present - timedelta(days=1, hours=3),
        "before": present - timedelta(days=2),
    }
    return render(request, "ui/gallery.html", context)


@require_GET
def gallery_shapes(request: HttpRequest) -> HttpResponse:
    """Give the gallery's map something to draw; only in demo and debug."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    return JsonResponse(shapes())


@require_GET
def gallery_refusal(request: HttpRequest, status: int) -> HttpResponse:
    """Show the page of one refusal; only in demo and debug."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    chosen = next((kind for kind in _refusals() if kind.status == status), None)
    if chosen is None:
        return server_error(request)
    raise chosen()


def _refusals() -> list[type[Refusal]]:
    from linli.core import errors

    return [
        errors.NotSignedIn,
        NotAllowed,
        NotFound,
        errors.StaleVersion,
        errors.Expired,
        InvalidInput,
        errors.TooMany,
    ]
