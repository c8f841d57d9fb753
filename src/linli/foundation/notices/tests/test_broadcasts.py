"""Broadcasts: from draft to report, and every refusal changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from linli.core.clock import clock_at, clock_set, now
from linli.core.errors import (
    Conflict,
    InvalidInput,
    MoveNotAllowed,
    NotAllowed,
    NotFound,
    Refusal,
    StaleVersion,
)
from linli.foundation.accounts.models import Account
from linli.foundation.accounts.services import deputyship_set
from linli.foundation.audit.models import AuditRecord
from linli.foundation.notices import tasks
from linli.foundation.notices.models import Broadcast, Delivery, Notice
from linli.foundation.notices.selectors import broadcast_get, broadcast_reach, broadcast_report
from linli.foundation.notices.services import (
    broadcast_approve,
    broadcast_begin,
    broadcast_cancel,
    broadcast_draft,
    broadcast_edit,
    broadcast_resend,
    broadcast_return,
    broadcast_spread,
    broadcast_stop,
    broadcast_submit,
    broadcast_try,
    deliveries_claim,
    deliveries_make,
    neighbourhood_subscribe,
    refusals_set,
)
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast

from .factories import MACHINE, crowd, draft, tell, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def _all_columns() -> list[Any]:
    return list(Broadcast.objects.order_by("pk").values())


def _go(cast: Cast, broadcast: Broadcast, author: str = "worker") -> Broadcast:
    broadcast_submit(actor=cast.actor(author), broadcast_id=broadcast.pk)
    tasks.carry_broadcasts()
    broadcast.refresh_from_db()
    return broadcast


def test_a_small_one_goes_out_without_a_second_person(cast: Cast) -> None:
    people = crowd(cast, 3)
    crowd(cast, 2, "committee_b_place")
    broadcast = _go(cast, written(cast))
    assert broadcast.state == "done" and broadcast.spread_count == broadcast.planned_count == 3
    told = Notice.objects.filter(broadcast=broadcast)
    assert sorted(told.values_list("person_id", flat=True)) == people
    assert {(n.title, n.words, n.purpose) for n in told} == {
        ("停水通知", "周三九点至十二点停水。", "information")
    }
    assert len({n.public_id for n in told}) == 3
    verbs = AuditRecord.objects.filter(subject_id=str(broadcast.public_id)).values_list("verb", flat=True)
    assert list(verbs.order_by("at", "id")) == [
        f"broadcast.{verb}" for verb in ("draft", "submit", "begin", "spread", "finish")
    ]


def test_above_500_another_person_approves(cast: Cast) -> None:
    crowd(cast, 501)
    broadcast = _go(cast, written(cast))
    assert (broadcast.state, broadcast.planned_count) == ("pending", 501) and not broadcast.spread_count
    ask = Notice.objects.get(person=cast.person("worker2"))
    assert "等您审批" in ask.title and str(broadcast.public_id) in ask.url
    assert not Notice.objects.filter(person=cast.person("worker")).exists()
    with pytest.raises(NotAllowed, match="另一人"):
        broadcast_approve(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    for name in ("resident", "department", "operator", "worker_b", "other_street"):
        with pytest.raises(NotFound):
            broadcast_approve(actor=cast.actor(name), broadcast_id=broadcast.pk)
    broadcast.refresh_from_db()
    assert broadcast.state == "pending" and broadcast.approved_by is None
    broadcast_approve(actor=cast.actor("worker2"), broadcast_id=broadcast.pk)
    tasks.carry_broadcasts()
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.spread_count) == ("done", 501)
    assert broadcast.approved_by == cast.person("worker2")


def test_the_street_above_may_approve(cast: Cast) -> None:
    crowd(cast, 501)
    broadcast = _go(cast, written(cast))
    assert broadcast_approve(actor=cast.actor("street"), broadcast_id=broadcast.pk).state == "scheduled"


def test_who_stands_in_for_the_author_is_not_another_person(cast: Cast) -> None:
    crowd(cast, 501)
    today = now().date()
    deputyship_set(
        actor=cast.actor("worker"),
        role=cast.role("worker"),
        deputy=cast.person("worker2"),
        from_on=today,
        to_on=today,
    )
    broadcast = _go(cast, written(cast))
    from linli.foundation.accounts import selectors

    standing_in = next(r for r in selectors.role_list(cast.person("worker2")) if r.deputyship_id)
    actor = selectors.actor_of_role(cast.accounts["worker2"], standing_in)
    with pytest.raises(NotAllowed):
        broadcast_approve(actor=actor, broadcast_id=broadcast.pk)


def test_one_that_grew_after_it_was_handed_in_waits_for_a_second_person(cast: Cast) -> None:
    crowd(cast, 500)
    broadcast = written(cast)
    assert broadcast_submit(actor=cast.actor("worker"), broadcast_id=broadcast.pk).state == "scheduled"
    crowd(cast, 1)
    assert not broadcast_begin(actor=MACHINE, broadcast_id=broadcast.pk)
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.planned_count) == ("pending", 501)
    assert not Notice.objects.filter(broadcast=broadcast).exists()


def test_it_is_sent_back_with_words(cast: Cast) -> None:
    crowd(cast, 501)
    broadcast = _go(cast, written(cast))
    with pytest.raises(InvalidInput):
        broadcast_return(actor=cast.actor("worker2"), broadcast_id=broadcast.pk, note=" ")
    broadcast_return(actor=cast.actor("worker2"), broadcast_id=broadcast.pk, note="时间写错了")
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.note) == ("draft", "时间写错了")
    assert Notice.objects.get(person=cast.person("worker")).body == "时间写错了"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"body": "请找王某13912345678"}, "body"),
        ({"sms_text": "310101199001011234"}, "sms_text"),
        ({"audience": []}, "audience"),
        ({"audience": ["nobody"]}, "audience"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"purpose": "transaction"}, "purpose"),
        ({"purpose": "advert"}, "purpose"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_kept(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        written(cast, **given)
    assert set(refused.value.details) == {field} and not Broadcast.objects.exists()


def test_a_time_in_the_past_or_far_away_is_refused(cast: Cast) -> None:
    for at in (now() - timedelta(hours=1), now() + timedelta(days=91)):
        with pytest.raises(InvalidInput):
            written(cast, send_at=at)


def test_places_of_others_are_refused(cast: Cast) -> None:
    for author, place in (
        ("worker", "committee_b_place"),
        ("worker", "street_place"),
        ("street", "province"),
    ):
        with pytest.raises(InvalidInput) as refused:
            written(cast, author, place)
        assert "places" in refused.value.details
    with pytest.raises(InvalidInput):
        broadcast_draft(actor=cast.actor("worker"), draft=draft(), places=[])
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize("name", ["visitor", "resident", "grid_worker", "department", "property", "operator"])
def test_others_write_no_broadcasts(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        written(cast, name)


def test_a_twice_sent_form_makes_one_draft(cast: Cast) -> None:
    asked: dict[str, Any] = {"actor": cast.actor("worker"), "draft": draft(), "request_key": "k1"}
    one = broadcast_draft(places=[cast.places["committee_a_place"]], **asked)
    assert broadcast_draft(places=[cast.places["committee_a_place"]], **asked).pk == one.pk
    assert Broadcast.objects.count() == 1


def test_nobody_to_reach_is_said(cast: Cast) -> None:
    broadcast, before = written(cast), _all_columns()
    with pytest.raises(Conflict, match="一个人也送达不到"):
        broadcast_submit(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    assert _all_columns() == [before[0] | {"id": broadcast.pk}] and not Notice.objects.exists()


def test_a_stale_form_is_refused(cast: Cast) -> None:
    crowd(cast, 1)
    broadcast = written(cast)
    broadcast_edit(
        actor=cast.actor("worker2"),
        broadcast_id=broadcast.pk,
        draft=draft(title="停水通知（改）"),
        places=[cast.places["committee_a_place"]],
        version=broadcast.version,
    )
    with pytest.raises(StaleVersion):
        broadcast_submit(actor=cast.actor("worker"), broadcast_id=broadcast.pk, version=broadcast.version)
    assert broadcast_get(cast.actor("worker"), str(broadcast.public_id)).title == "停水通知（改）"


def test_other_areas_see_nothing(cast: Cast) -> None:
    broadcast = written(cast)
    for name in ("street", "district", "city", "worker2"):
        assert broadcast_get(cast.actor(name), str(broadcast.public_id))
    for name in ("worker_b", "other_street", "other_district", "resident", "department", "operator"):
        with pytest.raises(NotFound):
            broadcast_get(cast.actor(name), str(broadcast.public_id))


def test_groups_are_joined_and_each_is_told_once(cast: Cast) -> None:
    year_load()
    category("facility")
    Life(cast).to_reported()  # by "resident"
    neighbourhood_subscribe(actor=cast.actor("resident"), place=cast.places["committee_a_place"])
    groups = ["subscribers", "reporters", "workers", "executing", "governing"]
    broadcast = _go(cast, written(cast, audience=groups))
    names = {
        n for n in cast.names if Notice.objects.filter(broadcast=broadcast, person=cast.person(n)).exists()
    }
    assert names == {"resident", "worker", "worker2", "grid_worker", "property"}
    assert broadcast.spread_count == 5


def test_who_reported_long_ago_is_left_out(cast: Cast) -> None:
    year_load()
    category("facility")
    Life(cast).to_reported()
    areas = (cast.places["committee_a_place"].path,)
    broadcast = Broadcast(audience=["reporters"], reported_days=30, purpose="information")
    assert broadcast_reach(broadcast, areas).people == 1
    with clock_at(now() + timedelta(days=31)):
        assert broadcast_reach(broadcast, areas).people == 0


def test_the_count_tells_channels_and_cost(cast: Cast, settings: Any) -> None:
    settings.NOTICE_CHANNELS, settings.SMS = ["email", "sms"], settings.SMS | {"price": "4.5"}
    people = crowd(cast, 3)
    Account.objects.filter(person_id=people[0]).update(email="a@example.org")
    broadcast = written(cast, channels=["email", "sms"], sms_text="水" * 71)
    reach = broadcast_reach(broadcast, (cast.places["committee_a_place"].path,))
    assert reach.channels == [("电子邮件", 1, 0), ("短信", 3, 27)]
    assert (reach.people, reach.cost, reach.segments) == (3, 27, 2)


def test_information_is_refused_by_channel_and_altogether(cast: Cast) -> None:
    people = crowd(cast, 2)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    neighbourhood_subscribe(actor=cast.actor("resident"), place=cast.places["committee_a_place"])
    neighbourhood_subscribe(actor=cast.actor("neighbour"), place=cast.places["committee_a_place"])
    for name in ("resident", "neighbour"):
        Account.objects.filter(pk=cast.accounts[name].pk).update(email="b@example.org")
    refusals_set(actor=cast.actor("resident"), refused=[("information", "email")])
    refusals_set(actor=cast.actor("neighbour"), refused=[("information", "inbox")])
    broadcast = _go(cast, written(cast, channels=["email"]))
    assert broadcast.spread_count == 3  # not the neighbour
    tasks.send_due()
    (report,) = broadcast_report(broadcast).channels
    assert (report.sent, report.held) == (2, 1)
    lawful = _go(cast, written(cast, purpose="lawful", channels=["email"]))
    assert lawful.spread_count == 4


def test_emergencies_reach_everybody_at_night_and_the_rest_waits(cast: Cast) -> None:
    people = crowd(cast, 1)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    clock_set(now().replace(hour=22))
    tell(people[0], title="已派给城管")
    plain, urgent = written(cast, channels=["email"]), written(cast, purpose="emergency", channels=["email"])
    assert _go(cast, plain).state == "scheduled"
    assert _go(cast, urgent).state == "running"
    tasks.send_due()
    assert [message.subject for message in mail.outbox] == ["停水通知"]
    assert Delivery.objects.get(notice__broadcast__isnull=True).state == "waiting"
    clock_set(now() + timedelta(hours=10))
    tasks.carry_broadcasts()
    tasks.send_due()
    tasks.carry_broadcasts()
    assert sorted(message.subject for message in mail.outbox) == ["停水通知", "停水通知", "已派给城管"]
    assert set(Broadcast.objects.values_list("state", flat=True)) == {"done"}


def test_information_has_a_daily_cap_a_person(cast: Cast, settings: Any) -> None:
    settings.INFORMATION_PER_DAY = 2
    people = crowd(cast, 1)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    for _ in range(3):
        _go(cast, written(cast, channels=["email"]))
    _go(cast, written(cast, purpose="lawful", channels=["email"]))
    tasks.send_due()
    assert len(mail.outbox) == 3
    held = Delivery.objects.get(state="held")
    assert held.error == "已到每日上限"
    assert Notice.objects.filter(person_id=people[0]).count() == 4  # the inbox has all
    clock_set(now() + timedelta(days=1))
    _go(cast, written(cast, channels=["email"]))
    tasks.send_due()
    assert len(mail.outbox) == 4


def test_the_cap_holds_within_one_batch(cast: Cast, settings: Any) -> None:
    settings.INFORMATION_PER_DAY = 1
    person = cast.person("worker")
    Account.objects.filter(pk=cast.accounts["worker"].pk).update(email="w@example.org")
    for _ in range(3):
        tell(person.pk, purpose="information")
    deliveries_make(actor=MACHINE)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["held", "held", "waiting"]


def test_stop_leaves_the_rest_unsent_and_counts_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people = crowd(cast, 10)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    broadcast = written(cast, channels=["email"])
    broadcast_submit(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    broadcast_begin(actor=MACHINE, broadcast_id=broadcast.pk)
    assert broadcast_spread(actor=MACHINE, broadcast_id=broadcast.pk, most=6) == 6
    deliveries_make(actor=MACHINE, most=4)
    (claimed,) = deliveries_claim(actor=MACHINE, most=1)
    with pytest.raises(InvalidInput):
        broadcast_stop(actor=cast.actor("worker"), broadcast_id=broadcast.pk, note="")
    broadcast_stop(actor=cast.actor("worker"), broadcast_id=broadcast.pk, note="时间有误")
    assert broadcast_spread(actor=MACHINE, broadcast_id=broadcast.pk) == 0
    assert deliveries_make(actor=MACHINE) == 0
    with clock_at(now() + timedelta(hours=1)):
        assert deliveries_claim(actor=MACHINE) == []
        tasks.send_due()
    broadcast.refresh_from_db()
    report = broadcast_report(broadcast)
    (line,) = report.channels
    assert (report.spread, report.unsent, line.stopped, line.sent) == (6, 4, 4, 0)
    tasks.carry_broadcasts()
    broadcast.refresh_from_db()
    assert broadcast.state == "stopped" and broadcast.ended_at is not None
    assert not Notice.objects.filter(is_queued=True).exists() and claimed.pk
    assert broadcast_report(broadcast).channels == [line] and not mail.outbox
    with pytest.raises(MoveNotAllowed):
        broadcast_stop(actor=cast.actor("worker"), broadcast_id=broadcast.pk, note="再停")


def test_a_killed_worker_goes_on_without_doubling(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people = crowd(cast, 7)
    broadcast = written(cast)
    broadcast_submit(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    broadcast_begin(actor=MACHINE, broadcast_id=broadcast.pk)
    broadcast_spread(actor=MACHINE, broadcast_id=broadcast.pk, most=3)
    with monkeypatch.context() as patch:
        patch.setattr(
            "linli.foundation.notices.services.spreading.record",
            lambda *_, **__: (_ for _ in ()).throw(SystemExit),
        )
        with pytest.raises(SystemExit):  # after the INSERT, before the commit
            broadcast_spread(actor=MACHINE, broadcast_id=broadcast.pk, most=3)
    assert Notice.objects.filter(broadcast=broadcast).count() == 3
    tasks.carry_broadcasts()
    told = sorted(Notice.objects.filter(broadcast=broadcast).values_list("person_id", flat=True))
    broadcast.refresh_from_db()
    assert told == people and (broadcast.spread_count, broadcast.state) == (7, "done")


def test_who_has_left_is_not_told(cast: Cast) -> None:
    people = crowd(cast, 3)
    Account.objects.filter(person_id=people[0]).update(is_active=False)
    assert _go(cast, written(cast)).spread_count == 2


def test_failed_ones_are_sent_again(cast: Cast) -> None:
    people = crowd(cast, 2)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    broadcast = _go(cast, written(cast, channels=["email"]))
    tasks.send_due()
    tasks.carry_broadcasts()
    with pytest.raises(Conflict, match="没有发送失败"):
        broadcast_resend(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    first = Delivery.objects.order_by("pk").first()
    assert first is not None
    Delivery.objects.filter(pk=first.pk).update(state="failed", attempts=8)
    assert broadcast_resend(actor=cast.actor("worker"), broadcast_id=broadcast.pk) == 1
    broadcast.refresh_from_db()
    assert broadcast.state == "running"
    tasks.send_due()
    tasks.carry_broadcasts()
    broadcast.refresh_from_db()
    assert len(mail.outbox) == 3 and broadcast.state == "done"


def test_a_try_goes_to_the_author_alone(cast: Cast) -> None:
    crowd(cast, 2)
    broadcast = written(cast)
    assert broadcast_try(actor=cast.actor("worker"), broadcast_id=broadcast.pk) == 1
    notice = Notice.objects.get()
    assert notice.person == cast.person("worker") and notice.title.startswith("（试发）")
    assert broadcast_report(broadcast).spread == 0


def test_a_personal_message_does_not_wait_behind_a_broadcast(cast: Cast) -> None:
    people = crowd(cast, 5)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    _go(cast, written(cast, channels=["email"]))
    tell(people[0], title="已派给城管")
    deliveries_make(actor=MACHINE, most=1)
    deliveries_make(actor=MACHINE)
    (first,) = deliveries_claim(actor=MACHINE, most=1)
    assert first.notice.title == "已派给城管"


def test_a_cancelled_one_stays_cancelled(cast: Cast) -> None:
    crowd(cast, 1)
    broadcast = written(cast)
    broadcast_cancel(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    with pytest.raises(MoveNotAllowed):
        broadcast_submit(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    assert tasks.carry_broadcasts() == 0 and not Notice.objects.exists()


def test_only_the_machine_spreads(cast: Cast) -> None:
    crowd(cast, 1)
    broadcast = written(cast)
    for act in (broadcast_begin, broadcast_spread):
        with pytest.raises(Refusal):
            act(actor=cast.actor("worker"), broadcast_id=broadcast.pk)
    assert not Notice.objects.exists()


def test_a_deputy_changes_nobodys_choices(cast: Cast) -> None:
    from dataclasses import replace

    deputy = replace(cast.actor("worker"), deputy_for=cast.person("worker2").pk)
    with pytest.raises(NotAllowed):
        refusals_set(actor=deputy, refused=[])
    with pytest.raises(NotAllowed):
        neighbourhood_subscribe(actor=cast.actor("visitor"), place=cast.places["committee_a_place"])
    with pytest.raises(InvalidInput):
        neighbourhood_subscribe(actor=cast.actor("resident"), place=cast.places["province"])
