"""A matter as one actor sees it: each part read at most once, for deciding what may be offered."""

from collections.abc import Iterator
from functools import cached_property

from django.db.models import Count

from linli.core.actor import Actor, Function

from .. import permissions as may
from ..clocks import setting
from ..models import Assignment, EntrustedDocument, HandlingRequest, Matter, Question
from ..rules import OPEN_ASSIGNMENT, handled_refusal, is_bounce_limit_reached, verifier_refusal
from ..workflow import State
from .returns import Trail, sent_back_last, steps_passed, trail_of

LEAD = Assignment.Part.LEAD


class Scene:
    """A matter as one actor sees it, each part read at most once."""

    def __init__(self, actor: Actor, matter: Matter) -> None:
        self.actor, self.matter = actor, matter

    @cached_property
    def governs(self) -> bool:
        """Whether the actor is of the committee or the street of the place."""
        return may.can_decide_intake(self.actor, self.matter)

    @cached_property
    def is_reporter(self) -> bool:
        """Whether the actor reported it."""
        return may.is_reporter(self.actor, self.matter)

    @cached_property
    def assignments(self) -> list[Assignment]:
        """Everything that still runs."""
        running = self.matter.assignments.filter(ended_at__isnull=True).select_related("unit")
        return list(running.annotate(calls=Count("whistle_calls")))

    @cached_property
    def own(self) -> list[Assignment]:
        """What runs at the actor's own unit."""
        return [row for row in self.uncalled if may.can_work_assignment(self.actor, row)]

    @cached_property
    def uncalled(self) -> list[Assignment]:
        """What runs without a whistle: units that were called act on the whistle's own page."""
        return [row for row in self.assignments if not getattr(row, "calls", 0)]

    @cached_property
    def requests(self) -> list[HandlingRequest]:
        """What waits for a decision."""
        rows = list(self.matter.requests.filter(outcome="").select_related("assignment"))
        for row in rows:
            row.matter = self.matter
        return rows

    @cached_property
    def questions(self) -> list[Question]:
        """What waits for an answer."""
        return list(self.matter.questions.filter(answered_at__isnull=True))

    @cached_property
    def documents(self) -> list[EntrustedDocument]:
        """Papers that have not been given back."""
        return list(self.matter.documents.filter(returned_at__isnull=True))

    @cached_property
    def may_verify(self) -> bool:
        """Whether the actor may verify, persons and units compared."""
        if not may.can_verify_matter(self.actor, self.matter):
            return False
        return not verifier_refusal(
            verifier_persons=self.actor.person_ids,
            verifier_unit=self.actor.unit_id,
            handler_persons=may.handler_persons(self.matter),
            handling_units=may.handling_units(self.matter),
        )

    @cached_property
    def may_rate(self) -> bool:
        """Whether the reporter has something closed that they have not rated in this round."""
        home = self.matter.merged_into or self.matter
        if not self.is_reporter or home.state != State.CLOSED:
            return False
        return not self.matter.ratings.filter(round=home.round).exists()

    def of_class(self, *classes: str) -> bool:
        """Whether the matter was sorted so."""
        return self.matter.affair_class in classes

    def working(self, parts: tuple[str, ...], *states: str) -> Iterator[str]:
        """Yield own assignments of these parts in these states."""
        yield from (str(a.public_id) for a in self.own if a.part in parts and a.state in states)

    def asked(self, kind: str) -> Iterator[str]:
        """Yield open requests of a kind on which the actor decides."""
        at_limit = is_bounce_limit_reached(self.matter.bounces, setting("bounce_limit"))
        for row in self.requests:
            if row.kind == kind and may.can_decide_request(self.actor, row):
                if (
                    kind == HandlingRequest.Kind.RETURN
                    and at_limit
                    and self.actor.function != Function.STREET
                ):
                    continue
                yield str(row.public_id)

    def unasked(self, kind: str, parts: tuple[str, ...], *states: str) -> Iterator[str]:
        """Yield own assignments while nothing of this kind that they asked for waits for a decision."""
        asked = {row.assignment_id for row in self.requests if row.kind == kind}
        for row in self.own:
            if row.pk in asked:
                continue
            is_fixed = kind == HandlingRequest.Kind.RETURN and row.is_final
            if row.part in parts and row.state in states and not is_fixed:
                yield str(row.public_id)

    @cached_property
    def trail(self) -> Trail:
        """The steps of this round."""
        return trail_of(self.matter)

    @cached_property
    def steps_back(self) -> list[State]:
        """To which steps the matter may be sent back."""
        return steps_passed(self.matter, self.trail) if self.governs else []

    @cached_property
    def is_sent_back(self) -> bool:
        """Whether it has just been sent back and may go straight back."""
        return self.governs and sent_back_last(self.matter, self.trail) is not None

    def recallable(self) -> Iterator[str]:
        """Yield what is on its way and may be taken back by the actor."""
        for row in self.uncalled:
            row.matter = self.matter
            if row.state in OPEN_ASSIGNMENT and may.can_recall_assignment(self.actor, row):
                yield str(row.public_id)

    def retractable(self) -> Iterator[str]:
        """Yield the own lead whose result waits to be verified."""
        yield from (str(row.public_id) for row in self.own if row.part == LEAD and row.handled_at)

    def splittable(self) -> Iterator[str]:
        """Yield nothing in particular, once, while what it was merged into is not closed."""
        main = self.matter.merged_into
        if self.governs and main is not None and main.state not in (State.CLOSED, State.REOPENING):
            yield ""

    def withdrawable(self, *kinds: str) -> Iterator[str]:
        """Yield what the actor asked for and may still take back."""
        for row in self.requests:
            if row.kind in kinds and may.can_withdraw_request(self.actor, row):
                yield str(row.public_id)

    def finishable(self) -> Iterator[str]:
        """Yield the own lead if every other part has answered or was waived."""
        declining = {row.assignment_id for row in self.requests if row.kind == HandlingRequest.Kind.RETURN}
        others = [
            (row.unit.name, row.state)
            for row in self.assignments
            if row.part != LEAD and row.pk not in declining
        ]
        if handled_refusal(others) is None:
            yield from self.working((LEAD,), "signed")
