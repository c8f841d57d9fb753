"""Other systems and matters: what each scope lets through, and that another area does not exist for them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as core_clock
from linli.core.actor import Function, Scope
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.clients.services import client_update
from linli.foundation.clients.tests.factories import Machine, machine
from linli.work.matters import permissions, selectors, services
from linli.work.matters.models import Matter, MatterEvent
from linli.work.matters.selectors import MatterFilters

from .life import Life, place_of

Unchanged = Callable[[], None]
READ, REPORT, ACT, FIGURES = (
    Scope.MATTERS_READ,
    Scope.MATTERS_REPORT,
    Scope.MATTERS_ACT,
    Scope.FIGURES_READ,
)
HERE, THERE = "committee:990101001001", "committee:990101002001"
PERIOD = {"from_on": "2026-01-01", "to_on": "2026-12-31"}


@pytest.fixture
def reader(life: Life) -> Machine:
    """城运中心 of the street: reads, and counts."""
    return machine(life.cast, "street_unit", "street_place", READ, FIGURES, name="城运中心")


@pytest.fixture
def hotline(life: Life) -> Machine:
    """The hotline: reports in the street, sees what it reported."""
    return machine(life.cast, "street_unit", "street_place", REPORT, name="12345热线平台")


@pytest.fixture
def handler(life: Life) -> Machine:
    """城管's own software: works on what is handed to 城管."""
    return machine(life.cast, "chengguan", "street_place", ACT, REPORT, name="城管系统")


@pytest.fixture
def stranger(life: Life) -> Machine:
    """A system of the other street with everything that may be granted to it."""
    scopes = (READ, REPORT, FIGURES, Scope.PLACES_READ)
    return machine(life.cast, "other_street_unit", "other_street_place", *scopes, name="别处")


def report(found: Machine, place: str = HERE, **more: Any) -> Any:
    headers = more.pop("headers", {})
    return found.post("/matters", {"text": "路灯不亮，晚上看不见路", "place": place, **more}, **headers)


# -- another area ------------------------------------------------------------------
def test_another_area_does_not_exist_for_a_token(life: Life, stranger: Machine, unchanged: Unchanged) -> None:
    matter = life.to_signed()
    lead = life.lead(matter).public_id
    unchanged()
    listed = stranger.get("/matters", with_count="true").json()
    assert (listed["items"], listed["count"], listed["next_cursor"]) == ([], 0, "")
    assert stranger.get("/matters", q="路灯", area="990101001").json()["items"] == []
    assert stranger.get("/matters", q=matter.number).json()["items"] == []
    assert stranger.get("/matters/events", since="2020-01-01T00:00:00Z").json()["items"] == []
    counted = stranger.get("/matters/figures", **PERIOD).json()
    assert (counted["received"], counted["by_category"], counted["on_time"]["denominator"]) == (0, {}, 0)
    assert stranger.get(f"/matters/{matter.public_id}").status_code == 404
    for path in ("accept", "note", "publish", f"assignments/{lead}/sign", f"assignments/{lead}/result"):
        answer = stranger.post(f"/matters/{matter.public_id}/{path}", {"note": "x"})
        assert answer.status_code in (403, 404), path
    assert report(stranger).json()["details"] == {
        "place": "这个地点不在您的服务范围内，请转告当地居委会或街镇。"
    }
    unchanged()
    actor = stranger.actor
    assert not selectors.matter_list(actor, filters=MatterFilters(q="路灯")).exists()
    with pytest.raises(NotFound):
        selectors.matter_get(actor, matter.public_id)


def test_every_service_refuses_a_client_of_another_area(
    life: Life, stranger: Machine, unchanged: Unchanged
) -> None:
    matter = life.to_signed()
    actor = stranger.actor
    unchanged()
    for act in (
        lambda: services.note_add(actor=actor, matter_id=matter.pk, note="x"),
        lambda: services.assignment_sign(actor=actor, assignment_id=life.lead(matter).pk),
        lambda: services.matter_accept(actor=actor, **life.on(matter)),
        lambda: services.reporter_reveal(actor=actor, matter_id=matter.pk, purpose="x"),
    ):
        with pytest.raises(NotFound):
            act()
    unchanged()


def test_fewer_areas_hide_what_was_reported_before(life: Life, hotline: Machine) -> None:
    public_id = report(hotline).json()["public_id"]
    assert hotline.get(f"/matters/{public_id}").status_code == 200
    client = hotline.client
    client_update(
        actor=life.who("street"),
        client=client,
        name=client.name,
        scopes=client.scopes,
        areas=[life.cast.places["committee_b_place"]],
        expires_on=client.expires_on,
        addresses="",
        requests_a_minute=120,
        contact_name="",
        contact_phone="",
    )
    assert hotline.get(f"/matters/{public_id}").status_code == 404


# -- reading ------------------------------------------------------------------------
def test_a_reader_reads_its_areas_and_writes_nothing(
    life: Life, reader: Machine, unchanged: Unchanged
) -> None:
    matter = life.to_signed()
    unchanged()
    record = reader.get(f"/matters/{matter.public_id}").json()
    assert record["matter"]["number"] == matter.number
    assert [step["verb"] for step in record["story"]][:2] == ["report", "accept"]
    assert record["actions"] == []
    text = reader.get(f"/matters/{matter.public_id}").content.decode()
    assert "王阿姨" not in text and "13900000001" not in text and "赵敏" not in text  # no person is named
    for path in ("note", "accept", "verify", "publish", "hand-over", "rate", "ask"):
        answer = reader.post(f"/matters/{matter.public_id}/{path}", {"version": 3, "note": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "actor.not_allowed"), path
    assert report(reader).status_code == 403
    unchanged()


def test_figures_are_a_grant_of_their_own(life: Life, reader: Machine, hotline: Machine) -> None:
    counted = reader.get("/matters/figures", area="990101001", **PERIOD).json()
    assert counted["received"] == Matter.objects.count()
    assert sum(counted["by_state"].values()) == counted["received"]
    assert hotline.get("/matters/figures", **PERIOD).status_code == 403
    only = machine(life.cast, "street_unit", "street_place", FIGURES, name="看板")
    assert only.get("/matters/figures", **PERIOD).json()["received"] == counted["received"]
    assert only.get("/matters").status_code == 403
    assert not selectors.matter_list(only.actor).exists()
    late = {"from_on": "2026-12-31", "to_on": "2026-01-01"}
    assert list(reader.get("/matters/figures", **late).json()["details"]) == ["to_on"]
    assert life.cast.client("resident").get("/api/v1/matters/figures", PERIOD).status_code == 403


def test_a_list_is_walked_to_its_end_while_new_ones_come(life: Life, reader: Machine) -> None:
    known = {str(row.public_id) for row in Matter.objects.all()}
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = reader.get("/matters", **query).json()
        seen += [row["public_id"] for row in page["items"]]
        life.report()
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert set(seen) == known


def test_what_changed_since_is_read_again(life: Life, reader: Machine, clock: Any) -> None:
    old = life.to_reported()
    core_clock.clock_forward(timedelta(hours=2))
    as_of = reader.get("/matters").json()["as_of"]
    assert reader.get("/matters", updated_since=as_of).json()["items"] == []
    core_clock.clock_forward(timedelta(minutes=5))
    life.accept(old)
    changed = reader.get("/matters", updated_since=as_of).json()["items"]
    assert [(row["public_id"], row["version"]) for row in changed] == [(str(old.public_id), 2)]


def test_the_stream_gives_every_step_once_in_order(life: Life, reader: Machine, clock: Any) -> None:
    core_clock.clock_forward(timedelta(minutes=1))
    start = core_clock.now().isoformat()
    matter = life.to_signed()
    assert reader.get("/matters/events", since=start).json()["items"] == []  # not settled yet
    core_clock.clock_forward(timedelta(seconds=10))
    first = reader.get("/matters/events", since=start, limit=2).json()
    rest = reader.get("/matters/events", cursor=first["next_cursor"]).json()
    steps = first["items"] + rest["items"]
    assert [step["verb"] for step in steps] == ["report", "accept", "hand_over", "sign"]
    assert {step["matter"] for step in steps} == {str(matter.public_id)}
    nothing = reader.get("/matters/events", cursor=rest["next_cursor"]).json()
    assert nothing == {"items": [], "next_cursor": rest["next_cursor"]}
    life.result(matter)
    core_clock.clock_forward(timedelta(seconds=10))
    more = reader.get("/matters/events", cursor=nothing["next_cursor"]).json()["items"]
    assert [step["verb"] for step in more] == ["result"]


def test_the_stream_keeps_what_only_governing_people_read(life: Life, reader: Machine) -> None:
    matter = life.to_reported()
    MatterEvent.objects.filter(matter=matter).update(audience=MatterEvent.Audience.GOVERNING)
    core_clock.clock_forward(timedelta(minutes=1))
    read = reader.get("/matters/events", since="2020-01-01T00:00:00Z", limit=100).json()["items"]
    assert str(matter.public_id) not in {step["matter"] for step in read}
    street = life.cast.client("street").get("/api/v1/matters/events", {"limit": 100}).json()["items"]
    assert str(matter.public_id) in {step["matter"] for step in street}
    assert life.cast.client("resident").get("/api/v1/matters/events").status_code == 403


# -- reporting ------------------------------------------------------------------------
def test_the_hotline_reports_and_follows_what_it_reported(life: Life, hotline: Machine) -> None:
    said = {
        "reporter_name": "王女士",
        "reporter_phone": "13900000001",
        "source": "12345热线",
        "source_number": "SH1",
        "address": "三号楼",
    }
    answer = report(hotline, **said)
    assert answer.status_code == 201, answer.content.decode()
    stored = Matter.objects.get(public_id=answer.json()["public_id"])
    assert (stored.channel, stored.source, stored.source_number) == ("interface", "12345热线", "SH1")
    assert stored.reporter_phone == "13900000001" and stored.reporter_name == "王女士"
    assert stored.reporter_id == life.cast.person("resident").pk  # whose number it is may follow it
    assert stored.intake_by_id is None and stored.intake_unit_id == life.cast.units["street_unit"].pk
    assert "13900000001" not in answer.content.decode()
    record = AuditRecord.objects.get(verb="matter.report", subject_id=str(stored.public_id))
    assert (record.actor_key, record.actor_function) == (hotline.actor.key, "client")
    assert record.person_id is None and record.unit_id == life.cast.units["street_unit"].pk
    assert [row["number"] for row in hotline.get("/matters").json()["items"]] == [stored.number]
    life.accept(stored)
    assert hotline.get(f"/matters/{stored.public_id}").json()["matter"]["state"] == "accepted"
    twice = report(hotline, **said)
    assert list(twice.json()["details"]) == ["source_number"]


def test_a_report_sent_again_is_the_same_report(life: Life, hotline: Machine, unchanged: Unchanged) -> None:
    key = {"headers": {"Idempotency-Key": "6f1c9f0e"}}
    first = report(hotline, **key)
    unchanged()
    again = report(hotline, **key)
    assert (again.status_code, again.json()["public_id"]) == (201, first.json()["public_id"])
    other = report(hotline, address="别的楼", **key)
    assert (other.status_code, other.json()["code"]) == (409, "request.key_reused")
    unchanged()
    sister = machine(life.cast, "street_unit", "street_place", REPORT, name="另一个")
    assert report(sister, **key).json()["public_id"] != first.json()["public_id"]


@pytest.mark.parametrize("key", ["", " ", "a b", "钥匙", "x" * 256])
def test_a_key_that_is_none_is_refused(hotline: Machine, unchanged: Unchanged, key: str) -> None:
    unchanged()
    answer = report(hotline, headers={"Idempotency-Key": key})
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["Idempotency-Key"])
    unchanged()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"place": "nowhere"}, "place"),
        ({"place": THERE}, "place"),
        ({"category": "none"}, "category"),
        ({"reporter_phone": "12"}, "reporter_phone"),
        ({"photos": ["00000000-0000-7000-8000-000000000000"]}, "photos"),
        ({"happened_at": "2099-01-01T00:00:00Z"}, "happened_at"),
    ],
)
def test_a_report_that_cannot_be_kept_changes_nothing(
    hotline: Machine, unchanged: Unchanged, more: dict[str, Any], field: str
) -> None:
    unchanged()
    answer = report(hotline, **more)
    assert (answer.status_code, list(answer.json()["details"])) == (422, [field])
    unchanged()


def test_a_client_acts_for_nobody_else(life: Life, hotline: Machine, unchanged: Unchanged) -> None:
    unchanged()
    assert report(hotline, on_behalf=True).status_code == 403
    unchanged()


def test_an_emergency_over_the_interface_rings_at_once(life: Life, hotline: Machine) -> None:
    answer = report(hotline, text="楼里着火了，有人被困")
    assert answer.json()["is_emergency"] is True
    with pytest.raises(Exception, match="服务范围"):
        services.emergency_report(
            actor=hotline.actor, text="着火了", place=place_of(life.cast, "other_committee_place")
        )


# -- acting -----------------------------------------------------------------------------
def test_a_units_system_works_on_what_its_unit_was_given(life: Life, handler: Machine) -> None:
    other = life.to_reported()
    matter = life.to_handling()
    assert handler.get(f"/matters/{other.public_id}").status_code == 404
    record = handler.get(f"/matters/{matter.public_id}").json()
    sign = next(action for action in record["actions"] if action["code"] == "sign")
    on = f"/matters/{matter.public_id}/assignments/{sign['subject_key']}"
    assert handler.post(f"{on}/sign", {}).status_code == 200
    noted = handler.post(f"/matters/{matter.public_id}/note", {"note": "已派车"})
    assert noted.status_code == 200
    key = {"Idempotency-Key": "r1"}
    done = handler.post(f"{on}/result", {"result": "灯泡已更换"}, **key)
    assert (done.status_code, done.json()["state"]) == (200, "handled"), done.content.decode()
    assert handler.post(f"{on}/result", {"result": "灯泡已更换"}, **key).json()["state"] == "handled"
    event = MatterEvent.objects.filter(matter=matter, verb="result").get()
    assert event.person_id is None and event.unit_id == life.cast.units["chengguan"].pk
    # Whoever verifies is of another unit, as always; the software cannot do it.
    verified = handler.post(f"/matters/{matter.public_id}/verify", {"is_passed": True, "finding": "x"})
    assert verified.status_code == 403
    assert life.verify(matter).state == "closed"


def test_a_units_system_asks_to_return_and_for_time(life: Life, handler: Machine) -> None:
    matter = life.to_signed()
    on = f"/matters/{matter.public_id}/assignments/{life.lead(matter).public_id}"
    asked = handler.post(f"{on}/ask-return", {"reason": "不归城管", "proposal": "房管所"})
    assert asked.status_code == 200, asked.content.decode()
    assert life.request(matter).asked_unit_id == life.cast.units["chengguan"].pk


def test_a_system_of_another_unit_finds_nothing(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_signed()
    other = machine(life.cast, "fangguan", "street_place", ACT, name="房管系统")
    lead = life.lead(matter).public_id
    unchanged()
    assert other.post(f"/matters/{matter.public_id}/assignments/{lead}/sign", {}).status_code == 404
    assert other.get("/matters").json()["items"] == []
    unchanged()


FOR_PEOPLE: tuple[tuple[str, Callable[[Any, Matter], bool]], ...] = (
    ("decide intake", permissions.can_decide_intake),
    ("verify", permissions.can_verify_matter),
    ("supervise", permissions.can_supervise_matter),
    ("publish", permissions.can_publish_matter),
    ("reveal", permissions.can_reveal_reporter),
    ("see who reported", permissions.can_see_reporter),
    ("ask the reporter", permissions.can_ask_reporter),
    ("answer a question", permissions.can_answer_question),
    ("confirm the class", permissions.can_confirm_class),
    ("decide for the street", permissions.can_decide_for_street),
)


@pytest.mark.parametrize(("what", "may"), FOR_PEOPLE)
@pytest.mark.parametrize("whose", ["reader", "hotline", "handler"])
def test_what_is_for_people_no_client_may(
    life: Life, request: pytest.FixtureRequest, whose: str, what: str, may: Callable[[Any, Matter], bool]
) -> None:
    actor = request.getfixturevalue(whose).actor
    assert actor.function == Function.CLIENT
    assert not may(actor, life.to_signed())


def test_a_client_with_nothing_granted_may_nothing(life: Life, reader: Machine) -> None:
    actor = replace(reader.actor, scopes=frozenset())
    assert not Matter.objects.visible_to(actor).exists()
    assert not Matter.objects.counted_for(actor).exists()
    with pytest.raises(NotAllowed):
        services.matter_report(actor=actor, text="路灯不亮", place=place_of(life.cast))


def test_scopes_are_a_clients_only(life: Life) -> None:
    actor = replace(life.who("neighbour"), scopes=frozenset(Scope))
    assert not any(actor.grants(scope) for scope in Scope)
