"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read-all/", views.read_all, name="read_all"),
    path("inbox/<uuid:notice_id>/", views.open_notice, name="open"),
    path("desk/settings/deliveries/", views.deliveries, name="deliveries"),
    path("desk/settings/deliveries/<int:delivery_id>/retry/", views.retry, name="retry"),
]
