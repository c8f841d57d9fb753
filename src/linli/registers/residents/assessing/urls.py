"""Addresses of impact assessments; the room's urls.py joins them with the others."""

from django.urls import path

from . import views

AT = "desk/settings/assessments/"
urlpatterns = [
    path(AT, views.assessments, name="assessments"),
    path(f"{AT}<uuid:public_id>/", views.assessment, name="assessment"),
    path(f"{AT}<uuid:public_id>/print/", views.assessment_print, name="assessment_print"),
    path(f"{AT}<uuid:public_id>/docx/", views.assessment_docx, name="assessment_docx"),
]
