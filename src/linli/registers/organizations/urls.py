"""Pages of organizations."""

from django.urls import path

from . import views
from .roster import views as roster

app_name = "organizations"
UNITS = "desk/settings/units/"
urlpatterns = [
    path("desk/settings/roster/", roster.roster_page, name="roster"),
    path("desk/settings/roster/swap/<uuid:public_id>/", roster.shift_swap, name="shift_swap"),
    path(UNITS, views.unit_list, name="unit_list"),
    path(f"{UNITS}new/", views.unit_new, name="unit_new"),
    path(f"{UNITS}import/", views.unit_import, name="unit_import"),
    path(f"{UNITS}import/apply/", views.unit_import_apply, name="unit_import_apply"),
    path(f"{UNITS}import/template.xlsx", views.import_template, name="import_template"),
    path(f"{UNITS}<uuid:public_id>/", views.unit_detail, name="unit_detail"),
    path(f"{UNITS}<uuid:public_id>/close/", views.unit_shut, name="unit_close"),
]
