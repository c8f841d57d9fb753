"""What an actor may do to a matter now: the one source of buttons, menus and keyboard numbers.

Each row of ``OFFERS`` names a move, who may make it and about which records; the order is the order of
urgency, so that the first row that is offered is the page's one coloured button.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from linli.core.actor import Actor

from .. import permissions as may
from ..models import AffairClass, Assignment, Matter
from ..rules import OPEN_ASSIGNMENT
from ..workflow import LIVE, WORKFLOW
from .scene import Scene

LEAD, CO, WHISTLED = Assignment.Part.LEAD, Assignment.Part.CO, Assignment.Part.WHISTLED
COUNTER = Assignment.Part.COUNTER
MUST_REPORT = frozenset({"violence", "child"})


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done now; ``subject_key`` names what it is about besides the matter."""

    code: str
    label: str
    help: str
    who_is_told: str
    url_name: str
    is_primary: bool = False
    subject_key: str = ""


def _when(condition: bool) -> Iterator[str]:
    if condition:
        yield ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One row: the action's words, the move that the state must allow, and the subjects it is offered for."""

    code: str
    label: str
    help: str
    told: str
    move: str
    subjects: Callable[[Scene], Iterator[str]]
    is_next: Callable[[Scene], bool] = lambda scene: False


def _yes(scene: Scene) -> bool:
    return True


def _must_report(scene: Scene) -> bool:
    return (
        scene.matter.emergency_kind in MUST_REPORT
        and not scene.matter.events.filter(verb="mandatory_report").exists()
    )


def _governing(scene: Scene) -> Iterator[str]:
    yield from _when(scene.governs)


def _reporting(scene: Scene) -> Iterator[str]:
    yield from _when(scene.is_reporter)


def _of_street(scene: Scene) -> Iterator[str]:
    yield from _when(may.can_decide_for_street(scene.actor, scene.matter))


REPORTER, UNIT, STREET, NOBODY = _("反映人"), _("办理单位"), _("街镇"), ""

OFFERS: tuple[Offer, ...] = (
    Offer(
        "mandatory_report",
        _("强制报告"),
        _("登记已向公安、民政等机关报告"),
        NOBODY,
        "mandatory_report",
        _governing,
        _must_report,
    ),
    Offer(
        "answer_question",
        _("答复询问"),
        _("回答工作人员的问题"),
        _("提问的人"),
        "answer_question",
        lambda s: iter(
            [str(q.public_id) for q in s.questions] if may.can_answer_question(s.actor, s.matter) else []
        ),
        lambda s: s.is_reporter,
    ),
    Offer(
        "decide_return",
        _("审批退单"),
        _("同意则改派，不同意则原单位继续办"),
        UNIT,
        "rehand",
        lambda s: s.asked("return"),
        _yes,
    ),
    Offer(
        "decide_extension",
        _("审批延期"),
        _("同意后新期限会告知反映人"),
        _("办理单位、反映人"),
        "extend",
        lambda s: s.asked("extension"),
        _yes,
    ),
    Offer(
        "decide_pause",
        _("审批挂起"),
        _("同意后时限停止计算"),
        _("办理单位、反映人"),
        "pause",
        lambda s: s.asked("pause"),
        _yes,
    ),
    Offer(
        "decide_reopen",
        _("审批重办"),
        _("同意则开始新一轮办理"),
        REPORTER,
        "grant_reopen",
        lambda s: s.asked("reopen"),
        _yes,
    ),
    Offer(
        "countersign",
        _("会签"),
        _("写明本单位同意或不同意，别的单位照常会签"),
        _("请会签的单位"),
        "countersign",
        lambda s: s.working((COUNTER,), "sent"),
        _yes,
    ),
    Offer(
        "straight_back",
        _("直接送回"),
        _("补充好了，跳过中间步骤，送回退回来的那一步"),
        _("办理单位、反映人"),
        "straight_back_handling",
        lambda s: _when(s.is_sent_back),
        _yes,
    ),
    Offer("accept", _("受理"), _("由我们负责到底，反映人会收到通知"), REPORTER, "accept", _governing, _yes),
    Offer(
        "sign",
        _("签收"),
        _("确认收到，开始办理"),
        REPORTER,
        "sign",
        lambda s: s.working((LEAD, CO), "sent"),
        _yes,
    ),
    Offer(
        "sign", _("报到"), _("确认已到现场"), NOBODY, "attend", lambda s: s.working((WHISTLED,), "sent"), _yes
    ),
    Offer(
        "report_result",
        _("反馈结果"),
        _("说明做了什么，交给别人核查"),
        REPORTER,
        "report_result",
        lambda s: s.finishable(),
        _yes,
    ),
    Offer(
        "answer",
        _("答复协办"),
        _("说明本单位做了什么"),
        NOBODY,
        "answer",
        lambda s: s.working((CO,), *OPEN_ASSIGNMENT),
        _yes,
    ),
    Offer(
        "answer",
        _("答复吹哨"),
        _("说明到场后做了什么"),
        NOBODY,
        "answer_whistle",
        lambda s: s.working((WHISTLED,), *OPEN_ASSIGNMENT),
        _yes,
    ),
    Offer(
        "verify",
        _("核查"),
        _("看是否真的办好了，通过即办结"),
        REPORTER,
        "pass",
        lambda s: _when(s.may_verify),
        _yes,
    ),
    Offer("resume", _("恢复办理"), _("时限接着计算"), _("办理单位、反映人"), "resume", _of_street, _yes),
    Offer(
        "finish_discussion",
        _("登记协商结果"),
        _("形成决议，或交给单位去办"),
        REPORTER,
        "finish_discussion",
        _governing,
        _yes,
    ),
    Offer(
        "sort",
        _("研判分类"),
        _("分为大事、小事或私事，须另一人确认"),
        NOBODY,
        "sort",
        _governing,
        lambda s: s.of_class(""),
    ),
    Offer(
        "hand_over",
        _("派遣"),
        _("交给单位办理，时限开始计算"),
        _("办理单位、反映人"),
        "hand_over",
        _governing,
        lambda s: s.of_class(AffairClass.MAJOR, AffairClass.MINOR),
    ),
    Offer(
        "guide",
        _("引导"),
        _("私事：告诉居民怎么办、找谁办"),
        REPORTER,
        "guide",
        _governing,
        lambda s: s.of_class(AffairClass.PRIVATE),
    ),
    Offer(
        "confirm_guidance",
        _("有用，可以办结"),
        _("这个办法解决了问题"),
        NOBODY,
        "confirm_guidance",
        _reporting,
        _yes,
    ),
    Offer(
        "rate",
        _("评价"),
        _("有没有联系您？解决了吗？满意吗？"),
        NOBODY,
        "rate",
        lambda s: _when(s.may_rate),
        _yes,
    ),
    Offer(
        "confirm_class",
        _("确认分类"),
        _("另一人按议事结果确认分类"),
        NOBODY,
        "confirm_class",
        lambda s: _when(may.can_confirm_class(s.actor, s.matter) and s.matter.class_confirmed_by_id is None),
    ),
    Offer(
        "start_discussion",
        _("转协商"),
        _("小事：请居民一起商量"),
        REPORTER,
        "start_discussion",
        lambda s: _when(s.governs and s.of_class(AffairClass.MINOR)),
    ),
    Offer(
        "end_discussion", _("终止协商"), _("没有达成一致，回到研判"), REPORTER, "end_discussion", _governing
    ),
    Offer("object", _("提出异议"), _("这个办法没用，请再想想"), _("居委会"), "object", _reporting),
    Offer(
        "ask_return",
        _("退单"),
        _("不归本单位办，写明理由和建议"),
        STREET,
        "ask_return",
        lambda s: s.unasked("return", (LEAD, CO, WHISTLED), *OPEN_ASSIGNMENT),
    ),
    Offer(
        "ask_extension",
        _("申请延期"),
        _("由街镇审批，批准后告知反映人"),
        STREET,
        "ask_extension",
        lambda s: s.unasked("extension", (LEAD, CO), "signed"),
    ),
    Offer(
        "ask_pause",
        _("申请挂起"),
        _("有法定情形时停止计算时限"),
        STREET,
        "ask_pause",
        lambda s: s.unasked("pause", (LEAD,), "signed"),
    ),
    Offer(
        "rehand",
        _("改派"),
        _("换一个单位主办，原单位仍可查看"),
        _("两个单位、反映人"),
        "rehand",
        lambda s: _when(s.governs and any(row.part == LEAD for row in s.assignments)),
    ),
    Offer(
        "recall",
        _("收回"),
        _("收回派出去的交办，对方的待办随即消失"),
        _("该单位；收回主办时也告知反映人"),
        "recall_part",
        lambda s: s.recallable(),
    ),
    Offer(
        "retract_result",
        _("撤回反馈"),
        _("核查之前撤回，接着办，时限不变"),
        REPORTER,
        "retract_result",
        lambda s: s.retractable(),
    ),
    Offer(
        "withdraw_request",
        _("撤回申请"),
        _("撤回还没有审批的申请"),
        NOBODY,
        "withdraw_request",
        lambda s: s.withdrawable("return", "extension", "pause"),
    ),
    Offer(
        "withdraw_reopen",
        _("撤回重办申请"),
        _("不用重新办理了"),
        NOBODY,
        "withdraw_reopen",
        lambda s: _when(any(True for _key in s.withdrawable("reopen"))),
    ),
    Offer(
        "ask_countersign",
        _("请会签"),
        _("请几个单位表态，一个不同意不影响其他单位"),
        _("被请的单位"),
        "ask_countersign",
        lambda s: _when(may.can_ask_countersign(s.actor, s.matter)),
    ),
    Offer(
        "send_back",
        _("退回"),
        _("退回到已经过的步骤，派出去的随之收回"),
        _("办理单位、反映人"),
        "send_back_reported",
        lambda s: _when(bool(s.steps_back)),
    ),
    Offer(
        "waive",
        _("免除协办"),
        _("不再等这个单位答复"),
        UNIT,
        "waive",
        lambda s: iter(
            [str(a.public_id) for a in s.uncalled if a.part != LEAD and a.state in OPEN_ASSIGNMENT]
            if s.governs
            else []
        ),
    ),
    Offer("whistle", _("吹哨"), _("请有关单位按时到现场一起办"), _("被请的单位"), "whistle", _governing),
    Offer("merge", _("并案"), _("和另一件相同的事一起办"), REPORTER, "merge", _governing),
    Offer("split", _("分出"), _("不是同一件，单独办"), REPORTER, "split_reported", Scene.splittable),
    Offer("place_set", _("核定地点"), _("更正地点，或确定是哪个居委会"), NOBODY, "place_set", _governing),
    Offer("decline", _("不予受理"), _("写明理由和可以去哪里办"), REPORTER, "decline", _governing),
    Offer("withdraw", _("撤回"), _("不用再办了"), _("居委会"), "withdraw", _reporting),
    Offer(
        "ask_reopen",
        _("申请重办"),
        _("问题没有解决或者又出现了"),
        STREET,
        "ask_reopen",
        lambda s: _when(may.can_ask_reopen(s.actor, s.matter)),
    ),
    Offer(
        "ask",
        _("询问反映人"),
        _("反映人会收到通知并在手机上回答"),
        REPORTER,
        "ask",
        lambda s: _when(s.matter.reporter_id is not None and may.can_ask_reporter(s.actor, s.matter)),
    ),
    Offer(
        "note",
        _("补记"),
        _("只有工作人员能看到"),
        NOBODY,
        "note",
        lambda s: _when(may.can_note_matter(s.actor, s.matter)),
    ),
    Offer(
        "remind",
        _("催办"),
        _("提醒该办的人，时限不变，一天一次"),
        _("该办的单位"),
        "remind",
        lambda s: _when(may.can_remind_matter(s.actor, s.matter)),
    ),
    Offer(
        "supervise",
        _("督办"),
        _("要求限期答复，状态不变"),
        _("办理单位、居委会"),
        "supervise",
        lambda s: _when(may.can_supervise_matter(s.actor, s.matter) and s.matter.state in LIVE),
    ),
    Offer(
        "publish",
        _("公开"),
        _("另写标题和内容，原文不会公开"),
        REPORTER,
        "publish",
        lambda s: _when(may.can_publish_matter(s.actor, s.matter)),
    ),
    Offer(
        "unpublish",
        _("撤下公开"),
        _("公开版本不再显示"),
        NOBODY,
        "unpublish",
        lambda s: _when(s.governs and _is_published(s.matter)),
    ),
    Offer(
        "protect",
        _("设为不得公开"),
        _("涉及隐私或投诉个人，今后不得公开"),
        NOBODY,
        "protect",
        lambda s: _when(s.governs and not s.matter.is_never_public),
    ),
    Offer(
        "document_receive",
        _("收取材料"),
        _("代办时登记收到的材料"),
        REPORTER,
        "document",
        lambda s: _when(
            s.actor.is_staff and s.matter.state in LIVE and may.can_hold_document(s.actor, s.matter)
        ),
    ),
    Offer(
        "document_return",
        _("交还材料"),
        _("登记材料已交还"),
        REPORTER,
        "document",
        lambda s: iter([str(d.pk) for d in s.documents] if may.can_hold_document(s.actor, s.matter) else []),
    ),
)


def _is_published(matter: Matter) -> bool:
    version = getattr(matter, "public_version", None)
    return version is not None and version.withdrawn_at is None


def actions_for(actor: Actor, matter: Matter, code: str = "") -> list[Action]:
    """Return what this actor may do to a matter now; at most one is the next step (``is_primary``).

    It asks the same permissions and the same table of moves as the services; about one ``code`` only
    where a list of matters is asked for that.
    """
    scene, found = Scene(actor, matter), []
    has_primary = False
    for offer in OFFERS:
        if (code and offer.code != code) or not WORKFLOW.allows(matter.state, offer.move):
            continue
        for key in offer.subjects(scene):
            is_primary = not has_primary and offer.is_next(scene)
            has_primary = has_primary or is_primary
            found.append(_action(offer, key, is_primary))
    return found


def _action(offer: Offer, key: str, is_primary: bool) -> Action:
    return Action(
        code=offer.code,
        label=gettext(offer.label),
        help=gettext(offer.help),
        who_is_told=gettext(offer.told) if offer.told else "",
        url_name="matters:action_on" if key else "matters:action",
        is_primary=is_primary,
        subject_key=key,
    )
