"""What a wave would mean before it is released: whom it is for, whom it leaves out, why it is for nobody."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from linli.core.errors import Conflict, InvalidInput, NotFound, Refusal
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.models import Household
from linli.work.benefits.authoring.previewing import workers_count
from linli.work.benefits.models import Lead, Run, Wave
from linli.work.benefits.outreach import outlook, tasks
from linli.work.benefits.outreach.outlook import OutlookShown
from linli.work.benefits.outreach.releasing import wave_foreseen
from linli.work.benefits.outreach.services.waves import WaveForNobody
from linli.work.benefits.running.tasks import run_today
from tests.people import Cast

from .world import Doors, doors_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE, API = "/desk/benefits/waves/new/", "/api/v1/benefits/waves"


@pytest.fixture
def doors(cast: Cast, settings: Any, tmp_path: Path) -> Doors:
    settings.HOME = tmp_path
    return doors_make(cast)


@pytest.fixture
def matched(doors: Doors) -> Doors:
    run_today()
    tasks.follow()
    return doors


def seen(doors: Doors, who: str = "street", place: str = "street_place", **more: Any) -> OutlookShown:
    said = {"policy_id": doors.elder.policy.public_id, "per_worker_week": 1, **more}
    return wave_foreseen(doors.actor(who), area_path=doors.cast.places[place].path, **said)


def values(shown: OutlookShown) -> tuple[int | None, ...]:
    return shown.households.value, shown.people.value, shown.worth.value


def test_a_street_sees_how_many_households_workers_and_weeks(matched: Doors) -> None:
    shown = seen(matched)
    workers = workers_count(matched.cast.places["street_place"].path)
    assert values(shown) == (4, 4, 0) and not shown.nobody and not shown.is_rough
    assert (shown.workers, shown.weeks) == (workers, -(-4 // workers)) and workers > 0
    assert values(seen(matched, place="committee_b_place")) == (1, 1, 0)
    family = {"policy_id": matched.family.policy.public_id}
    assert values(seen(matched, **family)) == (4, 4, 0)
    assert not Lead.objects.exists() and not Wave.objects.exists()


def test_who_lives_together_is_one_household(matched: Doors) -> None:
    Household.objects.filter(pk=matched.other.pk).update(area_path=matched.homes[0].area_path)
    assert values(seen(matched, place="committee_a_place")) == (4, 4, 0)
    assert values(seen(matched, place="committee_b_place"))[0] == 0


@pytest.mark.parametrize("who", ["district", "city"])
def test_those_above_see_no_small_numbers(matched: Doors, who: str) -> None:
    shown = seen(matched, who, place="district_place")
    assert values(shown) == (None, None, None) and "不到5户" in shown.nobody and not shown.left_out


def test_many_are_counted_without_reading_who_they_are(
    matched: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "MOST_READ", 3)
    for who, place in (("street", "street_place"), ("city", "district_place"), ("city", "province")):
        shown = seen(matched, who, place)
        assert shown.is_rough and shown.people.value == (4 if who == "street" else None), place


def test_whom_is_asked_already_is_left_out_and_who_waits_is_counted(matched: Doors) -> None:
    matched.take(matched.found(0), matched.found(1))
    shown = seen(matched)
    assert values(shown) == (4, 4, 0)  # two wait for a wave, two more are found
    assert not shown.left_out
    matched.deal(matched.release(per_worker_week=100))
    Wave.objects.update(state="done")
    shown = seen(matched)
    assert values(shown) == (2, 2, 0) and [str(n) for _words, n in shown.left_out] == ["2"]
    Lead.objects.update(state="granted")
    Household.objects.exclude(pk__in=[home.pk for home in matched.homes[:2]]).update(ended_on="2026-01-01")
    shown = seen(matched)
    assert shown.nobody and [str(n) for _words, n in shown.left_out] == ["2", "2"]


def test_who_is_only_worth_asking_counts_where_the_wave_says_so(matched: Doors) -> None:
    care = {"policy_id": matched.care.policy.public_id}
    shown = seen(matched, **care)
    assert values(shown) == (0, 0, 4) and "勾上" in shown.todo
    assert values(seen(matched, **care, includes_unknown=True)) == (4, 4, 0)


def test_why_a_wave_is_for_nobody_is_said_and_nothing_is_written(doors: Doors) -> None:
    assert "还没有匹配过" in seen(doors).nobody
    with pytest.raises(WaveForNobody) as raised:
        doors.release(actor="street", even_if_nobody=False)
    assert "还没有匹配过" in raised.value.message and "重新匹配" in raised.value.hint
    run_today()
    tasks.follow()
    assert not seen(doors).nobody
    shutil.rmtree(Run.objects.get().path)
    assert "保存期" in seen(doors).nobody
    assert not Wave.objects.exists() and not AuditRecord.objects.filter(verb="wave.release").exists()
    wave = doors.release(actor="street")  # seen, and released all the same
    tasks.waves_follow()
    wave.refresh_from_db()
    assert wave.filled_at is None and not Lead.objects.exists()


def test_without_workers_nobody_goes(matched: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "workers_count", lambda _area: 0)
    assert "派不出去" in seen(matched).nobody


@pytest.mark.parametrize(
    ("who", "more", "how"),
    [
        ("worker", {}, InvalidInput),
        ("other_district", {}, InvalidInput),
        ("department", {}, NotFound),
        ("street", {"per_worker_week": 0}, InvalidInput),
        ("street", {"place": "other_street_place"}, InvalidInput),
    ],
)
def test_who_may_not_release_foresees_nothing(
    doors: Doors, who: str, more: dict[str, Any], how: type[Refusal]
) -> None:
    with pytest.raises(how):
        seen(doors, who, **more)


def test_the_page_shows_the_numbers_before_it_releases(matched: Doors) -> None:
    client, place = matched.cast.client("street"), matched.cast.places["street_place"].path
    said = {"policy": matched.elder.policy.public_id, "area": place, "per_worker_week": 2}
    shown = client.post(PAGE, said).content.decode()
    assert "放出之前" in shown and "4份待遇" in shown and not Wave.objects.exists()
    assert client.post(PAGE, said | {"seen": "back"}).status_code == 200 and not Wave.objects.exists()
    assert client.post(PAGE, said | {"seen": "somebody"}).status_code == 302
    assert Wave.objects.get().per_worker_week == 2
    again = client.post(PAGE, said)
    assert again.status_code == 422 and "已有一个批次" in again.content.decode()
    care = said | {"policy": matched.care.policy.public_id}
    assert "仍然放出" in client.post(PAGE, care).content.decode()
    assert client.post(PAGE, care | {"seen": "somebody"}).status_code == 422  # nobody, and that was not seen
    assert client.post(PAGE, care | {"seen": "nobody"}).status_code == 302


def test_a_wave_that_goes_elsewhere_or_to_more_is_seen_before_it_changes(matched: Doors) -> None:
    client, wave = matched.cast.client("street"), matched.release(version=matched.care, actor="street")
    page = f"/desk/benefits/waves/{wave.public_id}/change/"
    said = {"version": wave.version, "area": wave.area_path, "per_worker_week": 2}
    for wider in {"includes_unknown": "on"}, {"area": matched.homes[0].area_path}:
        shown = client.post(page, said | wider).content.decode()
        assert "更改之前" in shown and ("4份待遇" in shown) == ("includes_unknown" in wider)
        assert client.post(page, said | wider | {"seen": "back"}).status_code == 200
        wave.refresh_from_db()
        assert wave.version == said["version"]
    assert client.post(page, said).status_code == 302  # fewer a week: nothing to see first
    more = said | {"version": 2, "includes_unknown": "on", "seen": "change"}
    assert client.post(page, more).status_code == 302
    wave.refresh_from_db()
    assert (wave.per_worker_week, wave.includes_unknown) == (2, True)


def test_the_same_by_api(matched: Doors) -> None:
    client, place = matched.cast.client("street"), matched.cast.places["street_place"]
    said = {"policy": "test_elder", "area": place.code, "per_worker_week": 2}

    def post(address: str, **more: Any) -> Any:
        return client.post(address, said | more, content_type="application/json")

    found = post(f"{API}/outlook").json()
    assert (found["households"], found["nobody"]) == (4, "") and found["weeks"] >= 1
    refused = post(API, policy="test_care")
    assert refused.status_code == 409 and refused.json()["code"] == "wave.nobody" and refused.json()["hint"]
    assert post(API, policy="none").status_code == 404 and post(API, area="12").status_code == 422
    assert post(API).json()["state"] == "open" and Wave.objects.count() == 1
    with pytest.raises(Conflict):
        seen(matched)
