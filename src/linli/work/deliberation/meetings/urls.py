"""Addresses of the pages about meetings: at the desk under 议事, for residents under 议事厅."""

from django.urls import path

from . import pages, people, prints, public

app_name = "meetings"
DESK = "desk/council/meetings/<uuid:public_id>/"
OPEN = "council/meetings/<uuid:public_id>/"
urlpatterns = [
    path("desk/council/meetings/new/", pages.new_page, name="new"),
    path(DESK, pages.record_page, name="record"),
    path(f"{DESK}live/", pages.live_part, name="live"),
    path(f"{DESK}screen/", pages.screen_page, name="screen"),
    path(f"{DESK}do/<slug:code>/", pages.act_page, name="act"),
    path(f"{DESK}people/", people.people_page, name="people"),
    path(f"{DESK}people/<slug:code>/", people.people_act, name="people_act"),
    path(f"{DESK}items/<uuid:item_id>/", pages.item_page, name="item"),
    path(f"{DESK}items/<uuid:item_id>/speakers/", pages.speaker_act, name="speakers"),
    path(f"{DESK}items/<uuid:item_id>/drop/", pages.item_drop, name="item_drop"),
    path(f"{DESK}objections/<uuid:objection_id>/", pages.answer_page, name="answer"),
    path(f"{DESK}papers/<slug:code>/", prints.paper_page, name="paper"),
    path(f"{DESK}minutes.<slug:ending>", prints.minutes_file, name="minutes_file"),
    path("council/meetings/", public.public_list, name="public_list"),
    path(OPEN, public.public_detail, name="public_detail"),
    path(f"{OPEN}here/<slug:code>/", public.here_page, name="here"),
    path(f"{OPEN}card/<slug:code>/", public.card_page, name="card"),
    path(f"{OPEN}sign/", public.sign_minutes, name="sign"),
]
