"""Pages of what is sent to other systems."""

from django.urls import path

from . import views

app_name = "webhooks"
HOOKS = "desk/settings/webhooks/"
ONE = f"{HOOKS}<uuid:public_id>/"
urlpatterns = [
    path(HOOKS, views.index, name="list"),
    path(f"{HOOKS}new/", views.new, name="new"),
    path(f"{HOOKS}guide/", views.guide, name="guide"),
    path(ONE, views.detail, name="detail"),
    path(f"{ONE}change/", views.change, name="change"),
    path(f"{ONE}renew/", views.renew, name="renew"),
    path(f"{ONE}test/", views.test, name="test"),
    path(f"{ONE}pause/", views.pause, name="pause"),
    path(f"{ONE}resume/", views.resume, name="resume"),
    path(f"{ONE}close/", views.close, name="close"),
    path(f"{ONE}messages/<uuid:message_id>/retry/", views.retry, name="retry"),
]
