"""Each act of the life cycle as a call with valid input; who acts, and on which matter, the test says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from linli.core import clock
from linli.core.actor import Actor
from linli.work.matters import services as do
from linli.work.matters.models import Assignment, HandlingRequest, Matter, MatterEvent
from linli.work.matters.tests.life import Life
from linli.work.matters.whistles.services import whistle_blow

Act = Callable[[Life, Actor, Matter], Any]


def _assignment(matter: Matter, part: str = "lead") -> int:
    """Return the running assignment of a part, else the last one there was."""
    rows = matter.assignments.filter(part=part)
    found = rows.filter(ended_at__isnull=True).first() or rows.last()
    return found.pk if found else 0


def _request(matter: Matter, kind: str) -> int:
    rows = matter.requests.filter(kind=kind)
    found = rows.filter(outcome="").first() or rows.last()
    return found.pk if found else 0


def _soon() -> Any:
    return clock.now() + timedelta(hours=3)


def _later() -> Any:
    return clock.today() + timedelta(days=20)


def _send_back(to: str) -> Act:
    return lambda life, who, m: do.matter_send_back(actor=who, **life.on(m), to=to, reason="资料不全")


def _split(life: Life, who: Actor, matter: Matter) -> Any:
    return do.matter_split(actor=who, **life.on(matter), reason="不是同一件事")


def _straight_back(life: Life, who: Actor, matter: Matter) -> Any:
    return do.matter_straight_back(actor=who, **life.on(matter), reason="已补齐")


ACTS: dict[str, Act] = {
    "accept": lambda life, who, m: do.matter_accept(actor=who, **life.on(m)),
    "decline": lambda life, who, m: do.matter_decline(
        actor=who, **life.on(m), reason="理由", where_to_go="12345"
    ),
    "withdraw": lambda life, who, m: do.matter_withdraw(actor=who, **life.on(m)),
    "undo_close": lambda life, who, m: do.matter_close_undo(actor=who, matter_id=m.pk, reason="看错了"),
    "merge": lambda life, who, m: do.matter_merge(actor=who, **life.on(m), target_id=life.other.pk),
    "sort": lambda life, who, m: do.matter_sort(actor=who, **life.on(m), affair_class="major", reason="理由"),
    "hand_over": lambda life, who, m: do.matter_hand_over(
        actor=who, **life.on(m), affair_class="major", reason="理由", unit=life.cast.units["wuye"]
    ),
    "start_discussion": lambda life, who, m: do.matter_discussion_start(
        actor=who, **life.on(m), topic_link="活动室"
    ),
    "finish_discussion_task": lambda life, who, m: do.matter_discussion_finish(
        actor=who, **life.on(m), resolution="由物业办", unit=life.cast.units["wuye"]
    ),
    "finish_discussion": lambda life, who, m: do.matter_discussion_finish(
        actor=who, **life.on(m), resolution="已定"
    ),
    "end_discussion": lambda life, who, m: do.matter_discussion_end(
        actor=who, **life.on(m), reason="意见不一"
    ),
    "guide": lambda life, who, m: do.matter_guide(
        actor=who, **life.on(m), guidance="找物业", reason="家中维修"
    ),
    "confirm_guidance": lambda life, who, m: do.guidance_confirm(actor=who, **life.on(m)),
    "lapse": lambda life, who, m: do.guidance_lapse(actor=who, matter_id=m.pk),
    "object": lambda life, who, m: do.guidance_object(actor=who, **life.on(m), reason="没用"),
    "sign": lambda life, who, m: do.assignment_sign(actor=who, assignment_id=_assignment(m)),
    "ask_return": lambda life, who, m: do.assignment_return_ask(
        actor=who, assignment_id=_assignment(m), reason="不归我们", proposal="房管所"
    ),
    "rehand": lambda life, who, m: do.matter_rehand(
        actor=who, **life.on(m), unit=life.cast.units["wuye"], reason="改由物业"
    ),
    **{f"send_back_{to}": _send_back(to) for to in ("reported", "accepted", "discussing", "handling")},
    **{
        f"straight_back_{to}": _straight_back
        for to in ("accepted", "discussing", "guided", "handling", "handled")
    },
    "recall": lambda life, who, m: do.assignment_recall(
        actor=who, assignment_id=_assignment(m), reason="派错了"
    ),
    "recall_part": lambda life, who, m: do.assignment_recall(
        actor=who, assignment_id=_assignment(m, "co"), reason="不用了"
    ),
    "retract_result": lambda life, who, m: do.result_retract(
        actor=who, assignment_id=_assignment(m), reason="又坏了"
    ),
    "return_back": lambda life, who, m: do.return_decide(
        actor=who, request_id=_request(m, "return"), is_granted=True, is_back=True, decision="先核实"
    ),
    "withdraw_request": lambda life, who, m: do.request_withdraw(actor=who, request_id=_request(m, "return")),
    "withdraw_reopen": lambda life, who, m: do.request_withdraw(actor=who, request_id=_request(m, "reopen")),
    "ask_countersign": lambda life, who, m: do.countersign_ask(
        actor=who, **life.on(m), units=[life.cast.units["fangguan"]], question="由物业先修"
    ),
    "countersign": lambda life, who, m: do.assignment_countersign(
        actor=who, assignment_id=_assignment(m, "counter"), is_agreed=True, opinion="同意"
    ),
    "ask_extension": lambda life, who, m: do.extension_ask(
        actor=who, assignment_id=_assignment(m), reason="等材料", new_due_on=_later()
    ),
    "extend": lambda life, who, m: do.request_decide(
        actor=who, request_id=_request(m, "extension"), is_granted=True, decision="同意"
    ),
    "ask_pause": lambda life, who, m: do.pause_ask(
        actor=who, assignment_id=_assignment(m), lawful_reason="hearing", reason="检测", until_on=_later()
    ),
    "pause": lambda life, who, m: do.request_decide(
        actor=who, request_id=_request(m, "pause"), is_granted=True, decision="同意"
    ),
    "resume": lambda life, who, m: do.matter_resume(actor=who, **life.on(m), reason="检测完成"),
    "answer": lambda life, who, m: do.assignment_answer(
        actor=who, assignment_id=_assignment(m, "co"), result="已配合"
    ),
    "waive": lambda life, who, m: do.assignment_waive(
        actor=who, assignment_id=_assignment(m, "co"), reason="不需要"
    ),
    "report_result": lambda life, who, m: do.result_report(
        actor=who, assignment_id=_assignment(m), result="修好了"
    ),
    "fail": lambda life, who, m: do.matter_verify(actor=who, **life.on(m), is_passed=False, finding="没修好"),
    "pass": lambda life, who, m: do.matter_verify(actor=who, **life.on(m), is_passed=True, finding="修好了"),
    "rate": lambda life, who, m: do.matter_rate(
        actor=who, matter_id=m.pk, was_contacted=True, was_solved=True, was_satisfied=False
    ),
    "ask_reopen": lambda life, who, m: do.reopen_ask(actor=who, matter_id=m.pk, reason="又坏了"),
    "grant_reopen": lambda life, who, m: do.reopen_decide(
        actor=who,
        request_id=_request(m, "reopen"),
        is_granted=True,
        decision="重办",
        unit=life.cast.units["wuye"],
    ),
    "refuse_reopen": lambda life, who, m: do.reopen_decide(
        actor=who, request_id=_request(m, "reopen"), is_granted=False, decision="已修好"
    ),
    "mandatory_report": lambda life, who, m: do.mandatory_report(
        actor=who, **life.on(m), authority="派出所", note="已电话报告"
    ),
    "whistle": lambda life, who, m: whistle_blow(
        actor=who,
        **life.on(m),
        cause="joint",
        reason="需要一起看",
        units=[life.cast.units["fangguan"]],
        place="三号楼",
        at=_soon(),
    ),
    **{f"split_{to}": _split for to in ("reported", "accepted")},
    "remind": lambda life, who, m: do.matter_remind(actor=who, matter_id=m.pk, note="请加快"),
    "supervise": lambda life, who, m: do.matter_supervise(actor=who, matter_id=m.pk, note="请尽快"),
}


# -- what must have happened before an act can succeed, beyond the state ----------------
def _asked(act: str) -> Callable[[Life, Matter], None]:
    def ready(life: Life, matter: Matter) -> None:
        _signed(life, matter)
        ACTS[act](life, life.who("department"), matter)

    return ready


def _signed(life: Life, matter: Matter) -> None:
    life.sign(matter)


def _co(life: Life, matter: Matter) -> None:
    Assignment.objects.create(
        matter=matter, unit=life.cast.units["wuye"], part="co", state="sent", sent_at=clock.now()
    )


def _counter(life: Life, matter: Matter) -> None:
    Assignment.objects.create(
        matter=matter, unit=life.cast.units["wuye"], part="counter", state="sent", sent_at=clock.now()
    )


def _been(*states: str) -> Callable[[Life, Matter], None]:
    """Let the matter have passed these states, whatever its way was."""

    def ready(life: Life, matter: Matter) -> None:
        for state in states:
            _event(matter, "sort", state, state)

    return ready


def _came_from(state: str) -> Callable[[Life, Matter], None]:
    """Let the matter have just been sent back from a state."""
    return lambda life, matter: _event(matter, "send_back", state, matter.state)


def _event(matter: Matter, verb: str, before: str, after: str) -> None:
    MatterEvent.objects.create(
        matter=matter, verb=verb, from_state=before, to_state=after, at=clock.now(), recorded_at=clock.now()
    )


def _was_merged_from(matter: Matter, state: str) -> None:
    matter.events.filter(verb="merge").update(from_state=state)


def _return_asked(life: Life, matter: Matter) -> None:
    ACTS["ask_return"](life, life.who("department"), matter)


READY: dict[str, Callable[[Life, Matter], None]] = {
    **{f"send_back_{to}": _been(to) for to in ("reported", "accepted", "discussing", "handling")},
    **{
        f"straight_back_{to}": _came_from(to)
        for to in ("accepted", "discussing", "guided", "handling", "handled")
    },
    "split_accepted": lambda life, m: _was_merged_from(m, "accepted"),
    "recall_part": _co,
    "undo_close": lambda life, m: None,  # offered with what was closed together, not by itself
    "ask_countersign": lambda life, m: None,  # also the unit that leads may, which sees it only then
    "return_back": _return_asked,
    "withdraw_request": _return_asked,
    "countersign": _counter,
    "start_discussion": lambda life, m: life.sort(m, "minor") and None,
    "lapse": lambda life, m: clock.clock_forward(timedelta(days=30)),
    "ask_extension": _signed,
    "extend": _asked("ask_extension"),
    "ask_pause": _signed,
    "pause": _asked("ask_pause"),
    "report_result": _signed,
    "answer": _co,
    "waive": _co,
}


UNITS = {
    "answer": ("wuye", "co"),
    "waive": ("fangguan", "co"),
    "recall_part": ("fangguan", "co"),
    "countersign": ("wuye", "counter"),
}
KINDS = {
    **{"extend": "extension", "pause": "pause", "grant_reopen": "reopen", "refuse_reopen": "reopen"},
    **{"return_back": "return", "withdraw_request": "return", "withdraw_reopen": "reopen"},
}


def subject_make(life: Life, move: str, about: str | None, matter: Matter) -> None:
    """Make what an act is about where the matter has none, so that only its state stands in the way."""
    if about == "assignment":
        unit, part = UNITS.get(move, ("chengguan", "lead"))
        if not matter.assignments.filter(part=part, unit=life.cast.units[unit]).exists():
            Assignment.objects.create(
                matter=matter, unit=life.cast.units[unit], part=part, state="signed", sent_at=clock.now()
            )
    if about == "request" and not matter.requests.filter(kind=KINDS[move]).exists():
        lead = matter.assignments.filter(part="lead").last()
        if lead is None and move == "withdraw_request":
            lead = Assignment.objects.create(
                matter=matter, unit=life.cast.units["chengguan"], state="moved", sent_at=clock.now()
            )
        HandlingRequest.objects.create(
            matter=matter,
            kind=KINDS[move],
            assignment=lead,
            reason="理由",
            asked_at=clock.now(),
            asked_unit=life.cast.units["chengguan"],
            asked_by=life.cast.person("resident"),
        )
