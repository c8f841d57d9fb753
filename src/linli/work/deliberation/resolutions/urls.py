"""Addresses of the pages about resolutions: at the desk under 议事, for residents under 议事厅."""

from django.urls import path

from . import pages, public

app_name = "resolutions"
DESK = "desk/council/resolutions/<uuid:public_id>/"
urlpatterns = [
    path("desk/council/resolutions/", pages.list_page, name="list"),
    path("desk/council/resolutions/new/<uuid:item_id>/", pages.make_page, name="from_item"),
    path("desk/council/resolutions/of/<uuid:ballot_id>/", pages.ballot_page, name="from_ballot"),
    path(DESK, pages.record_page, name="record"),
    path(f"{DESK}do/<slug:code>/", pages.act_page, name="act"),
    path(f"{DESK}tasks/<uuid:task_id>/<slug:code>/", pages.task_page, name="task_act"),
    path(f"{DESK}photos/<uuid:photo_id>/proposals/", pages.photo_proposals, name="photo_proposals"),
    path(f"{DESK}photos/<uuid:photo_id>/<slug:variant>/", pages.photo, name="photo"),
    path("council/resolutions/", public.public_list, name="public_list"),
    path("council/resolutions/<uuid:public_id>/", public.public_detail, name="public_detail"),
    path(
        "council/resolutions/<uuid:public_id>/photos/<uuid:photo_id>/<slug:variant>/",
        public.public_photo,
        name="public_photo",
    ),
]
