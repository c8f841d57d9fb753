"""Addresses of ballots: the organiser's under /desk/council/, everybody's under /council/."""

from django.urls import path

from . import views

app_name = "ballots"
urlpatterns = [
    path("desk/council/ballots/<uuid:public_id>/", views.record, name="record"),
    path("council/ballots/<uuid:public_id>/", views.public, name="public"),
]
