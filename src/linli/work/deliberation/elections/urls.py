"""Addresses of elections and recalls."""

from django.urls import path

from . import desk, public

app_name = "elections"
urlpatterns = [
    path("desk/council/elections/", desk.list_page, name="list"),
    path("desk/council/elections/new/", desk.new_page, name="new"),
    path("desk/council/elections/<uuid:public_id>/", desk.record_page, name="record"),
    path("desk/council/elections/<uuid:public_id>/do/<slug:code>/", desk.act_page, name="act"),
    path("desk/council/recalls/", desk.recalls_page, name="recalls"),
    path("desk/council/recalls/new/", desk.recall_new_page, name="recall_new"),
    path("desk/council/recalls/<uuid:public_id>/", desk.recall_page, name="recall"),
    path("desk/council/recalls/<uuid:public_id>/do/<slug:code>/", desk.recall_act_page, name="recall_act"),
    path("council/elections/", public.list_page, name="public_list"),
    path("council/elections/<uuid:public_id>/", public.public_page, name="public"),
    path("council/elections/<uuid:public_id>/offer/", public.offer, name="offer"),
    path("council/elections/<uuid:public_id>/<uuid:candidate_id>/support/", public.support, name="support"),
    path(
        "council/elections/<uuid:public_id>/<uuid:candidate_id>/withdraw/", public.withdraw, name="withdraw"
    ),
    path("council/recalls/<uuid:public_id>/", public.recall_page, name="recall_public"),
    path("council/recalls/<uuid:public_id>/support/", public.recall_support, name="recall_support"),
]
