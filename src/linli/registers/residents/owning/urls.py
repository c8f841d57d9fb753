"""Addresses of titles."""

from django.urls import path

from . import views

DESK = "desk/residents/"
PART = f"{DESK}parts/<uuid:public_id>/ownership/"
urlpatterns = [
    path(f"{DESK}ownerships/", views.ownerships, name="ownerships"),
    path(PART, views.part_title, name="part_title"),
    path(f"{PART}<slug:act>/", views.title_write, name="title_write"),
    path(f"{PART}now/<slug:act>/", views.title_act, name="title_act"),
]
