"""Addresses of the public catalogue."""

from django.urls import path

from . import checking, pages

urlpatterns = [
    path("benefits/", pages.list_page, name="public_list"),
    path("benefits/check/", checking.check_page, name="check"),
    path("benefits/<slug:code>/", pages.policy_page, name="public"),
]
