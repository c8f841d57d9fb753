"""The record as supervisors and administrators read it, and what a person sees of it."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.core.actor import Function
from linli.foundation.accounts.models import Person
from linli.foundation.audit.models import AuditRecord
from linli.foundation.audit.permissions import can_see_audit
from linli.foundation.audit.selectors import audit_list
from linli.foundation.audit.services import look_record
from linli.foundation.duties.tests.factories import duty_make
from linli.foundation.exports.models import Export
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AUDIT, LOOKS = "/desk/settings/audit/", "/looks/"
READERS = {
    "supervisor",
    "operator",
    "worker",
    "worker_b",
    "other_worker",
    "street",
    "other_street",
    "district",
}
READERS |= {"other_district", "city"}


@pytest.fixture
def looked(cast: Cast) -> AuditRecord:
    """A committee worker looked at a resident's telephone number."""
    look_record(
        actor=cast.actor("worker"), subject=cast.person("resident"), fields=["phone"], purpose="回访路灯维修"
    )
    return AuditRecord.objects.get(verb="record.look")


def test_who_may_read(cast: Cast) -> None:
    assert {name for name in cast.names if can_see_audit(cast.actor(name))} == READERS


@pytest.mark.parametrize(
    "name", ["visitor", "resident", "worker", "worker2", "grid_worker", "department", "supervisor"]
)
def test_who_comes_in(cast: Cast, name: str) -> None:
    expected = 302 if name == "visitor" else 200 if name in READERS else 403
    assert cast.client(name).get(AUDIT).status_code == expected


def test_each_reads_their_own_areas_and_unit(cast: Cast, looked: AuditRecord) -> None:
    """The look has no place: the worker's unit and the operator see it, others' units do not."""
    seen = {name for name in READERS if looked in audit_list(cast.actor(name))}
    assert seen == {"worker", "operator"}


def test_a_row_with_a_place_is_seen_over_that_place(cast: Cast) -> None:
    place = cast.places["committee_a_place"]
    look_record(actor=cast.actor("department"), subject=place, fields=["name"], purpose="x")
    row = AuditRecord.objects.get(verb="record.look")
    seen = {name for name in READERS if row in audit_list(cast.actor(name))}
    assert seen == {"worker", "street", "district", "city", "supervisor", "operator"}


def page(cast: Cast, name: str = "operator", **query: str) -> str:
    response = cast.client(name).get(AUDIT, query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_says_who_did_what_why(cast: Cast, looked: AuditRecord) -> None:
    found = page(cast, "worker", verb="record.look")
    for words in (
        "赵敏",
        "居村委会",
        "查看个人信息",
        "phone",
        "回访路灯维修",
        "3月10日(周二) 10:00",
        "账号与岗位",
    ):
        assert words in found, words
    assert "13900000001" not in found


def test_search_by_record_number_person_verb_and_time(cast: Cast, looked: AuditRecord) -> None:
    resident = cast.person("resident")
    duty_make(subject_id=str(resident.public_id), subject_number="A-17")
    for query in (
        {"subject": str(resident.public_id)},
        {"subject": "A-17"},
        {"person": "worker"},
        {"person": str(cast.person("worker").public_id)},
        {"verb": "record."},
        {"since": "2026-03-10", "until": "2026-03-10"},
    ):
        assert "回访路灯维修" in page(cast, **query), query
    for query in (
        {"subject": "A-18"},
        {"person": "street"},
        {"person": "nobody"},
        {"verb": "matter."},
        {"since": "2026-03-11"},
        {"until": "2026-03-09"},
    ):
        assert "回访路灯维修" not in page(cast, **query), query


def test_a_number_leads_those_to_its_record_who_may_open_it(cast: Cast, looked: AuditRecord) -> None:
    duty_make(subject_id=looked.subject_id, subject_number="A-17", url="/desk/matters/x/")
    link = '<a href="/desk/matters/x/">A-17</a>'
    assert link in page(cast, "worker", verb="record.look")
    found = page(cast, "operator", verb="record.look")
    assert link not in found and "A-17" in found


def test_a_bad_date_is_said_beside_the_field(cast: Cast) -> None:
    response = cast.client("operator").get(AUDIT, {"since": "gestern"})
    assert response.status_code == 422


def test_queries_do_not_grow(cast: Cast) -> None:
    client, counts = cast.client("operator"), []
    for _ in range(2):
        for name in ("worker", "street", "district"):
            look_record(
                actor=cast.actor(name), subject=cast.person("resident"), fields=["phone"], purpose="x"
            )
        client.get(AUDIT)
        with CaptureQueriesContext(connection) as queries:
            client.get(AUDIT)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11, [query["sql"][:90] for query in queries]


def exported(cast: Cast, **query: str) -> list[list[str]]:
    address = f"{reverse('exports:make', args=['audit'])}?{urlencode(query)}"
    response: Any = cast.client("operator").post(address, {"format": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[:-1]


def test_what_was_found_can_be_taken_away(cast: Cast, looked: AuditRecord) -> None:
    head, row = exported(cast, verb="record.look")
    assert head[:4] == ["时间", "谁", "职能", "做了什么"]
    assert row[:5] == ["2026-03-10 10:00:00", "赵敏", "居村委会", "查看个人信息", "record.look"]
    before = AuditRecord.objects.count()  # the export itself is recorded before its file is written
    assert len(exported(cast)) == before + 2
    assert Export.objects.earliest("pk").conditions == "做了什么：查看个人信息"


def test_a_cell_is_never_a_formula(cast: Cast) -> None:
    look_record(actor=cast.actor("worker"), subject=cast.person("resident"), fields=["phone"], purpose="=1+1")
    assert exported(cast, verb="record.look")[1][7] == "'=1+1"


def test_a_person_sees_who_looked(cast: Cast, looked: AuditRecord) -> None:
    mine = cast.client("resident").get(LOOKS).content.decode()
    assert "赵敏（居村委会）" in mine and "回访路灯维修" in mine
    assert "还没有人查看过" in cast.client("neighbour").get(LOOKS).content.decode()
    assert cast.client("visitor").get(LOOKS).status_code == 302
    assert "还没有人查看过" in cast.client("worker").get(LOOKS).content.decode()


def test_functions_outside_the_desk_read_nothing(cast: Cast, looked: AuditRecord) -> None:
    outsiders = [cast.actor("resident"), cast.actor("visitor")]
    assert not [actor for actor in outsiders if can_see_audit(actor) or audit_list(actor).exists()]
    assert Function.RESIDENT in {actor.function for actor in outsiders}
    assert Person.objects.exists()
