"""Addresses of the public catalogue."""

from django.urls import path

from . import pages

urlpatterns = [
    path("benefits/", pages.list_page, name="public_list"),
    path("benefits/<slug:code>/", pages.policy_page, name="public"),
]
