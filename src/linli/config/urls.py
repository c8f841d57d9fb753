"""All pages and interfaces, room by room."""

from importlib.util import find_spec

from django.urls import include, path

ROOMS = (
    "foundation.ui",
    "foundation.accounts",
    "foundation.audit",
    "foundation.clients",
    "foundation.notices",
    "foundation.files",
    "foundation.duties",
    "foundation.retention",
    "foundation.privacy",
    "foundation.lists",
    "foundation.exports",
    "foundation.places",
    "foundation.imports",
    "registers.organizations",
    "registers.residents",
    "work.matters",
    "work.matters.routing",
    "work.matters.whistles",
    "work.matters.clusters",
    "work.deliberation.bodies",
    "work.deliberation.assessments",
    "work.deliberation",
    "work.deliberation.meetings",
    "work.deliberation.resolutions",
    "work.deliberation.ballots",
    "work.deliberation.secret",
    "work.deliberation.elections",
    "work.benefits",
    "oversight.dashboards",
    "doors.open311",
    "doors.webhooks",
    "portal",
)

urlpatterns = [
    path("", include(f"linli.{room}.urls")) for room in ROOMS if find_spec(f"linli.{room}.urls") is not None
]

handler400 = "linli.foundation.ui.views.bad_request"
handler403 = "linli.foundation.ui.views.forbidden"
handler404 = "linli.foundation.ui.views.not_found"
handler500 = "linli.foundation.ui.views.server_error"
