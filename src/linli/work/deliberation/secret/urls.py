"""Addresses of the pages about secret ballots."""

from django.urls import path

from .desk import (
    ceremony_page,
    destroy_press,
    forget_page,
    key_page,
    open_page,
    share_page,
    trustees_page,
)
from .public import opening_page, receipts_page, vote_page

app_name = "secret_ballots"
BASE = "desk/council/ballots/<uuid:public_id>/secret/"
urlpatterns = [
    path(BASE, ceremony_page, name="ceremony"),
    path(f"{BASE}trustees/", trustees_page, name="trustees"),
    path(f"{BASE}key/", key_page, name="key"),
    path(f"{BASE}share/", share_page, name="share"),
    path(f"{BASE}open/", open_page, name="open"),
    path(f"{BASE}forget/", forget_page, name="forget"),
    path(f"{BASE}destroy/", destroy_press, name="destroy"),
    path("council/ballots/<uuid:public_id>/secret/", vote_page, name="vote"),
    path("council/opening.html", opening_page, name="opening"),
    path("council/ballots/<uuid:public_id>/receipts/", receipts_page, name="receipts"),
]
