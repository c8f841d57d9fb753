"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "exports"
urlpatterns = [
    path("exports/<slug:code>/new/", views.make, name="make"),
    path("exports/<uuid:public_id>/", views.detail, name="detail"),
    path("exports/<uuid:public_id>/file/", views.fetch, name="fetch"),
    path("desk/settings/exports/", views.records, name="records"),
]
