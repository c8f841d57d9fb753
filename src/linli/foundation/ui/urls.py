"""Addresses of the frame."""

from django.urls import path
from django.views.i18n import set_language

from . import shell, views

app_name = "ui"
urlpatterns = [
    path("larger/", views.larger_toggle, name="larger"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("sw.js", shell.service_worker, name="service_worker"),
    path("offline/", shell.offline, name="offline"),
    path("language/", set_language, name="language"),
    path("ui/gallery/", views.gallery, name="gallery"),
    path("ui/gallery/portal/", views.gallery, {"face": "portal"}, name="gallery_portal"),
    path("ui/gallery/shapes/", views.gallery_shapes, name="gallery_shapes"),
    path("ui/gallery/refusal/<int:status>/", views.gallery_refusal, name="gallery_refusal"),
]
