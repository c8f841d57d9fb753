"""Addresses of care."""

from django.urls import path

from . import views

DESK = "desk/residents/care/"
urlpatterns = [
    path("desk/residents/care/ask/<slug:group>/", views.care_ask, name="care_ask"),
    path(DESK, views.care_page, name="care"),
    path(f"{DESK}round/", views.care_round, name="care_round"),
    path(f"{DESK}<uuid:public_id>/<slug:act>/", views.care_act, name="care_act"),
]
