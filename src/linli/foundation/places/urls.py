"""Addresses of the places: maps and pickers for everybody, the register for those who keep it."""

from django.urls import path

from . import api, views

app_name = "places"
urlpatterns = [
    path("map/divisions.geojson", api.map_divisions, name="map_divisions"),
    path("place/locate/", api.place_locate, name="locate"),
    path("place/search/", api.place_search, name="search"),
    path("place/committees/", api.place_committees, name="committees"),
    path("desk/settings/places/", views.division_page, name="index"),
    path("desk/settings/places/compounds/", views.compound_list, name="compounds"),
    path("desk/settings/places/compounds/add/", views.compound_new, name="compound_add"),
    path("desk/settings/places/compounds/<uuid:public_id>/", views.compound_page, name="compound"),
    path(
        "desk/settings/places/compounds/<uuid:public_id>/committee/",
        views.compound_committee,
        name="compound_committee",
    ),
    path(
        "desk/settings/places/compounds/<uuid:public_id>/buildings/", views.building_new, name="building_add"
    ),
    path("desk/settings/places/buildings/<uuid:public_id>/", views.building_rename, name="building_update"),
]
