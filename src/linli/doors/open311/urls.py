"""Addresses of GeoReport v2, its description for people, and the page in the settings."""

from django.urls import path, re_path

from . import pages, views

app_name = "open311"
FORM = r"\.(?P<form>json|xml)\Z"
V2 = "^open311/v2/"
urlpatterns = [
    path("open311/", pages.guide, name="guide"),
    path("desk/settings/open311/", pages.settings_page, name="settings"),
    path("open311/v2/openapi.json", views.openapi, name="openapi"),
    re_path(f"^open311/discovery{FORM}", views.discovery, name="discovery"),
    re_path(f"{V2}discovery{FORM}", views.discovery, name="discovery_v2"),
    re_path(f"{V2}services{FORM}", views.services, name="services"),
    re_path(rf"{V2}services/(?P<code>[^/]+){FORM}", views.definition, name="definition"),
    re_path(f"{V2}requests{FORM}", views.requests, name="requests"),
    re_path(rf"{V2}requests/(?P<service_request_id>[^/]+){FORM}", views.one_request, name="request"),
    re_path(rf"{V2}tokens/(?P<token>[^/]+){FORM}", views.token, name="token"),
    re_path(f"{V2}servicerequestupdates{FORM}", views.updates, name="updates"),
    re_path(r"^open311/(?P<rest>[\s\S]+)\Z", views.nowhere, name="nowhere"),
]
