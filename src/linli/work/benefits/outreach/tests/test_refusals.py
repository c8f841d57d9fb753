"""What the services of outreach refuse, each in words; nothing is written then."""

from typing import Any

import pytest

from linli.core.errors import Conflict, MoveNotAllowed, NotAllowed, NotFound, Refusal
from linli.foundation.accounts.selectors import Holders
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.models import Fact
from linli.work.benefits.models import Batch, Lead
from linli.work.benefits.outreach.found import Found
from linli.work.benefits.outreach.services import (
    batch_approve,
    batch_propose,
    lead_correct,
    lead_settle,
    lead_undo,
    outreach_assign,
    outreach_message,
    outreach_tell,
    visit_learn,
    wave_deal,
    wave_filled,
)
from linli.work.benefits.outreach.services.learning import HOME, Learnt
from tests.people import Cast

from .world import CARE, doors_make, policy_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
STRANGER = "01a218ce-0000-7000-8000-000000000000"


def refused(kind: type[Refusal], act: Any, /, words: str = "", **arguments: Any) -> None:
    """The act is refused in such words, and leaves no record."""
    before = AuditRecord.objects.count()
    with pytest.raises(kind, match=words):
        act(**arguments)
    assert AuditRecord.objects.count() == before


def test_a_visit_that_is_over_is_not_told_moved_or_written_to(cast: Cast) -> None:
    visit, _lead = doors_make(cast).visited()
    worker, grid = cast.actor("worker"), cast.actor("grid_worker")
    about: dict[str, Any] = {"outreach_id": visit.public_id, "version": visit.version}
    to = {"person_id": cast.person("worker").pk}
    refused(NotAllowed, outreach_assign, "居委会或街镇", actor=grid, **about, **to)
    visit = outreach_tell(actor=worker, **about)
    about["version"] = visit.version
    refused(Conflict, outreach_tell, "没有待告知", actor=worker, **about)
    refused(Conflict, outreach_assign, "已经办完", actor=worker, **about, **to)
    refused(Conflict, outreach_message, "已经办完", actor=worker, **about)


def test_only_whoever_belongs_there_is_spoken_of(cast: Cast) -> None:
    visit, lead = doors_make(cast).visited()
    worker, known = cast.actor("worker"), Learnt("hukou", "known", "local")
    about: dict[str, Any] = {"outreach_id": visit.public_id, "version": visit.version}
    refused(NotFound, visit_learn, "不在这一户", actor=worker, **about, who=STRANGER, learnt=known)
    for actor in map(cast.actor, ("district", "other_street", "department")):
        refused(NotFound, visit_learn, actor=actor, **about, who=STRANGER, learnt=known)
        refused(NotFound, lead_settle, actor=actor, lead_id=lead.public_id, version=1, move="tell")


def test_at_the_door_one_learns_that_there_is_none_or_that_nobody_knows(cast: Cast) -> None:
    doors = doors_make(cast)
    visit, _lead = doors.visited()
    worker, person = cast.actor("worker"), doors.people[0]
    for who, learnt in (
        (HOME, Learnt("assistance", "none")),
        (str(person.public_id), Learnt("care_level", "unknown")),
    ):
        said = {"outreach_id": visit.public_id, "version": visit.version, "who": who}
        visit = visit_learn(actor=worker, learnt=learnt, **said)
    assert set(Fact.objects.values_list("key", "state")) == {
        ("assistance", "none"),
        ("care_level", "unknown"),
    }


def test_what_still_fits_after_a_correction_goes_on(cast: Cast) -> None:
    doors = doors_make(cast)
    worker, person = cast.actor("worker"), doors.people[0]
    for key, value in (("hukou", "local"), ("care_level", "2")):
        fact_set(actor=worker, subject=person, key=key, value=value)
    doors.take(doors.found(0), version=doors.care)
    waiting = Lead.objects.get()
    put_right = {"who": str(person.public_id), "learnt": Learnt("care_level", "known", "3"), "reason": "看错"}
    refused(MoveNotAllowed, lead_correct, actor=worker, lead_id=waiting.public_id, version=1, **put_right)
    doors.deal(doors.release(version=doors.care))
    lead = Lead.objects.get()
    lead = lead_correct(actor=worker, lead_id=lead.public_id, version=lead.version, **put_right)
    assert (lead.state, lead.verdict) == ("open", "eligible")


def test_taking_back_while_the_visit_goes_on(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.take(doors.found(0))
    doors.take(Found(doors.homes[0].pk, None), version=doors.family)
    doors.deal(doors.release())
    lead, other = Lead.objects.order_by("pk")
    worker = cast.actor("worker")
    lead = lead_settle(actor=worker, lead_id=lead.public_id, version=lead.version, move="tell")
    lead = lead_undo(actor=worker, lead_id=lead.public_id, version=lead.version)
    assert lead.outreach is not None and lead.outreach.state == "open" and lead.outreach == other.outreach


def test_people_do_not_do_what_the_machine_does(cast: Cast) -> None:
    doors = doors_make(cast)
    wave, city, path = doors.release(), cast.actor("city"), cast.places["committee_a_place"].path
    refused(NotAllowed, wave_filled, actor=city, wave=wave, run_id=1)
    refused(NotAllowed, wave_deal, actor=city, wave=wave, committee=path, holders=Holders())


def test_a_list_on_which_nobody_fits_any_more_is_not_approved(cast: Cast) -> None:
    doors, worker = doors_make(cast), cast.actor("worker")
    version = policy_make(cast, "free_care", "照护免申", text=f"{CARE}automatic: true\n")
    for key, value in (("hukou", "local"), ("care_level", "2")):
        fact_set(actor=worker, subject=doors.people[0], key=key, value=value)
    doors.take(doors.found(0), version=version)
    about = {"policy_id": version.policy.public_id, "area_path": cast.places["street_place"].path}
    batch = batch_propose(actor=cast.actor("street"), **about)
    fact_set(actor=worker, subject=doors.people[0], key="hukou", value="elsewhere")
    second = cast.actor("street2")
    refused(Conflict, batch_approve, "已经没有符合", actor=second, batch_id=batch.public_id, people=1)
    assert Batch.objects.get().state == "proposed" and Lead.objects.get().state == "waiting"
