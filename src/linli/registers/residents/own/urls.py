"""Addresses of one's own registration; the room's urls.py joins them with the others."""

from django.urls import path

from . import views

OWN = "me/registry/<uuid:resident_id>"
urlpatterns = [
    path(f"{OWN}/correct/", views.correct, name="own_correct"),
    path(f"{OWN}/facts/<uuid:fact_id>/", views.correct_fact, name="own_correct_fact"),
    path(f"{OWN}/tell/<slug:key>/", views.tell_fact, name="own_tell"),
    path(f"{OWN}/delete/", views.delete, name="own_delete"),
    path(f"{OWN}/consents/", views.consents, name="own_consents"),
    path(f"{OWN}/objection/", views.objection, name="own_objection"),
]
