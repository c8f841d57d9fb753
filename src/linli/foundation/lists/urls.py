"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "lists"
urlpatterns = [
    path("desk/views/", views.saved, name="saved"),
    path("desk/views/<uuid:public_id>/", views.change, name="change"),
    path("desk/views/<uuid:public_id>/remove/", views.remove, name="remove"),
    path("desk/views/<slug:code>/save/", views.save, name="save"),
]
