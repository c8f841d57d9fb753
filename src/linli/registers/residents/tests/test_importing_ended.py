"""A file names a household that has ended: who belonged to it opens it again, nobody else joins it unseen."""

import pytest

from linli.core.errors import Busy
from linli.foundation.imports import tasks
from linli.foundation.imports.services import import_start
from linli.foundation.imports.tests.runs import undone
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Household, Resident
from linli.registers.residents.services import resident_move_away
from tests.people import Cast

from .importworld import FAMILY, brought, looked, person, resident, tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ELDER = ("1941-02-03", 44)
LODGER = person("新来的", "1990-01-02", 55, room="202", 与户主关系="非亲属", 居住方式="租住")
BACK = person("欧阳静", *ELDER, room="202", 居住方式="租住", 入住日期="2026-03-01")


@pytest.fixture
def homes(cast: Cast) -> Homes:
    """A family of three, and an elder who has moved away: the household of one has ended."""
    homes = homes_build(cast)
    brought(homes.worker, *FAMILY)
    elder = resident(*ELDER)
    resident_move_away(actor=homes.worker, resident_id=elder.public_id, version=elder.version)
    assert _ended() == 1
    return homes


def _ended() -> int:
    return Household.objects.filter(ended_on__isnull=False).count()


def test_somebody_new_waits_and_nothing_is_changed(homes: Homes) -> None:
    before = tables_digest()
    job = brought(homes.worker, LODGER)
    assert "已经销户" in job.quarantine.get().reasons[0] and job.counts["quarantined"] == 1
    assert tables_digest() == before


def test_who_comes_back_opens_it_again_for_others_and_the_undo_ends_it_again(homes: Homes) -> None:
    before = tables_digest()
    job = brought(homes.worker, LODGER, BACK)
    assert (job.counts["new"], job.counts["changed"], job.counts["quarantined"]) == (1, 1, 0)
    assert _ended() == 0 and resident(*ELDER).state == "here"
    home = Household.objects.get(memberships__resident=resident("1990-01-02", 55))
    assert home.memberships.filter(to_on=None).count() == 2
    assert home.occupancies.get(to_on=None).part == homes.part("202")
    undone(homes.worker, job)
    assert tables_digest() == before


def test_a_batch_that_others_were_faster_with_is_read_anew(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = looked(homes.worker, person("钱多", "1990-01-02", 56, room="302"))
    import_start(actor=homes.worker, import_id=job.pk)
    honest, refused = tasks.import_batch, []

    def busy(**given):  # type: ignore[no-untyped-def]
        if len(refused) < times:
            refused.append(True)
            raise Busy
        return honest(**given)

    monkeypatch.setattr(tasks, "import_batch", busy)
    times = tasks.TIMES
    tasks.work_through(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "同一时刻有别人" in job.failure and Resident.objects.count() == 4
    refused.clear()
    times = tasks.TIMES - 1
    import_start(actor=homes.worker, import_id=job.pk)
    tasks.work_through(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.counts["new"] == 1 and Resident.objects.count() == 5
