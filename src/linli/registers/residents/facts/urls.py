"""Addresses of the dictionary."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/settings/facts/", views.dictionary_page, name="dictionary"),
    path("registry/facts/", views.dictionary_public, name="dictionary_public"),
]
