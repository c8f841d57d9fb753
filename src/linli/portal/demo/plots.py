"""The plots: how a matter may go, one function each; ``PLOTS`` says how often and how late each begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from linli.core.clock import now
from linli.foundation.places.selectors import place_resolve
from linli.work.matters import services as do
from linli.work.matters.models import Matter
from linli.work.matters.workflow import State

from . import scenes as scene
from .life import Plot, Scene
from .recordings import blurred
from .scenes import Story
from .whistles import whistled

PlotMaker = Callable[[Story, datetime], Plot]


def _opening(story: Story, at: datetime) -> Scene:
    yield at
    scene.report(story)
    return (yield from scene.accept(story, at))


def _sorted(story: Story, at: datetime) -> Scene:
    at = yield from _opening(story, at)
    return (yield from scene.sort(story, at))


def _handed(story: Story, at: datetime) -> Scene:
    at = yield from _sorted(story, at)
    return (yield from scene.hand_over(story, at))


def _signed(story: Story, at: datetime) -> Scene:
    at = yield from _handed(story, at)
    return (yield from scene.sign(story, at))


def _finish(story: Story, at: datetime) -> Scene:
    at = yield from scene.result(story, at)
    at = yield from scene.verify(story, at)
    return (yield from scene.rate(story, at))


def well(story: Story, at: datetime) -> Plot:
    """The plain good case."""
    at = yield from _signed(story, at)
    if story.stage.rng.random() < 0.5:
        at = yield from scene.note(story, at)
    yield from _finish(story, at)


def slow(story: Story, at: datetime) -> Plot:
    """The unit takes longer than it may."""
    at = yield from _signed(story, at)
    at = yield from scene.result(story, at, 60, 110)
    at = yield from scene.verify(story, at)
    yield from scene.rate(story, at, happy=0.5)


def supervised(story: Story, at: datetime) -> Plot:
    """The street puts its own clock on it."""
    at = yield from _signed(story, at)
    yield (at := story.stage.hours.office(at, 8, 16))
    do.matter_supervise(
        actor=story.street,
        matter_id=story.matter_id,
        note=story.stage.pick("supervise"),
        due_on=at.date() + timedelta(days=2),
    )
    yield from _finish(story, at)


def asked(story: Story, at: datetime) -> Plot:
    """The worker asks the reporter something first."""
    at = yield from _opening(story, at)
    if not story.reporter.is_staff:
        at = yield from scene.ask(story, at)
    at = yield from scene.sort(story, at)
    at = yield from scene.hand_over(story, at)
    at = yield from scene.sign(story, at)
    yield from _finish(story, at)


def together(story: Story, at: datetime) -> Plot:
    """A lead and a co-handler; the street waives a second one."""
    at = yield from _sorted(story, at)
    others = [name for name in ("unit.property", "unit.green", "unit.police") if name != story.unit_name]
    at = yield from scene.hand_over(story, at, co=(others[0], others[1]))
    at = yield from scene.sign(story, at)
    first, second = story.matter.assignments.filter(part="co")
    yield (at := story.stage.hours.office(at, 1, 6))
    do.assignment_answer(
        actor=story.stage.cast[others[0]],
        assignment_id=first.pk,
        result="已配合清场，现场无障碍。",
        photos=(),
    )
    yield (at := story.stage.hours.office(at, 1, 4))
    do.assignment_waive(actor=story.street, assignment_id=second.pk, reason="主办单位已独立完成，不需协办。")
    yield from _finish(story, at)


def _sent_back(story: Story, at: datetime) -> Scene:
    at = yield from _handed(story, at)
    yield (at := story.stage.hours.office(at, 0.5, 3))
    why = story.stage.pick("returns")
    do.assignment_return_ask(
        actor=story.handler,
        assignment_id=story.lead().pk,
        reason=why["reason"],
        proposal=why["proposal"],
    )
    return at


def returned(story: Story, at: datetime) -> Plot:
    """The unit sends it back; the street names another."""
    at = yield from _sent_back(story, at)
    yield (at := story.stage.hours.office(at, 0.5, 3))
    story.unit_name = "unit.property" if story.unit_name != "unit.property" else "unit.urban"
    do.return_decide(
        actor=story.street,
        request_id=story.request().pk,
        is_granted=True,
        decision="理由成立，改派。",
        unit=story.stage.units[story.unit_name],
    )
    at = yield from scene.sign(story, at)
    yield from _finish(story, at)


def refused_return(story: Story, at: datetime) -> Plot:
    """The unit would like to send it back, but it is theirs."""
    at = yield from _sent_back(story, at)
    yield (at := story.stage.hours.office(at, 1, 6))
    do.return_decide(
        actor=story.street,
        request_id=story.request().pk,
        is_granted=False,
        decision="权属清楚，请按职责办理。",
    )
    at = yield from scene.sign(story, at)
    yield from _finish(story, at)


def extended(story: Story, at: datetime) -> Plot:
    """More time is asked for and granted."""
    at = yield from _signed(story, at)
    yield (at := story.stage.hours.office(at, 8, 20))
    do.extension_ask(
        actor=story.handler,
        assignment_id=story.lead().pk,
        reason=story.stage.pick("extensions"),
        new_due_on=max((story.lead().due_at or at).date(), at.date()) + timedelta(days=5),
    )
    at = yield from scene.decide(story, at, is_granted=story.stage.rng.random() < 0.8)
    yield from _finish(story, at)


def paused(story: Story, at: datetime) -> Plot:
    """The clocks stop for a lawful reason and run on."""
    at = yield from _signed(story, at)
    yield (at := story.stage.hours.office(at, 6, 14))
    _pause_ask(story, at)
    at = yield from scene.decide(story, at)
    yield (at := story.stage.hours.office(at, 30, 50))
    if story.matter.state == State.SUSPENDED:
        do.matter_resume(actor=story.street, **story.now, reason="检测报告已出，继续维修。")
    yield from _finish(story, at)


def failed(story: Story, at: datetime) -> Plot:
    """The verifier is not content; the second time they are."""
    at = yield from _signed(story, at)
    at = yield from scene.result(story, at, 4, 20)
    at = yield from scene.verify(story, at, is_passed=False)
    if story.matter.state == State.CLOSED:
        return
    at = yield from scene.result(story, at, 6, 20)
    at = yield from scene.verify(story, at)
    yield from scene.rate(story, at, happy=0.7)


def reopened(story: Story, at: datetime) -> Plot:
    """It happens again; the street grants or refuses."""
    at = yield from _signed(story, at)
    at = yield from scene.result(story, at, 3, 12)
    at = yield from scene.verify(story, at)
    yield (at := story.stage.hours.home(at, 20, 60))
    if story.reporter.is_staff:
        return
    do.reopen_ask(actor=story.reporter, matter_id=story.matter_id, reason=story.stage.pick("reopen"))
    yield (at := story.stage.hours.office(at, 6, 14))
    granted = story.stage.rng.random() < 0.6
    do.reopen_decide(
        actor=story.street,
        request_id=story.request().pk,
        is_granted=granted,
        decision="情况属实，重新办理。" if granted else "现场复核正常，属新的事项，请另行反映。",
        unit=story.stage.units[story.unit_name] if granted else None,
        affair_class=story.affair_class() if granted else "",
    )
    if granted:
        at = yield from scene.sign(story, at)
        yield from _finish(story, at)


def unverified(story: Story, at: datetime) -> Plot:
    """The result is there, and nobody has looked yet."""
    at = yield from _signed(story, at)
    yield from scene.result(story, at, 3, 10)


def unanswered(story: Story, at: datetime) -> Plot:
    """The resident asks to reopen, and the street has not decided."""
    at = yield from _signed(story, at)
    at = yield from scene.result(story, at, 3, 10)
    at = yield from scene.verify(story, at)
    yield story.stage.hours.home(at, 10, 30)
    do.reopen_ask(actor=story.reporter, matter_id=story.matter_id, reason=story.stage.pick("reopen"))


def talking(story: Story, at: datetime) -> Plot:
    """The talk is called and has not been held."""
    at = yield from _sorted(story, at)
    yield story.stage.hours.office(at, 1, 3)
    do.matter_discussion_start(actor=story.worker, **story.now, topic_link="楼组议事会：周六9:30，居委活动室")


def waiting(story: Story, at: datetime) -> Plot:
    """The clocks stand still until the appraisal is there."""
    at = yield from _signed(story, at)
    yield (at := story.stage.hours.office(at, 2, 6))
    _pause_ask(story, at)
    yield from scene.decide(story, at)


def _pause_ask(story: Story, at: datetime) -> None:
    do.pause_ask(
        actor=story.handler,
        assignment_id=story.lead().pk,
        lawful_reason="hearing",
        reason="外墙渗水原因需要专业检测，检测机构已约定上门。",
        until_on=at.date() + timedelta(days=9),
    )


def declined(story: Story, at: datetime) -> Plot:
    """Not ours, with the way to who it belongs to."""
    yield at
    scene.report(story)
    yield (at := story.stage.hours.office(at, 0.2, 1.8))
    why = story.stage.pick("decline")
    do.matter_decline(actor=story.worker, **story.now, reason=why["reason"], where_to_go=why["where"])


def withdrawn(story: Story, at: datetime) -> Plot:
    """The reporter takes it back."""
    yield at
    scene.report(story)
    yield (at := story.stage.hours.home(at, 0.1, 1))
    if story.matter.state in (State.REPORTED, State.ACCEPTED) and not story.reporter.is_staff:
        do.matter_withdraw(actor=story.reporter, **story.now, reason=story.stage.pick("withdraw"))


def merged(story: Story, at: datetime) -> Plot:
    """A neighbour had reported the same."""
    at = yield from _opening(story, at)
    yield (at := story.stage.hours.office(at, 0.2, 2))
    same = Matter.objects.filter(
        compound=story.place.compound, state__in=[State.ACCEPTED, State.HANDLING], reported_at__lt=now()
    ).exclude(pk=story.matter_id)
    target = same.filter(category=story.stage.categories[story.topic]).first() or same.first()
    if target is not None:
        do.matter_merge(actor=story.worker, **story.now, target_id=target.pk, reason="同一处同一问题。")


def _guided(story: Story, at: datetime) -> Scene:
    at = yield from _opening(story, at)
    yield (at := story.stage.hours.office(at, 0.3, 3))
    texts = story.stage.texts
    do.matter_guide(
        actor=story.worker,
        **story.now,
        guidance=story.stage.rng.choice(texts["topics"][story.topic]["guidances"]),
        reason=story.stage.rng.choice(texts["reasons"]["private"]),
    )
    return at


def advised(story: Story, at: datetime) -> Plot:
    """Guidance was given, and the resident has not answered yet."""
    yield from _guided(story, at)


def guided(story: Story, at: datetime) -> Plot:
    """A private affair: guidance, then a confirmation, silence or an objection."""
    at = yield from _guided(story, at)
    answer = story.stage.rng.random()
    yield (at := story.stage.hours.home(at, 2, 40))
    if story.reporter.is_staff or story.matter.state != State.GUIDED:
        return
    if answer < 0.55:
        do.guidance_confirm(actor=story.reporter, **story.now)
    elif answer < 0.7:
        do.guidance_object(actor=story.reporter, **story.now, reason="打过电话了，说不归他们管。")


def discussed(story: Story, at: datetime) -> Plot:
    """A minor affair is talked over; then there is a task, a settlement, or no decision."""
    at = yield from _sorted(story, at)
    yield (at := story.stage.hours.office(at, 1, 6))
    do.matter_discussion_start(
        actor=story.worker, **story.now, topic_link="楼组议事会：周四19:00，居委活动室"
    )
    yield (at := story.stage.hours.office(at, 24, 44))
    ending = story.stage.rng.random()
    if ending < 0.5:
        do.matter_discussion_finish(
            actor=story.worker,
            **story.now,
            unit=story.stage.units["unit.property"],
            resolution="到会18户一致同意，由物业一周内完成。",
        )
        story.unit_name = "unit.property"
        at = yield from scene.sign(story, at)
        yield from _finish(story, at)
    elif ending < 0.8:
        do.matter_discussion_finish(
            actor=story.worker, **story.now, resolution="双方约定时间和音量，张贴公约，互相体谅。"
        )
        at = yield from scene.verify(story, at)
        yield from scene.rate(story, at)
    else:
        do.matter_discussion_end(actor=story.worker, **story.now, reason="到会不足约定人数，改由物业办理。")
        story.unit_name = "unit.property"
        at = yield from scene.hand_over(story, at)
        at = yield from scene.sign(story, at)
        yield from _finish(story, at)


def confirmed(story: Story, at: datetime) -> Plot:
    """The class is confirmed by the committee's head after the council met."""
    at = yield from _handed(story, at)
    yield (at := story.stage.hours.office(at, 3, 12))
    do.matter_class_confirm(
        actor=story.second,
        **story.now,
        council_on=at.date(),
        minutes="居委会例会逐件过三事清单，到会5人，一致同意。",
    )
    at = yield from scene.sign(story, at)
    yield from _finish(story, at)


def published(story: Story, at: datetime) -> Plot:
    """A public version, and neighbours who say: me too."""
    at = yield from _handed(story, at)
    yield (at := story.stage.hours.office(at, 0.5, 3))
    subject = story.stage.categories[story.topic].name
    unit = story.stage.units[story.unit_name].name
    photos = list(Matter.objects.get(pk=story.matter_id).photos.filter(kind="photo"))
    public = do.matter_publish(
        actor=story.worker,
        matter_id=story.matter_id,
        photos=photos,
        redactions=blurred(photos),
        are_photos_checked=True,
        title=f"{story.place.compound.name}：{subject}",
        text=f"居民反映的{subject}问题已派给{unit}，办理进展会在这里更新。",
    )
    for name in story.stage.rng.sample([n for n in story.stage.cast if n.startswith("resident.")], 4):
        yield (at := story.stage.hours.home(at, 0.5, 8))
        do.affected_add(actor=story.stage.cast[name], public_id=public.public_id)
    at = yield from scene.sign(story, at)
    yield from _finish(story, at)


def emergency(story: Story, at: datetime) -> Plot:
    """Fire, injury, a child in danger: straight to committee and street, and to the authority."""
    yield at
    scene.report(story, emergency=True)
    yield (at := at + timedelta(minutes=story.stage.rng.randint(3, 15)))
    do.matter_accept(actor=story.worker, **story.now, note="已到现场。")
    yield (at := at + timedelta(minutes=story.stage.rng.randint(3, 10)))
    do.mandatory_report(
        actor=story.worker, **story.now, authority="公安机关(110)", note="已电话报告，接警员已记录。"
    )
    at = yield from scene.sort(story, at)
    at = yield from scene.hand_over(story, at)
    at = yield from scene.sign(story, at)
    yield from _finish(story, at)


def errand(story: Story, at: datetime) -> Plot:
    """A worker takes it at the door, with a paper handed over and back (全程代办)."""
    story.reporter = story.worker
    yield at
    scene.report(story, channel="door")
    paper = do.document_receive(
        actor=story.worker, matter_id=story.matter_id, name="房屋产权证复印件", note="办完交还"
    )
    at = yield from scene.accept(story, at)
    at = yield from scene.sort(story, at)
    at = yield from scene.hand_over(story, at)
    at = yield from scene.sign(story, at)
    at = yield from _finish(story, at)
    do.document_return(actor=story.worker, document_id=paper.pk, note="当面交还")


def street_level(story: Story, at: datetime) -> Plot:
    """Reported with no committee known; the street places it."""
    yield at
    scene.report(story)
    yield (at := story.stage.hours.office(at, 0.3, 2))
    do.matter_place_set(
        actor=story.street, **story.now, place=place_resolve(compound=story.place.compound), address=""
    )
    at = yield from scene.accept(story, at)
    yield from scene.sort(story, at)


def fresh(story: Story, at: datetime) -> Plot:
    """Reported and not looked at yet."""
    yield at
    scene.report(story)


# plot, share of the ordinary days, and how many begin in the last days so that each state is found
PLOTS: list[tuple[PlotMaker, int]] = [
    (well, 34),
    (asked, 6),
    (slow, 5),
    (supervised, 3),
    (together, 3),
    (returned, 5),
    (refused_return, 3),
    (extended, 5),
    (paused, 3),
    (failed, 4),
    (reopened, 5),
    (declined, 4),
    (withdrawn, 3),
    (merged, 4),
    (guided, 12),
    (discussed, 8),
    (confirmed, 5),
    (published, 6),
    (emergency, 1),
    (whistled, 2),
    (errand, 4),
]
