"""The states of a matter and the moves between them; the table is the room's state diagram."""

from django.db import models

from linli.core.workflow import Move, Workflow


class State(models.TextChoices):
    """Where a matter stands; assignments carry the finer grain."""

    REPORTED = "reported", "待受理"
    ACCEPTED = "accepted", "待研判"
    HANDLING = "handling", "办理中"
    SUSPENDED = "suspended", "挂起"
    DISCUSSING = "discussing", "协商中"
    GUIDED = "guided", "已引导"
    HANDLED = "handled", "待核查"
    CLOSED = "closed", "已办结"
    REOPENING = "reopening", "申请重办"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已并案"


S = State
ANY = tuple(State)
LIVE = (S.REPORTED, S.ACCEPTED, S.HANDLING, S.SUSPENDED, S.DISCUSSING, S.GUIDED, S.HANDLED, S.REOPENING)
ENDED = (S.CLOSED, S.DECLINED, S.WITHDRAWN, S.MERGED)


def _move(code: str, label: str, sources: tuple[str, ...], target: str | None) -> Move:
    return Move(code, label, frozenset(str(s) for s in sources), str(target) if target else None)


WORKFLOW = Workflow(
    "matter",
    {str(value): str(label) for value, label in State.choices},
    [
        _move("accept", "受理", (S.REPORTED,), S.ACCEPTED),
        _move("decline", "不予受理", (S.REPORTED, S.ACCEPTED), S.DECLINED),
        _move("withdraw", "撤回", (S.REPORTED, S.ACCEPTED), S.WITHDRAWN),
        _move("merge", "并案", (S.REPORTED, S.ACCEPTED, S.HANDLING), S.MERGED),
        _move("place_set", "核定地点", LIVE, None),
        _move("sort", "研判分类", (S.ACCEPTED,), None),
        _move(
            "confirm_class",
            "确认分类",
            (S.ACCEPTED, S.HANDLING, S.SUSPENDED, S.DISCUSSING, S.GUIDED, S.HANDLED),
            None,
        ),
        _move("hand_over", "派遣", (S.ACCEPTED,), S.HANDLING),
        _move("start_discussion", "转协商", (S.ACCEPTED,), S.DISCUSSING),
        _move("finish_discussion_task", "协商转办理", (S.DISCUSSING,), S.HANDLING),
        _move("finish_discussion", "协商办结", (S.DISCUSSING,), S.HANDLED),
        _move("end_discussion", "终止协商", (S.DISCUSSING,), S.ACCEPTED),
        _move("guide", "引导", (S.ACCEPTED,), S.GUIDED),
        _move("confirm_guidance", "确认", (S.GUIDED,), S.CLOSED),
        _move("lapse", "逾期视为确认", (S.GUIDED,), S.CLOSED),
        _move("object", "提出异议", (S.GUIDED,), S.ACCEPTED),
        _move("sign", "签收", (S.HANDLING,), None),
        _move("ask_return", "退单", (S.HANDLING,), None),
        _move("rehand", "改派", (S.HANDLING,), None),
        _move("ask_extension", "申请延期", (S.HANDLING,), None),
        _move("extend", "延期", (S.HANDLING,), None),
        _move("ask_pause", "申请挂起", (S.HANDLING,), None),
        _move("pause", "挂起", (S.HANDLING,), S.SUSPENDED),
        _move("resume", "恢复办理", (S.SUSPENDED,), S.HANDLING),
        _move("answer", "答复协办", (S.HANDLING,), None),
        _move("attend", "报到", (S.ACCEPTED, S.HANDLING), None),
        _move("answer_whistle", "答复吹哨", (S.ACCEPTED, S.HANDLING), None),
        _move("waive", "免除协办", (S.ACCEPTED, S.HANDLING), None),
        _move("report_result", "反馈结果", (S.HANDLING,), S.HANDLED),
        _move("fail", "核查不通过", (S.HANDLED,), S.HANDLING),
        _move("pass", "核查通过", (S.HANDLED,), S.CLOSED),
        _move("rate", "评价", (S.CLOSED, S.MERGED), None),
        _move("ask_reopen", "申请重办", (S.CLOSED,), S.REOPENING),
        _move("grant_reopen", "同意重办", (S.REOPENING,), S.HANDLING),
        _move("refuse_reopen", "不同意重办", (S.REOPENING,), S.CLOSED),
        _move("mandatory_report", "强制报告", (S.REPORTED, S.ACCEPTED, S.HANDLING), None),
        _move("whistle", "吹哨", (S.ACCEPTED, S.HANDLING), None),
        _move("supervise", "督办", ANY, None),
        _move(
            "remind",
            "催办",
            (S.REPORTED, S.ACCEPTED, S.HANDLING, S.DISCUSSING, S.HANDLED, S.REOPENING),
            None,
        ),
        _move("attach", "验证反映人", ANY, None),
        _move("protect", "设为不得公开", ANY, None),
        _move("document", "收还材料", ANY, None),
        _move("ask", "询问", LIVE, None),
        _move("answer_question", "答复询问", LIVE, None),
        _move("note", "补记", LIVE, None),
        _move("publish", "公开", (*LIVE, S.CLOSED), None),
        _move("unpublish", "撤下公开", ANY, None),
    ],
)
