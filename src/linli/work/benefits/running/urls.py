"""Addresses of runs at the desk."""

from django.urls import path

from . import pages

RUNS = "desk/benefits/runs/"
urlpatterns = [
    path(RUNS, pages.list_page, name="runs"),
    path(f"{RUNS}ask/", pages.ask, name="run_ask"),
    path(f"{RUNS}<uuid:public_id>/", pages.run_page, name="run"),
    path(f"{RUNS}<uuid:public_id>/stop/", pages.stop, name="run_stop"),
    path(f"{RUNS}<uuid:public_id>/resume/", pages.resume, name="run_resume"),
]
