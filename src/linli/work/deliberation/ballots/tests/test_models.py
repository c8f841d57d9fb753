"""What the database itself refuses, whoever writes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.core import clock as time
from linli.registers.residents.tests.plans import building_make
from linli.work.deliberation.ballots.models import Ballot, Elector, ElectorPart, Sheet, Vote
from tests.people import Cast

pytestmark = pytest.mark.django_db


def ballot_row(cast: Cast, **more: Any) -> Ballot:
    now = time.now()
    given = {
        "number": "26000001",
        "title": "加装电梯",
        "rule_key": "owners_general",
        "rule_on": now.date(),
        "electorate": "owners",
        "way": "named",
        "channels": ["web", "paper"],
        "unit": cast.units["committee_a"],
        "area_path": cast.places["committee_a_place"].path,
        "place_code": cast.places["committee_a_place"].code,
        "opens_at": now + timedelta(days=20),
        "closes_at": now + timedelta(days=30),
        "created_at": now,
        **more,
    }
    return Ballot.objects.create(**given)


def elector_row(ballot: Ballot, number: int, subject: str, **more: Any) -> Elector:
    return Elector.objects.create(ballot=ballot, number=number, subject=subject, label="王*", **more)


def refused(*rows: Any) -> None:
    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_nobody_stands_twice_and_no_area_counts_twice(cast: Cast, clock: Any) -> None:
    plan = building_make(cast)
    ballot = ballot_row(cast)
    first = elector_row(ballot, 1, "r1")
    refused(
        Elector(ballot=ballot, number=2, subject="r1", label="王*"),
        Elector(ballot=ballot, number=1, subject="r2", label="王*"),
        Elector(ballot=ballot, number=3, subject="", label="王*"),
        Elector(ballot=ballot, number=4, subject="r4", label="王*", heads=2),
    )
    ElectorPart.objects.create(ballot=ballot, elector=first, part=plan.parts["101"], area=6880)
    second = elector_row(ballot, 2, "r2")
    refused(ElectorPart(ballot=ballot, elector=second, part=plan.parts["101"], area=6880))


def test_one_elector_has_one_vote(cast: Cast, clock: Any) -> None:
    ballot = ballot_row(cast)
    elector = elector_row(ballot, 1, "r1")
    said = {"ballot": ballot, "elector": elector, "choices": {"1": ["yes"]}, "receipt": "a"}
    Vote.objects.create(channel="web", cast_at=time.now(), **said)
    refused(Vote(channel="web", cast_at=time.now(), **said))


def test_a_vote_taken_down_names_two_people(cast: Cast, clock: Any) -> None:
    ballot = ballot_row(cast)
    elector = elector_row(ballot, 1, "r1")
    worker = cast.person("worker")
    said = {"ballot": ballot, "elector": elector, "choices": {}, "receipt": "a", "cast_at": time.now()}
    refused(
        Vote(channel="door", **said),
        Vote(channel="phone", taken_by=worker, witness=worker, **said),
    )


def test_an_elector_holds_one_living_sheet(cast: Cast, clock: Any) -> None:
    ballot = ballot_row(cast)
    elector = elector_row(ballot, 1, "r1")
    sheet = Sheet.objects.create(ballot=ballot, number=1, code="A", elector=elector, issued_at=time.now())
    refused(Sheet(ballot=ballot, number=2, code="B", elector=elector, issued_at=time.now()))
    sheet.state = Sheet.State.SPOILED
    sheet.save()
    Sheet.objects.create(ballot=ballot, number=2, code="B", elector=elector, issued_at=time.now())
    refused(
        Sheet(ballot=ballot, number=2, code="C", elector=elector, issued_at=time.now(), state="spoiled"),
        Sheet(ballot=ballot, number=3, code="B", elector=elector, issued_at=time.now(), state="spoiled"),
    )


def test_paper_and_a_sealed_choice_exclude_each_other(cast: Cast, clock: Any) -> None:
    ballot = ballot_row(cast, way="secret")
    elector = elector_row(ballot, 1, "r1", sealed_choice=b"x")
    elector.voided_web_at = time.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        elector.save()


def test_a_ballot_needs_its_times_its_roll_and_its_reasons(cast: Cast, clock: Any) -> None:
    ballot = ballot_row(cast)
    for wrong in (
        {"closes_at": ballot.opens_at},
        {"state": "open"},
        {"state": "counted", "roll_digest": "a"},
        {"state": "cancelled"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(**wrong)


@pytest.mark.parametrize(
    ("state", "name", "sees"),
    [
        ("draft", "worker", True),
        ("draft", "street", True),
        ("draft", "city", True),
        ("draft", "worker_b", False),
        ("draft", "other_street", False),
        ("draft", "grid_worker", False),
        ("draft", "resident", False),
        ("draft", "visitor", False),
        ("draft", "property", False),
        ("announced", "resident", True),
        ("announced", "visitor", True),
        ("announced", "property", True),
        ("announced", "worker_b", False),
        ("announced", "supervisor", True),
    ],
)
def test_who_sees_a_ballot(cast: Cast, clock: Any, state: str, name: str, sees: bool) -> None:
    ballot_row(cast, state=state, announced_at=None if state == "draft" else time.now())
    assert Ballot.objects.visible_to(cast.actor(name)).exists() is sees
