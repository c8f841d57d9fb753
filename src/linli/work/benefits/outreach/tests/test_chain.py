"""From the registry to the door: snapshot, run, baseline, wave, leads, visits; and what comes new later."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.core import clock
from linli.core.clock import clock_forward
from linli.core.errors import Conflict, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.models import Receipt, Resident
from linli.registers.residents.sealing import sealed_values
from linli.registers.residents.tests.facts_world import household_at
from linli.registers.residents.tests.houses import resident_row
from linli.work.benefits.engine.households import households_read
from linli.work.benefits.models import Lead, Outreach, Policy, Run, RunCount, Snapshot, Wave
from linli.work.benefits.outreach import tasks
from linli.work.benefits.outreach.services import leads_lapse, run_led, wave_pause, wave_resume
from linli.work.benefits.running.force import household_judged, in_force
from linli.work.benefits.running.services import run_ask
from linli.work.benefits.running.tasks import files_forget, nightly, run_today, runs_follow
from tests.people import Cast

from .world import MACHINE, Doors, doors_make, policy_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def doors(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Doors]:
    settings.HOME = tmp_path
    yield doors_make(cast)


def birth_set(person: Resident, day: date) -> None:
    """Let somebody's registered day of birth be another."""
    for name, value in sealed_values(person, birth=day).items():
        setattr(person, name, value)
    person.save()


def one_more(doors: Doors) -> int:
    """Let somebody of 80 move in."""
    path = doors.cast.places["committee_a_place"].path
    part = doors.homes[0].occupancies.get().part
    person = resident_row(part, "新来的", birth=date(1946, 1, 1))
    household_at(path, person, part=part)
    return person.pk


def test_the_first_run_is_a_baseline_and_tells_nobody(doors: Doors) -> None:
    run_today()
    tasks.follow()
    run = Run.objects.get()
    assert (run.state, run.snapshot.state) == ("done", "done")
    [count] = RunCount.objects.filter(version=doors.elder)
    assert (count.eligible, count.is_baseline) == (4, True)
    assert count.area_path == doors.cast.places["district_place"].path
    assert not Lead.objects.exists()
    assert run_today() is None  # once a day


def test_a_wave_makes_leads_of_the_baseline_and_deals_them(doors: Doors) -> None:
    run_today()
    tasks.follow()
    wave = doors.release(per_worker_week=1)
    tasks.follow()
    wave.refresh_from_db()
    assert wave.filled_at is not None
    assert Lead.objects.filter(policy=doors.elder.policy).count() == 4
    assert Outreach.objects.count() == 4  # three people in committee a, one in b
    assert {lead.amount for lead in Lead.objects.all()} == {7_500}
    tasks.follow()
    assert Lead.objects.count() == 4


def test_a_wave_of_a_street_finds_nobody_elsewhere(doors: Doors) -> None:
    run_today()
    tasks.follow()
    wave = doors.release()
    Wave.objects.filter(pk=wave.pk).update(area_path=doors.cast.places["committee_b_place"].path)
    tasks.follow()
    assert [lead.household for lead in Lead.objects.all()] == [doors.other]


def test_who_is_new_becomes_a_lead_by_themselves(doors: Doors) -> None:
    run_today()
    tasks.follow()
    clock_forward(timedelta(days=1))
    person = one_more(doors)
    run_today()
    tasks.follow()
    leads = Lead.objects.filter(policy=doors.elder.policy)
    assert [(lead.resident_id, lead.state) for lead in leads] == [(person, "waiting")]


def test_a_run_of_one_policy_does_not_make_everybody_of_the_others_new(doors: Doors) -> None:
    run_today()
    tasks.follow()
    run_ask(actor=doors.actor("city"), policies=["test_elder"])
    tasks.follow()
    clock_forward(timedelta(days=1))
    run_today()
    tasks.follow()
    assert not Lead.objects.exists()


def test_without_the_files_of_the_run_before_nobody_is_new(doors: Doors) -> None:
    run_today()
    tasks.follow()
    shutil.rmtree(Run.objects.get().path)
    clock_forward(timedelta(days=1))
    run_today()
    tasks.follow()
    assert Run.objects.filter(state="done").count() == 2
    assert not Lead.objects.exists()


def test_who_is_found_no_more_is_let_go_with_the_reason(doors: Doors) -> None:
    run_today()
    tasks.follow()
    doors.release(per_worker_week=1)
    wave_pause(actor=doors.actor("district"), wave_id=Wave.objects.get().public_id, version=1)
    doors.take(*(doors.found(n) for n in range(3)))
    wave_resume(actor=doors.actor("district"), wave_id=Wave.objects.get().public_id, version=2)
    doors.deal(Wave.objects.get())
    young, kept = doors.people[0], doors.people[1]
    birth_set(young, date(1990, 1, 1))
    birth_set(kept, date(1990, 1, 1))
    clock_forward(timedelta(days=1))
    run_ask(actor=MACHINE)
    runs_follow()
    birth_set(kept, date(1950, 1, 1))  # learnt after the snapshot
    tasks.follow()
    lead = Lead.objects.get(resident=young)
    [step] = lead.events.filter(to_state="gone")
    assert step.reason == f"{clock.today().isoformat()}的匹配不再找到；按现在的情况重新核对，不再符合"
    assert lead.outreach is not None and lead.outreach.state == "done"
    assert Lead.objects.get(resident=kept).state == "open"
    assert AuditRecord.objects.filter(verb="lead.lapse").count() == 1
    with pytest.raises(NotAllowed):
        leads_lapse(actor=doors.actor("city"), version=doors.elder, gone=[], run=Run.objects.latest("pk"))


def test_a_run_counts_the_leads_that_came_of_it(doors: Doors) -> None:
    run_today()
    tasks.follow()
    clock_forward(timedelta(days=1))
    one_more(doors)
    run_today()
    tasks.follow()
    assert RunCount.objects.get(run=Run.objects.latest("pk"), version=doors.elder).new == 1
    with pytest.raises(NotAllowed):
        run_led(actor=doors.actor("operator"), run=Run.objects.latest("pk"))


def test_receipts_make_leads_of_the_first_run(doors: Doors) -> None:
    Receipt.objects.create(
        resident=doors.people[0], policy="老年综合津贴", from_on=date(2025, 1, 1), recorded_at=clock.now()
    )
    run_today()
    tasks.follow()
    leads = Lead.objects.filter(policy=doors.elder.policy)
    assert {lead.resident_id for lead in leads} == {
        *(one.pk for one in doors.people[1:]),
        doors.other_person.pk,
    }
    assert not Lead.objects.exclude(policy=doors.elder.policy).exists()


def test_a_run_that_breaks_off_leaves_nothing_half_and_goes_on(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_today()

    def broken(*_given: object, **_more: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("linli.work.benefits.running.tasks.match_make", broken)
    with pytest.raises(OSError, match="disk full"):
        tasks.follow()
    run = Run.objects.get()
    assert (run.state, run.fault) == ("failed", "OSError")
    assert not RunCount.objects.exists() and not Lead.objects.exists()
    assert Snapshot.objects.get().state == "done"
    monkeypatch.undo()
    run_ask(actor=doors.actor("city"))
    tasks.follow()
    assert Run.objects.filter(state="done").count() == 1
    assert Snapshot.objects.count() == 1  # today's was whole already


def test_two_runs_at_once_are_refused(doors: Doors) -> None:
    run_ask(actor=doors.actor("city"))
    with pytest.raises(Conflict):
        run_ask(actor=doors.actor("operator"))
    for name in ("street", "district", "worker", "resident"):
        with pytest.raises(NotAllowed):
            run_ask(actor=doors.actor(name))
    assert Run.objects.count() == 1


def test_only_the_changed_policy_is_reckoned_again(doors: Doors) -> None:
    run_today()
    tasks.follow()
    run_ask(actor=doors.actor("city"), policies=["test_elder"])
    tasks.follow()
    again = Run.objects.get(kind="again")
    assert {count.version for count in again.counts.all()} == {doors.elder}


def test_a_run_of_one_policy_does_not_stand_for_the_run_of_the_night(doors: Doors) -> None:
    run_ask(actor=doors.actor("city"), policies=["test_elder"])
    run_today()  # queues behind it
    assert run_today() is None
    tasks.follow()
    tasks.follow()
    assert list(Run.objects.order_by("pk").values_list("kind", "state")) == [
        ("again", "done"),
        ("full", "done"),
    ]


def test_old_files_go(doors: Doors) -> None:
    run_today()
    tasks.follow()
    first = Run.objects.get()
    for _day in range(3):
        clock_forward(timedelta(days=10))
        nightly()
        tasks.follow()
    first.refresh_from_db()
    assert first.state == "dropped"
    assert not first.path.exists()
    assert files_forget() == 1  # the newest and the one before it stay
    folder = Run.objects.filter(state="done").latest("pk").snapshot.path
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_pages_of_runs_show_numbers(doors: Doors) -> None:
    run_today()
    tasks.follow()
    run = Run.objects.get()
    for name, status in (("city", 200), ("district", 200), ("operator", 200), ("street", 403)):
        assert doors.cast.client(name).get("/desk/benefits/runs/").status_code == status
    text = doors.cast.client("district").get(f"/desk/benefits/runs/{run.public_id}/").content.decode()
    assert "老年综合津贴" in text and "&lt;5" in text and "底数" in text
    other = doors.cast.client("other_district").get(f"/desk/benefits/runs/{run.public_id}/").content.decode()
    assert "老年综合津贴" not in other
    assert doors.cast.client("city").post("/desk/benefits/runs/ask/").status_code == 302


def test_the_pages_of_waves_and_progress(doors: Doors) -> None:
    doors.take(*(doors.found(n) for n in range(3)))
    wave = doors.release(per_worker_week=1)
    doors.deal(wave)
    street = doors.cast.client("street")
    text = street.get("/desk/benefits/waves/").content.decode()
    assert "老年综合津贴" in text and "暂停" in text
    new = {"policy": wave.policy.public_id, "area": wave.area_path, "per_worker_week": 0}
    assert street.post("/desk/benefits/waves/new/", new).status_code == 422
    act = f"/desk/benefits/waves/{wave.public_id}/"
    assert street.post(f"{act}pause/", {"version": 9}).status_code == 409
    assert street.post(f"{act}pause/", {"version": 1}).status_code == 302
    assert street.post(f"{act}vanish/", {"version": 2}).status_code == 404
    exact = street.get("/desk/benefits/progress/").content.decode()
    rounded = doors.cast.client("district").get("/desk/benefits/progress/").content.decode()
    assert "桂花第一居委会" in exact and "&lt;5" not in exact.split("section-title")[1]
    assert "&lt;5" in rounded
    assert doors.cast.client("department").get("/desk/benefits/progress/").status_code == 403
    far = {"area": doors.cast.places["other_street_place"].path}
    assert street.get("/desk/benefits/progress/", far).status_code == 404


def test_a_district_s_policy_is_for_those_who_live_there(cast: Cast) -> None:
    doors = doors_make(cast)
    for code in ("district_place", "other_district_place"):
        version = policy_make(cast, f"of_{code}", code)
        place = cast.places[code]
        Policy.objects.filter(pk=version.policy_id).update(area_path=place.path, place_code=place.code)
    today, home = clock.today(), doors.homes[0]
    known = households_read(MACHINE, {home.pk}, today)[home.pk]
    said = household_judged(in_force(today), known, today, home.area_path)
    assert [one.verdict for one in said["of_district_place"]] == [True]
    assert [one.verdict for one in said["of_other_district_place"]] == [False]
