"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "retention"
urlpatterns = [
    path("desk/settings/retention/", views.overview, name="overview"),
    path("desk/settings/retention/holds/<uuid:hold_id>/lift/", views.lift, name="lift"),
]
