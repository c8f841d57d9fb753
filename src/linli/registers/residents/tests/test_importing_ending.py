"""A complete file ends nobody whom a waiting row may mean."""

import pytest

from linli.foundation.imports import services as do
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import run
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Resident
from tests.people import Cast

from .importworld import HEAD, brought, looked, person
from .test_importing_people import crowd, replace_cell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def test_nothing_ends_while_a_row_waits_that_may_be_anybody(homes: Homes, cast: Cast) -> None:
    rows = crowd(24)
    brought(homes.worker, *rows)
    place = cast.places["committee_a_place"].code
    nameless = replace_cell(rows[23], "姓名", "")
    job = run(homes.worker, looked(homes.worker, *rows[:23], nameless, complete=place))
    assert job.state == "held" and job.ending["keyless"] == 1
    assert Resident.objects.filter(state="here").count() == 24


def test_nobody_ends_while_a_row_with_a_wrong_number_waits(homes: Homes, cast: Cast) -> None:
    rows, place = crowd(24), cast.places["committee_a_place"].code
    brought(homes.worker, *rows)
    number = rows[23][HEAD.index("证件号码")]
    wrong = replace_cell(rows[23], "证件号码", number[:-1] + ("1" if number[-1] != "1" else "2"))
    job = looked(homes.worker, *rows[:23], wrong, complete=place)
    assert job.ending["keyless"] == 1
    job = run(homes.worker, job)
    assert job.state == "held" and job.ending["keyless"] == 1
    assert Resident.objects.filter(state="here").count() == 24


def test_nobody_ends_while_it_is_asked_who_a_row_means(homes: Homes, cast: Cast) -> None:
    rows, place = crowd(24), cast.places["committee_a_place"].code
    numberless = replace_cell(rows[23], "证件号码", "")
    brought(homes.worker, *rows[:23], replace_cell(numberless, "出生日期", "1970-01-01"))
    job = run(homes.worker, looked(homes.worker, *rows[:23], numberless, complete=place))
    assert job.counts["conflicts"] == 1 and job.state == "held" and job.ending["keyless"] == 1
    settled = {"identity": "same", "head": "take"}
    do.conflicts_settle(actor=homes.worker, import_id=job.pk, choices={25: settled})
    work_through(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and Resident.objects.filter(state="here").count() == 24


def test_somebody_new_with_a_fault_keeps_nobody_from_ending(homes: Homes, cast: Cast) -> None:
    rows, place = crowd(24), cast.places["committee_a_place"].code
    brought(homes.worker, *rows)
    fresh = person("钱多", "1988-08-08", 77, 居住地址="春晖苑9号楼1单元101室")
    job = run(homes.worker, looked(homes.worker, *rows[:23], fresh, complete=place))
    assert job.state == "done" and job.quarantine.count() == 1
    assert Resident.objects.filter(state="away").count() == 1
