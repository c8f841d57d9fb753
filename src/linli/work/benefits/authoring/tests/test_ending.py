"""Stopping a policy: one asks, another confirms, before the day it is taken back; its leads go with it."""

from datetime import date, timedelta

import pytest

from linli.core import clock
from linli.core.clock import clock_forward
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.work.benefits.authoring.selectors import versions_in_force
from linli.work.benefits.authoring.services.ending import (
    policy_end_ask,
    policy_end_confirm,
    policy_end_refuse,
    policy_end_withdraw,
)
from linli.work.benefits.models import Lead, Outreach, Wave
from linli.work.benefits.outreach.services import leads_ended, outreach_tell
from linli.work.benefits.outreach.tasks import waves_follow
from linli.work.benefits.outreach.tests.world import MACHINE, Doors, doors_make
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = date(2026, 3, 15)


@pytest.fixture
def doors(seconds: Cast) -> Doors:
    return doors_make(seconds)


def ask(doors: Doors, by: str = "city", on: date = DAY, reason: str = "市政府令停止执行") -> None:
    policy = doors.elder.policy
    policy_end_ask(actor=doors.actor(by), policy_id=policy.pk, on=on, reason=reason)
    policy.refresh_from_db()


def test_other_systems_read_from_which_day_it_ends(doors: Doors, seconds: Cast) -> None:
    policy, client = doors.elder.policy, seconds.client("street")
    address = f"/api/v1/benefits/policies/{policy.code}"
    ask(doors)
    assert client.get(address).json()["ended_on"] is None, "asked for is not agreed"
    policy_end_confirm(actor=doors.actor("city2"), policy_id=policy.pk, on=DAY)
    assert client.get(address).json()["ended_on"] == DAY.isoformat()
    lines = {row["code"]: row for row in client.get("/api/v1/benefits/policies").json()["items"]}
    assert lines.pop(policy.code)["ended_on"] == DAY.isoformat()
    assert {row["ended_on"] for row in lines.values()} == {None}
    after = client.get("/api/v1/benefits/policies", {"on": DAY.isoformat()}).json()["items"]
    assert policy.code not in {row["code"] for row in after}


def test_one_asks_and_another_confirms(doors: Doors) -> None:
    policy = doors.elder.policy
    doors.take(*(doors.found(n) for n in range(3)))
    wave = doors.release(per_worker_week=1, includes_unknown=False)
    doors.deal(wave)
    told, *_others = Outreach.objects.order_by("pk")
    outreach_tell(actor=doors.actor("worker"), outreach_id=told.public_id, version=told.version)
    ask(doors)
    duty = Duty.objects.get(action="confirm_end")
    assert duty.closed_at is None
    policy_end_confirm(actor=doors.actor("city2"), policy_id=policy.pk, on=DAY)
    duty.refresh_from_db()
    assert duty.closed_at is not None
    waves_follow()
    assert not Lead.objects.filter(state="gone").exists()  # not yet
    with pytest.raises(NotAllowed):
        leads_ended(actor=MACHINE, policy=policy)
    clock_forward(timedelta(days=5))
    waves_follow()
    assert policy.pk not in {version.policy_id for version in versions_in_force(clock.today())}
    assert sorted(Lead.objects.values_list("state", flat=True)) == ["gone", "gone", "told"]
    assert set(Lead.objects.filter(state="gone").values_list("reason", flat=True)) == {
        "政策自2026-03-15起停办：市政府令停止执行"
    }
    assert not Outreach.objects.filter(state="open").exists()
    wave.refresh_from_db()
    assert wave.state == "done"
    with pytest.raises(Conflict, match="停办"):
        doors.release()
    policy.refresh_from_db()
    with pytest.raises(NotAllowed):
        leads_ended(actor=doors.actor("city"), policy=policy)
    with pytest.raises(Conflict, match="已到"):
        policy_end_withdraw(actor=doors.actor("city"), policy_id=policy.pk)


def test_refusals_change_nothing(doors: Doors) -> None:
    policy = doors.elder.policy
    for by, refusal in (("district", NotAllowed), ("street", NotAllowed), ("department", NotFound)):
        with pytest.raises(refusal):
            ask(doors, by)
    for more in ({"on": date(2026, 3, 9)}, {"reason": " "}, {"reason": "长" * 201}):
        with pytest.raises(InvalidInput):
            ask(doors, **more)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="没有人提出"):
        policy_end_confirm(actor=doors.actor("city2"), policy_id=policy.pk, on=DAY)
    ask(doors)
    with pytest.raises(Conflict, match="正在等"):
        ask(doors)
    for by in ("city", "district", "street"):
        with pytest.raises(NotAllowed, match="另一人"):
            policy_end_confirm(actor=doors.actor(by), policy_id=policy.pk, on=DAY)
    with pytest.raises(StaleVersion):
        policy_end_confirm(actor=doors.actor("city2"), policy_id=policy.pk, on=date(2026, 3, 16))
    with pytest.raises(NotAllowed):
        policy_end_withdraw(actor=doors.actor("district"), policy_id=policy.pk)
    policy.refresh_from_db()
    assert (policy.ending_on, policy.ended_on) == (DAY, None)
    doors.care.state = "draft"
    doors.care.save()
    with pytest.raises(Conflict, match="没有发布"):
        policy_end_ask(actor=doors.actor("city"), policy_id=doors.care.policy_id, on=DAY, reason="不办了")


def test_an_end_is_taken_back_before_its_day(doors: Doors) -> None:
    policy = doors.elder.policy
    ask(doors)
    policy_end_withdraw(actor=doors.actor("city"), policy_id=policy.pk)
    assert Duty.objects.get(action="confirm_end").closed_at is not None
    ask(doors)
    policy_end_confirm(actor=doors.actor("city2"), policy_id=policy.pk, on=DAY)
    policy_end_withdraw(actor=doors.actor("city"), policy_id=policy.pk)
    policy.refresh_from_db()
    assert (policy.ending_on, policy.ended_on, policy.ended_by) == (None, None, None)
    assert not Wave.objects.exists()


def test_who_does_not_agree_says_why_and_the_asker_is_told(doors: Doors) -> None:
    policy = doors.elder.policy
    ask(doors)
    for by, reason, refusal in (
        ("city", "还要用", NotAllowed),
        ("district", "还要用", NotAllowed),
        ("city2", " ", InvalidInput),
        ("city2", "长" * 201, InvalidInput),
    ):
        with pytest.raises(refusal):
            policy_end_refuse(actor=doors.actor(by), policy_id=policy.pk, reason=reason)
    policy.refresh_from_db()
    assert (policy.ending_on, policy.end_refusal) == (DAY, "")
    policy_end_refuse(actor=doors.actor("city2"), policy_id=policy.pk, reason="新政策还没有发布")
    policy.refresh_from_db()
    assert (policy.ending_on, policy.end_refusal) == (None, "新政策还没有发布")
    assert Duty.objects.get(action="confirm_end").closed_at is not None
    (notice,) = Notice.objects.filter(person_id=doors.actor("city").person_id, title__contains="没有核准")
    assert policy.name in notice.title
    page = f"/desk/benefits/{policy.public_id}/"
    assert "新政策还没有发布" in doors.cast.client("city").get(page).content.decode()
    assert "新政策还没有发布" not in doors.cast.client("worker").get(page).content.decode()
    with pytest.raises(Conflict, match="没有人提出"):
        policy_end_refuse(actor=doors.actor("city2"), policy_id=policy.pk, reason="再说一次")
    ask(doors)
    assert (policy.ending_on, policy.end_refusal, policy.end_refused_at) == (DAY, "", None)
    policy_end_confirm(actor=doors.actor("city2"), policy_id=policy.pk, on=DAY)
    with pytest.raises(Conflict, match="已经核准"):
        policy_end_refuse(actor=doors.actor("city2"), policy_id=policy.pk, reason="晚了")


def test_the_pages_of_an_end(doors: Doors) -> None:
    cast, page = doors.cast, f"/desk/benefits/{doors.elder.policy.public_id}/"
    said = {"on": "2026-03-15", "reason": "市政府令停止执行"}
    city, other = cast.client("city"), cast.client("city2")
    assert f"{page}end/" in city.get(page).content.decode()
    assert f"{page}end/" not in cast.client("district").get(page).content.decode()
    assert city.post(f"{page}end/", said | {"on": "2026-03-01"}).status_code == 422
    assert city.post(f"{page}end/", said).status_code == 302
    assert "撤回停办" in city.get(page).content.decode()
    assert "核准停办" not in city.get(page).content.decode()
    assert "市政府令停止执行" not in cast.client("worker").get(page).content.decode()
    assert "核准停办" in other.get(page).content.decode()
    assert "市政府令停止执行" in other.get(f"{page}end/refuse/").content.decode()
    assert other.post(f"{page}end/refuse/", {"reason": " "}).status_code == 422
    assert other.post(f"{page}end/refuse/", {"reason": "还要用"}).status_code == 302
    assert city.post(f"{page}end/", said).status_code == 302
    assert other.post(f"{page}end/confirm/", {"on": "no day"}).status_code == 409
    assert other.post(f"{page}end/confirm/", {"on": "2026-03-15"}).status_code == 302
    assert "起停办" in cast.client("worker").get(page).content.decode()
    assert city.post(f"{page}end/withdraw/").status_code == 302
    assert city.post(f"{page}end/withdraw/").status_code == 409
