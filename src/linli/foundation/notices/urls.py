"""Addresses of this room."""

from django.urls import path

from .views import broadcasts, inbox, outbox

app_name = "notices"
SENT = "desk/broadcasts/"
urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.read_all, name="read_all"),
    path("inbox/<uuid:notice_id>/", inbox.notice, name="open"),
    path("me/messages/", inbox.choices, name="choices"),
    path("me/messages/neighbourhood/", inbox.subscribe, name="subscribe"),
    path("desk/settings/deliveries/", outbox.deliveries, name="deliveries"),
    path("desk/settings/deliveries/<int:delivery_id>/retry/", outbox.retry, name="retry"),
    path(SENT, broadcasts.broadcasts, name="broadcasts"),
    path(f"{SENT}new/", broadcasts.broadcast_new, name="broadcast_new"),
    path(f"{SENT}count/", broadcasts.broadcast_count, name="broadcast_count"),
    path(f"{SENT}<uuid:public_id>/", broadcasts.broadcast_page, name="broadcast"),
    path(f"{SENT}<uuid:public_id>/edit/", broadcasts.broadcast_change, name="broadcast_edit"),
    path(f"{SENT}<uuid:public_id>/<str:act>/", broadcasts.broadcast_act, name="broadcast_act"),
]
