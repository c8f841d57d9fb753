"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "duties"
urlpatterns = [
    path("desk/", views.todo, name="todo"),
    path("desk/settings/calendar/", views.calendar, name="calendar"),
    path("desk/settings/ladder/", views.ladder, name="ladder"),
]
