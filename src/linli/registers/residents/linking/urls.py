"""Addresses of linking; the room's urls.py joins them with the others."""

from django.urls import path

from . import desk, views

DESK = "desk/residents"
urlpatterns = [
    path("me/registry/", views.registry, name="registry"),
    path("me/registry/ask/", views.ask, name="link_ask"),
    path("me/registry/door/", views.door, name="door"),
    path("me/registry/door/<uuid:part_id>/", views.door, name="door_of"),
    path("me/registry/end/", views.end, name="link_end"),
    path(f"{DESK}/links/", desk.links, name="links"),
    path(f"{DESK}/links/<uuid:link_id>/", desk.link, name="link"),
    path(f"{DESK}/codes/", desk.codes, name="codes"),
    path(f"{DESK}/codes/<uuid:building_id>/", desk.building, name="building_codes"),
    path(f"{DESK}/codes/<uuid:building_id>/print/", desk.codes_print, name="codes_print"),
    path(f"{DESK}/codes/<uuid:building_id>/void/", desk.codes_void, name="codes_void"),
]
