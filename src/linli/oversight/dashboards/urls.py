"""Addresses of the page of figures."""

from django.urls import path

from . import views

app_name = "dashboards"
urlpatterns = [
    path("desk/data/", views.overview_page, name="overview"),
    path("desk/data/areas.geojson", views.areas_geojson, name="areas_geojson"),
]
