"""The address of one's own benefits."""

from django.urls import path

from .pages import page

urlpatterns = [path("me/benefits/", page, name="own")]
