"""Addresses of the desk's pages about matters."""

from django.urls import path

from .actions import action_page
from .affairs import affairs_page, clocks_page
from .assist import assist_page
from .bulk import bulk_page
from .catalog import (
    catalog_page,
    catalog_row,
    catalog_template,
    edition_drop_page,
    edition_new_page,
    edition_page,
    editions_page,
)
from .closings import closing_page, closings_page
from .counter import counter_page, visit_act
from .intake import category_asked, category_tree, intake_hints, intake_page, place_choices
from .lists import matter_list_page
from .papers import order_page, reply_page, slip_page
from .phone_desk import caller_page, phone_desk_page, phone_hints
from .phrases import phrase_new_page, phrase_page, phrase_remove_page, phrases_page
from .posters import poster_off, poster_page, posters_page
from .record import photo, photo_proposals, record_page, reporter_page
from .replies import replies_page
from .revisits import answers_page, revisit_page, revisits_page

urlpatterns = [
    path("desk/matters/", matter_list_page, name="list"),
    path("desk/matters/new/", intake_page, name="intake"),
    path("desk/matters/new/hints/", intake_hints, name="intake_hints"),
    path("desk/matters/bulk/", bulk_page, name="bulk"),
    path("desk/matters/closings/", closings_page, name="closings"),
    path("desk/matters/closings/<uuid:public_id>/", closing_page, name="closing"),
    path("desk/matters/counter/", counter_page, name="counter"),
    path("desk/matters/counter/<uuid:public_id>/<slug:act>/", visit_act, name="visit_act"),
    path("desk/matters/phone/", phone_desk_page, name="phone_desk"),
    path("desk/matters/phone/hints/", phone_hints, name="phone_hints"),
    path("desk/matters/caller/", caller_page, name="caller"),
    path("desk/matters/places/", place_choices, name="place_choices"),
    path("desk/matters/revisits/", revisits_page, name="revisits"),
    path("desk/matters/<uuid:public_id>/revisit/", revisit_page, name="revisit"),
    path("desk/matters/answers/", answers_page, name="answers"),
    path("desk/matters/replies/", replies_page, name="replies"),
    path("desk/matters/categories/", category_asked, name="category_asked"),
    path("desk/matters/categories/tree/", category_tree, name="category_tree"),
    path("desk/matters/affairs/", affairs_page, name="affairs_desk"),
    path("desk/matters/posters/", posters_page, name="posters"),
    path("desk/matters/posters/<slug:code>/", poster_page, name="poster_print"),
    path("desk/matters/posters/<slug:code>/off/", poster_off, name="poster_off"),
    path("desk/matters/<uuid:public_id>/", record_page, name="record"),
    path("desk/matters/<uuid:public_id>/reporter/", reporter_page, name="reporter"),
    path("desk/matters/<uuid:public_id>/slip/", slip_page, name="slip"),
    path("desk/matters/<uuid:public_id>/order/<uuid:assignment_id>/", order_page, name="order"),
    path("desk/matters/<uuid:public_id>/reply/", reply_page, name="reply"),
    path(
        "desk/matters/<uuid:public_id>/photos/<uuid:photo_id>/proposals/",
        photo_proposals,
        name="photo_proposals",
    ),
    path("desk/matters/<uuid:public_id>/photos/<uuid:photo_id>/<slug:variant>/", photo, name="record_photo"),
    path("desk/matters/<uuid:public_id>/do/<slug:code>/", action_page, name="action"),
    path("desk/matters/<uuid:public_id>/do/<slug:code>/<slug:key>/", action_page, name="action_on"),
    path("desk/settings/phrases/", phrases_page, name="phrases"),
    path("desk/settings/phrases/new/", phrase_new_page, name="phrase_new"),
    path("desk/settings/phrases/<uuid:public_id>/", phrase_page, name="phrase"),
    path("desk/settings/phrases/<uuid:public_id>/remove/", phrase_remove_page, name="phrase_remove"),
    path("desk/settings/assist/", assist_page, name="assist"),
    path("desk/settings/catalog/", catalog_page, name="catalog"),
    path("desk/settings/catalog/row/<str:version>/<str:code>/", catalog_row, name="catalog_row"),
    path("desk/settings/catalog/editions/", editions_page, name="catalog_editions"),
    path("desk/settings/catalog/new/", edition_new_page, name="catalog_new"),
    path("desk/settings/catalog/template/", catalog_template, name="catalog_template"),
    path("desk/settings/catalog/<uuid:public_id>/", edition_page, name="catalog_edition"),
    path("desk/settings/catalog/<uuid:public_id>/drop/", edition_drop_page, name="catalog_drop"),
    path("desk/settings/clocks/", clocks_page, name="clocks"),
]
