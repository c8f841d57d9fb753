"""The single scenes out of which plots are made; each is one person doing one thing through a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.core.actor import Actor
from linli.foundation.places.selectors import place_resolve
from linli.work.matters import services as do
from linli.work.matters.models import Assignment, HandlingRequest, Matter, Question
from linli.work.matters.workflow import State

from .life import Place, Scene, Stage
from .photos import upload
from .recordings import filmed, spoken


@dataclass
class Story:
    """One matter on its way, with the people whose turn it may be."""

    stage: Stage
    place: Place
    topic: str
    reporter: Actor
    unit_name: str
    matter_id: int = 0
    pictured: float = 0.4  # how likely a photo comes with the report

    @property
    def matter(self) -> Matter:
        """The matter as it stands now."""
        return Matter.objects.get(pk=self.matter_id)

    @property
    def worker(self) -> Actor:
        """The committee's worker at the desk."""
        return self.stage.cast[f"{self.place.committee}.worker"]

    @property
    def second(self) -> Actor:
        """Another person of the committee: confirms classes, verifies."""
        return self.stage.cast[f"{self.place.committee}.head"]

    @property
    def street(self) -> Actor:
        """The duty officer of the street."""
        return self.stage.cast["street.duty"]

    @property
    def handler(self) -> Actor:
        """A person of the unit that handles."""
        return self.stage.cast[self.unit_name]

    @property
    def now(self) -> dict[str, Any]:
        """The keywords that name the matter and the version just read."""
        matter = self.matter
        return {"matter_id": matter.pk, "version": matter.version}

    def lead(self) -> Assignment:
        """The lead assignment in force."""
        return Assignment.objects.get(matter_id=self.matter_id, part="lead", ended_at=None)

    def request(self) -> HandlingRequest:
        """The application that waits for a decision."""
        return HandlingRequest.objects.get(matter_id=self.matter_id, outcome="")

    def words(self, text: str) -> str:
        """Fill in building, floor and compound."""
        rng = self.stage.rng
        building = rng.choice(self.place.buildings)
        return text.format(b=building.name, f=rng.randint(2, 16), c=self.place.compound.name)

    def photo(self, chance: float) -> list[Any]:
        """Sometimes a photo, taken by whoever acts next."""
        if self.stage.rng.random() > chance:
            return []
        return [self.topic]

    def affair_class(self) -> str:
        """大事, 小事 or 私事, as the topic says."""
        return str(self.stage.texts["topics"][self.topic]["class"])


def report(story: Story, *, emergency: bool = False, channel: str = "web") -> None:
    """The resident (or a worker at the door) reports."""
    stage = story.stage
    source = stage.texts["emergency"] if emergency else stage.texts["topics"][story.topic]["reports"]
    compound = story.place.compound
    by_worker = story.reporter.is_staff
    text = story.words(stage.rng.choice(source))
    files = [*upload(stage, story.reporter, story.photo(story.pictured)), *spoken(story.reporter, text)]
    if emergency:
        files += filmed(story.reporter, "fire")
    matter = do.matter_report(
        actor=story.reporter,
        text=text,
        photos=files,
        place=place_resolve(compound=compound),
        address=f"{compound.name}{stage.rng.choice(story.place.buildings).name}",
        channel=channel,
        on_behalf=by_worker,
        reporter_name=stage.rng.choice(["陈阿姨", "老周", "小林", "孙老师"]) if by_worker else "",
        reporter_phone=f"139{stage.rng.randrange(10**8):08d}" if by_worker else "",
        request_key=f"demo-{stage.rng.getrandbits(64):x}",
    )
    story.matter_id = matter.pk


def accept(story: Story, at: datetime) -> Scene:
    """The committee accepts within its limit."""
    yield (at := story.stage.hours.office(at, 0.1, 1.6))
    do.matter_accept(actor=story.worker, **story.now)
    return at


def sort(story: Story, at: datetime) -> Scene:
    """The committee sorts into 大事 / 小事 / 私事, provisionally."""
    yield (at := story.stage.hours.office(at, 0.2, 3))
    affair_class = story.affair_class()
    do.matter_sort(
        actor=story.worker,
        **story.now,
        affair_class=affair_class,
        reason=story.stage.rng.choice(story.stage.texts["reasons"][affair_class]),
        category=story.stage.categories[story.topic],
        answers=story.stage.texts["topics"][story.topic].get("answers"),
    )
    return at


def hand_over(story: Story, at: datetime, co: tuple[str, ...] = ()) -> Scene:
    """Committee or street hands the matter to a unit."""
    yield (at := story.stage.hours.office(at, 0.2, 2))
    affair_class = story.affair_class()
    within = story.stage.units[story.unit_name].function == "property"
    do.matter_hand_over(
        actor=story.worker if within and not co else story.street,
        **story.now,
        affair_class=affair_class,
        reason=story.stage.rng.choice(story.stage.texts["reasons"][affair_class]),
        unit=story.stage.units[story.unit_name],
        co_units=[story.stage.units[name] for name in co],
        instruction=story.stage.pick("instructions"),
    )
    return at


def sign(story: Story, at: datetime) -> Scene:
    """The unit signs for it."""
    yield (at := story.stage.hours.office(at, 0.2, 2.5))
    do.assignment_sign(actor=story.handler, assignment_id=story.lead().pk)
    return at


def note(story: Story, at: datetime) -> Scene:
    """The unit notes progress."""
    yield (at := story.stage.hours.office(at, 1, 8))
    do.note_add(actor=story.handler, matter_id=story.matter_id, note=story.stage.pick("notes"))
    return at


def result(story: Story, at: datetime, least: float = 4, most: float = 26) -> Scene:
    """The lead reports what was done, mostly with a photo."""
    yield (at := story.stage.hours.office(at, least, most))
    stage = story.stage
    do.result_report(
        actor=story.handler,
        assignment_id=story.lead().pk,
        result=stage.rng.choice(stage.texts["topics"][story.topic]["results"]),
        done_at=at - timedelta(minutes=20),
        photos=upload(stage, story.handler, story.photo(0.6)),
    )
    return at


def verify(story: Story, at: datetime, *, is_passed: bool = True) -> Scene:
    """Another person looks, unless the street closed it with others meanwhile."""
    yield (at := story.stage.hours.office(at, 1, 9))
    stage = story.stage
    if story.matter.state != State.HANDLED:
        return at
    verifier = story.second
    do.matter_verify(
        actor=verifier,
        **story.now,
        is_passed=is_passed,
        finding=stage.pick("findings" if is_passed else "failures"),
        photos=upload(stage, verifier, story.photo(0.7)),
    )
    return at


def rate(story: Story, at: datetime, *, happy: float = 0.86) -> Scene:
    """The reporter rates, if they signed in to report."""
    yield (at := story.stage.hours.home(at, 1, 30))
    matter = story.matter
    if matter.reporter_id is None or matter.state != State.CLOSED:
        return at
    rng = story.stage.rng
    solved = rng.random() < happy
    do.matter_rate(
        actor=story.reporter,
        matter_id=matter.pk,
        was_contacted=rng.random() < 0.93,
        was_solved=solved,
        was_satisfied=solved and rng.random() < 0.94,
        comment=story.stage.pick("comments") if solved else "问题没有完全解决。",
    )
    return at


def ask(story: Story, at: datetime) -> Scene:
    """The worker asks, the resident answers."""
    question, answer = story.stage.pick("questions")
    yield (at := story.stage.hours.office(at, 0.1, 1))
    asked: Question = do.question_ask(actor=story.worker, matter_id=story.matter_id, text=question)
    yield (at := story.stage.hours.home(at, 0.3, 6))
    do.question_answer(actor=story.reporter, question_id=asked.pk, answer=answer)
    return at


def decide(story: Story, at: datetime, *, is_granted: bool = True) -> Scene:
    """The street decides on an extension or a pause."""
    yield (at := story.stage.hours.office(at, 0.3, 3))
    decision = "情况属实,同意。" if is_granted else "请按原时限办结。"
    do.request_decide(
        actor=story.street, request_id=story.request().pk, is_granted=is_granted, decision=decision
    )
    return at
