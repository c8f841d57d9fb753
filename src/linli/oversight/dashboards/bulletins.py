"""The pages of the monthly bulletin."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.core import clock
from linli.foundation.accounts.permissions import staff_required
from linli.foundation.exports.papers import DOCX
from linli.work.matters.rollup.selectors import counted_until

from .bulletin import Bulletin, bulletin_document, bulletin_of, month_period, months_of
from .overview import area_of, trail_of
from .periods import Period
from .views import reader_of


def _made(request: HttpRequest) -> tuple[Bulletin, Period, dict[str, object]]:
    actor, today = reader_of(request), clock.today()
    period = month_period(request.GET.get("month", ""), today)
    division = area_of(actor, request.GET.get("area", ""), period)
    context: dict[str, object] = {
        "division": division,
        "trail": trail_of(actor, division),
        "months": [(f"{first:%Y-%m}", first) for first in months_of(today)],
        "period": period,
        "counted_at": counted_until(),
    }
    return bulletin_of(actor, division, period), period, context


@staff_required
def bulletin_page(request: HttpRequest) -> HttpResponse:
    """Show the bulletin as it is printed."""
    bulletin, _period, context = _made(request)
    return render(request, "dashboards/bulletin.html", {**context, "bulletin": bulletin})


@staff_required
def bulletin_docx(request: HttpRequest) -> HttpResponse:
    """Send the bulletin as a DOCX."""
    bulletin, _period, context = _made(request)
    at = context["counted_at"]
    foot = _("来源：本平台事项记录，统计至%s。") % (f"{clock.local_date(at)}" if at else "—")  # type: ignore[arg-type]
    response = HttpResponse(bulletin_document(bulletin, foot), content_type=DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(bulletin.title)}.docx"
    return response
