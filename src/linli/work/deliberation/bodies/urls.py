"""Addresses of the pages about bodies; they stand under 议事."""

from django.urls import path

from . import pages, public

app_name = "bodies"
ONE = "desk/council/bodies/<uuid:public_id>/"
urlpatterns = [
    path("desk/council/bodies/", pages.list_page, name="list"),
    path("desk/council/bodies/new/", pages.new_page, name="new"),
    path(ONE, pages.record_page, name="record"),
    path(f"{ONE}history/", pages.history_page, name="history"),
    path(f"{ONE}do/<slug:code>/", pages.act_page, name="act"),
    path(f"{ONE}members/<uuid:member>/<slug:code>/", pages.member_page, name="member"),
    path("council/bodies/", public.public_list, name="public_list"),
    path("council/bodies/<uuid:public_id>/", public.public_page, name="public"),
    path(f"{ONE}sittings/<uuid:sitting>/undo/", pages.unmet, name="unmet"),
]
