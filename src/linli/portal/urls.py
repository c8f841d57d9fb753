"""Addresses of the home page, the choice of a neighbourhood and the help page."""

from django.urls import path

from . import joining, searching, views
from .api import api
from .api.pages import docs

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("neighbourhood/", views.neighbourhood, name="neighbourhood"),
    path("neighbourhood/places/", views.neighbourhood_places, name="neighbourhood_places"),
    path("api/v1/docs/", docs, name="api_docs"),
    path("api/v1/", api.urls),
    path("desk/matters/<uuid:public_id>/to-meeting/", joining.to_meeting, name="to_meeting"),
    path("desk/search/", searching.desk_search, name="search"),
    path("desk/search/hits/", searching.desk_hits, name="search_hits"),
    path("search/", searching.resident_search, name="find"),
    path("help/", views.help_page, name="help"),
]
