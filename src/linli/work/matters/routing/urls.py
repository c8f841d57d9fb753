"""Addresses of the decision tables, under 设置."""

from django.urls import path

from . import views

app_name = "routing"
TABLES = "desk/settings/routing/"
TABLE = f"{TABLES}<uuid:public_id>/"
urlpatterns = [
    path(TABLES, views.tables_page, name="tables"),
    path(f"{TABLES}direct/", views.direct_page, name="direct"),
    path(TABLE, views.table_page, name="table"),
    path(f"{TABLE}draft/", views.draft_page, name="draft"),
    path(f"{TABLE}draft/start/", views.draft_start_page, name="draft_start"),
    path(f"{TABLE}draft/discard/", views.discard_page, name="discard"),
    path(f"{TABLE}draft/policy/", views.policy_page, name="policy"),
    path(f"{TABLE}draft/file/", views.import_page, name="import"),
    path(f"{TABLE}draft/try/", views.try_page, name="try"),
    path(f"{TABLE}draft/publish/", views.publish_page, name="publish"),
    path(f"{TABLE}draft/confirm/", views.confirm_page, name="confirm"),
    path(f"{TABLE}draft/refuse/", views.refuse_page, name="refuse"),
    path(f"{TABLE}draft/rows/new/", views.row_page, name="row_new"),
    path(f"{TABLE}draft/rows/<int:number>/", views.row_page, name="row"),
    path(f"{TABLE}draft/rows/<int:number>/move/", views.row_move_page, name="row_move"),
    path(f"{TABLE}draft/rows/<int:number>/delete/", views.row_delete_page, name="row_delete"),
]
