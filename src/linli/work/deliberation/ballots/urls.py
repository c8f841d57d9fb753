"""Addresses of ballots: the organiser's under /desk/council/, everybody's under /council/."""

from django.urls import path

from . import council, pages, paperpages, prints, rollpages

app_name = "ballots"
DESK = "desk/council/ballots/"
ONE = f"{DESK}<uuid:public_id>/"
PUBLIC = "council/ballots/<uuid:public_id>/"
urlpatterns = [
    path(DESK, pages.list_page, name="list"),
    path(f"{DESK}new/", pages.rules_page, name="rules"),
    path(f"{DESK}new/<slug:key>/", pages.new_page, name="new"),
    path(ONE, pages.record_page, name="record"),
    path(f"{ONE}edit/", pages.edit_page, name="edit"),
    path(f"{ONE}do/<slug:code>/", pages.act_page, name="act"),
    path(f"{ONE}roll/", rollpages.roll_page, name="roll"),
    path(f"{ONE}roll/add/", rollpages.add_page, name="add"),
    path(f"{ONE}roll/<uuid:elector_id>/", rollpages.elector_page, name="elector"),
    path(f"{ONE}roll/<uuid:elector_id>/<slug:code>/", rollpages.elector_act_page, name="elector_act"),
    path(f"{ONE}proxies/<uuid:scan_id>/<slug:variant>/", rollpages.proxy_scan, name="proxy_scan"),
    path(f"{ONE}objection/", rollpages.counter_objection_page, name="objection"),
    path(f"{ONE}objections/<uuid:objection_id>/", rollpages.ruling_page, name="ruling"),
    path(f"{ONE}sheets/", paperpages.sheets_page, name="sheets"),
    path(f"{ONE}sheets/issue/", paperpages.sheets_issue_page, name="sheets_issue"),
    path(f"{ONE}sheets/missing/", paperpages.sheets_miss_page, name="sheets_miss"),
    path(f"{ONE}sheets/print/", prints.sheets_print, name="sheets_print"),
    path(f"{ONE}sheets/<slug:code>/", paperpages.sheet_page, name="sheet"),
    path(f"{ONE}boxes/", paperpages.boxes_page, name="boxes"),
    path(f"{ONE}boxes/<uuid:box_id>/", paperpages.box_page, name="box"),
    path(f"{ONE}notice/", prints.notice_print, name="notice_print"),
    path(f"{ONE}result/", prints.result_print, name="result_print"),
    path("council/", council.council_page, name="council"),
    path("council/recount.py", council.recount_script, name="recount_script"),
    path(PUBLIC, council.public_page, name="public"),
    path(f"{PUBLIC}roll/", council.public_roll_page, name="public_roll"),
    path(f"{PUBLIC}roll.txt", council.roll_text, name="roll_text"),
    path(f"{PUBLIC}bundle.json", council.bundle_file, name="bundle"),
    path(f"{PUBLIC}object/", council.object_page, name="object"),
    path(f"{PUBLIC}vote/<uuid:elector_id>/", council.vote_page, name="vote"),
    path(f"{PUBLIC}proxies/<uuid:proxy_id>/end/", council.proxy_end_page, name="proxy_end"),
    path(f"{PUBLIC}receipt/<uuid:elector_id>/", council.receipt_page, name="receipt"),
]
