"""Addresses of 政策找人."""

from .authoring.urls import urlpatterns as authoring
from .catalogue.urls import urlpatterns as catalogue
from .outreach.urls import urlpatterns as outreach
from .own.urls import urlpatterns as own
from .running.urls import urlpatterns as running

app_name = "benefits"
urlpatterns = [*outreach, *running, *own, *authoring, *catalogue]
