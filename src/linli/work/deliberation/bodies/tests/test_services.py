"""Founding, terms, members, meetings held; and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest

from linli.core import clock as time
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.core.holdings import holdings
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.tests.plans import building_make, person_make
from linli.work.deliberation.bodies import services as do
from linli.work.deliberation.bodies.models import Body, Member
from linli.work.deliberation.bodies.selectors import (
    BodyFilters,
    body_dates,
    body_faults,
    body_list,
    history_lines,
    members_former,
    members_on,
    stage_counts,
)
from linli.work.deliberation.bodies.tasks import dates_watch

from .conftest import Hall, duties

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
MARCH_10 = date(2026, 3, 10)


def names(body: Body) -> list[str]:
    return [member.full_name for member in members_on(body, time.today())]


# -- founding -----------------------------------------------------------------------
def test_a_body_is_entered_with_its_lawful_day(hall: Hall) -> None:
    body = hall.found()
    assert time.today() == MARCH_10
    assert (body.unit.name, body.meet_by) == ("桂花第一居委会", date(2026, 6, 30))
    assert body.area_path == hall.cast.places["committee_a_place"].path
    assert duties(body) == {}
    assert AuditRecord.objects.filter(verb="body.found").count() == 1
    assert [line.event.verb for line in history_lines(body)] == ["found"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "parliament"}, "kind"),
        ({"name": "  "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"founded_on": date(2026, 3, 11)}, "founded_on"),
        ({"kind": "street_assembly"}, "where"),
        ({"kind": "owners_committee"}, "compound"),
        ({"where": "street_place"}, "where"),
    ],
)
def test_what_cannot_be_founded(
    hall: Hall, unchanged: Unchanged, said: dict[str, object], field: str
) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        hall.found(by="street" if "where" in said else "worker", **said)
    assert field in refused.value.details
    unchanged()


@pytest.mark.parametrize(
    "who", ["worker_b", "other_street", "department", "resident", "visitor", "grid_worker"]
)
def test_who_may_not_found(hall: Hall, unchanged: Unchanged, who: str) -> None:
    unchanged()
    with pytest.raises(NotAllowed):
        hall.found(by=who)
    unchanged()


def test_the_same_body_twice_is_refused_a_dissolved_one_may_come_again(hall: Hall) -> None:
    body = hall.found()
    with pytest.raises(InvalidInput, match="已经有同类同名"):
        hall.found()
    do.body_dissolve(actor=hall.who("worker"), body_id=body.pk, on=MARCH_10, reason="居委会调整")
    assert hall.found().pk != body.pk


def test_a_street_keeps_its_own_bodies_and_a_committee_does_not(hall: Hall) -> None:
    assembly = hall.found("street_assembly", by="street", where="street_place", name="桂花街道社区代表会议")
    assert assembly.meet_by == date(2026, 12, 31)
    council = hall.found(
        "community_council", by="street", where="street_place", name="桂花社区委员会", parent_id=assembly.pk
    )
    assert council.parent == assembly
    with pytest.raises(NotAllowed):
        hall.found("street_assembly", by="worker", where="street_place", name="另一个")
    with pytest.raises(InvalidInput, match="不能隶属"):
        hall.found("sub_committee", name="治安保卫委员会", by="street", parent_id=assembly.pk)


def test_what_is_sent_twice_is_founded_once(hall: Hall) -> None:
    key = uuid4().hex
    assert hall.found(request_key=key) == hall.found(request_key=key)


def test_correcting_needs_the_version_that_was_read(hall: Hall, unchanged: Unchanged) -> None:
    body = hall.found()
    said = {"actor": hall.who("worker"), "body_id": body.pk, "founded_on": body.founded_on}
    changed = do.body_change(**said, name="新名称", version=body.version)
    assert (changed.name, changed.version) == ("新名称", body.version + 1)
    unchanged()
    with pytest.raises(StaleVersion):
        do.body_change(**said, name="旧页面上的名称", version=body.version)
    with pytest.raises(NotFound):
        do.body_change(**{**said, "actor": hall.who("worker_b")}, name="别处")
    unchanged()


# -- terms ----------------------------------------------------------------------------
def test_a_new_term_ends_the_one_before_and_its_members(hall: Hall) -> None:
    body = hall.found("residents_committee", name="桂花第一居委会", founded_on=date(2021, 3, 1))
    worker = hall.who("worker")
    do.term_begin(actor=worker, body_id=body.pk, begins_on=date(2021, 3, 10))
    hall.join(body, "张三", "chair", from_on=date(2021, 3, 10))
    none = do.Declaration(has=False, is_checked=True)
    entries = [
        do.MemberEntry("chair", "李四", is_woman=True, declaration=none),
        do.MemberEntry("member", "张三", declaration=none),
    ]
    do.term_begin(actor=worker, body_id=body.pk, begins_on=MARCH_10, members=entries)
    first, second = body.terms.order_by("number")
    assert (first.ended_on, second.ends_on) == (date(2026, 3, 9), date(2031, 3, 9))
    assert names(body) == ["李四", "张三"]
    assert [(m.full_name, m.get_leaving_display()) for m in members_former(body)] == [("张三", "任期届满")]
    assert [m.full_name for m in members_on(body, date(2026, 3, 9))] == ["张三"]


def test_a_term_that_runs_out_is_warned_of_half_a_year_before_and_done_by_the_next(hall: Hall) -> None:
    body = hall.found("residents_committee", name="桂花第一居委会", founded_on=date(2021, 3, 1))
    worker = hall.who("worker")
    do.term_begin(actor=worker, body_id=body.pk, begins_on=date(2021, 9, 10))
    assert duties(body).get("renew") is None
    time.clock_forward(timedelta(days=4))  # 14 March: 179 days before the end
    dates_watch()
    assert duties(body)["renew"] == date(2026, 9, 9)
    assert body_dates(body).term_level == "green"
    do.term_begin(actor=worker, body_id=body.pk, begins_on=time.today())
    assert "renew" not in duties(body)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"begins_on": date(2026, 3, 11)}, "begins_on"),
        ({"begins_on": date(2020, 1, 1)}, "begins_on"),
        ({"begins_on": MARCH_10, "ends_on": date(2031, 3, 10)}, "ends_on"),
        ({"begins_on": MARCH_10, "ends_on": MARCH_10}, "ends_on"),
    ],
)
def test_what_is_no_term(hall: Hall, unchanged: Unchanged, said: dict[str, date], field: str) -> None:
    body = hall.found()
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        do.term_begin(actor=hall.who("worker"), body_id=body.pk, **said)
    assert field in refused.value.details
    unchanged()


def test_a_term_with_a_bad_member_is_not_begun(hall: Hall, unchanged: Unchanged) -> None:
    body = hall.found()
    unchanged()
    with pytest.raises(InvalidInput):
        entries = [do.MemberEntry("representative", "甲"), do.MemberEntry("king", "乙")]
        do.term_begin(actor=hall.who("worker"), body_id=body.pk, begins_on=MARCH_10, members=entries)
    unchanged()


# -- members -----------------------------------------------------------------------------
def test_members_join_change_post_and_leave(hall: Hall) -> None:
    body = hall.found()
    hall.join(body, "王代表", speaks_for="第1居民小组")
    member = body.members.get()
    worker = hall.who("worker")
    do.member_post(
        actor=worker, body_id=body.pk, member_id=member.pk, post="group_head", speaks_for="第1居民小组"
    )
    member.refresh_from_db()
    assert (member.post_name, names(body)) == ("居民小组组长", ["王代表"])
    do.member_leave(actor=worker, body_id=body.pk, member_id=member.pk, on=MARCH_10, leaving="moved")
    assert [m.full_name for m in members_on(body, MARCH_10)] == ["王代表"]
    time.clock_forward(timedelta(days=1))
    assert names(body) == []
    assert [line.event.verb for line in history_lines(body)] == ["leave", "post", "join", "found"]


def test_whom_the_register_knows_is_named_by_it(hall: Hall) -> None:
    body = hall.found()
    person = person_make(building_make(hall.cast), date(1970, 5, 1), name="登记名")
    hall.join(body, "随便写的", resident_id=person.pk)
    assert names(body) == ["登记名"]
    assert Member.objects.get().name == ""
    with pytest.raises(Conflict, match="不能登记两次"):
        hall.join(body, "", resident_id=person.pk)


def test_no_name_stands_in_the_database_the_history_or_the_audit(hall: Hall) -> None:
    body = hall.found()
    hall.join(body, "秘密姓名")
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("bodies_member", "bodies_bodyevent", "duties_duty", "audit_auditrecord"):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "秘密姓名" not in repr(cursor.fetchall())


def test_the_same_name_twice_must_be_told_apart(hall: Hall, unchanged: Unchanged) -> None:
    body = hall.found()
    hall.join(body, "王伟", speaks_for="第1居民小组")
    unchanged()
    with pytest.raises(Conflict, match="不能登记两次"):
        hall.join(body, "王伟", speaks_for="第1居民小组")
    unchanged()
    hall.join(body, "王伟", speaks_for="第2居民小组")
    assert names(body) == ["王伟", "王伟"]


def test_who_is_in_the_committee_does_not_supervise_it(hall: Hall, unchanged: Unchanged) -> None:
    committee = hall.found("residents_committee", name="居委会")
    hall.join(committee, "钱委员", "member")
    watching = hall.found("supervision_committee", name="居务监督委员会")
    unchanged()
    with pytest.raises(Conflict, match="不得兼任"):
        hall.join(watching, "钱委员", "member")
    unchanged()
    hall.join(watching, "孙委员", "member")
    with pytest.raises(Conflict, match="不得兼任"):
        hall.join(committee, "孙委员", "member")


def test_a_committee_is_never_larger_than_the_law_lets_it(hall: Hall) -> None:
    committee = hall.found("residents_committee", name="居委会")
    for number in range(9):
        hall.join(committee, f"委员{number}", "chair" if number == 0 else "member", is_woman=number == 1)
    assert body_faults(committee, members_on(committee, MARCH_10)) == []
    with pytest.raises(Conflict, match="最多9人"):
        hall.join(committee, "第十人", "member")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"name": "甲", "post": "king"}, "post"),
        ({"name": "甲", "from_on": date(2026, 3, 11)}, "from_on"),
        ({"name": "甲", "from_on": date(2026, 1, 4)}, "from_on"),
    ],
)
def test_what_is_no_member(hall: Hall, unchanged: Unchanged, said: dict[str, object], field: str) -> None:
    body = hall.found()
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        hall.join(body, **said)
    assert field in refused.value.details
    unchanged()


def test_everybody_needs_no_list(hall: Hall) -> None:
    body = hall.found("residents_meeting", name="居民会议")
    with pytest.raises(Conflict, match="没有成员名单"):
        hall.join(body, "甲", "member")


def test_who_left_stays_left(hall: Hall, unchanged: Unchanged) -> None:
    body = hall.found()
    hall.join(body, "甲")
    member, worker = body.members.get(), hall.who("worker")
    said = {"actor": worker, "body_id": body.pk, "member_id": member.pk}
    unchanged()
    for on, leaving in ((MARCH_10, "bored"), (date(2026, 1, 9), "resigned"), (date(2026, 3, 11), "resigned")):
        with pytest.raises(InvalidInput):
            do.member_leave(**said, on=on, leaving=leaving)
    unchanged()
    do.member_leave(**said, on=MARCH_10, leaving="resigned")
    with pytest.raises(Conflict, match="已经离任"):
        do.member_leave(**said, on=MARCH_10, leaving="resigned")


# -- meeting in time ------------------------------------------------------------------------
def test_people_are_warned_before_the_lawful_day_passes_and_the_meeting_ends_it(hall: Hall) -> None:
    body = hall.found()
    time.clock_forward(timedelta(days=51))  # 30 April
    dates_watch()
    assert duties(body) == {}
    time.clock_forward(timedelta(days=1))  # 60 days before 30 June
    dates_watch()
    dates_watch()
    assert duties(body) == {"meet": date(2026, 6, 30)}
    do.body_met(actor=hall.who("worker"), body_id=body.pk, on=time.today(), meeting=uuid4())
    body.refresh_from_db()
    assert (duties(body), body.meet_by) == ({}, date(2026, 12, 31))


def test_a_missed_day_stays_due_until_they_meet(hall: Hall) -> None:
    body = hall.found()
    time.clock_forward(timedelta(days=120))  # July
    dates_watch()
    body.refresh_from_db()
    assert body.meet_by == date(2026, 6, 30)
    assert body_dates(body).meet_level == "red"
    assert duties(body) == {"meet": date(2026, 6, 30)}
    assert stage_counts(hall.who("street"))["overdue"] == 1


def test_the_same_meeting_is_noted_once(hall: Hall) -> None:
    body, meeting = hall.found(), uuid4()
    said = {"actor": hall.who("worker"), "body_id": body.pk}
    for _again in range(2):
        do.body_met(**said, on=MARCH_10, meeting=meeting)
    assert body.sittings.count() == 1
    do.body_met(**said, on=date(2026, 3, 9))
    with pytest.raises(Conflict, match="已经登记过"):
        do.body_met(**said, on=date(2026, 3, 9))


def test_a_meeting_entered_by_mistake_is_taken_back_and_the_day_with_it(hall: Hall) -> None:
    body = hall.found()
    said = {"actor": hall.who("worker"), "body_id": body.pk}
    do.body_met(**said, on=MARCH_10, meeting=uuid4())
    held = body.sittings.get()
    with pytest.raises(Conflict, match="不能取消"):
        do.body_unmet(**said, sitting_id=held.pk)
    do.body_met(**said, on=date(2026, 3, 1))
    typed = body.sittings.get(meeting=None)
    do.body_unmet(**said, sitting_id=typed.pk)
    assert list(body.sittings.all()) == [held]


@pytest.mark.parametrize("on", [date(2026, 3, 11), date(2026, 1, 4)])
def test_no_meeting_in_the_future_or_before_the_founding(hall: Hall, unchanged: Unchanged, on: date) -> None:
    body = hall.found()
    unchanged()
    with pytest.raises(InvalidInput):
        do.body_met(actor=hall.who("worker"), body_id=body.pk, on=on)
    unchanged()


def test_only_the_worker_watches(hall: Hall) -> None:
    with pytest.raises(NotAllowed):
        do.bodies_watch(actor=hall.who("street"))
    assert do.bodies_watch(actor=system("bodies")) == 0


# -- dissolving, seeing ------------------------------------------------------------------------
def test_dissolving_ends_everything_and_keeps_it_readable(hall: Hall, unchanged: Unchanged) -> None:
    body = hall.found()
    worker = hall.who("worker")
    do.term_begin(actor=worker, body_id=body.pk, begins_on=date(2026, 1, 10))
    hall.join(body, "甲")
    said = {"actor": worker, "body_id": body.pk}
    unchanged()
    for on, reason in ((MARCH_10, " "), (date(2026, 1, 1), "早于成立"), (date(2026, 1, 9), "早于任职")):
        with pytest.raises(InvalidInput):
            do.body_dissolve(**said, on=on, reason=reason)
    unchanged()
    do.body_dissolve(**said, on=MARCH_10, reason="社区合并")
    body.refresh_from_db()
    assert (body.meet_by, duties(body)) == (None, {})
    assert body.terms.get().ended_on == MARCH_10
    assert [m.full_name for m in members_former(body)] == ["甲"]
    with pytest.raises(Conflict, match="已经撤销"):
        do.body_met(**said, on=MARCH_10)


def test_who_sees_which(hall: Hall) -> None:
    body = hall.found()

    def seen(who: str) -> list[Body]:
        return list(body_list(hall.who(who)))

    for who in ("worker", "worker2", "street", "district", "city", "grid_worker", "supervisor"):
        assert seen(who) == [body], who
    for who in ("worker_b", "other_street", "department", "property", "resident", "visitor", "operator"):
        assert seen(who) == [], who


def test_the_list_is_narrowed(hall: Hall) -> None:
    body = hall.found()
    other = hall.found("supervision_committee", name="居务监督委员会")
    street = hall.who("street")
    assert list(body_list(street, BodyFilters(kind="supervision_committee"))) == [other]
    assert list(body_list(street, BodyFilters(q="代表"))) == [body]
    assert stage_counts(street) == {"standing": 2, "due": 0, "overdue": 0, "dissolved": 0, "all": 2}
    hall.join(body, "甲")
    assert next(iter(body_list(street, BodyFilters(q="代表")))).members_now == 1


def test_who_holds_a_post_finds_it_among_their_data(hall: Hall) -> None:
    body, person = hall.found(), hall.cast.person("worker2")
    hall.join(body, "", "committee", person_id=person.pk)
    holding = next(one for one in holdings() if one.name == "bodies")
    (row,) = holding.rows(person.pk)
    assert (row["组织"], row["职务"], row["离任原因"]) == (body.name, "居民委员会成员", "")
    assert not list(holding.rows(hall.cast.person("worker").pk))
