"""What happened to a matter: the desk's timeline, and the resident's journey in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.core.actor import Actor, Scope
from linli.core.words import gettext_lazy
from linli.foundation.accounts.selectors import person_names
from linli.foundation.files.models import StoredFile

from ..models import Matter, MatterEvent
from ..permissions import can_see_reporter
from ..wording import VERBS, words_filled

Audience = MatterEvent.Audience
REPORTER = gettext_lazy("反映人")
BY_LINK = frozenset({"rate", "reopen_ask"})  # said by the reporter, also without signing in
JOINED_AT = frozenset({"merge"})
NOT_SHARED = frozenset({"report", "emergency", "rate", "revisit", "question_ask", "question_answer"})


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One line of the desk's timeline."""

    verb: str
    label: str
    at: datetime
    who: str
    note: str
    audience: str
    audience_label: str
    round: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One stop of the resident's journey."""

    verb: str
    at: datetime
    title: str
    text: str
    photos: tuple[StoredFile, ...] = ()


def _readable(actor: Actor, matter: Matter) -> tuple[str, ...]:
    """Which audiences an actor belongs to."""
    if actor.is_governing or (actor.is_staff and actor.person_id == matter.intake_by_id):
        return (Audience.EVERYONE, Audience.DESK, Audience.GOVERNING)
    reads_desk = actor.is_staff or actor.grants(Scope.MATTERS_READ) or actor.grants(Scope.MATTERS_ACT)
    return (Audience.EVERYONE, Audience.DESK) if reads_desk else (Audience.EVERYONE,)


def _events(matter: Matter, audiences: Iterable[str]) -> QuerySet[MatterEvent]:
    rows = matter.events.filter(audience__in=list(audiences)).select_related("unit")
    return rows.prefetch_related("photos").order_by("recorded_at", "id")


def event_stream(actor: Actor, until: datetime) -> QuerySet[MatterEvent]:
    """Return the steps of every matter an actor may see, up to an instant, for whoever follows them all.

    What only governing people read is for them; that somebody took a report does not widen the stream.
    """
    audiences = [Audience.EVERYONE, Audience.DESK] if actor.is_staff else list(_readable(actor, Matter()))
    if actor.is_governing:
        audiences = list(Audience)
    seen = Matter.objects.visible_to(actor).order_by()
    rows = MatterEvent.objects.filter(matter__in=seen, audience__in=audiences, recorded_at__lte=until)
    return rows.select_related("matter", "unit")


def story_list(actor: Actor, matter: Matter) -> list[StoryStep]:
    """Return a matter's story for the desk, oldest first.

    People of one's own unit and of the governing units are named, others by their unit; the reporter only
    as 反映人.
    """
    events = list(_events(matter, _readable(actor, matter)))
    return story_steps(actor, events)


def story_steps(actor: Actor, events: Sequence[MatterEvent]) -> list[StoryStep]:
    """Return how steps read to an actor (one query for all names)."""
    names = person_names(event.person_id for event in events if event.unit_id)
    return [
        StoryStep(
            verb=event.verb,
            label=gettext(VERBS[event.verb].desk),
            at=event.recorded_at,
            who=_who(actor, event, names),
            note=event.note,
            audience=event.audience,
            audience_label=event.get_audience_display(),
            round=event.round,
            facts=event.facts,
            photos=files_readable(
                actor, event.matter, event.photos.all(), from_reporter=event.unit_id is None
            ),
        )
        for event in events
    ]


def files_readable(
    actor: Actor, matter: Matter, files: Iterable[StoredFile], *, from_reporter: bool = True
) -> tuple[StoredFile, ...]:
    """Return what an actor may see and hear of files that came with a matter or a step.

    A voice tells who speaks: the reporter's recordings are for those who may know who reported.
    """
    kept = tuple(files)
    if not from_reporter or all(file.is_photo for file in kept) or can_see_reporter(actor, matter):
        return kept
    return tuple(file for file in kept if file.is_photo)


def _who(actor: Actor, event: MatterEvent, names: Mapping[int, str]) -> str:
    if event.unit is None:
        is_reporter = event.person_id or event.verb in BY_LINK
        return str(REPORTER) if is_reporter else _("系统")
    name = names.get(event.person_id or 0, "")
    is_named = name and (actor.is_governing or (actor.is_staff and actor.unit_id == event.unit_id))
    deputy = _("（代）") if event.deputy_for_id else ""
    return f"{event.unit.name} {name}{deputy}" if is_named else event.unit.name


def journey(matter: Matter, reader: Actor) -> list[JourneyStep]:
    """Return where a matter has been, newest first, in words that a resident knows.

    A merged matter goes on with the steps of the one it was merged into. Only a reader who may know the
    reporter sees notes and photos.
    """
    is_open = can_see_reporter(reader, matter)
    own = list(_events(matter, (Audience.EVERYONE,)))
    events = [event for event in own if VERBS[event.verb].title]
    if matter.merged_into is not None:
        merged_at = next((event.recorded_at for event in own if event.verb in JOINED_AT), None)
        further = _events(matter.merged_into, (Audience.EVERYONE,))
        if merged_at is not None:
            further = further.filter(recorded_at__gte=merged_at).exclude(verb__in=NOT_SHARED)
        events += [event for event in further if VERBS[event.verb].title]
    events.sort(key=lambda event: (event.recorded_at, event.pk), reverse=True)
    return [_journey_step(matter, event, is_open) for event in events]


def _journey_step(matter: Matter, event: MatterEvent, is_open: bool) -> JourneyStep:
    words = VERBS[event.verb]
    facts = {**event.facts, "number": matter.number, "note": event.note if is_open else ""}
    photos = tuple(event.photos.all()) if is_open and event.matter_id == matter.pk else ()
    return JourneyStep(
        event.verb,
        event.recorded_at,
        words_filled(words.title, facts),
        words_filled(words.body, facts),
        photos,
    )
