"""Pages that only the tests of this room serve: refusals to raise, a form to send, a receipt."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path

from linli.core import errors
from linli.core.actor import Actor, Function

RECEIVED: list[dict[str, str]] = []
KINDS = {
    kind.__name__: kind
    for kind in (errors.NotSignedIn, errors.NotAllowed, errors.NotFound, errors.StaleVersion, errors.Expired)
} | {"InvalidInput": errors.InvalidInput, "TooMany": errors.TooMany}
DETAILS = {
    "StaleVersion": {"theirs": {"类别": "道路破损"}, "yours": {"类别": "楼道照明"}},
    "TooMany": {"retry_after": 60},
    "InvalidInput": {"text": "<b>请写明地点。</b>"},
}


class Report(forms.Form):
    """One field that must be filled in."""

    text = forms.CharField(label="内容", widget=forms.Textarea, max_length=20)


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    """Raise the refusal that the address names."""
    raise KINDS[kind](details=DETAILS.get(kind))


def fault(request: HttpRequest) -> HttpResponse:
    """Fail as a programming fault does."""
    raise RuntimeError("broken")


def report(request: HttpRequest) -> HttpResponse:
    """Take a report; what was received is kept for the test to look at."""
    form = Report(request.POST or None)
    if request.method == "POST" and form.is_valid():
        RECEIVED.append({name: str(value) for name, value in request.POST.items()})
        RECEIVED[-1]["photos"] = str(len(request.FILES.getlist("photos")))
        messages.success(request, "已收到。")
        return HttpResponseRedirect("/test/receipt/")
    return render(request, "ui_tests/report.html", {"form": form}, status=422 if form.errors else 200)


def receipt(request: HttpRequest) -> HttpResponse:
    """Confirm."""
    return render(request, "ui_tests/receipt.html")


def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk to a committee's worker."""
    request.actor = Actor(  # type: ignore[attr-defined]
        key="person:1", function=Function.COMMITTEE, name="王敏", person_id=1, areas=("1.",)
    )
    return render(request, "ui_tests/desk.html")


urlpatterns = [
    path("", include("linli.foundation.ui.urls")),
    path("test/refuse/<str:kind>/", refuse),
    path("api/refuse/<str:kind>/", refuse),
    path("desk/refuse/<str:kind>/", refuse),
    path("test/fault/", fault),
    path("test/report/", report),
    path("test/receipt/", receipt),
    path("desk/test/", desk),
]
handler400 = "linli.foundation.ui.views.bad_request"
handler403 = "linli.foundation.ui.views.forbidden"
handler404 = "linli.foundation.ui.views.not_found"
handler500 = "linli.foundation.ui.views.server_error"
