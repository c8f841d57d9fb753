"""Addresses of the places: maps and pickers for everybody, the register for those who keep it."""

from django.urls import path

from . import api, changeviews, homeviews, unplacedviews, views

app_name = "places"
BUILDING = "desk/settings/places/buildings/<uuid:public_id>/"
urlpatterns = [
    path("map/divisions.geojson", api.map_divisions, name="map_divisions"),
    path("place/locate/", api.place_locate, name="locate"),
    path("place/search/", api.place_search, name="search"),
    path("place/committees/", api.place_committees, name="committees"),
    path("place/divisions/", api.place_divisions, name="divisions"),
    path("place/divisions/<str:code>/history/", api.place_division_history, name="division_history"),
    path("desk/settings/places/", views.division_page, name="index"),
    path("desk/settings/places/changes/", changeviews.changes, name="changes"),
    path("desk/settings/places/changes/new/", changeviews.change_new, name="change_new"),
    path("desk/settings/places/changes/<uuid:public_id>/", changeviews.change_page, name="change"),
    *(
        path(
            f"desk/settings/places/changes/<uuid:public_id>/{act}/",
            changeviews.change_act,
            {"act": act},
            name=f"change_{act}",
        )
        for act in ("confirm", "cancel", "apply")
    ),
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
    path(f"{BUILDING}", homeviews.building_page, name="building"),
    path(f"{BUILDING}edit/", homeviews.building_edit, name="building_edit"),
    path(f"{BUILDING}grids/", homeviews.building_grids, name="building_grids"),
    path(f"{BUILDING}close/", homeviews.building_end, name="building_close"),
    path(f"{BUILDING}reopen/", homeviews.building_again, name="building_reopen"),
    path(f"{BUILDING}stairs/", homeviews.stair_new, name="stair_add"),
    path(f"{BUILDING}parts/", homeviews.part_new, name="part_add"),
    path(f"{BUILDING}rooms/", homeviews.rooms_page, name="rooms"),
    path(f"{BUILDING}rooms/undo/", homeviews.rooms_undo, name="rooms_undo"),
    path("desk/settings/places/stairs/<uuid:public_id>/", homeviews.stair_edit, name="stair_update"),
    path("desk/settings/places/stairs/<uuid:public_id>/remove/", homeviews.stair_delete, name="stair_remove"),
    path("desk/settings/places/parts/<uuid:public_id>/", homeviews.part_page, name="part"),
    path("desk/settings/places/parts/<uuid:public_id>/close/", homeviews.part_end, name="part_close"),
    path("desk/settings/places/parts/<uuid:public_id>/reopen/", homeviews.part_again, name="part_reopen"),
    path("desk/settings/places/unplaced/", unplacedviews.unplaced_page, name="unplaced"),
]
