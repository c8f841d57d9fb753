"""Addresses of this room."""

from django.urls import path

from . import views

app_name = "privacy"
ASKED = "desk/settings/data-requests/"
urlpatterns = [
    path("me/data/", views.my_data, name="my_data"),
    path("me/data/take/<str:format>/", views.take, name="take"),
    path("me/data/consent/withdraw/", views.withdraw_consent, name="withdraw_consent"),
    path("me/data/requests/<uuid:request_id>/withdraw/", views.withdraw_request, name="withdraw_request"),
    path(ASKED, views.requests, name="requests"),
    path(f"{ASKED}<uuid:request_id>/", views.answer, name="answer"),
    path(f"{ASKED}<uuid:request_id>/photo/", views.photo, name="request_photo"),
]
