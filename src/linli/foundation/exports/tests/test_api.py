"""Lists taken away by machines and by people's programs: scoped, repeatable, limited, the maker's alone."""

from typing import Any

import pytest

from linli.core.actor import Scope
from linli.foundation.audit.models import AuditRecord
from linli.foundation.clients.tests.factories import Machine, machine
from linli.foundation.exports.models import Export
from linli.work.matters.models import Matter
from linli.work.matters.tests.desk_stages import Stages, stages_build
from tests.people import Cast

pytestmark = pytest.mark.django_db
WANTED = {"listing": "matters", "format": "csv", "query": "stage=all"}


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    return stages_build(cast)


@pytest.fixture
def reader(cast: Cast, clock: Any) -> Machine:
    """A system of the street that may read its matters."""
    return machine(cast, "street_unit", "street_place", Scope.MATTERS_READ)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_system_takes_the_list_of_its_area(stages: Stages, reader: Machine) -> None:
    matter: Matter = stages.reported()
    made = reader.post("/exports", WANTED)
    assert made.status_code == 201, made.content.decode()
    found = made.json()
    assert (found["state"], found["row_count"], found["listing"]) == ("ready", 1, "matters")
    text = text_of(reader.get(f"/exports/{found['id']}/file"))
    assert matter.number in text and "王阿姨" not in text
    assert "联调系统" in text.splitlines()[-1] or "接入系统" in text.splitlines()[-1]
    kinds = set(AuditRecord.objects.filter(verb__startswith="export.").values_list("verb", "actor_function"))
    assert kinds == {("export.make", "client"), ("export.fetch", "client")}
    assert [row["id"] for row in reader.get("/exports").json()["items"]] == [found["id"]]
    assert reader.get(f"/exports/{found['id']}").json() == found


def test_the_same_request_again_is_the_same_export(stages: Stages, reader: Machine) -> None:
    stages.reported()
    first = reader.post("/exports", WANTED, **{"Idempotency-Key": "a-1"}).json()
    again = reader.post("/exports", WANTED, **{"Idempotency-Key": "a-1"})
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    other = reader.post("/exports", {**WANTED, "format": "xlsx"}, **{"Idempotency-Key": "a-1"})
    assert other.status_code == 409
    assert Export.objects.count() == 1


@pytest.mark.parametrize("listing", ["duties", "staff", "audit", "units", "compounds", "figures-by-area"])
def test_lists_of_the_desk_are_not_a_systems(stages: Stages, reader: Machine, listing: str) -> None:
    stages.reported()
    assert reader.post("/exports", {"listing": listing}).status_code in (403, 404)
    assert Export.objects.count() == 0


def test_other_areas_other_scopes_and_other_machines(stages: Stages, reader: Machine, cast: Cast) -> None:
    stages.reported()
    elsewhere = machine(cast, "other_street_unit", "other_street_place", Scope.MATTERS_READ)
    assert elsewhere.post("/exports", WANTED).status_code == 404
    places = machine(cast, "street_unit", "street_place", Scope.PLACES_READ, name="地图")
    assert places.post("/exports", WANTED).status_code == 403
    made = reader.post("/exports", WANTED).json()["id"]
    assert elsewhere.get(f"/exports/{made}").status_code == 404
    assert elsewhere.get(f"/exports/{made}/file").status_code == 404
    assert elsewhere.get("/exports").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"format": "pdf"}, "format"), ({"listing": "x" * 41}, "listing"), ({"colour": "red"}, "colour")],
)
def test_what_is_wrong_is_named(reader: Machine, change: dict[str, str], field: str) -> None:
    answer = reader.post("/exports", {**WANTED, **change})
    assert answer.status_code == 422
    assert field in answer.json()["details"]


def test_a_long_list_is_a_persons(stages: Stages, reader: Machine, settings: Any) -> None:
    settings.EXPORT_INLINE_ROWS = 0
    stages.reported()
    answer = reader.post("/exports", WANTED)
    assert answer.status_code == 422
    assert "这里一次最多导出" in answer.json()["message"]
    person = stages.cast.client("worker")
    made = person.post("/api/v1/exports", WANTED, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "queued")


def test_the_lists_are_named(reader: Machine) -> None:
    named = {row["code"]: row for row in reader.get("/exports/lists").json()}
    assert named["matters"] == {"code": "matters", "title": "事项", "is_open": False}
    assert named["public"]["is_open"]
