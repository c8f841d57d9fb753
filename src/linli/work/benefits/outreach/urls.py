"""Addresses of the desk's pages of outreach, under 服务."""

from django.urls import path

from .pages import acts, batches, visits, waves

VISITS = "desk/benefits/visits/"
VISIT = f"{VISITS}<uuid:public_id>/"
LEAD = f"{VISIT}leads/<uuid:lead_id>/"
WAVES = "desk/benefits/waves/"
BATCHES = "desk/benefits/batches/"
BATCH = f"{BATCHES}<uuid:public_id>/"
urlpatterns = [
    path(BATCHES, batches.list_page, name="batches"),
    path(f"{BATCHES}new/", batches.new_page, name="batch_new"),
    path(BATCH, batches.batch_page, name="batch"),
    path(f"{BATCH}approve/", batches.approve, name="batch_approve"),
    path(f"{BATCH}pay/", batches.pay, name="batch_pay"),
    path(f"{BATCH}refuse/", batches.refuse, name="batch_refuse"),
    path(f"{BATCH}leads/<uuid:lead_id>/strike/", batches.strike, name="batch_strike"),
    path(WAVES, waves.list_page, name="waves"),
    path(f"{WAVES}new/", waves.new_page, name="wave_new"),
    path(f"{WAVES}<uuid:public_id>/change/", waves.change_page, name="wave_change"),
    path(f"{WAVES}<uuid:public_id>/<slug:code>/", waves.act, name="wave_act"),
    path("desk/benefits/progress/", waves.funnel_page, name="funnel"),
    path(VISITS, visits.list_page, name="visits"),
    path(VISIT, visits.visit_page, name="visit"),
    path(f"{VISIT}tell/", acts.tell, name="visit_tell"),
    path(f"{VISIT}channel/", acts.channel, name="visit_channel"),
    path(f"{VISIT}assign/", acts.assign, name="visit_assign"),
    path(f"{VISIT}ask/<str:who>/<slug:key>/", acts.ask, name="visit_ask"),
    path(f"{LEAD}settle/", acts.settle, name="lead_settle"),
    path(f"{LEAD}undo/", acts.undo, name="lead_undo"),
    path(f"{LEAD}checked/", acts.checked, name="lead_checked"),
    path(f"{LEAD}wrong/", acts.wrong, name="lead_wrong"),
    path(f"{LEAD}wrong/<str:who>/<slug:key>/", acts.correct, name="lead_correct"),
]
