"""Addresses of outreach."""

from django.http import HttpResponse
from django.urls import path

app_name = "outreach"
DESK = "desk/benefits/"
urlpatterns = [
    path(f"{DESK}visits/<uuid:public_id>/", lambda request, public_id: HttpResponse(), name="record")
]
