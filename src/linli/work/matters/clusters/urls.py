"""Addresses of the pages about hot issues and clusters; they stand under 事项."""

from django.urls import path

from .pages import (
    add_page,
    cluster_page,
    clusters_page,
    hot_page,
    hot_places,
    new_page,
    receipts_page,
    release_page,
    tell,
)

app_name = "clusters"
urlpatterns = [
    path("desk/matters/hot/", hot_page, name="hot"),
    path("desk/matters/hot/places/", hot_places, name="hot_places"),
    path("desk/matters/clusters/", clusters_page, name="list"),
    path("desk/matters/clusters/new/", new_page, name="new"),
    path("desk/matters/clusters/<uuid:public_id>/", cluster_page, name="record"),
    path("desk/matters/clusters/<uuid:public_id>/add/", add_page, name="add"),
    path("desk/matters/clusters/<uuid:public_id>/release/", release_page, name="release"),
    path("desk/matters/clusters/<uuid:public_id>/receipts/", receipts_page, name="receipts"),
    path("desk/matters/clusters/<uuid:public_id>/tell/<uuid:matter_id>/", tell, name="tell"),
]
