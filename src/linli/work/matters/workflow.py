"""The states of a matter and the moves between them; the table is the room's state diagram."""

from django.db import models

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a matter stands; assignments carry the finer grain."""

    REPORTED = "reported", _("待受理")
    ACCEPTED = "accepted", _("待研判")
    HANDLING = "handling", _("办理中")
    SUSPENDED = "suspended", _("挂起")
    DISCUSSING = "discussing", _("协商中")
    GUIDED = "guided", _("已引导")
    HANDLED = "handled", _("待核查")
    CLOSED = "closed", _("已办结")
    REOPENING = "reopening", _("申请重办")
    DECLINED = "declined", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")
    MERGED = "merged", _("已并案")


S = State
ANY = tuple(State)
LIVE = (S.REPORTED, S.ACCEPTED, S.HANDLING, S.SUSPENDED, S.DISCUSSING, S.GUIDED, S.HANDLED, S.REOPENING)
ENDED = (S.CLOSED, S.DECLINED, S.WITHDRAWN, S.MERGED)


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None) -> Move:
    return Move(code, label, frozenset(str(s) for s in sources), str(target) if target else None)


# The steps in their order: a matter goes back to an earlier one that it has passed, and straight back again.
PASSED = (S.REPORTED, S.ACCEPTED, S.DISCUSSING, S.HANDLING)
SENT_BACK_FROM: dict[State, tuple[State, ...]] = {
    S.REPORTED: (S.ACCEPTED, S.HANDLING, S.DISCUSSING, S.GUIDED, S.HANDLED),
    S.ACCEPTED: (S.HANDLING, S.DISCUSSING, S.GUIDED, S.HANDLED),
    S.DISCUSSING: (S.HANDLING, S.HANDLED),
    S.HANDLING: (S.HANDLED,),
}
STRAIGHT_BACK_FROM: dict[State, tuple[State, ...]] = {
    S.ACCEPTED: (S.REPORTED,),
    S.DISCUSSING: (S.REPORTED, S.ACCEPTED),
    S.GUIDED: (S.REPORTED, S.ACCEPTED),
    S.HANDLING: (S.REPORTED, S.ACCEPTED, S.DISCUSSING),
    S.HANDLED: (S.REPORTED, S.ACCEPTED, S.DISCUSSING),
}


def _returns() -> list[Move]:
    back = [_move(f"send_back_{to}", _("退回"), froms, to) for to, froms in SENT_BACK_FROM.items()]
    straight = [
        _move(f"straight_back_{to}", _("直接送回"), froms, to) for to, froms in STRAIGHT_BACK_FROM.items()
    ]
    return [*back, *straight]


WORKFLOW = Workflow(
    "matter",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("accept", _("受理"), (S.REPORTED,), S.ACCEPTED),
        _move("decline", _("不予受理"), (S.REPORTED, S.ACCEPTED), S.DECLINED),
        _move("withdraw", _("撤回"), (S.REPORTED, S.ACCEPTED), S.WITHDRAWN),
        _move("merge", _("并案"), (S.REPORTED, S.ACCEPTED, S.HANDLING), S.MERGED),
        _move("split_reported", _("分出"), (S.MERGED,), S.REPORTED),
        _move("split_accepted", _("分出"), (S.MERGED,), S.ACCEPTED),
        _move("place_set", _("核定地点"), LIVE, None),
        _move("sort", _("研判分类"), (S.ACCEPTED,), None),
        _move(
            "confirm_class",
            _("确认分类"),
            (S.ACCEPTED, S.HANDLING, S.SUSPENDED, S.DISCUSSING, S.GUIDED, S.HANDLED),
            None,
        ),
        _move("hand_over", _("派遣"), (S.ACCEPTED,), S.HANDLING),
        _move("start_discussion", _("转协商"), (S.ACCEPTED,), S.DISCUSSING),
        _move("finish_discussion_task", _("协商转办理"), (S.DISCUSSING,), S.HANDLING),
        _move("finish_discussion", _("协商办结"), (S.DISCUSSING,), S.HANDLED),
        _move("end_discussion", _("终止协商"), (S.DISCUSSING,), S.ACCEPTED),
        _move("guide", _("引导"), (S.ACCEPTED,), S.GUIDED),
        _move("confirm_guidance", _("确认"), (S.GUIDED,), S.CLOSED),
        _move("lapse", _("逾期视为确认"), (S.GUIDED,), S.CLOSED),
        _move("object", _("提出异议"), (S.GUIDED,), S.ACCEPTED),
        _move("sign", _("签收"), (S.HANDLING,), None),
        _move("ask_return", _("退单"), (S.HANDLING,), None),
        _move("rehand", _("改派"), (S.HANDLING,), None),
        *_returns(),
        _move("recall", _("收回派单"), (S.HANDLING,), S.ACCEPTED),
        _move("recall_part", _("收回协办"), (S.ACCEPTED, S.HANDLING), None),
        _move("retract_result", _("撤回反馈"), (S.HANDLED,), S.HANDLING),
        _move("return_back", _("退单回研判"), (S.HANDLING,), S.ACCEPTED),
        _move("withdraw_request", _("撤回申请"), (S.HANDLING,), None),
        _move("withdraw_reopen", _("撤回重办申请"), (S.REOPENING,), S.CLOSED),
        _move("ask_countersign", _("请会签"), (S.ACCEPTED, S.HANDLING), None),
        _move("countersign", _("会签"), (S.ACCEPTED, S.HANDLING), None),
        _move("ask_extension", _("申请延期"), (S.HANDLING,), None),
        _move("extend", _("延期"), (S.HANDLING,), None),
        _move("ask_pause", _("申请挂起"), (S.HANDLING,), None),
        _move("pause", _("挂起"), (S.HANDLING,), S.SUSPENDED),
        _move("resume", _("恢复办理"), (S.SUSPENDED,), S.HANDLING),
        _move("answer", _("答复协办"), (S.HANDLING,), None),
        _move("attend", _("报到"), ANY, None),
        _move("answer_whistle", _("答复吹哨"), ANY, None),
        _move("finish_whistle", _("办结吹哨"), ANY, None),
        _move("cancel_whistle", _("取消吹哨"), ANY, None),
        _move("waive", _("免除协办"), (S.ACCEPTED, S.HANDLING), None),
        _move("report_result", _("反馈结果"), (S.HANDLING,), S.HANDLED),
        _move("fail", _("核查不通过"), (S.HANDLED,), S.HANDLING),
        _move("pass", _("核查通过"), (S.HANDLED,), S.CLOSED),
        _move("undo_close", _("撤销办结"), (S.CLOSED,), S.HANDLED),
        _move("rate", _("评价"), (S.CLOSED, S.MERGED), None),
        _move("revisit", _("回访"), (S.CLOSED,), None),
        _move("ask_reopen", _("申请重办"), (S.CLOSED,), S.REOPENING),
        _move("grant_reopen", _("同意重办"), (S.REOPENING,), S.HANDLING),
        _move("refuse_reopen", _("不同意重办"), (S.REOPENING,), S.CLOSED),
        _move("mandatory_report", _("强制报告"), (S.REPORTED, S.ACCEPTED, S.HANDLING), None),
        _move("whistle", _("吹哨"), (S.ACCEPTED, S.HANDLING), None),
        _move("supervise", _("督办"), ANY, None),
        _move(
            "remind",
            _("催办"),
            (S.REPORTED, S.ACCEPTED, S.HANDLING, S.DISCUSSING, S.HANDLED, S.REOPENING),
            None,
        ),
        _move("attach", _("验证反映人"), ANY, None),
        _move("protect", _("设为不得公开"), ANY, None),
        _move("document", _("收还材料"), ANY, None),
        _move("ask", _("询问"), LIVE, None),
        _move("answer_question", _("答复询问"), LIVE, None),
        _move("note", _("补记"), LIVE, None),
        _move("publish", _("公开"), (*LIVE, S.CLOSED), None),
        _move("unpublish", _("撤下公开"), ANY, None),
    ],
)
