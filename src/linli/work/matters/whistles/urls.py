"""Addresses of the pages about whistles; they stand under 事项."""

from django.urls import path

from .figures import figures_page
from .pages import act_page, here_page, list_page, new_page, photo, rate_page, record_page, sheet_page

app_name = "whistles"
urlpatterns = [
    path("desk/matters/whistles/", list_page, name="list"),
    path("desk/matters/whistles/new/", new_page, name="new"),
    path("desk/matters/whistles/figures/", figures_page, name="figures"),
    path("desk/matters/whistles/<uuid:public_id>/", record_page, name="record"),
    path("desk/matters/whistles/<uuid:public_id>/here/<slug:code>/", here_page, name="here"),
    path("desk/matters/whistles/<uuid:public_id>/sheet/", sheet_page, name="sheet"),
    path("desk/matters/whistles/<uuid:public_id>/rate/<uuid:call_id>/", rate_page, name="rate"),
    path("desk/matters/whistles/<uuid:public_id>/do/<slug:code>/", act_page, name="act"),
    path(
        "desk/matters/whistles/<uuid:public_id>/photos/<uuid:photo_id>/<slug:variant>/", photo, name="photo"
    ),
]
