"""What goes, what stays, what shows that it was here; a refusal lets nothing go."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from linli.core import retention
from linli.core.clock import clock_at, now
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, ProgrammingFault
from linli.foundation.audit.models import AuditRecord
from linli.foundation.audit.services import KEYS_LIVE
from linli.foundation.notices.models import Broadcast, Delivery, Notice
from linli.foundation.notices.services import deliveries_make
from linli.foundation.notices.tests.factories import MACHINE, tell, written
from linli.foundation.retention import tasks
from linli.foundation.retention.models import Hold, Run, Tombstone
from linli.foundation.retention.selectors import next_run, retention_lines, tombstone_find
from linli.foundation.retention.services import hold_lift, hold_place, retention_apply
from linli.work.matters.clocks import clocks
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life, category, year_load
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/desk/settings/retention/"
YEARS = timedelta(days=1096)


@pytest.fixture
def closed(cast: Cast) -> Matter:
    """A closed matter that names its reporter."""
    year_load()
    category("facility")
    return _with_contact(Life(cast).to_closed())


def _with_contact(matter: Matter) -> Matter:
    """As a matter that was taken in by telephone."""
    matter.reporter_name, matter.reporter_phone, matter.reporter_phone_index = "王阿姨", "13900000009", "x"
    matter.save(update_fields=["reporter_name", "reporter_phone", "reporter_phone_index"])
    return matter


def _apply(kind: str) -> int:
    return retention_apply(actor=tasks.KEEPER, kind=kind)


def test_every_rule_is_whole() -> None:
    rules = {rule.kind: rule for rule in retention.rules()}
    known = {kind.name for kind in retention.kinds()}
    for rule in rules.values():
        assert rule.label and rule.event and rule.source and rule.does in {"delete", "strip", "keep"}
        assert (rule.does == "keep") == (rule.days is None)
        assert rule.is_carried_out_here == (rule.kind in known), rule.kind
    assert known <= set(rules)


def test_rooms_sweep_by_the_same_file() -> None:
    assert retention.period("request_key") == KEYS_LIVE == timedelta(days=30)
    limit = clocks().clock("draft").limit
    assert limit is not None and timedelta(days=limit.amount) == retention.period("report_draft")
    with pytest.raises(ValueError, match="kept"):
        retention.period("audit")


def test_the_reporters_contact_goes_three_years_after_the_end(cast: Cast, closed: Matter) -> None:
    before = Matter.objects.values().get(pk=closed.pk)
    assert before["reporter_phone_index"]
    with clock_at(now() + YEARS - timedelta(days=3)):
        assert _apply("matter_contact") == 0
    with clock_at(now() + YEARS):
        assert _apply("matter_contact") == 1
        assert _apply("matter_contact") == 0
    after = Matter.objects.values().get(pk=closed.pk)
    changed = {name for name in before if before[name] != after[name]}
    assert {"reporter_phone", "reporter_phone_index"} <= changed and not any(after[name] for name in changed)
    assert changed <= {
        *("reporter_name", "reporter_phone", "reporter_phone_index", "reporter_key"),
        *("beneficiary_name", "beneficiary_relation"),
    }
    ((rule, stone),) = tombstone_find(str(closed.public_id))
    assert rule.kind == "matter_contact" and stone.run.count == 1
    assert str(closed.public_id) not in stone.digest and tombstone_find("something else") == []
    row = AuditRecord.objects.get(verb="retention.apply")
    assert row.purpose == "strip 1 matter_contact after 1095 days"


def test_an_open_matter_keeps_its_reporter(cast: Cast) -> None:
    year_load()
    category("facility")
    matter = _with_contact(Life(cast).to_signed())
    with clock_at(now() + YEARS * 2):
        assert _apply("matter_contact") == 0
    matter.refresh_from_db()
    assert matter.reporter_phone


def test_what_happened_since_keeps_it_longer(cast: Cast, closed: Matter) -> None:
    from linli.work.matters.models import MatterEvent

    later = now() + YEARS - timedelta(days=10)
    MatterEvent.objects.create(matter=closed, verb="note", at=later, recorded_at=later)
    with clock_at(now() + YEARS):
        assert _apply("matter_contact") == 0
    with clock_at(later + YEARS):
        assert _apply("matter_contact") == 1


def test_a_hold_keeps_one_record_until_it_is_lifted(cast: Cast, closed: Matter) -> None:
    supervisor = cast.actor("supervisor")
    hold = hold_place(actor=supervisor, kind="matter_contact", name=closed.number, reason="投诉 2026-12")
    with pytest.raises(Conflict):
        hold_place(actor=supervisor, kind="matter_contact", name=closed.number, reason="再次")
    with clock_at(now() + YEARS):
        assert _apply("matter_contact") == 0
        line = next(line for line in retention_lines() if line.rule.kind == "matter_contact")
        assert (line.due, line.held) == (0, 1)
        hold_lift(actor=cast.actor("operator"), hold_id=str(hold.public_id))
        assert _apply("matter_contact") == 1
        with pytest.raises(NotFound):
            hold_lift(actor=supervisor, hold_id=str(hold.public_id))


def test_wrong_holds_are_refused_and_nothing_is_kept(cast: Cast, closed: Matter) -> None:
    actor = cast.actor("operator")
    for given, field in (
        ({"name": "00000000"}, "name"),
        ({"reason": " "}, "reason"),
        ({"reason": "长" * 201}, "reason"),
    ):
        plain = {"kind": "matter_contact", "name": closed.number, "reason": "案件"}
        with pytest.raises(InvalidInput) as refused:
            hold_place(actor=actor, **plain | given)
        assert field in refused.value.details
    with pytest.raises(NotFound):
        hold_place(actor=actor, kind="nothing", name=closed.number, reason="案件")
    for name in ("worker", "street", "city", "resident", "department"):
        with pytest.raises(NotAllowed):
            hold_place(actor=cast.actor(name), kind="matter_contact", name=closed.number, reason="案件")
    assert not Hold.objects.exists()


def test_messages_and_their_deliveries_go(cast: Cast) -> None:
    person = cast.person("resident").pk
    tell(person)
    with clock_at(now() + timedelta(days=700)):
        tell(person)
    deliveries_make(actor=MACHINE)
    Delivery.objects.create(
        notice=Notice.objects.order_by("pk").first(), channel="x", next_at=now(), state="sent"
    )
    Delivery.objects.create(notice=Notice.objects.order_by("pk").first(), channel="y", next_at=now())
    with clock_at(now() + timedelta(days=181)):
        assert _apply("delivery") == 1  # what still waits is not let go
    with clock_at(now() + timedelta(days=731)):
        assert _apply("notice") == 1
    assert Notice.objects.count() == 1 and not Delivery.objects.exists() and not Tombstone.objects.exists()
    assert list(Run.objects.order_by("at").values_list("kind", "count")) == [("delivery", 1), ("notice", 1)]


def test_unsent_broadcasts_go_with_a_tombstone(cast: Cast) -> None:
    broadcast = written(cast)
    with clock_at(now() + timedelta(days=91)):
        assert _apply("broadcast_draft") == 1
    assert not Broadcast.objects.exists() and len(tombstone_find(str(broadcast.public_id))) == 1


def test_sessions_that_are_over_go(cast: Cast) -> None:
    Session.objects.create(session_key="a", session_data="", expire_date=now() - timedelta(minutes=1))
    Session.objects.create(session_key="b", session_data="", expire_date=now() + timedelta(minutes=1))
    assert _apply("session") == 1 and Session.objects.get().session_key == "b"


def test_batches_go_on_where_the_last_ended(cast: Cast) -> None:
    for _ in range(5):
        tell(cast.person("resident").pk)
    with clock_at(now() + timedelta(days=731)):
        assert [retention_apply(actor=tasks.KEEPER, kind="notice", most=2) for _ in range(4)] == [2, 2, 1, 0]


def test_only_the_machine_lets_go_and_only_what_is_its(cast: Cast) -> None:
    tell(cast.person("resident").pk)
    with clock_at(now() + timedelta(days=731)):
        for name in ("operator", "city", "supervisor"):
            with pytest.raises(NotAllowed):
                retention_apply(actor=cast.actor(name), kind="notice")
    for kind in ("audit", "request_key", "nothing"):
        with pytest.raises((Conflict, NotFound)):
            _apply(kind)
    assert Notice.objects.count() == 1 and not Run.objects.exists()


def test_a_kind_that_writes_more_than_it_says_is_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(rows: list[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_unit SET name = name")
        return []

    kind = retention.Kind("session", retention.kind_get("session").due, careless)
    monkeypatch.setitem(retention._KINDS, "session", kind)
    Session.objects.create(session_key="a", session_data="", expire_date=now() - timedelta(minutes=1))
    with pytest.raises(ProgrammingFault):
        _apply("session")
    assert Session.objects.exists() and not Run.objects.exists()


def test_the_night_job_works_at_night_and_survives_a_broken_kind(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(cast.person("resident").pk)
    due = now() + timedelta(days=731)
    with clock_at(due):
        assert tasks.let_go() == 0

    def broken(before: Any) -> Any:
        raise RuntimeError("broken")

    kind = retention.Kind("delivery", broken, lambda rows: [])
    monkeypatch.setitem(retention._KINDS, "delivery", kind)
    with clock_at(due.replace(hour=2)):
        assert tasks.let_go() == 1
    assert next_run(due.replace(hour=1)).hour == 2 and next_run(due).date() > due.date()


def test_the_page_shows_rules_and_writes_nothing(cast: Cast, closed: Matter) -> None:
    with clock_at(now() + YEARS):
        page = cast.client("street").get(PAGE).content.decode()
    assert "办结事项里的反映人称呼、电话和录音录像" in page and "网络安全法" in page and "下次清理" in page
    assert not Run.objects.exists() and "<textarea" not in page and "暂缓删除</button>" not in page
    assert Matter.objects.get(pk=closed.pk).reporter_phone


def test_a_hold_on_the_page(cast: Cast, closed: Matter) -> None:
    client = cast.client("supervisor")
    given = {"kind": "matter_contact", "name": closed.number, "reason": "审计 12 号"}
    client.post(PAGE, given)
    page = client.get(PAGE).content.decode()
    assert "审计 12 号" in page and closed.number in page and "暂缓 1" in page
    assert client.post(PAGE, given).status_code == 422
    assert client.post(PAGE, given | {"name": "没有这个"}).status_code == 422
    client.post(f"{PAGE}holds/{Hold.objects.get().public_id}/lift/")
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_what_became_of_a_record_is_looked_up(cast: Cast) -> None:
    broadcast = written(cast)
    with clock_at(now() + timedelta(days=91)):
        _apply("broadcast_draft")
        client = cast.client("operator")
        page = client.get(PAGE, {"id": str(broadcast.public_id)}).content.decode()
    assert "没有发出的群发" in page and "按保存 90 天的规定清理" in page
    assert "没有清理过" in client.get(PAGE, {"id": "x"}).content.decode()
