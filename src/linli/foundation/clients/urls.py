"""Pages of other systems' access."""

from django.urls import path

from . import views

app_name = "clients"
CLIENTS = "desk/settings/clients/"
ONE = f"{CLIENTS}<uuid:public_id>/"
urlpatterns = [
    path(CLIENTS, views.client_index, name="list"),
    path(f"{CLIENTS}new/", views.client_new, name="new"),
    path(ONE, views.client_detail, name="detail"),
    path(f"{ONE}edit/", views.client_edit, name="edit"),
    path(f"{ONE}close/", views.client_end, name="close"),
    path(f"{ONE}tokens/<uuid:token_id>/revoke/", views.token_end, name="token_revoke"),
]
