"""What only the whole file can say: one number for two people, a household that is torn apart."""

import pytest

from linli.foundation.imports import services as do
from linli.foundation.imports.models import Import
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import run
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Membership, Resident
from linli.registers.residents.sealing import number_index
from tests.people import Cast

from .importworld import FAMILY, HEAD, brought, clear, looked, number_of, person, resident, small_batches

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def reasons(job: Import) -> str:
    return " ".join(reason for row in job.quarantine.all() for reason in row.reasons)


def test_one_number_for_two_people_lets_neither_take_it(homes: Homes) -> None:
    other = person("钱多多", "1980-05-06", 11, room="301")
    job = brought(homes.worker, *FAMILY[:2], other)
    assert [row.number for row in job.quarantine.all()] == [2, 4]
    assert "相同编号、内容不同的行（第2、4行）" in reasons(job)
    assert not Resident.objects.filter(number_index=number_index(number_of("1980-05-06", 11))).exists()
    assert job.counts == {"new": 1, "changed": 0, "unchanged": 0, "quarantined": 2}


def test_one_number_for_two_people_far_apart_in_a_file_waits_too(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch, 1)
    looking = looked(homes.worker, *FAMILY[:2], FAMILY[3], person("钱多多", "1980-05-06", 11, room="301"))
    assert looking.preview["counts"]["quarantined"] == 2 and looking.preview["counts"]["new"] == 2
    job = run(homes.worker, looking)
    assert [row.number for row in job.quarantine.all()] == [2, 5] and "第2、5行" in reasons(job)
    wrong = job.quarantine.get(number=5)
    wrong.cells_text = wrong.cells_text.replace(number_of("1980-05-06", 11), number_of("1980-05-06", 77))
    wrong.save()
    do.quarantine_retry(actor=homes.worker, import_id=job.pk)
    work_through(job.pk)
    assert not job.quarantine.exists() and clear(resident(), "name") == "王大明"
    assert clear(resident("1980-05-06", 77), "name") == "钱多多"


def test_one_number_from_two_offices_in_a_file_waits_too(homes: Homes) -> None:
    head = [*HEAD, "数据来源"]
    rows = [[*person("王大明"), "公安"], [*person("钱多多"), "民政"]]
    job = brought(homes.worker, *rows, head=head)
    assert job.counts["quarantined"] == 2 and "证件号码相同" in reasons(job), job.counts
    assert not Resident.objects.exists()


def test_a_household_that_a_file_tears_apart_is_judged_whole(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch, 1)
    child, rival = FAMILY[2], person("李小花", "1982-07-08", 22)
    job = brought(homes.worker, child, FAMILY[3], FAMILY[0], FAMILY[3], rival)
    assert Membership.objects.filter(relation="head").count() == 2  # one of each household
    assert resident("2018-01-02", 33).guardians.get().guardian == resident()
    asked = job.quarantine.get()
    assert asked.is_conflict and asked.clashes[0]["field"] == "head"
