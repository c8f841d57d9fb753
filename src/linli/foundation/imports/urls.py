"""Addresses of this room."""

from django.urls import path

from . import lookviews, views

app_name = "imports"
JOB = "desk/settings/imports/<uuid:public_id>/"
urlpatterns = [
    path("desk/settings/imports/", views.job_list, name="list"),
    path("desk/settings/imports/new/", views.new, name="new"),
    path("desk/settings/imports/template/<slug:target>.xlsx", views.template, name="template"),
    path("desk/settings/imports/maps/<uuid:public_id>/delete/", views.map_forget, name="map_delete"),
    path(JOB, views.detail, name="detail"),
    path(f"{JOB}map/", views.map_page, name="map"),
    path(f"{JOB}progress/", views.progress, name="progress"),
    path(f"{JOB}values/", views.values, name="values"),
    path(f"{JOB}count/", views.count, name="count"),
    path(f"{JOB}rows.<slug:shape>", views.quarantine, name="quarantine"),
    path(f"{JOB}rows/", views.correct, name="correct"),
    path(f"{JOB}preview/", lookviews.preview_list, name="preview"),
    path(f"{JOB}conflicts/", lookviews.conflicts, name="conflicts"),
    path(f"{JOB}conflicts/all/", lookviews.conflicts_all, name="conflicts_all"),
    path(f"{JOB}ending/", lookviews.ending, name="ending"),
    path(f"{JOB}<slug:name>/", views.step, name="step"),
]
