"""Addresses of the home page, the choice of a neighbourhood and the help page."""

from django.urls import path

from . import views
from .api import api
from .api.pages import docs

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("neighbourhood/", views.neighbourhood, name="neighbourhood"),
    path("neighbourhood/places/", views.neighbourhood_places, name="neighbourhood_places"),
    path("api/v1/docs/", docs, name="api_docs"),
    path("api/v1/", api.urls),
    path("help/", views.help_page, name="help"),
]
