"""Addresses of pairs that look alike and of transfers; the room's urls.py joins them with the others."""

from django.urls import path

from . import views

DESK = "desk/residents/"
urlpatterns = [
    path(f"{DESK}duplicates/", views.duplicates, name="duplicates"),
    path(f"{DESK}transfers/", views.transfers, name="transfers"),
    path(f"{DESK}transfers/<uuid:public_id>/", views.transfer, name="transfer"),
]
