"""What is known of the people of the demo: titles, facts, benefits, consents, and who is looked after."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from fractions import Fraction

from linli.core.actor import Actor
from linli.core.clock import today
from linli.foundation.places.models import Part, PartKind
from linli.registers.residents.ages import age_on
from linli.registers.residents.care.selectors import care_list
from linli.registers.residents.care.services import care_confirm, care_refuse
from linli.registers.residents.care.tasks import care_nightly
from linli.registers.residents.consents.services import consent_give
from linli.registers.residents.facts.services import fact_none, fact_set, fact_unknown
from linli.registers.residents.models import Household, Membership, Occupancy, Ownership, Resident
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.services import ownership_register, ownership_transfer, voter_name
from linli.registers.residents.receipts.rules import Paid
from linli.registers.residents.receipts.services import receipt_add

from .life import Place, Plot, Stage

SEED = 20260103
KEPT_IN = ("和风苑", "敦睦里")  # the compounds of the demo's leading committee
HALF = Fraction(1, 2)
BEFORE_SALE = 12  # dwellings at the end of the list that the developer has not sold
OLD_AGE = 75


def facts_kept(stage: Stage, end: datetime) -> Plot:
    """Let people be asked over the last weeks, titles be registered, and care be proposed and confirmed."""
    rng = random.Random(SEED)  # noqa: S311 - a story, not a secret
    places = [place for place in stage.places if place.compound.name in KEPT_IN]
    worker = stage.cast[f"{places[0].committee}.worker"]
    yield end - timedelta(days=22)
    for place in places:
        _titles(rng, worker, place)
    yield end - timedelta(days=16)
    for place in places:
        for occupancy in _lived_in(place):
            _asked(rng, worker, occupancy)
    yield end - timedelta(days=11.3)
    care_nightly()
    yield end - timedelta(days=10)
    _decided(worker)
    yield end - timedelta(days=6)
    _sold(worker, places[0])
    yield end - timedelta(hours=9)
    care_nightly()


def _lived_in(place: Place) -> list[Occupancy]:
    rows = Occupancy.objects.filter(part__compound=place.compound, to_on=None, household__isnull=False)
    return list(rows.select_related("household", "part").order_by("part__sort_key", "pk"))


def _members(household: Household | None) -> list[Membership]:
    rows = Membership.objects.filter(household=household, to_on=None).select_related("resident")
    return list(rows.order_by("pk"))


# -- titles ------------------------------------------------------------------------------------------------
def _titles(rng: random.Random, actor: Actor, place: Place) -> None:
    taken = set()
    for occupancy in _lived_in(place):
        owners = [row.resident for row in _members(occupancy.household) if row.relation in ("head", "spouse")]
        if occupancy.tenure != "owner" or occupancy.part_id in taken or rng.random() < 0.1:
            continue
        taken.add(occupancy.part_id)
        _title(rng, actor, occupancy.part, owners)
    parts = Part.objects.open().filter(compound=place.compound, kind=PartKind.DWELLING)
    if place.compound.name == KEPT_IN[0]:
        lived_in = Occupancy.objects.filter(to_on=None).values("part")
        for part in parts.exclude(pk__in=lived_in).order_by("-building__sort_key", "-sort_key")[:BEFORE_SALE]:
            area = part.area or 6_880
            ownership_register(actor=actor, part_id=part.pk, area=area, owners=[], kind=Ownership.Kind.UNSOLD)


def _title(rng: random.Random, actor: Actor, part: Part, owners: list[Resident]) -> None:
    is_shared = len(owners) > 1 and rng.random() < 0.6
    entries = [OwnerEntry(owner.pk, share=HALF if is_shared else None) for owner in owners]
    title = ownership_register(
        actor=actor,
        part_id=part.pk,
        area=(part.area or 6_880) + rng.randrange(-300, 900),
        owners=entries if is_shared or len(owners) == 1 else entries[:1],
        from_on=date(rng.randrange(2004, 2020), rng.randrange(1, 13), 15),
        certificate=f"沪(2016)杨字第{rng.randrange(10**6):06}号",
    )
    if is_shared and rng.random() < 0.7:
        chosen = title.owners.order_by("pk")[0]
        seen = {"actor": actor, "ownership_id": title.pk, "version": title.version}
        voter_name(**seen, owner_id=chosen.pk, reason="共有人推选书")


def _sold(actor: Actor, place: Place) -> None:
    """One flat passes to the person who rents it."""
    rented = next((row for row in _lived_in(place) if row.tenure == "tenant"), None)
    title = Ownership.objects.filter(compound=place.compound, to_on=None, kind=Ownership.Kind.SOLD).first()
    if rented is None or title is None:
        return
    buyer = _members(rented.household)[0].resident
    ownership_transfer(
        actor=actor,
        ownership_id=title.pk,
        version=title.version,
        on=today() - timedelta(days=3),
        owners=[OwnerEntry(buyer.pk)],
        certificate="沪(2026)杨字第000001号",
    )


# -- facts -------------------------------------------------------------------------------------------------
def _asked(rng: random.Random, actor: Actor, occupancy: Occupancy) -> None:
    hukou = "elsewhere" if occupancy.tenure == "tenant" else "local"
    household = occupancy.household
    assert household is not None
    for row in _members(household):
        fact_set(actor=actor, subject=row.resident, key="hukou", value=hukou, document="户口簿")
        age = age_on(row.resident.birth_month, today()) or 0
        if age >= OLD_AGE:
            _old(rng, actor, row.resident, age)
        elif age >= 18:
            _grown(rng, actor, row.resident, age)
        elif age >= 6:
            stage = "primary" if age < 12 else "junior" if age < 15 else "senior"
            fact_set(actor=actor, subject=row.resident, key="schooling", value=stage)
    if rng.random() < 0.05:
        _in_need(actor, household)


def _old(rng: random.Random, actor: Actor, who: Resident, age: int) -> None:
    given = {"actor": actor, "subject": who}
    fact_set(**given, key="employment", value="retired")
    if rng.random() < 0.5:
        fact_set(
            **given,
            key="care_level",
            value=str(rng.choice([0, 0, 1, 2, 3, 4, 5])),
            document="统一需求评估报告",
        )
    elif rng.random() < 0.4:
        fact_unknown(**given, key="care_level")
    if rng.random() < 0.4:
        fact_none(**given, key="disability_kind")
        fact_none(**given, key="disability_grade")
    amount = 7_500 if age < 70 else 15_000 if age < 80 else 18_000 if age < 90 else 35_000
    since = date(today().year, 10, 1)
    paid = Paid(who.pk, "老年综合津贴", since, amount=amount, authority="区民政局")
    receipt_add(actor=actor, subject=who, paid=paid, source="civil_affairs")
    if rng.random() < 0.3:
        consent_give(actor=actor, resident_id=who.pk, purpose="care_provider", how="paper")


def _grown(rng: random.Random, actor: Actor, who: Resident, age: int) -> None:
    work = "retired" if age >= 60 else rng.choice(["employed"] * 7 + ["flexible", "own", "registered"])
    old = today() - timedelta(days=rng.choice([0, 0, 0, 420]))  # some were asked long ago
    fact_set(actor=actor, subject=who, key="employment", value=work, collected_on=old)


def _in_need(actor: Actor, household: Household) -> None:
    given = {"actor": actor, "subject": household}
    fact_set(**given, key="assistance", value="dibao", source="civil_affairs", document="街镇审核确认书")
    fact_set(**given, key="homes", value="1")
    fact_none(**given, key="vehicles")
    month = f"{today():%Y-%m}"
    head = _members(household)[0].resident
    fact_set(actor=actor, subject=head, key="income", value="1180", period=f"{month}/wage")
    paid = Paid(household.pk, "最低生活保障", date(today().year, 7, 1), amount=41_500, authority="街道办事处")
    receipt_add(actor=actor, subject=household, paid=paid, source="civil_affairs")


# -- care --------------------------------------------------------------------------------------------------
def _decided(actor: Actor) -> None:
    """Confirm most of what was proposed, refuse one, leave some to be decided."""
    proposed = list(care_list(actor, state="proposed").order_by("pk"))
    for place, entry in enumerate(proposed):
        if place == 1:
            care_refuse(actor=actor, entry_id=entry.pk, reason="女儿每天来照顾，本人不需要上门")
        elif place % 3:
            care_confirm(actor=actor, entry_id=entry.pk)
