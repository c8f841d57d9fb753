"""Addresses of finding and revealing; no personal value ever stands in one."""

from django.urls import path

from . import views

DESK = "desk/residents/"
urlpatterns = [
    path(f"{DESK}search/", views.search, name="search"),
    path(f"{DESK}people/<uuid:public_id>/reveal/", views.resident, name="resident_reveal"),
    path(f"{DESK}households/<uuid:public_id>/reveal/", views.household, name="household_reveal"),
]
