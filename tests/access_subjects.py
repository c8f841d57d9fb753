"""The records that the access table speaks of, by name; each is made through services in the cast's world.

A room adds one function that takes the cast and returns names → values for URL arguments, and lists it
in ``BUILDERS``. They run once, before any request of the table.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import override_settings

from linli.core import clock
from linli.core.actor import Actor, Scope, system
from linli.doors.webhooks.services import message_test, subscription_open
from linli.foundation.accounts.oidc import Claims
from linli.foundation.accounts.privacy import notice_current
from linli.foundation.accounts.services import deputyship_set, identity_claim
from linli.foundation.clients.tests.factories import machine
from linli.foundation.exports.services import export_make
from linli.foundation.exports.tasks import export_run
from linli.foundation.imports.mapping import MapSpec
from linli.foundation.imports.services import map_save
from linli.foundation.lists.services import view_save
from linli.foundation.notices.services import broadcast_submit
from linli.foundation.notices.tests.factories import crowd, written
from linli.foundation.places.changeplan import ChangePlan, Named
from linli.foundation.places.models import ChangeKind
from linli.foundation.places.selectors import Place
from linli.foundation.places.services import division_change_plan
from linli.foundation.privacy.services import request_make
from linli.registers.organizations.models import DutyShift
from linli.registers.organizations.roster.services import roster_week_set
from linli.registers.residents.care.services import care_confirm, care_propose
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.linking.services import door_code_enter, door_codes_make, link_ask
from linli.registers.residents.models import CareEntry, RegisterEvent, Resident
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.services import ownership_register
from linli.registers.residents.receipts.rules import Paid
from linli.registers.residents.receipts.services import receipt_add
from linli.registers.residents.tests.houses import house_make
from linli.registers.residents.tests.plans import building_make, household_make, person_make, shop_make
from linli.work.benefits.authoring.services.conditions import condition_add
from linli.work.benefits.authoring.services.shipping import policies_ship
from linli.work.benefits.authoring.services.standards import standard_propose
from linli.work.benefits.authoring.services.versions import policy_start
from linli.work.benefits.outreach.tests.world import subjects as outreach
from linli.work.deliberation.assessments.tests.subjects import assessments
from linli.work.deliberation.ballots.services.boxes import box_make
from linli.work.deliberation.ballots.services.objecting import objection_make
from linli.work.deliberation.ballots.services.paper import sheets_issue
from linli.work.deliberation.ballots.tests.assembly import Assembly
from linli.work.deliberation.bodies.services import MemberEntry, body_found, body_met, member_join
from linli.work.deliberation.elections.services import (
    ElectionDraft,
    PostEntry,
    RecallDraft,
    candidate_propose,
    election_make,
    recall_make,
)
from linli.work.deliberation.meetings.models import AgendaItem, Meeting
from linli.work.deliberation.meetings.rules import Arrangement
from linli.work.deliberation.meetings.services import invitees_add, item_add, meeting_call, meeting_draft
from linli.work.deliberation.resolutions.services import resolution_from_item, resolution_publish, task_add
from linli.work.deliberation.secret.services import key_register, trustees_appoint
from linli.work.deliberation.secret.tests.conftest import HASHES, TRUSTEES
from linli.work.deliberation.secret.tests.conftest import ballot_row as secret_ballot
from linli.work.matters.catalog.rules import Row
from linli.work.matters.clusters.services import cluster_make
from linli.work.matters.rollup.services import exclusion_ask, rates_rule_set
from linli.work.matters.routing.services import row_save, table_open
from linli.work.matters.services import closing_propose, edition_draft, phrase_add, visit_add
from linli.work.matters.tests.hotline import brought, row
from linli.work.matters.tests.life import Life, category, year_load
from linli.work.matters.whistles.services import whistle_blow
from tests.people import Cast

Subjects = dict[str, Any]


def accounts(cast: Cast) -> Subjects:
    """A colleague, their role and a deputyship of the committee that owns everything in the table."""
    today = clock.today()
    deputyship = deputyship_set(
        actor=cast.actor("worker"),
        role=cast.role("worker2"),
        deputy=cast.person("worker"),
        from_on=today,
        to_on=today + timedelta(days=1),
    )
    claims = Claims("https://sso.example.cn", "u9", "worker2", frozenset())
    claim = identity_claim(actor=cast.actor("visitor"), account=cast.accounts["worker2"], claims=claims)
    return {
        "claim": claim.public_id,
        "colleague": cast.accounts["worker2"].public_id,
        "colleague_role": cast.role("worker2").public_id,
        "deputyship": deputyship.pk,
        "notice": notice_current().version,
        "committee_unit": cast.units["committee_a"].public_id,
        "idle_unit": cast.units["fangguan"].public_id,
        "property_unit": cast.units["wuye"].public_id,
    }


def places(cast: Cast) -> Subjects:
    """The codes of the street and of committee A, and a change that the city planned."""
    change = division_change_plan(
        actor=cast.actor("city"),
        plan=ChangePlan(ChangeKind.RENAME, ("990101",), (Named("990101", "滨江区"),)),
        document="临府〔2026〕5号",
        effective_on=clock.today(),
    )
    return {
        "planned_division_change": change.public_id,
        "street_code": cast.places["street_place"].code,
        "committee_code": cast.places["committee_a_place"].code,
    }


def registry(cast: Cast) -> Subjects:
    """A building of committee A: a woman lives in 101, 102 is vacant."""
    plan = building_make(cast)
    person = person_make(plan, date(1950, 4, 1))
    household = household_make(plan, "101", person)
    event = RegisterEvent.objects.create(
        verb="resident.correct", household=household, area_path=household.area_path, at=clock.now()
    )
    worker = cast.actor("worker")
    ownership_register(actor=worker, part_id=plan.parts["101"].pk, area=8950, owners=[OwnerEntry(person.pk)])
    for key, value in (("tekun", "是"), ("only_child_lost", "独生子女死亡")):
        fact_set(actor=worker, subject=person, key=key, value=value)
    paid = Paid(household.pk, "临时救助", clock.today())
    receipt = receipt_add(actor=worker, subject=household, paid=paid)
    home_fact = fact_set(actor=worker, subject=household, key="vehicles", value="1")
    own_fact = fact_set(actor=worker, subject=person, key="hukou", value="local")
    care_propose(actor=system("care"), resident_ids=[person.pk])
    confirmed, proposed = (CareEntry.objects.get(group=group) for group in ("tekun", "lost_only_child"))
    care_confirm(actor=worker, entry_id=confirmed.pk)
    return {
        "care_proposed": proposed.public_id,
        "registry_building": plan.building.public_id,
        "registry_compound": plan.building.compound.public_id,
        "registry_stair": plan.building.stairs.all()[0].public_id,
        "vacant_part": plan.parts["102"].public_id,
        "lived_in_part": plan.parts["101"].public_id,
        "registry_household": household.public_id,
        "registry_person": person.public_id,
        "registry_act": event.act,
        "home_receipt": receipt.public_id,
        "home_fact": home_fact.pk,
        "own_fact": own_fact.pk,
        "registry_shop": shop_make(plan).public_id,
    }


def matters(cast: Cast) -> Subjects:
    """Matters of the resident in committee A: just reported, in the hands of 城管, and closed."""
    year_load()
    category("facility")
    life = Life(cast)
    reported, handling, closed = life.to_reported(), life.to_signed(), life.to_closed()
    blown = whistle_blow(
        actor=cast.actor("street"),
        **life.on(life.to_accepted()),
        cause="concern",
        reason="请一起到现场",
        units=[cast.units["chengguan"]],
        place="三号楼门口",
        at=clock.now() + timedelta(hours=1),
    )
    one, other = life.to_accepted(), life.to_accepted()
    cluster = cluster_make(
        actor=cast.actor("worker"), title="路灯不亮", head_id=one.pk, matter_ids=[other.pk]
    )
    phrase = phrase_add(actor=cast.actor("worker"), title="已处理", text="已处理。", scope="unit")
    visit = visit_add(actor=cast.actor("worker"), purpose="advice")
    batch = closing_propose(
        actor=cast.actor("worker"), matter_ids=[life.to_handled().pk], finding="都看过，都亮了"
    )
    rows = [Row(("市容", "路灯"), unit_kind="市政")]
    edition = edition_draft(actor=cast.actor("city"), version="2099-01", rows=rows)
    return {
        "edition_draft": edition.public_id,
        "counter_visit": visit.public_id,
        "closing_batch": batch.public_id,
        "cluster": cluster.public_id,
        "cluster_member": other.public_id,
        "whistle": blown.public_id,
        "whistle_call": blown.calls.get().public_id,
        "unit_phrase": phrase.public_id,
        "reported_matter": reported.public_id,
        "handling_matter": handling.public_id,
        "closed_matter": closed.public_id,
        "closed_number": closed.number,
        "lead_assignment": life.lead(handling).pk,
        "lead_order": life.lead(handling).public_id,
    }


def exports(cast: Cast) -> Subjects:
    """A list that the administrator of committee A took away."""
    actor = cast.actor("worker")
    export = export_make(actor=actor, listing="matters", format="csv")
    export_run(export, actor)
    return {"committee_export": export.public_id}


def views(cast: Cast) -> Subjects:
    """A view of 待办 that committee A's administrator shares with the unit."""
    view = view_save(
        actor=cast.actor("worker"), listing="duties", name="快到期", query="due=today", is_shared=True
    )
    return {"committee_view": view.public_id}


def notices(cast: Cast) -> Subjects:
    """Two broadcasts of committee A by its administrator: a draft, and one that waits for another person."""
    crowd(cast, 501)
    pending = written(cast)
    broadcast_submit(actor=cast.actor("worker"), broadcast_id=pending.pk)
    return {"broadcast_draft": written(cast).public_id, "broadcast_pending": pending.public_id}


def clients(cast: Cast) -> Subjects:
    """A system of the street and its token."""
    found = machine(cast, "street_unit", "street_place", Scope.MATTERS_READ)
    with override_settings(OUTBOUND=["http://127.0.0.1:9"]):
        opened = subscription_open(
            actor=cast.actor("street"), client=found.client, url="http://127.0.0.1:9/", kinds=["accept"]
        )
    message = message_test(actor=cast.actor("street"), subscription=opened.subscription)
    return {
        "client": found.client.public_id,
        "client_token": found.token.public_id,
        "webhook": opened.subscription.public_id,
        "webhook_message": message.pk,
    }


def imports(cast: Cast) -> Subjects:
    """A file that committee A has imported, one row of it waiting, and a column map that it keeps."""
    job = brought(cast, row("1"), row("2", 社区="错了"), by="worker")
    kept = map_save(actor=cast.actor("worker"), target="matters", name="热线", spec=MapSpec())
    return {"import": job.public_id, "column_map": kept.public_id}


def privacy(cast: Cast) -> Subjects:
    """A request of the resident about their data; without a neighbourhood the operators answer."""
    asked = request_make(actor=cast.actor("resident"), kind="correct", text="称呼写错了")
    return {"data_request": asked.public_id}


def roster(cast: Cast) -> Subjects:
    """A shift of today of the colleague in committee A."""
    today = clock.today()
    roster_week_set(
        actor=cast.actor("worker"),
        unit=cast.units["committee_a"],
        monday=today - timedelta(days=today.weekday()),
        cells={(today, "night"): cast.person("worker2").pk},
    )
    return {"shift": DutyShift.objects.get().public_id}


def linking(cast: Cast) -> Subjects:
    """A house of committee A; the resident is tied to one of its people, the other resident asks to be."""
    house = house_make(cast)
    worker = cast.actor("worker")
    code = door_codes_make(actor=worker, building_id=house.building.public_id)[0].code
    door_code_enter(actor=cast.actor("resident"), code=code, name="王建国", birth=date(1960, 3, 7))
    fact = fact_set(actor=worker, subject=house.father, key="disability_kind", value="limbs")
    link = link_ask(actor=cast.actor("neighbour"), name="王建国", part_id=house.home.public_id)
    return {
        "waiting_link": link.public_id,
        "linked_person": house.father.public_id,
        "linked_fact": fact.public_id,
        "linking_part": house.home.public_id,
        "linking_building": house.building.public_id,
    }


def decision_tables(cast: Cast) -> Subjects:
    """A draft of the street's table that says who gets what."""
    street = cast.actor("street")
    table = table_open(actor=street, subject="route", name="派单规则")
    draft = row_save(actor=street, table_id=table.pk, lock=1, typed={"lead": "桂花街道城管中队"})
    return {"decision_table": table.public_id, "decision_lock": draft.lock, "decision_day": clock.today()}


def policies(cast: Cast) -> Subjects:
    """A district's policy with a draft of two conditions; a figure that waits for a second person."""
    district = cast.actor("district")
    policy = policy_start(actor=district, code="elder", name="老年津贴", authority="区民政局", unit="person")
    for lock, age in enumerate(("65", "60"), 1):
        node = {"age": {"from": age}}
        draft = condition_add(actor=district, policy_id=policy.pk, lock=lock, place="when", node=node)
    policies_ship(actor=system("policies"), place=cast.places["province"])
    figure = standard_propose(
        actor=district,
        code="dibao_own",
        name="低保标准",
        from_on=date(2026, 7, 1),
        amount=159_500,
        source="测试",
    )
    return {
        "drafted_policy": policy.public_id,
        "drafted_lock": draft.lock,
        "waiting_standard": figure.public_id,
    }


def exclusions(cast: Cast) -> Subjects:
    """A closed matter of committee A that its administrator asks to leave out; coming weights."""
    said = {"reason": "lawful_way", "note": "法院已经受理"}
    number = Life(cast).to_closed().number
    day = clock.today() + timedelta(days=30)
    weights = {"contacted": 20, "solved": 40, "satisfied": 40, "source": "考核办法"}
    return {
        "exclusion": exclusion_ask(actor=cast.actor("worker"), number=number, **said).public_id,
        "rates_rule": rates_rule_set(actor=cast.actor("city"), from_on=day, **weights).public_id,
        "rates_reason": "repeated",
    }


def secret(cast: Cast) -> Subjects:
    """A secret ballot of committee A that opens in a week; its key is made, shares are to be kept."""
    ballot = secret_ballot(cast)
    worker, ballot_id = cast.actor("worker"), ballot.public_id
    persons = {side: cast.person(name).pk for side, name in TRUSTEES.items()}
    trustees_appoint(actor=worker, ballot_id=ballot_id, persons=persons)
    key_register(actor=worker, ballot_id=ballot_id, public_key="ab" * 32, share_hashes=HASHES)
    return {"secret_ballot": ballot_id}


def _decided(worker: Actor, meeting: Meeting) -> AgendaItem:
    """Return an item that a meeting agreed on which is over."""
    now = clock.now()
    item = item_add(actor=worker, meeting_id=meeting.pk, title="建充电棚")
    over = {"state": "closed", "called_at": now, "opened_at": now, "closed_at": now, "is_quorate": True}
    Meeting.objects.filter(pk=meeting.pk).update(**over)
    AgendaItem.objects.filter(pk=item.pk).update(outcome="agreed", decision="建", decided_at=now)
    return item


def meetings(cast: Cast) -> Subjects:
    """Two meetings of committee A's representatives: one in preparation, one called for in two weeks."""
    worker, where = cast.actor("worker"), Place(cast.places["committee_a_place"], "chosen")
    arranged = Arrangement(
        kind="representatives",
        title="居民代表会议",
        body="桂花第一居委会居民代表会议",
        place="居委会二楼",
        starts_at=clock.now() + timedelta(days=14),
        rule_key="residents_representatives",
        composition=3,
    )
    made = [meeting_draft(actor=worker, where=where, arrangement=arranged) for _turn in range(2)]
    for meeting in made:
        item_add(actor=worker, meeting_id=meeting.pk, title="修订公约", is_vote_wanted=True)
        invitees_add(actor=worker, meeting_id=meeting.pk, names="甲\n乙\n丙", is_member=True)
    draft, called = made
    called.refresh_from_db()
    meeting_call(actor=worker, meeting_id=called.pk, version=called.version)
    item = _decided(worker, meeting_draft(actor=worker, where=where, arrangement=arranged))
    other = _decided(worker, meeting_draft(actor=worker, where=where, arrangement=arranged))
    resolution = resolution_from_item(actor=worker, item_id=other.pk)
    unit = cast.units["wuye"]
    task = task_add(
        actor=worker, resolution_id=resolution.pk, text="建棚", unit=unit, due_on=clock.today() + timedelta(9)
    )
    resolution_publish(actor=worker, resolution_id=resolution.pk)
    return {
        "passed_item": item.public_id,
        "resolution": resolution.public_id,
        "resolution_task": task.public_id,
        "draft_meeting": draft.public_id,
        "draft_item": draft.items.get().public_id,
        "called_meeting": called.public_id,
        "called_item": called.items.get().public_id,
        "called_code": called.code,
        "called_card": called.invitees.get(number=1).code,
    }


def bodies(cast: Cast) -> Subjects:
    """A body of the committee with one member, and a meeting that it entered."""
    actor, today = cast.actor("worker"), clock.today()
    where = Place(cast.places["committee_a_place"], "chosen")
    body = body_found(
        actor=actor, kind="residents_representatives", name="居民代表会议", where=where, founded_on=today
    )
    entry = MemberEntry(post="representative", name="王代表")
    member_join(actor=actor, body_id=body.pk, entry=entry, from_on=today)
    body_met(actor=actor, body_id=body.pk, on=today)
    return {
        "body": body.public_id,
        "body_member": body.members.get().public_id,
        "body_sitting": body.sittings.get().public_id,
    }


def ballots(cast: Cast) -> Subjects:
    """Ballots of residents of committee A: drafted, announced, running, counted, and a secret one."""
    hall = Assembly(cast)
    running, counted, announced, secret = (
        hall.running(),
        hall.counted(),
        hall.announced(),
        hall.running("secret"),
    )
    own, other = hall.electors(running)
    said = {"actor": cast.actor("worker"), "ballot_id": running.public_id}
    [sheet] = sheets_issue(**said, elector_ids=[other.public_id])
    objection = objection_make(
        actor=cast.actor("resident"), ballot_id=announced.public_id, about="roll", text="名册上少一个人"
    )
    secret_one = {"actor": cast.actor("worker"), "ballot_id": secret.public_id}
    return {
        "ballot_draft": hall.made().public_id,
        "ballot_announced": announced.public_id,
        "ballot_running": running.public_id,
        "ballot_counted": counted.public_id,
        "ballot_secret": secret.public_id,
        "elector_own": own.public_id,
        "elector_other": other.public_id,
        "sheet_code": sheet.code,
        "roll_objection": objection.public_id,
        "ballot_box": box_make(**secret_one, kind="station", place="居委会门口").public_id,
    }


def elections(cast: Cast) -> Subjects:
    """An election of committee A that takes names, one who stands, and a proposal of recall."""
    worker, today = cast.actor("worker"), clock.today()
    draft = ElectionDraft(
        "居委会换届", "committee_election_voters", [PostEntry("主任", 1)], today + timedelta(days=5)
    )
    election = election_make(actor=worker, draft=draft)
    person = Resident.objects.exclude(name_sealed="").filter(area_path=election.area_path)[0]
    candidate = candidate_propose(
        actor=worker, election_id=election.public_id, post=1, resident_id=person.public_id, document="纪要"
    )
    opens_at = clock.now() + timedelta(days=30)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=9), "channels": ["paper"]}
    asked = RecallDraft("王某", "副主任", "长期不到岗", "committee_recall_voters", **times)
    recall = recall_make(actor=worker, draft=asked)
    return {
        "election": election.public_id,
        "election_candidate": candidate.public_id,
        "recall": recall.public_id,
    }


BUILDERS: list[Callable[[Cast], Subjects]] = [
    accounts,
    places,
    matters,
    decision_tables,
    policies,
    exports,
    views,
    notices,
    clients,
    imports,
    privacy,
    roster,
    registry,
    linking,
    exclusions,
    bodies,
    assessments,
    secret,
    meetings,
    ballots,
    elections,
    outreach,
]
