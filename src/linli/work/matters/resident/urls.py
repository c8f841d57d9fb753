"""Addresses of the residents' side of the room; the room's urls.py joins them with the desk's."""

from django.urls import path

from . import answering, drafts, matters, public, report

urlpatterns = [
    path("report/", report.report, name="report"),
    path("report/help/", report.report_help, name="report_help"),
    path("report/places/", report.report_places, name="report_places"),
    path("report/map/", report.report_map, name="report_map"),
    path("report/photo/<uuid:public_id>/", report.report_photo, name="report_photo"),
    path("report/sent/<uuid:public_id>/", drafts.emergency, name="emergency"),
    path("report/<uuid:public_id>/", drafts.draft, name="draft"),
    path("p/<str:code>/", report.poster, name="poster"),
    path("r/<str:token>/", answering.answer_link, name="answer_link"),
    path("mine/", matters.mine, name="mine"),
    path("m/<uuid:public_id>/", matters.matter, name="matter"),
    path("m/<uuid:public_id>/receipt/", matters.receipt, name="receipt"),
    path("m/<uuid:public_id>/paper/", matters.paper, name="paper"),
    path("m/<uuid:public_id>/answer/<uuid:question_id>/", matters.answer, name="answer"),
    path("m/<uuid:public_id>/photo/<uuid:photo_id>/<slug:variant>/", matters.photo, name="photo"),
    path("m/<uuid:public_id>/<slug:code>/", matters.act, name="act"),
    path("public/", public.public_list, name="public_list"),
    path("public/map/", public.public_map_part, name="public_map_part"),
    path("public/map.geojson", public.public_map, name="public_map"),
    path("public/<uuid:public_id>/", public.public_detail, name="public_detail"),
    path("public/<uuid:public_id>/affected/", public.affected, name="affected"),
    path("public/<uuid:public_id>/reopen/", public.public_reopen, name="public_reopen"),
    path(
        "public/<uuid:public_id>/photo/<uuid:photo_id>/<slug:variant>/",
        public.public_photo_show,
        name="public_photo",
    ),
    path("affairs/<str:code>/", public.affairs, name="affairs"),
]
