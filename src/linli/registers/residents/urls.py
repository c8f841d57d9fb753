"""Addresses of the registry."""

from django.urls import path

from .finding.urls import urlpatterns as finding
from .linking.urls import urlpatterns as linking
from .views import counts, homes, households, lists

app_name = "residents"
DESK = "desk/residents/"
urlpatterns = [
    path(DESK, homes.find, name="find"),
    path(f"{DESK}counts/", counts.counts, name="counts"),
    path(f"{DESK}buildings/", homes.buildings, name="buildings"),
    path(f"{DESK}buildings/<uuid:public_id>/", homes.building, name="building"),
    path(f"{DESK}parts/<uuid:public_id>/", homes.part, name="part"),
    path(f"{DESK}people/", lists.people, name="people"),
    path(f"{DESK}establishments/", lists.establishments, name="establishments"),
    path(f"{DESK}establishments/<uuid:public_id>/", lists.establishment, name="establishment"),
    path(f"{DESK}households/", lists.households, name="households"),
    path(f"{DESK}households/<uuid:public_id>/", households.card, name="household"),
    *finding,
    *linking,
]
