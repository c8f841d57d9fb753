"""Addresses of 政策找人."""

from .authoring.urls import urlpatterns as authoring

app_name = "benefits"
urlpatterns = [*authoring]
