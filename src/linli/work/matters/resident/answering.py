"""The page behind a single-use link: three questions about a closed matter, without signing in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.core.errors import InvalidInput
from linli.foundation.accounts.permissions import actor_of

from ..models import RatingLink
from ..permissions import is_never_public
from ..satisfaction.selectors import link_get, reason_choices
from ..satisfaction.services import answer_by_link
from .forms import RateForm


@never_cache
@require_http_methods(["GET", "POST"])
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the three questions to whoever holds the link, or take the answers; looking uses nothing up."""
    link = link_get(token)
    form = RateForm(request.POST if request.method == "POST" else None, reasons=reason_choices(link.matter))
    if request.method == "POST" and form.is_valid():
        said = form.said()
        try:
            answer_by_link(actor=actor_of(request), token=token, **said)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            return _shown(request, "answered", link, said=said)
    return _shown(request, "answer_link", link, 422 if form.errors else 200, form=form)


def _shown(
    request: HttpRequest, template: str, link: RatingLink, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer with a page that no search engine keeps and whose address goes to nobody else."""
    context = {"link": link, "matter": link.matter, "says_title": not is_never_public(link.matter), **more}
    response = render(request, f"matters/resident/{template}.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
