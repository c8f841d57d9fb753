"""Waves: who releases, changes, pauses and ends them, and what they refuse."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from linli.core.clock import clock_forward, now
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.core.listing import listing_get
from linli.foundation.audit.models import AuditRecord
from linli.work.benefits.models import Wave
from linli.work.benefits.outreach.services import (
    wave_change,
    wave_end,
    wave_pause,
    wave_release,
    wave_resume,
    wave_run_out,
)
from linli.work.benefits.outreach.tasks import waves_follow
from tests.people import Cast

from .world import doors_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


def test_a_wave_is_released_by_those_above_in_their_area(cast: Cast) -> None:
    doors = doors_make(cast)
    for name in ("worker", "grid_worker", "other_district", "department"):
        with pytest.raises((InvalidInput, NotFound)):
            doors.release(actor=name)
    assert not Wave.objects.exists()
    for name in ("street", "district", "city"):
        doors.release(actor=name).delete()


def test_one_wave_of_a_policy_runs_in_an_area(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.release()
    with pytest.raises(Conflict):
        doors.release()
    assert Wave.objects.count() == 1


@pytest.mark.parametrize("wanted", [0, -1, 101])
def test_a_week_holds_a_sensible_number(cast: Cast, wanted: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        doors_make(cast).release(per_worker_week=wanted)
    assert "per_worker_week" in refused.value.details


def test_a_policy_that_is_not_published_is_not_released(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.elder.state = "draft"
    doors.elder.save()
    with pytest.raises(Conflict):
        doors.release()


def test_the_same_form_twice_is_one_wave(cast: Cast) -> None:
    doors, path = doors_make(cast), cast.places["street_place"].path
    said = {"policy_id": doors.elder.policy.public_id, "area_path": path, "per_worker_week": 3}
    said |= {"even_if_nobody": True}
    first = wave_release(actor=cast.actor("district"), request_key="k" * 20, **said)
    assert wave_release(actor=cast.actor("district"), request_key="k" * 20, **said) == first


def test_a_paused_wave_hands_out_nobody(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0))
    wave = doors.release()
    wave = wave_pause(actor=cast.actor("district"), wave_id=wave.public_id, version=wave.version)
    assert doors.deal(wave).visits == 0
    with pytest.raises(StaleVersion):
        wave_resume(actor=cast.actor("district"), wave_id=wave.public_id, version=1)
    wave = wave_resume(actor=cast.actor("district"), wave_id=wave.public_id, version=wave.version)
    assert doors.deal(wave).visits == 1
    wave = wave_end(actor=cast.actor("city"), wave_id=wave.public_id, version=wave.version)
    with pytest.raises(Conflict):
        wave_pause(actor=cast.actor("city"), wave_id=wave.public_id, version=wave.version)
    assert doors.release().state == "open"  # another may begin


def test_a_wave_from_above_is_not_changed_below(cast: Cast) -> None:
    doors = doors_make(cast)
    wave = wave_release(
        actor=cast.actor("city"),
        policy_id=doors.elder.policy.public_id,
        area_path=cast.places["district_place"].path,
        per_worker_week=5,
        even_if_nobody=True,
    )
    with pytest.raises(NotAllowed):
        wave_pause(actor=cast.actor("street"), wave_id=wave.public_id, version=1)
    with pytest.raises(NotFound):
        wave_change(
            actor=cast.actor("other_district"),
            wave_id=wave.public_id,
            version=1,
            area_path=wave.area_path,
            per_worker_week=2,
        )
    wave.refresh_from_db()
    assert (wave.state, wave.per_worker_week) == ("open", 5)


def test_a_wave_is_changed_from_its_page(cast: Cast) -> None:
    doors = doors_make(cast)
    wave, other = doors.release(), doors.release(version=doors.care)
    here = cast.places["committee_a_place"].path
    page = f"/desk/benefits/waves/{wave.public_id}/change/"
    said = {"version": 1, "area": here, "per_worker_week": 3, "until_on": "2026-03-20", "seen": "change"}
    client = cast.client("street")
    assert "2026-03-20" not in client.get(page).content.decode()
    for wrong, status in (
        ({"per_worker_week": 0}, 422),
        ({"per_worker_week": 101}, 422),
        ({"until_on": "2026-03-09"}, 422),  # yesterday
        ({"area": cast.places["other_street_place"].path}, 422),
        ({"version": 9}, 409),
    ):
        assert client.post(page, said | wrong).status_code == status, wrong
    wave.refresh_from_db()
    assert (wave.version, wave.until_on) == (1, None)
    Wave.objects.filter(pk=wave.pk).update(filled_at=now())
    assert client.post(page, said).status_code == 302
    wave.refresh_from_db()
    assert (wave.area_path, wave.per_worker_week, wave.until_on) == (here, 3, date(2026, 3, 20))
    assert (wave.version, wave.filled_at) == (2, None)  # whoever lives there is looked for anew
    recorded = AuditRecord.objects.get(verb="wave.change")
    assert recorded is not None
    Wave.objects.filter(pk=other.pk).update(
        policy=wave.policy, area_path=cast.places["committee_b_place"].path
    )
    there = said | {"version": 2, "area": cast.places["committee_b_place"].path}
    assert client.post(page, there).status_code == 409  # one there already
    wave_end(actor=cast.actor("street"), wave_id=wave.public_id, version=2)
    assert client.post(page, said | {"version": 3}).status_code == 409


def test_a_wave_ends_after_its_last_day(cast: Cast) -> None:
    doors = doors_make(cast)
    wave = doors.release(until_on=date(2026, 3, 12))
    waves_follow()
    wave.refresh_from_db()
    assert wave.state == "open"
    clock_forward(3 * DAY)
    waves_follow()
    wave.refresh_from_db()
    assert (wave.state, wave.ended_at is not None) == ("done", True)
    with pytest.raises(InvalidInput) as refused:
        doors.release(until_on=date(2026, 3, 12))
    assert "until_on" in refused.value.details
    with pytest.raises(NotAllowed):
        wave_run_out(actor=cast.actor("city"), wave=wave)


def test_waves_and_progress_as_files_say_what_the_pages_say(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(*(doors.found(at) for at in range(3)))
    doors.deal(doors.release(per_worker_week=1))
    for name, given in (("street", "3"), ("district", "<5")):
        rows = {}
        for code in ("benefit-waves", "benefit-progress"):
            listing = listing_get(code)
            [[row, *_rest]] = listing.choose(cast.actor(name), QueryDict()).chunks()
            rows[code] = [str(column.read(row)) for column in listing.columns]
        assert rows["benefit-waves"][5] == given
        assert rows["benefit-progress"][:3] == ["政策", "老年综合津贴", given]
    with pytest.raises(NotAllowed):
        listing_get("benefit-waves").choose(cast.actor("grid_worker"), QueryDict())
    with pytest.raises(NotAllowed):
        listing_get("benefit-runs").choose(cast.actor("street"), QueryDict())


def test_waves_are_narrowed_by_policy_and_state_on_page_and_in_file(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.release()
    ended = doors.release(version=doors.family)
    wave_end(actor=doors.actor("street"), wave_id=ended.public_id, version=ended.version)
    client = cast.client("street")
    for query, named in (
        ({"state": "open"}, "老年综合津贴"),
        ({"state": "done"}, "老人家庭补贴"),
        ({"policy": "test_family"}, "老人家庭补贴"),
    ):
        page = client.get("/desk/benefits/waves/", query).content.decode()
        assert page.count("<tr>") == 2 and f"<strong>{named}" in page
        asked = QueryDict(mutable=True)
        asked.update(query)
        chosen = listing_get("benefit-waves").choose(doors.actor("street"), asked)
        assert [wave.policy.name for wave in chosen.rows] == [named]
    page = client.get("/desk/benefits/waves/", {"state": "paused"}).content.decode()
    assert "没有这样的批次" in page and "还没有批次" not in page
    assert client.get("/desk/benefits/waves/", {"state": "x", "policy": "x"}).status_code == 200
