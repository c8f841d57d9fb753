"""Addresses of the pages of figures."""

from django.urls import path

from . import bulletins, exclusions, rates, ruling, views

app_name = "dashboards"
urlpatterns = [
    path("desk/data/", views.overview_page, name="overview"),
    path("desk/data/areas.geojson", views.areas_geojson, name="areas_geojson"),
    path("desk/data/rates/", rates.rates_page, name="rates"),
    path("desk/data/rates.geojson", rates.rates_geojson, name="rates_geojson"),
    path("desk/data/rates/rules/", ruling.rates_rules, name="rates_rules"),
    path("desk/data/rates/rules/<uuid:public_id>/withdraw/", ruling.rule_withdraw, name="rule_withdraw"),
    path("desk/data/rates/reasons/", ruling.reason_add, name="reason_add"),
    path("desk/data/rates/reasons/<slug:code>/", ruling.reason_use, name="reason_use"),
    path("desk/data/bulletin/", bulletins.bulletin_page, name="bulletin"),
    path("desk/data/bulletin.docx", bulletins.bulletin_docx, name="bulletin_docx"),
    path("desk/data/exclusions/", exclusions.exclusions_page, name="exclusions"),
    path(
        "desk/data/exclusions/<uuid:public_id>/decide/", exclusions.exclusion_decide, name="exclusion_decide"
    ),
    path("desk/data/exclusions/<uuid:public_id>/end/", exclusions.exclusion_end, name="exclusion_end"),
]
