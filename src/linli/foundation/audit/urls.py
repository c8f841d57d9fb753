"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "audit"
urlpatterns = [
    path("desk/settings/audit/", views.audit, name="list"),
    path("looks/", views.my_looks, name="my_looks"),
]
