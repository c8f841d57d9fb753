"""The address of 议事: its first tab is the list of meetings."""

from django.urls import path

from .meetings.pages import list_page

app_name = "deliberation"
urlpatterns = [path("desk/council/", list_page, name="list")]
