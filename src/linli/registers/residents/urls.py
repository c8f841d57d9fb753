"""Addresses of the registry."""

from django.urls import path

from .acting import facts as asking
from .acting import known, paid
from .acting import views as acting
from .assessing.urls import urlpatterns as assessing
from .between.urls import urlpatterns as between
from .care.urls import urlpatterns as care
from .facts.urls import urlpatterns as facts
from .finding.urls import urlpatterns as finding
from .linking.urls import urlpatterns as linking
from .own.urls import urlpatterns as own
from .owning.urls import urlpatterns as owning
from .views import counts, erasing, homes, households, lists

app_name = "residents"
DESK = "desk/residents/"
HOUSEHOLD = f"{DESK}households/<uuid:public_id>/"
PERSON = f"{HOUSEHOLD}people/<uuid:person>/"
urlpatterns = [
    path(DESK, homes.find, name="find"),
    path(f"{DESK}counts/", counts.counts, name="counts"),
    path(f"{DESK}buildings/", homes.buildings, name="buildings"),
    path(f"{DESK}buildings/<uuid:public_id>/", homes.building, name="building"),
    path(f"{DESK}parts/<uuid:public_id>/", homes.part, name="part"),
    path(f"{DESK}parts/<uuid:public_id>/history/", households.part_history, name="part_history"),
    path(f"{DESK}parts/<uuid:public_id>/do/<slug:code>/", acting.part_act, name="part_act"),
    path(f"{DESK}people/", lists.people, name="people"),
    path(f"{DESK}people/<uuid:public_id>/history/", households.person_history, name="person_history"),
    path(f"{DESK}people/<uuid:public_id>/erase/", erasing.person_erase, name="person_erase"),
    path(f"{DESK}establishments/", lists.establishments, name="establishments"),
    path(f"{DESK}establishments/<uuid:public_id>/", lists.establishment, name="establishment"),
    path(
        f"{DESK}establishments/<uuid:public_id>/do/<slug:code>/",
        acting.establishment_act,
        name="establishment_act",
    ),
    path(
        f"{DESK}establishments/<uuid:public_id>/history/",
        households.establishment_history,
        name="establishment_history",
    ),
    path(f"{DESK}households/", lists.households, name="households"),
    path(HOUSEHOLD, households.card, name="household"),
    path(f"{HOUSEHOLD}history/", households.household_history, name="household_history"),
    path(f"{HOUSEHOLD}facts/", asking.fact_keys, name="household_facts"),
    path(f"{HOUSEHOLD}facts/<slug:key>/", asking.fact_add, name="household_fact"),
    path(f"{HOUSEHOLD}facts/<int:fact>/<slug:code>/", known.fact_act, name="household_fact_act"),
    path(f"{HOUSEHOLD}receipts/<uuid:receipt>/<slug:code>/", paid.receipt_act, name="receipt_act"),
    path(f"{HOUSEHOLD}do/<slug:code>/", acting.household_act, name="household_act"),
    path(f"{PERSON}facts/", asking.fact_keys, name="person_facts"),
    path(f"{PERSON}facts/<slug:key>/", asking.fact_add, name="person_fact"),
    path(f"{PERSON}facts/<int:fact>/<slug:code>/", known.fact_act, name="person_fact_act"),
    path(f"{PERSON}do/<slug:code>/", acting.person_act, name="person_act"),
    path(f"{DESK}acts/<uuid:act>/undo/", households.undo, name="undo"),
    *between,
    *finding,
    *linking,
    *assessing,
    *owning,
    *care,
    *facts,
    *own,
]
