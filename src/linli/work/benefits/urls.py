"""Addresses of 政策找人."""

from .authoring.urls import urlpatterns as authoring
from .catalogue.urls import urlpatterns as catalogue
from .outreach.urls import urlpatterns as outreach

app_name = "benefits"
urlpatterns = [*outreach, *authoring, *catalogue]
