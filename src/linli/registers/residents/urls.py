"""Addresses of the registry."""

from django.urls import path

from .views import homes, households

app_name = "residents"
DESK = "desk/residents/"
urlpatterns = [
    path(DESK, homes.find, name="find"),
    path(f"{DESK}buildings/", homes.buildings, name="buildings"),
    path(f"{DESK}buildings/<uuid:public_id>/", homes.building, name="building"),
    path(f"{DESK}parts/<uuid:public_id>/", homes.part, name="part"),
    path(f"{DESK}households/<uuid:public_id>/", households.card, name="household"),
]
