"""One act on one matter: lock, check, change, tell, open and close duties, record. Written once, here.

Every service of the room is: ``step_begin`` (seen? allowed? state? version?), a few ``step.…`` lines that
say what is special about it, ``step.finish``. What happens on entering and leaving a state is a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion
from linli.core.rows import row_insert
from linli.core.service import record, require_service
from linli.core.timelimits import Due
from linli.core.words import in_house_language
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.duties.calendar import limit_due
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.services import public_copies_hide
from linli.foundation.notices.services import notice_queue
from linli.foundation.search.services import search_index
from linli.registers.organizations.roster.selectors import on_duty_person_ids

from ..catalog.selectors import clock_of
from ..clocks import Clock
from ..document import facets_of, is_found_otherwise, texts_of
from ..models import AffairClass, Assignment, HandlingRequest, Matter, MatterEvent, PublicVersion
from ..permissions import is_never_public, works_for_unit
from ..refusals import invalid, refuse_ended
from ..routing.selectors import clock_ruled
from ..rules import OPEN_ASSIGNMENT, is_committee_path
from ..wording import ACTIONS, VERBS, instant_words, notice_words
from ..workflow import ENDED, WORKFLOW, State
from .attachments import photos_checked, photos_link
from .texts import text_required

ROOM = "matters"
May = Callable[[Actor, Matter], bool]
RequestMay = Callable[[Actor, HandlingRequest], bool]

# The duty that stands while a matter is in a state; HANDLING's duties belong to its assignments.
STAGES: Mapping[str, str] = {
    State.REPORTED: "accept",
    State.ACCEPTED: "sort",
    State.DISCUSSING: "discuss",
    State.GUIDED: "confirm",
    State.HANDLED: "verify",
    State.REOPENING: "decide_reopen",
}
DECIDE_ACTION = {
    HandlingRequest.Kind.RETURN: "decide_return",
    HandlingRequest.Kind.EXTENSION: "decide_extension",
    HandlingRequest.Kind.PAUSE: "decide_pause",
    HandlingRequest.Kind.REOPEN: "decide_reopen",
}
OF_STREET = frozenset({"decide_return", "decide_extension", "decide_pause", "decide_reopen", "resume"})
OF_REPORTER = frozenset({"confirm", "answer_question", "confirm_result"})


def _desk_url(matter: Matter) -> str:
    return f"/desk/matters/{matter.public_id}/"


def _resident_url(matter: Matter) -> str:
    return f"/m/{matter.public_id}/"


@dataclass(slots=True)
class Step:
    """One act on a matter that is locked (or new); ``finish`` writes everything that was said about it."""

    actor: Actor
    matter: Matter
    at: datetime
    state_before: str
    state_after: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    touched: set[type[Model]] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)
    stage_function: Function | None = None
    is_told: bool = True
    is_new: bool = False

    # -- what changes ---------------------------------------------------------
    def set(self, **after: Any) -> None:
        """Change columns of the matter (foreign keys by ``…_id``)."""
        for name, value in after.items():
            before = getattr(self.matter, name)
            if before != value:
                self.changes[name] = (self.changes.get(name, (before,))[0], value)
                setattr(self.matter, name, value)

    def save_row(self, row: Model, *fields: str) -> None:
        """Write a row that belongs to the act (an assignment, a request), whole or some columns."""
        if fields:
            row.save(update_fields=fields)
        else:
            row_insert(row)
        self.touched.add(type(row))

    # -- clocks and duties ----------------------------------------------------
    def clock(self, stage: str) -> Clock:
        """Return a stage's clock; for handling, what a decision table gave the matter goes before."""
        matter, day = self.matter, time.local_date(self.matter.reported_at)
        return clock_ruled(clock_of(stage, matter.category, affair_class=matter.affair_class, on=day), matter)

    def due(self, stage: str, start: datetime | None = None) -> Due:
        """Return when a stage that starts now (or then) is due."""
        return limit_due(start or self.at, self.clock(stage).limit)

    def due_show(self, due: Due, source: str) -> None:
        """Make this the matter's current limit, and the date that residents are told."""
        self.set(due_at=due.at, due_is_provisional=due.is_provisional, due_source=source)
        self.facts["due"] = instant_words(due.at, due.is_provisional)

    def area_function(self) -> Function:
        """Who answers for the place: its committee, or the street where none is known yet."""
        return Function.COMMITTEE if is_committee_path(self.matter.area_path) else Function.STREET

    def duty(
        self,
        action: str,
        *,
        stage: str = "",
        unit: Unit | None = None,
        function: Function | None = None,
        start: datetime | None = None,
        due_at: datetime | None = None,
    ) -> Duty | None:
        """Put something on a list: the unit's, the reporter's, the street's or the place's."""
        person_id = self.matter.reporter_id if action in OF_REPORTER else None
        if action in OF_REPORTER and person_id is None:
            return None
        clock = self.clock(stage or action)
        return duty_open(
            room=ROOM,
            subject_id=str(self.matter.public_id),
            subject_number=self.matter.number,
            title=self.matter.title,
            url=_resident_url(self.matter) if person_id else _desk_url(self.matter),
            action=action,
            action_label=ACTIONS[action],
            area_path=self.matter.area_path,
            limit=clock.limit,
            start=start or self.at,
            due_at=due_at,
            clock=clock.stage,
            person_id=person_id,
            unit_id=unit.pk if unit else None,
            function=self._function(action, unit, function),
        )

    def _function(self, action: str, unit: Unit | None, function: Function | None) -> str:
        if unit is not None:
            return unit.function
        if action in OF_REPORTER:
            return Function.RESIDENT
        return function or (Function.STREET if action in OF_STREET else self.area_function())

    def done(self, action: str | None = None, unit_id: int | None = None) -> None:
        """Take duties off the lists: one action's, one unit's, or all of the matter's."""
        duty_close(
            room=ROOM,
            subject_id=str(self.matter.public_id),
            action=action,
            unit_id=unit_id,
            by=self.actor.person_id,
        )

    def _leave_state(self) -> None:
        if self.state_before == self.state_after:
            return
        self.done("supervise")
        if self.state_after in ENDED:
            self.done()
            self.set(due_at=None, due_is_provisional=False, due_source="")
        elif self.state_before in STAGES:
            self.done(STAGES[self.state_before])

    def _enter_state(self) -> None:
        if self.state_after not in STAGES or (self.state_before == self.state_after and not self.is_new):
            return
        action = STAGES[self.state_after]
        stage = "emergency" if action == "accept" and self.matter.is_emergency else action
        duty = self.duty(action, stage=stage, function=self.stage_function)
        due = Due(duty.due_at, duty.is_provisional) if duty and duty.due_at else self.due(stage)
        self.due_show(due, self.clock(stage).limit.source)

    def stage_move(self) -> None:
        """Give the present stage's duty to whoever answers for the matter's new place, same limit."""
        action = STAGES.get(self.state_before)
        if action is not None:
            self.done(action)
            self.duty(action, due_at=self.matter.due_at)

    def assignments_end(self, state: str = Assignment.State.MOVED) -> None:
        """End whatever part still runs, because the matter itself ends; units keep reading rights."""
        for assignment in self.matter.assignments.filter(ended_at__isnull=True):
            assignment.ended_at = self.at
            if assignment.state in OPEN_ASSIGNMENT:
                assignment.state = state
            self.save_row(assignment, "ended_at", "state")
        for request in self.matter.requests.filter(outcome=""):
            self.request_drop(request)

    def request_drop(self, request: HandlingRequest) -> None:
        """What was asked for is moot: recorded as refused, with why."""
        request.outcome, request.decided_at = HandlingRequest.Outcome.REFUSED, self.at
        request.decision = _("这件交办已结束，申请不再审批。")
        self.save_row(request, "outcome", "decided_at", "decision")
        self.request_done(request)

    def request_done(self, request: HandlingRequest) -> None:
        """Take the decision off the street's list, unless another of its kind still waits."""
        if not self.matter.requests.filter(kind=request.kind, outcome="").exists():
            self.done(DECIDE_ACTION[HandlingRequest.Kind(request.kind)])

    def protect(self) -> None:
        """From now on it can never be published; what was published is taken down."""
        self.set(is_never_public=True)
        version = PublicVersion.objects.filter(matter_id=self.matter.pk, withdrawn_at__isnull=True).first()
        if version is not None:
            self.public_withdraw(version)

    def public_withdraw(self, version: PublicVersion) -> None:
        """Take a public version down; its photos' public copies go with it."""
        version.withdrawn_at = self.at
        self.save_row(version, "withdrawn_at")
        public_copies_hide(copies=version.photos.all())
        self.touched.add(PublicCopy)

    # -- who is told ----------------------------------------------------------
    def _reporters(self, verb: str) -> list[Matter]:
        matters = [self.matter]
        if VERBS[verb].is_shared and not self.is_new:
            matters += self.matter.merged.all()
        return [matter for matter in matters if matter.reporter_id is not None]

    def tell_reporters(self, verb: str) -> None:
        """Tell the reporter, and those whose matters were merged into this one, each with their own link."""
        for matter in self._reporters(verb):
            if matter.reporter_id == self.actor.person_id and verb not in ("report", "emergency"):
                continue
            facts = {**self.facts, "number": matter.number}
            title, body = notice_words(verb, facts, is_never_public(matter))
            notice_queue(
                person_ids=[matter.reporter_id or 0],
                kind=f"matter.{verb}",
                title=title,
                body=body,
                url=_resident_url(matter),
            )

    def tell_staff(self, persons: Iterable[int], kind: str, title: str, body: str = "") -> None:
        """Tell people at the desk; the message names the number and the step, never a person."""
        told = [person for person in dict.fromkeys(persons) if person != self.actor.person_id]
        if told:
            notice_queue(
                person_ids=told,
                kind=f"matter.{kind}",
                title=f"{title}({self.matter.number})",
                body=body,
                url=_desk_url(self.matter),
                purpose="emergency" if self.matter.is_emergency else "transaction",
            )

    def tell_unit(self, unit: Unit, kind: str, title: str, body: str = "") -> None:
        """Tell everybody who works for a unit."""
        persons = person_ids_for(function=unit.function, unit_id=unit.pk)
        self.tell_staff(persons, kind, title, body)

    def tell_function(
        self, function: Function, kind: str, title: str, body: str = "", besides: Iterable[int] = ()
    ) -> None:
        """Tell those who hold a function over the place, ``besides`` who has been told already."""
        persons = person_ids_for(function=function, area_path=self.matter.area_path)
        known = set(besides)
        self.tell_staff((person for person in persons if person not in known), kind, title, body)

    def tell_on_duty(self, functions: Iterable[Function], kind: str, title: str) -> list[int]:
        """Tell who is on duty now for units of these functions over the place; returns whom."""
        persons = on_duty_person_ids(self.matter.area_path, functions)
        self.tell_staff(persons, kind, title)
        return persons

    # -- the end --------------------------------------------------------------
    def finish(self, verb: str, *, note: str = "", photos: Sequence[StoredFile] = ()) -> Matter:
        """Write the matter, its event, its duties and its notices, and record the act."""
        kept = photos_checked(photos=photos)
        with in_house_language():
            self._leave_state()
            self._enter_state()
            self.facts.update(note=note)
            self._save()
            self._story(verb, note, kept)
            if self.is_new or is_found_otherwise({*self.changes}, self.state_before, self.state_after):
                self._index()
            if self.is_told and VERBS[verb].title and VERBS[verb].tells:
                self.tell_reporters(verb)
        record(f"matter.{verb}", self.matter, None if self.is_new else self.changes, touched=self.touched)
        return self.matter

    def _save(self) -> None:
        if self.is_new:
            row_insert(self.matter)
            return
        self.set(state=self.state_after, version=self.matter.version + 1)
        self.matter.save(update_fields=list(self.changes))

    def _story(self, verb: str, note: str, photos: Sequence[StoredFile]) -> None:
        facts = {
            name: value for name, value in self.facts.items() if name != "note" and value not in ("", [])
        }
        event = MatterEvent(
            matter=self.matter,
            verb=verb,
            round=self.matter.round,
            at=self.at,
            recorded_at=self.at,
            person_id=self.actor.person_id,
            unit_id=self.actor.unit_id,
            deputy_for_id=self.actor.deputy_for,
            from_state="" if self.is_new else self.state_before,
            to_state=self.state_after,
            audience=VERBS[verb].audience,
            note=note,
            facts=facts,
            due_at=self.changes["due_at"][0] if "due_at" in self.changes else None,
        )
        self.save_row(event)
        owner: Matter | MatterEvent = self.matter if self.is_new else event
        if photos:
            photos_link(owner=owner, photos=photos)
            self.touched.add(type(owner).photos.through)

    def _index(self) -> None:
        matter = self.matter
        search_index(
            room=ROOM,
            subject_id=matter.pk,
            area_path=matter.area_path,
            texts=texts_of(matter),
            facets=facets_of(matter),
        )


@require_service
def matter_locked(*, actor: Actor, matter_id: int, scope: QuerySet[Matter] | None = None) -> Matter:
    """Return a matter that the actor may see, locked until the service ends; hidden is ``NotFound``."""
    seen = Matter.objects.visible_to(actor) if scope is None else scope
    found = seen.select_for_update(of=("self",)).select_related("category").filter(pk=matter_id).first()
    if found is None:
        raise NotFound(_("没有找到这件事。"))
    return found


@require_service
def matters_lock(*, matter_ids: Iterable[int]) -> None:
    """Lock several matters in one order, so that two acts on the same pair never wait for each other."""
    list(Matter.objects.filter(pk__in=list(matter_ids)).order_by("pk").select_for_update().values_list("pk"))


def _stale(actor: Actor, matter: Matter, version: int | None) -> StaleVersion:
    events = matter.events.select_related("unit").order_by("-recorded_at", "-id")
    if not actor.is_staff:
        events = events.filter(audience=MatterEvent.Audience.EVERYONE)
    last = events.first()
    who = last.unit.name if last and last.unit else _("反映人")
    what = VERBS[last.verb].desk if last else _("变更")
    when = instant_words(last.recorded_at) if last else ""
    return StaleVersion(
        _("在您打开页面之后，%(who)s已于%(when)s%(what)s，现在的状态是「%(label)s」。")
        % {"who": who, "when": when, "what": what, "label": State(matter.state).label},
        details={"version": matter.version, "yours": version, "who": who, "what": what, "when": when},
    )


@require_service
def step_begin(
    *,
    actor: Actor,
    matter_id: int,
    move: str,
    may: May,
    version: int | None = None,
    is_versioned: bool = True,
    scope: QuerySet[Matter] | None = None,
) -> Step:
    """Lock the matter and check, in this order: seen, allowed, not changed meanwhile, possible now.

    Acts on an assignment or a request carry no version (``is_versioned=False``): their row's own state
    decides. A person must name the version that their page showed; a system actor need not.
    """
    matter = matter_locked(actor=actor, matter_id=matter_id, scope=scope)
    if not may(actor, matter):
        raise NotAllowed()
    if is_versioned and actor.function != Function.SYSTEM and version != matter.version:
        raise _stale(actor, matter, version)
    target = WORKFLOW.require(matter.state, move)
    step = Step(actor, matter, time.now(), matter.state, target)
    step.facts["by"] = _unit_name(actor, matter)
    return step


def _unit_name(actor: Actor, matter: Matter) -> str:
    if actor.unit_id is None:
        return ""
    return Unit.objects.values_list("name", flat=True).get(pk=actor.unit_id)


@require_service
def assignment_step(
    *, actor: Actor, assignment_id: int, move: Mapping[str, str] | str, may: May | None = None
) -> tuple[Step, Assignment]:
    """Begin an act on an assignment, by its unit unless ``may`` says otherwise.

    ``move`` may depend on the unit's part. An assignment that has ended can only be read.
    """
    found = Assignment.objects.filter(pk=assignment_id).values_list("matter_id", "part", "unit_id").first()
    if found is None:
        raise NotFound(_("没有找到这件交办。"))
    matter_id, part, unit_id = found
    step = step_begin(
        actor=actor,
        matter_id=matter_id,
        move=move if isinstance(move, str) else move[part],
        may=may or (lambda who, _: works_for_unit(who) and who.unit_id == unit_id),
        is_versioned=False,
    )
    assignment = Assignment.objects.select_related("unit").get(pk=assignment_id)
    refuse_ended(assignment)
    assignment.matter = step.matter
    return step, assignment


@require_service
def request_step(
    *,
    actor: Actor,
    request_id: int,
    move: str,
    may: RequestMay,
    scope: QuerySet[Matter] | None = None,
) -> tuple[Step, HandlingRequest]:
    """Begin a decision on what a unit or a resident asked for; one that was decided stays decided."""
    request = HandlingRequest.objects.select_related("matter").filter(pk=request_id).first()
    if request is None:
        raise NotFound(_("没有找到这项申请。"))
    asked = request
    step = step_begin(
        actor=actor,
        matter_id=request.matter_id,
        move=move,
        may=lambda who, _: may(who, asked),
        is_versioned=False,
        scope=scope,
    )
    fresh = HandlingRequest.objects.select_related("assignment__unit").get(pk=request_id)
    if fresh.outcome:
        raise Conflict(_("这项申请已经审批过：%(outcome)s。") % {"outcome": fresh.get_outcome_display()})
    fresh.matter = step.matter
    return step, fresh


@require_service
def class_set(*, step: Step, affair_class: str, reason: str) -> None:
    """Set the class with its reason; whatever was confirmed before no longer is."""
    if affair_class not in AffairClass.values:
        raise invalid(affair_class=_("请选择大事、小事或私事。"))
    why = text_required(value=reason, name="reason", words=_("请写明这样分类的理由。"), most=300)
    step.done("confirm_class")
    step.set(
        affair_class=affair_class,
        class_reason=why,
        class_set_by_id=step.actor.person_id,
        class_confirmed_by_id=None,
        class_confirmed_on=None,
        class_minutes="",
    )
    step.facts["affair_class"] = affair_class
    step.duty("confirm_class")
