"""Random lives: whatever people do in whatever order, history stays sound, and each act can be taken back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.errors import NotFound, Refusal
from linli.registers.residents.entries import GuardianEntry, MemberEntry, PersonEntry
from linli.registers.residents.facts.services import fact_confirm, fact_correct, fact_end, fact_set
from linli.registers.residents.models import (
    Fact,
    Household,
    Membership,
    Occupancy,
    Owner,
    Ownership,
    RegisterEvent,
    Resident,
)
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.services import (
    ownership_correct,
    ownership_end,
    ownership_register,
    ownership_transfer,
    voter_name,
)
from linli.registers.residents.rules import UNDOABLE, Span, spans_overlap
from linli.registers.residents.sealing import sealed_get
from linli.registers.residents.services import (
    act_undo,
    birth_register,
    death_register,
    duplicates_merge,
    guardian_set,
    head_change,
    household_merge,
    household_move,
    household_move_in,
    household_move_out,
    household_open,
    household_split,
    member_correct,
    occupancy_tenure_set,
    resident_claim,
    resident_correct,
    resident_move,
    resident_move_away,
    resident_register,
    transfer_confirm,
)
from tests.people import Cast

from .life_world import World, registry_digest, world_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 3, 10)
Draw = Callable[[int], int]
RELATIONS = ("spouse", "child", "parent", "not_kin")


class Rolled(Exception):
    """Ends an example, so that the next begins with the same world."""


def _pick(draw: Draw, rows: Any) -> Any:
    found = list(rows.order_by("pk"))
    if not found:
        raise NotFound("nobody is left to act on")
    return found[draw(len(found))]


def _home(draw: Draw) -> Any:
    return _pick(draw, Household.objects.filter(ended_on=None))


def _person(draw: Draw) -> Any:
    return _pick(draw, Resident.objects.all())


def _ids(row: Any, name: str) -> dict[str, Any]:
    return {f"{name}_id": row.public_id, "version": row.version}


class Acts:
    """One random act each; what makes no sense is refused by the services, which is part of the test."""

    def __init__(self, world: World) -> None:
        self.world, self.actor = world, world.worker
        self.names = itertools.count(1)

    def part(self, draw: Draw) -> Any:
        return self.world.parts[draw(4)].public_id

    def on(self, draw: Draw) -> date:
        return TODAY - timedelta(days=draw(40))

    def head(self, draw: Draw) -> str:
        return str(_person(draw).public_id) if draw(2) else ""

    def open(self, draw: Draw) -> None:
        names = [f"甲{'一二三四五六七八九十'[next(self.names) % 10]}" for _ in range(2)]
        members = [
            MemberEntry(PersonEntry(names[0], birth=date(1970, 5, 1), sex="f"), "head"),
            MemberEntry(PersonEntry(names[1], birth=date(2016, 5, 1)), "child", guardian=0),
        ]
        household_open(
            actor=self.actor,
            part_id=self.part(draw),
            members=members[: 1 + draw(2)],
            from_on=self.on(draw) if draw(3) else None,
        )

    def register(self, draw: Draw) -> None:
        person = PersonEntry(f"乙{'天地人'[draw(3)]}", birth=date(1990, 1, 1 + draw(3)), sex="f")
        resident_register(
            actor=self.actor,
            **_ids(_home(draw), "household"),
            person=person,
            relation=RELATIONS[draw(4)],
            presence=("living", "registered")[draw(2)],
            from_on=self.on(draw) if draw(3) else None,
        )

    def move(self, draw: Draw) -> None:
        household_move(
            actor=self.actor, **_ids(_home(draw), "household"), part_id=self.part(draw), on=self.on(draw)
        )

    def move_out(self, draw: Draw) -> None:
        household_move_out(actor=self.actor, **_ids(_home(draw), "household"), on=self.on(draw))

    def move_in(self, draw: Draw) -> None:
        household_move_in(
            actor=self.actor, **_ids(_home(draw), "household"), part_id=self.part(draw), on=self.on(draw)
        )

    def split(self, draw: Draw) -> None:
        home = _home(draw)
        who = _pick(draw, Resident.objects.filter(memberships__household=home, memberships__to_on=None))
        household_split(
            actor=self.actor,
            **_ids(home, "household"),
            leaving={str(who.public_id): "head"},
            part_id=self.part(draw),
            head=self.head(draw),
            on=self.on(draw),
        )

    def merge(self, draw: Draw) -> None:
        household_merge(
            actor=self.actor,
            **_ids(_home(draw), "household"),
            into_id=_home(draw).public_id,
            on=self.on(draw),
        )

    def another_head(self, draw: Draw) -> None:
        home = _home(draw)
        who = _pick(draw, Resident.objects.filter(memberships__household=home, memberships__to_on=None))
        head_change(actor=self.actor, **_ids(home, "household"), head=str(who.public_id), on=self.on(draw))

    def tenure(self, draw: Draw) -> None:
        occupancy_tenure_set(
            actor=self.actor,
            **_ids(_home(draw), "household"),
            tenure=("owner", "tenant")[draw(2)],
            on=self.on(draw) if draw(2) else None,
        )

    def person_moves(self, draw: Draw) -> None:
        resident_move(
            actor=self.actor,
            **_ids(_person(draw), "resident"),
            household_id=_home(draw).public_id,
            relation=RELATIONS[draw(4)],
            presence=("living", "registered")[draw(2)],
            head=self.head(draw),
            on=self.on(draw),
        )

    def away(self, draw: Draw) -> None:
        resident_move_away(
            actor=self.actor,
            **_ids(_person(draw), "resident"),
            is_registered_still=bool(draw(2)),
            head=self.head(draw),
            on=self.on(draw),
        )

    def born(self, draw: Draw) -> None:
        birth_register(
            actor=self.actor,
            mother_id=_person(draw).public_id,
            person=PersonEntry(f"丙{'天地人'[draw(3)]}", birth=self.on(draw)),
            relation="child",
        )

    def dies(self, draw: Draw) -> None:
        death_register(
            actor=self.actor,
            **_ids(_person(draw), "resident"),
            on=self.on(draw),
            head=self.head(draw),
        )

    def corrected(self, draw: Draw) -> None:
        resident_correct(
            actor=self.actor,
            **_ids(_person(draw), "resident"),
            phone=f"1390013900{draw(10)}",
            reason="核对",
        )

    def member_corrected(self, draw: Draw) -> None:
        home, who = _home(draw), _person(draw)
        member_correct(
            actor=self.actor,
            **_ids(home, "household"),
            resident_id=str(who.public_id),
            presence=("living", "registered")[draw(2)],
            from_on=self.on(draw),
            reason="核对",
        )

    def guarded(self, draw: Draw) -> None:
        guardian_set(
            actor=self.actor,
            **_ids(_person(draw), "resident"),
            guardian=GuardianEntry(str(_person(draw).public_id), "other"),
        )

    def joined(self, draw: Draw) -> None:
        keep, other = _person(draw), _person(draw)
        duplicates_merge(
            actor=self.actor,
            keep_id=keep.public_id,
            keep_version=keep.version,
            other_id=other.public_id,
            other_version=other.version,
        )

    def transferred(self, draw: Draw) -> None:
        """To the other committee, or back; what was asked goes again where it is not confirmed."""
        who = _person(draw)
        is_here = self.actor.covers(who.area_path)
        asks, gives = (self.world.other, self.actor) if is_here else (self.actor, self.world.other)
        with transaction.atomic():
            asked = resident_claim(
                actor=asks,
                person=PersonEntry(sealed_get(who, "name"), sealed_get(who, "number")),
                part_id=(self.world.others if is_here else self.world.parts)[draw(2)].public_id,
                is_whole_household=bool(draw(2)),
                on=self.on(draw),
            )
            transfer_confirm(actor=gives, transfer_id=asked.public_id, head=self.head(draw))

    def taken_back(self, draw: Draw) -> None:
        """Any act of before: undone where nothing stands on it, else refused."""
        act_undo(actor=self.actor, act_id=_pick(draw, RegisterEvent.objects.all()).act)

    def fact(self, draw: Draw) -> Any:
        return _pick(draw, Fact.objects.all())

    def told(self, draw: Draw) -> None:
        if draw(2):
            fact_set(actor=self.actor, subject=_home(draw), key="vehicles", value=str(draw(3)))
        else:
            given = {"actor": self.actor, "subject": _person(draw), "from_on": self.on(draw)}
            fact_set(**given, key="care_level", value=str(draw(6)))

    def told_wrong(self, draw: Draw) -> None:
        fact = self.fact(draw)
        given = {"subject": fact.resident or fact.household, "fact_id": fact.pk, "value": str(draw(3))}
        fact_correct(actor=self.actor, **given, reason="问错了")

    def told_still(self, draw: Draw) -> None:
        fact = self.fact(draw)
        fact_confirm(actor=self.actor, subject=fact.resident or fact.household, fact_id=fact.pk)

    def told_over(self, draw: Draw) -> None:
        fact, on = self.fact(draw), self.on(draw)
        fact_end(actor=self.actor, subject=fact.resident or fact.household, fact_id=fact.pk, on=on)

    def owners(self, draw: Draw) -> list[OwnerEntry]:
        return [OwnerEntry(_person(draw).pk) for _n in range(1 + draw(2))]

    def title(self, draw: Draw) -> dict[str, Any]:
        title = _pick(draw, Ownership.objects.all())
        return {"actor": self.actor, "ownership_id": title.pk, "version": title.version}

    def titled(self, draw: Draw) -> None:
        ownership_register(
            actor=self.actor,
            part_id=self.world.parts[draw(4)].pk,
            area=8000 + draw(9),
            owners=self.owners(draw),
            from_on=date(2020, 1, 1 + draw(9)),
            certificate="沪房地证1号",
        )

    def passed_on(self, draw: Draw) -> None:
        ownership_transfer(**self.title(draw), on=self.on(draw), owners=self.owners(draw))

    def title_wrong(self, draw: Draw) -> None:
        ownership_correct(
            **self.title(draw),
            reason="面积抄错",
            area=7000 + draw(9),
            owners=self.owners(draw),
            kind="sold",
            from_on=date(2020, 1, 1 + draw(9)),
        )

    def voter(self, draw: Draw) -> None:
        owner = _pick(draw, Owner.objects.all())
        title = owner.ownership
        given = {"ownership_id": title.pk, "version": title.version, "owner_id": owner.pk}
        voter_name(actor=self.actor, **given)

    def title_over(self, draw: Draw) -> None:
        ownership_end(**self.title(draw), on=self.on(draw), reason="拆除")

    def every(self) -> list[Callable[[Draw], None]]:
        named = (
            "open register move move_out move_in split merge another_head tenure person_moves away born "
            "dies corrected member_corrected guarded joined transferred taken_back told told_wrong "
            "told_still told_over titled passed_on title_wrong voter title_over"
        )
        return [getattr(self, name) for name in named.split()]


def sound() -> None:
    """Nobody in two places at once, no household in two parts, one head, nobody in what has ended."""
    for resident, presence in set(Membership.objects.values_list("resident", "presence")):
        rows = Membership.objects.filter(resident=resident, presence=presence)
        assert not spans_overlap(Span(row.from_on, row.to_on) for row in rows)
    for home in Household.objects.all():
        rows = Occupancy.objects.filter(household=home)
        assert not spans_overlap(Span(row.from_on, row.to_on) for row in rows)
        here = home.memberships.filter(to_on=None)
        heads = here.filter(relation="head").values("resident").distinct().count()
        assert heads == (1 if here.exists() else 0)
        assert home.ended_on is None or not here.exists()
    gone = Resident.objects.filter(state__in=("dead", "merged"))
    assert not Membership.objects.filter(to_on=None, resident__in=gone).exists()
    assert all(sealed_get(resident, "name") for resident in Resident.objects.all())


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_lives_stay_sound_and_every_act_can_be_taken_back(cast: Cast, data: Any) -> None:
    _live(cast, data, acts_count=8)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_long_random_lives(cast: Cast, data: Any) -> None:
    _live(cast, data, acts_count=20)


def _live(cast: Cast, data: Any, *, acts_count: int) -> None:
    def draw(count: int) -> int:
        return int(data.draw(st.integers(0, count - 1)))

    with pytest.raises(Rolled), transaction.atomic():
        acts = Acts(world_make(cast))
        acts.world.family()
        acts.world.single()
        for _ in range(acts_count):
            _one(acts, draw)
        raise Rolled


def _last() -> int:
    return int(RegisterEvent.objects.latest("pk").pk)


def _one(acts: Acts, draw: Draw) -> None:
    before, last = registry_digest(), _last()
    act = acts.every()[draw(len(acts.every()))]
    try:
        act(draw)
    except Refusal as refusal:
        assert (registry_digest(), _last()) == (before, last), refusal
        return
    sound()
    done = RegisterEvent.objects.latest("pk")
    if done.pk == last:  # an undone registration takes its own history away, so their number says nothing
        assert registry_digest() == before, f"{act.__name__} changed what its history does not tell"
    elif done.verb in UNDOABLE and draw(2):
        act_undo(actor=acts.actor, act_id=done.act)
        assert registry_digest() == before, act.__name__
        sound()


def test_each_act_on_facts_and_titles_is_taken_back_to_the_digest(cast: Cast) -> None:
    acts = Acts(world_make(cast))
    acts.world.family()

    def first(_count: int) -> int:
        return 0

    def second(count: int) -> int:
        return min(1, count - 1)

    steps: list[tuple[Callable[[Draw], None], Draw]] = [
        (acts.told, second),
        (acts.told_wrong, first),
        (acts.titled, first),
        (acts.title_wrong, first),
        (acts.passed_on, first),
    ]
    for act, draw in steps:
        before, versions = registry_digest(), sum(Ownership.objects.values_list("version", flat=True))
        try:
            act(draw)
        except Refusal as refusal:
            pytest.fail(f"{act.__name__}: {refusal.message}")
        assert registry_digest() != before, act.__name__
        act_undo(actor=acts.actor, act_id=RegisterEvent.objects.latest("pk").act)
        assert registry_digest() == before, act.__name__
        assert sum(Ownership.objects.values_list("version", flat=True)) >= versions
        act(draw)  # and stands for what comes next
