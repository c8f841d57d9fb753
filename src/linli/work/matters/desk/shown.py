"""How states and clocks look at the desk: tones, colours, icons. No rule stands here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.foundation.duties.rules import duty_colour, remind_instant

from ..models import AffairClass, Assignment, Matter, RevisitCall, Way
from ..rules import LAWFUL_PAUSES
from ..satisfaction.rules import reason_words
from ..workflow import ENDED, State

TONES = {
    State.REPORTED: "action",
    State.ACCEPTED: "action",
    State.HANDLED: "action",
    State.REOPENING: "action",
    State.CLOSED: "done",
    State.DECLINED: "quiet",
    State.WITHDRAWN: "quiet",
    State.MERGED: "quiet",
}
ICONS = {
    "report": "message-plus",
    "emergency": "urgent",
    "accept": "check",
    "decline": "ban",
    "withdraw": "arrow-back",
    "merge": "git-merge",
    "receive_merged": "git-merge",
    "split": "arrows-split-2",
    "give_split": "arrows-split-2",
    "place_set": "map-pin",
    "sort": "category",
    "class_confirm": "checks",
    "guide": "directions",
    "hand_over": "send",
    "sign": "signature",
    "attend": "speakerphone",
    "whistle": "speakerphone",
    "return_ask": "arrow-back-up",
    "return_back": "arrow-back-up",
    "send_back": "arrow-back-up",
    "straight_back": "arrow-forward-up",
    "recall": "arrow-back",
    "recall_part": "arrow-back",
    "result_retract": "arrow-back",
    "countersign_ask": "signature",
    "countersign": "signature",
    "rehand": "arrows-exchange",
    "extend": "calendar-plus",
    "pause": "player-pause",
    "resume": "player-play",
    "result": "clipboard-check",
    "answer": "message-check",
    "verify_pass": "zoom-check",
    "verify_fail": "x",
    "rate": "star",
    "revisit": "phone-call",
    "revisit_try": "phone-call",
    "reopen_ask": "refresh",
    "question_ask": "message-question",
    "question_answer": "message-reply",
    "note": "note",
    "supervise": "alert-circle",
    "publish": "world",
    "unpublish": "world-off",
    "document_receive": "file-import",
    "document_return": "file-export",
    "remind": "bell-ringing",
    "mandatory_report": "urgent",
    "any": "point",
}
DONE = frozenset({"verify_pass", "verify_unable", "guidance_confirm", "rate"})
LATE = frozenset({"verify_fail", "supervise", "return_ask", "send_back", "return_back"})


FACTS = {
    "unit": gettext_lazy("单位"),
    "affair_class": gettext_lazy("分类"),
    "where": gettext_lazy("可以去"),
    "co_units": gettext_lazy("协办、会签"),
    "former": gettext_lazy("原单位"),
    "step": gettext_lazy("环节"),
    "kind": gettext_lazy("申请"),
    "place": gettext_lazy("地点"),
    "authority": gettext_lazy("报告给"),
    "document": gettext_lazy("材料"),
    "proposal": gettext_lazy("建议"),
    "lawful_reason": gettext_lazy("法定情形"),
    "new_due": gettext_lazy("申请延到"),
    "until": gettext_lazy("预计恢复"),
    "council_on": gettext_lazy("议定日期"),
    "target": gettext_lazy("并入"),
    "due": gettext_lazy("时限"),
    "way": gettext_lazy("评价方式"),
    "reasons": gettext_lazy("原因"),
    "outcome": gettext_lazy("结果"),
    "answered": gettext_lazy("原来的回答"),
}
ANSWERS = {
    "was_contacted": (gettext_lazy("联系过"), gettext_lazy("没有联系")),
    "was_solved": (gettext_lazy("已解决"), gettext_lazy("没有解决")),
    "was_satisfied": (gettext_lazy("满意"), gettext_lazy("不满意")),
    "is_agreed": (gettext_lazy("同意"), gettext_lazy("不同意")),
}
CHOSEN = {"way": Way, "outcome": RevisitCall.Outcome}
UNSAID = frozenset({"report", "emergency", "guidance_object"})  # whose unit is only the next in turn


def _fact(name: str, value: Any) -> str:
    if name == "affair_class":
        return str(AffairClass(value).label) if value in AffairClass.values else ""
    if name == "lawful_reason":
        return _(LAWFUL_PAUSES[value]) if value in LAWFUL_PAUSES else str(value)
    if name == "reasons":
        return "、".join(reason_words().get(code, code) for code in value)
    if name in CHOSEN:
        return str(CHOSEN[name](value).label) if value in CHOSEN[name].values else ""
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def step_details(verb: str, facts: Mapping[str, Any]) -> str:
    """Return what is known about a step beside its note: to whom, by when, where."""
    left_out = {"unit"} if verb in UNSAID else set()
    parts = [
        f"{words}：{_fact(name, facts[name])}"
        for name, words in FACTS.items()
        if facts.get(name) and name not in left_out
    ]
    parts += [str(words[0] if facts[name] else words[1]) for name, words in ANSWERS.items() if name in facts]
    return "；".join(parts)


def state_tone(state: str) -> str:
    """Return the tone of a state's chip."""
    return TONES.get(State(state), "neutral")


def step_icon(verb: str) -> str:
    """Return the icon of a step of the story."""
    return ICONS.get(verb, ICONS["any"])


def step_tone(verb: str) -> str:
    """Return the tone of a step of the story."""
    if verb in DONE:
        return "done"
    return "late" if verb in LATE else "action"


def clock_level(matter: Matter) -> str:
    """Return the colour of a matter's clock."""
    if matter.state in ENDED:
        return "done"
    if matter.state == State.SUSPENDED:
        return "paused"
    started = matter.handed_at or matter.accepted_at or matter.reported_at
    return _level(started, matter.due_at)


def assignment_level(assignment: Assignment, is_paused: bool) -> str:
    """Return the colour of one unit's clock."""
    if assignment.ended_at is not None or assignment.handled_at is not None:
        return "done"
    return "paused" if is_paused else _level(assignment.sent_at, assignment.due_at)


def _level(started: datetime, due_at: datetime | None) -> str:
    if due_at is None:
        return "paused"
    return str(duty_colour(clock.now(), due_at, remind_instant(started, due_at)))


def earlier_limit(matter: Matter) -> str:
    """Return whose limit comes first where a matter brought one along: ``theirs``, ``ours``, or neither."""
    if matter.source_due_at is None or matter.state in ENDED:
        return ""
    return "ours" if matter.due_at is not None and matter.due_at <= matter.source_due_at else "theirs"
