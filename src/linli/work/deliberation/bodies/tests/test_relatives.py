"""Near relatives in office: declared, checked by a person, refused where the law forbids it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import InvalidInput
from linli.foundation.audit.models import AuditRecord
from linli.foundation.places.models import Compound
from linli.foundation.places.selectors import Place
from linli.registers.residents.tests.plans import building_make
from linli.work.deliberation.bodies import services as do
from linli.work.deliberation.bodies.kinds import declaration_faults, kind_elected, kinds
from linli.work.deliberation.bodies.models import Body, Member
from linli.work.deliberation.bodies.tests.conftest import Hall

pytestmark = pytest.mark.django_db
NONE = do.Declaration(has=False, is_checked=True)
SOME = do.Declaration(has=True, whom="钱委员，配偶", is_checked=True)
FORBIDDING = ("residents_committee", "supervision_committee", "village_supervision")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (None, "relatives"),
        (do.Declaration(has=False), "relatives_checked"),
        (do.Declaration(has=True, whom=" ", is_checked=True), "relatives_whom"),
        (SOME, "relatives"),
        (NONE, ""),
    ],
)
@pytest.mark.parametrize("kind", FORBIDDING)
def test_what_the_law_forbids(kind: str, said: Any, field: str) -> None:
    assert "".join(declaration_faults(kinds()[kind], said)) == field


def test_where_local_rules_only_ask_it_may_be_and_is_said() -> None:
    owners = kinds()["owners_committee"]
    assert declaration_faults(owners, SOME) == declaration_faults(owners, None) == {}
    assert "relatives_checked" in declaration_faults(owners, do.Declaration(has=True, whom="某"))
    assert declaration_faults(kinds()["council_community"], SOME) == {}


def test_which_body_an_election_fills() -> None:
    found = {
        key: getattr(kind_elected(key), "key", None)
        for key in ("committee_election_voters", "group_election")
    }
    assert found == {"committee_election_voters": "residents_committee", "group_election": None}


@pytest.fixture
def watching(hall: Hall) -> Body:
    return hall.found("supervision_committee", name="居务监督委员会")


@pytest.mark.parametrize("said", [None, do.Declaration(has=False), SOME])
def test_a_supervisor_without_a_clean_declaration_is_not_entered(
    hall: Hall, watching: Body, unchanged: Callable[[], None], said: Any
) -> None:
    unchanged()
    with pytest.raises(InvalidInput):
        hall.join(watching, "孙委员", "member", declaration=said)
    with pytest.raises(InvalidInput):
        do.term_begin(
            actor=hall.who("worker"),
            body_id=watching.pk,
            begins_on=time.today(),
            members=[do.MemberEntry("chair", "孙委员", declaration=said)],
        )
    unchanged()


def test_who_checked_is_kept(hall: Hall, watching: Body) -> None:
    hall.join(watching, "孙委员", "member")
    member = Member.objects.get()
    assert (member.has_relatives, member.relatives_whom) == (False, "")
    assert member.relatives_checked_by == hall.cast.person("worker")


def owners(hall: Hall) -> Body:
    building_make(hall.cast)
    compound = Compound.objects.get()
    where = Place(hall.cast.places["committee_a_place"], "chosen", compound=compound)
    return do.body_found(
        actor=hall.who("worker"),
        kind="owners_committee",
        name="桂花苑业委会",
        where=where,
        founded_on=date(2026, 1, 5),
    )


def test_of_whom_stands_encrypted_and_goes_when_they_leave(hall: Hall) -> None:
    body = owners(hall)
    hall.join(body, "周委员", "member", declaration=SOME)
    member = Member.objects.get()
    assert member.relatives_whom == "钱委员，配偶"
    with connection.cursor() as cursor:
        cursor.execute("SELECT relatives_whom FROM bodies_member")
        assert "钱委员" not in cursor.fetchone()[0]
    assert not [row for row in AuditRecord.objects.all() if "钱委员" in str(row.__dict__)]
    page = hall.cast.client("district").get(reverse("bodies:record", args=[body.public_id])).content.decode()
    assert "声明有近亲属任职" in page and "钱委员" not in page
    public = hall.cast.client("visitor").get(reverse("bodies:public", args=[body.public_id]))
    assert "近亲属" not in public.content.decode()
    time.clock_forward(timedelta(days=2))
    leave = {"actor": hall.who("worker"), "body_id": body.pk, "member_id": member.pk}
    do.member_leave(**leave, on=time.today(), leaving="resigned")
    member.refresh_from_db()
    assert (member.has_relatives, member.relatives_whom) == (True, "")


def test_the_page_asks_says_where_and_what_to_do(hall: Hall, watching: Body) -> None:
    client, address = hall.cast.client("worker"), reverse("bodies:act", args=[watching.public_id, "join"])
    assert "近亲属在居民委员会任职的不能担任" in client.get(address).content.decode()
    said = {"name": "孙委员", "post": "member", "from_on": f"{time.today()}"}
    missing = client.post(address, said)
    assert missing.status_code == 422 and "请登记本人的声明" in missing.content.decode()
    unchecked = client.post(address, {**said, "relatives": "no"})
    assert unchecked.status_code == 422 and "请先核对本人签字的声明" in unchecked.content.decode()
    checked = {**said, "relatives": "yes", "relatives_whom": "钱委员", "relatives_checked": "on"}
    refused = client.post(address, checked)
    assert refused.status_code == 422 and "请另推人选" in refused.content.decode()
    assert not Member.objects.exists()
    assert client.post(address, {**checked, "relatives": "no"}).status_code == 302
    council = hall.found("council_community", name="议事会")
    other = client.get(reverse("bodies:act", args=[council.public_id, "join"])).content.decode()
    assert "近亲属" not in other
