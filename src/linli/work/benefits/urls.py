"""Addresses of 政策找人."""

from .authoring.urls import urlpatterns as authoring
from .catalogue.urls import urlpatterns as catalogue

app_name = "benefits"
urlpatterns = [*authoring, *catalogue]
