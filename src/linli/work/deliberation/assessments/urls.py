"""Addresses of the pages about assessments; they stand under 议事 and 议事厅."""

from django.urls import path

from . import pages

app_name = "assessments"
DESK = "desk/council/assessments/"
urlpatterns = [
    path(DESK, pages.list_page, name="list"),
    path(f"{DESK}new/", pages.new_page, name="new"),
    path(f"{DESK}<uuid:public_id>/", pages.record_page, name="record"),
    path(f"{DESK}<uuid:public_id>/confirm/", pages.confirm, name="confirm"),
    path(f"{DESK}<uuid:public_id>/reject/", pages.reject, name="reject"),
    path("council/assessments/<uuid:public_id>/", pages.public_page, name="public"),
]
