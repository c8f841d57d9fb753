"""Imports of persons over HTTP: rows masked, conflicts compared and decided, an ending confirmed or not."""

from typing import Any

import pytest
from django.test import Client

from linli.foundation.audit.models import AuditRecord
from linli.foundation.imports.models import Import
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import run
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Resident
from tests.people import Cast

from .importworld import FAMILY, brought, clear, looked, person, resident
from .test_importing_people import crowd

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
JSON = "application/json"


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def at(job: Import, part: str = "") -> str:
    return f"/api/v1/imports/{job.public_id}{part}"


def sent(client: Client, job: Import, part: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(at(job, part), body, content_type=JSON)
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def asked(client: Client, job: Import, part: str, status: int = 200) -> Any:
    answer = client.get(at(job, part))
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def in_conflict(homes: Homes) -> Import:
    """Two rows that differ in the name from whom the police registered."""
    brought(homes.worker, *FAMILY, source="police")
    other = person("李小画", "1982-07-08", 22, 与户主关系="配偶")
    return brought(homes.worker, person("王大鸣", "1980-05-06", 11), other, source="health")


def test_rows_of_the_preview_are_masked_and_cut(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    newer = person("王大明", "1980-05-06", 11, 联系电话="13912345678", 入住日期="2019-03-01")
    job = looked(homes.worker, newer, *FAMILY[1:])
    client = homes.cast.client("worker")
    found = asked(client, job, "/preview?outcome=changed")
    (row,) = found["items"]
    assert found["total"] == 1 and row["number"] == 2 and row["values"]["name"] == "王**"
    assert row["changes"] == [{"field": "phone", "before": "138****5678", "after": "139****5678"}]
    same = asked(client, job, "/preview?outcome=unchanged&offset=1&limit=1")
    assert same["total"] == 3 and [row["number"] for row in same["items"]] == [4]
    for wrong in ("outcome=all", "offset=-1", "limit=101", "page=2"):
        assert asked(client, job, f"/preview?{wrong}", 422)["details"]


def test_conflicts_are_read_masked_page_by_page_and_in_clear_on_record(homes: Homes) -> None:
    job, client = in_conflict(homes), homes.cast.client("worker")
    first = asked(client, job, "/conflicts?limit=1")
    (row,) = first["items"]
    (clash,) = row["clashes"]
    assert (row["number"], clash["field"], clash["ours"], clash["theirs"]) == (2, "name", "王**", "王**")
    assert [choice["choice"] for choice in clash["choices"]] == ["keep", "take"] and clash["why"]
    second = asked(client, job, f"/conflicts?limit=1&cursor={first['next_cursor']}")
    assert [row["number"] for row in second["items"]] == [3] and second["next_cursor"] == ""
    assert not AuditRecord.objects.filter(verb="import.look").exists()
    (shown,) = sent(client, job, "/conflicts/look", {"numbers": [2, 99]})
    assert (shown["clashes"][0]["ours"], shown["clashes"][0]["theirs"]) == ("王大明", "王大鸣")
    assert AuditRecord.objects.filter(verb="import.look").count() == 1


def test_conflicts_are_decided_one_by_one(homes: Homes) -> None:
    job, client = in_conflict(homes), homes.cast.client("worker")
    rows = [{"number": 2, "choices": {"name": "take"}}, {"number": 3, "choices": {"name": "keep"}}]
    found = sent(client, job, "/conflicts/decide", {"rows": rows})
    assert found["state"] == "running" and "王大" not in str(found)
    work_through(job.pk)
    assert clear(resident(), "name") == "王大鸣"
    assert clear(resident("1982-07-08", 22), "name") == "李小花"
    assert asked(client, job, "/conflicts")["items"] == []
    assert asked(client, job, "")["counts"]["conflicts"] == 0
    assert sent(client, job, "/conflicts/decide", {"rows": rows}, 422)["code"] == "input.invalid"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"number": 2}],
        [{"number": 2, "choices": {"name": "take"}}, {"number": 3, "choices": {"name": "both"}}],
        [{"number": 2, "choices": {"name": "take"}}, {"number": 3, "choices": {}}],
        [{"number": 77, "choices": {"name": "take"}}],
        [{"number": 2, "choices": {"name": "take"}, "remark": "x"}],
    ],
)
def test_a_decision_that_does_not_fit_changes_nothing(homes: Homes, rows: list[dict[str, Any]]) -> None:
    job, client = in_conflict(homes), homes.cast.client("worker")
    sent(client, job, "/conflicts/decide", {"rows": rows}, 422)
    job.refresh_from_db()
    assert job.state == "done" and job.quarantine.filter(is_conflict=True, is_corrected=False).count() == 2
    assert clear(resident(), "name") == "王大明"


def test_conflicts_are_decided_all_at_once(homes: Homes) -> None:
    job, client = in_conflict(homes), homes.cast.client("worker")
    sent(client, job, "/conflicts/decide-all", {"choice": "other"}, 422)
    sent(client, job, "/conflicts/decide-all", {"choice": "take", "field": "phone"}, 422)
    assert job.quarantine.filter(is_conflict=True).count() == 2
    sent(client, job, "/conflicts/decide-all", {"choice": "take", "field": "name"})
    work_through(job.pk)
    assert clear(resident(), "name") == "王大鸣"
    assert clear(resident("1982-07-08", 22), "name") == "李小画"


def held(homes: Homes) -> Import:
    rows, place = crowd(24), homes.cast.places["committee_a_place"].code
    brought(homes.worker, *rows)
    return run(homes.worker, looked(homes.worker, *rows[:10], complete=place))


def test_an_ending_is_confirmed_by_somebody_else_with_its_number(homes: Homes) -> None:
    job = held(homes)
    own, other = homes.cast.client("worker"), homes.cast.client("street")
    found = asked(other, job, "")
    assert found["state"] == "held" and (found["ending"]["ends"], found["ending"]["now"]) == (14, 24)
    (share,) = found["ending"]["shares"]
    assert (
        share["is_much"]
        and share["percent"] == 58
        and set(found["ending"])
        <= {*("ends", "now", "keyless", "is_much", "is_settled", "is_declined", "shares")}
    )
    sent(own, job, "/ending/confirm", {"ends": 14}, 403)
    assert sent(other, job, "/ending/confirm", {"ends": 13}, 422)["details"] == {"ends": "14"}
    sent(other, job, "/ending/confirm", {}, 422)
    work_through(job.pk)
    assert not Resident.objects.filter(state="away").exists()
    assert sent(other, job, "/ending/confirm", {"ends": 14})["state"] == "running"
    work_through(job.pk)
    assert Resident.objects.filter(state="away").count() == 14
    assert asked(other, job, "")["ending"]["is_settled"]


def test_an_ending_is_declined_and_nobody_ends(homes: Homes) -> None:
    job, client = held(homes), homes.cast.client("worker")
    found = sent(client, job, "/ending/decline", {})
    assert found["state"] == "done" and found["ending"]["is_declined"]
    work_through(job.pk)
    assert not Resident.objects.filter(state="away").exists()
    sent(client, job, "/ending/decline", {}, 409)


def test_strangers_reach_nothing_and_an_operator_no_rows(homes: Homes) -> None:
    job = in_conflict(homes)
    bodies: dict[str, dict[str, Any]] = {
        "/conflicts/look": {"numbers": [2]},
        "/conflicts/decide": {"rows": [{"number": 2, "choices": {"name": "take"}}]},
        "/conflicts/decide-all": {"choice": "take"},
    }
    for name, status in (("other_street", 404), ("worker2", 404), ("resident", 404), ("operator", 403)):
        client = homes.cast.client(name)
        for part in ("/preview", "/conflicts"):
            assert "王" not in str(asked(client, job, part, status)), name
        for part, body in bodies.items():
            assert "王" not in str(sent(client, job, part, body, status)), name
    assert job.quarantine.filter(is_corrected=False).count() == 2
    assert clear(resident(), "name") == "王大明"
