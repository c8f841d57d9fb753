"""What residents read of bodies: offices and names, terms, dates; nothing else of anybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.registers.residents.tests.plans import building_make, person_make
from linli.work.deliberation.bodies import services as do
from linli.work.deliberation.bodies.models import Body, Member
from linli.work.deliberation.bodies.tests.conftest import Hall

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "990101001001", "990101002001"


def client(hall: Hall, where: str = HERE, who: str = "visitor") -> Any:
    found = hall.cast.client(who)
    if where:
        found.cookies["neighbourhood"] = where
    return found


def listed(hall: Hall, where: str = HERE) -> str:
    answer = client(hall, where).get(reverse("bodies:public_list"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def shown(hall: Hall, body: Body, who: str = "visitor") -> Any:
    return client(hall, who=who).get(reverse("bodies:public", args=[body.public_id]))


def test_the_bodies_of_ones_own_neighbourhood_and_its_street_are_found_from_the_hall(hall: Hall) -> None:
    committee = hall.found("residents_committee", name="桂花一居")
    hall.join(committee, "赵主任", "chair")
    hall.join(committee, "钱委员", "member")
    council = client(hall).get(reverse("ballots:council")).content.decode()
    assert reverse("bodies:public_list") in council
    text = listed(hall)
    assert "桂花一居" in text and "主任 赵主任" in text and "2人" in text
    assert "钱委员" not in text
    assert "桂花一居" not in listed(hall, ELSEWHERE)
    assert "先选择您住在哪里" in listed(hall, "")


def test_who_holds_office_and_nothing_else_of_them(hall: Hall) -> None:
    body = hall.found("residents_committee", name="桂花一居")
    plan = building_make(hall.cast)
    person = person_make(plan, date(1970, 3, 9), name="孙桂兰", phone="13812345678")
    none = do.Declaration(has=False, is_checked=True)
    entry = do.MemberEntry(post="chair", resident_id=person.pk, declaration=none)
    do.member_join(actor=hall.who("worker"), body_id=body.pk, entry=entry, from_on=time.today())
    hall.join(body, "钱委员", "member")
    text = shown(hall, body).content.decode()
    assert "孙桂兰" in text and "主任" in text and "3月10日(周二)起" in text
    for private in ("13812345678", "1970", "登记居民", "1单元", str(person.public_id), "离任"):
        assert private not in text, private


def test_who_has_left_is_no_longer_named(hall: Hall) -> None:
    body = hall.found("residents_committee", name="桂花一居")
    hall.join(body, "赵主任", "chair")
    member = Member.objects.get()
    time.clock_forward(timedelta(days=3))
    do.member_leave(
        actor=hall.who("worker"), body_id=body.pk, member_id=member.pk, on=time.today(), leaving="resigned"
    )
    time.clock_forward(timedelta(days=1))
    assert "赵主任" not in shown(hall, body).content.decode()
    assert "赵主任" not in listed(hall)


def test_a_body_that_was_dissolved_or_never_was_is_not_there(hall: Hall) -> None:
    body = hall.found("residents_committee", name="桂花一居")
    assert shown(hall, body).status_code == 200
    do.body_dissolve(actor=hall.who("worker"), body_id=body.pk, on=time.today(), reason="撤并")
    for who in ("visitor", "resident", "worker"):
        assert shown(hall, body, who).status_code == 404
    assert "桂花一居" not in listed(hall)


def test_a_term_that_is_over_is_said(hall: Hall) -> None:
    body = hall.found("residents_committee", name="桂花一居")
    do.term_begin(
        actor=hall.who("worker"),
        body_id=body.pk,
        begins_on=time.today(),
        members=[do.MemberEntry(post="chair", name="赵主任", declaration=do.Declaration(False, "", True))],
    )
    text = shown(hall, body).content.decode()
    assert "第1届" in text and "已于" not in text
    time.clock_forward(timedelta(days=366 * 5))
    assert "应当及时换届" in shown(hall, body).content.decode()


def test_the_list_costs_the_same_however_many_there_are(
    hall: Hall, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        hall.join(hall.found("sub_committee", name=f"下属{number}"), f"主任{number}", "chair")
    page = client(hall)
    page.get(reverse("bodies:public_list"))
    with django_assert_max_num_queries(14):
        page.get(reverse("bodies:public_list"))
