"""Linli on a phone's home screen: the manifest, the service worker, the page for when there is no line."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from .assets import BUILT


def _icon(size: int, purpose: str) -> dict[str, str]:
    source = static(f"ui/mark-{size}.png")
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@require_GET
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """Say under which name and picture the home screen shows Linli."""
    icons = [
        {"src": static("ui/mark-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {
            "src": static("ui/mark-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "any maskable",
        },
    ]
    report = {"name": _("我要反映"), "url": "/report/"}
    content = {
        "id": "/",
        "name": _("邻里"),
        "short_name": _("邻里"),
        "description": _("身边的事，一起办。"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": "#0b5c60",
        "background_color": "#f6f4f0",
        "icons": icons,
        "shortcuts": [report],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Send the worker from the root, whose pages it serves; browsers ask for it anew each day."""
    path = BUILT / "sw.js"
    if not path.exists():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="text/javascript; charset=utf-8")


@require_GET
@cache_control(max_age=0)
def offline(request: HttpRequest) -> HttpResponse:
    """Show what can be done without a line: call for help, write down what happened."""
    return render(request, "ui/offline.html")
