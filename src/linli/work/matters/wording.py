"""What each step is called: at the desk, and to the resident in words of daily life.

One row a verb. ``title`` and ``body`` are both the notice and the step of the journey, filled with the
event's facts; a row without ``title`` is not told to residents.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from linli.core.clock import BEIJING

from .models import AffairClass, MatterEvent

EVERYONE = MatterEvent.Audience.EVERYONE
DESK = MatterEvent.Audience.DESK
GOVERNING = MatterEvent.Audience.GOVERNING
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Words:
    """How a verb reads: on the desk's timeline, and to residents.

    ``tells``: they get a notice; ``is_shared``: so do the reporters of matters merged into this one.
    """

    desk: str
    title: str = ""
    body: str = ""
    audience: MatterEvent.Audience = EVERYONE
    tells: bool = True
    is_shared: bool = True


VERBS: dict[str, Words] = {
    "report": Words(
        _("上报"), _("我们收到了您反映的事"), _("编号 {number}。{unit}会在{due}前决定是否受理。")
    ),
    "emergency": Words(
        _("紧急上报"), _("紧急情况已同时报给居委会和街镇"), _("编号 {number}。危险时请先拨打 {numbers}。")
    ),
    "attach": Words(_("反映人验证手机"), audience=DESK),
    "accept": Words(_("受理"), _("{by}已受理"), _("{due}前会告诉您这件事由谁来办。{note}")),
    "decline": Words(_("不予受理"), _("{by}没有受理这件事"), _("原因：{note} 您可以：{where}")),
    "withdraw": Words(_("撤回"), _("您撤回了这件事"), "{note}", tells=False),
    "merge": Words(
        _("并案"), _("和另一件相同的事一起办"), _("以后的进展都会通知您，办结后也请您评价。{note}")
    ),
    "receive_merged": Words(_("并入另一件"), audience=DESK),
    "split": Words(_("分出"), _("这件事从一起办的里面分出，单独办理"), _("原因：{note} {due}前有下一步。")),
    "give_split": Words(_("分出一件"), audience=DESK),
    "place_set": Words(_("核定地点"), _("核定了地点"), "{place}", tells=False),
    "sort": Words(_("初步分类"), _("{by}初步分为「{affair_class}」"), "{note}", tells=False),
    "class_confirm": Words(_("议定分类"), _("分类已议定为「{affair_class}」"), "", tells=False),
    "guide": Words(
        _("引导"),
        _("{by}给您一个办法"),
        _("{note} 有用请点「确认」，没用请点「提出异议」；{due}前没有回应，就先办结。"),
    ),
    "guidance_confirm": Words(_("反映人确认"), _("您已确认，这件事办结"), "", tells=False),
    "guidance_object": Words(_("反映人异议"), _("您提出了异议，{unit}会重新研判"), "{note}", tells=False),
    "guidance_lapse": Words(
        _("逾期未回应，办结"),
        _("这件事先办结了"),
        _("我们没有等到您的回应。如仍有困难，{window}前可以申请重办。"),
    ),
    "discussion_start": Words(_("转协商"), _("这件事交给邻居们一起商量"), "{note}"),
    "discussion_finish_task": Words(
        _("协商后派遣"), _("商量好了，由{unit}来办"), _("{note} 最迟{due}办完。")
    ),
    "discussion_finish": Words(_("协商办结"), _("商量有了结果"), "{note}"),
    "discussion_end": Words(_("终止协商"), _("商量没有达成一致，{by}重新研判"), "{note}"),
    "mandatory_report": Words(_("强制报告"), audience=GOVERNING),
    "hand_over": Words(_("派遣"), _("{by}已派给{unit}"), _("{limit}内答复，最迟{due}。")),
    "sign": Words(_("签收"), _("{by}已签收，正在办理"), _("最迟{due}答复。")),
    "attend": Words(_("报到"), audience=DESK),
    "return_ask": Words(_("退单"), audience=DESK),
    "return_grant": Words(
        _("同意退单并改派"),
        _("改由{unit}办理"),
        _("{former}说这件事不归它办，现在由{unit}接着办，最迟{due}答复。"),
    ),
    "return_back": Words(
        _("同意退单，回到研判"), _("{by}重新研判由谁来办"), _("{former}说这件事不归它办。{due}前有下一步。")
    ),
    "send_back": Words(_("退回"), _("这件事退回重新{step}"), _("原因：{note} {due}前有下一步。")),
    "straight_back": Words(_("直接送回"), _("补充好了，接着{step}"), "{note}"),
    "recall": Words(_("收回派单"), _("{by}收回了派单，重新安排"), _("原因：{note} {due}前告诉您由谁来办。")),
    "recall_part": Words(_("收回协办"), audience=DESK),
    "result_retract": Words(_("撤回反馈"), _("{by}说还没有办完，继续办理"), _("{note} 最迟{due}答复。")),
    "request_withdraw": Words(_("撤回申请"), audience=DESK),
    "reopen_withdraw": Words(_("撤回重办申请"), _("您撤回了重办申请"), "", tells=False),
    "countersign_ask": Words(_("请会签"), audience=DESK),
    "countersign": Words(_("会签"), audience=DESK),
    "return_co_grant": Words(_("同意协办退单"), audience=DESK),
    "return_refuse": Words(_("不同意退单"), audience=DESK),
    "rehand": Words(_("改派"), _("改由{unit}办理"), _("最迟{due}答复。")),
    "extension_ask": Words(_("申请延期"), audience=DESK),
    "extend": Words(_("同意延期"), _("办理时间延长到{due}"), _("原因：{reason}")),
    "extension_refuse": Words(_("不同意延期"), audience=DESK),
    "pause_ask": Words(_("申请挂起"), audience=DESK),
    "pause": Words(_("挂起"), _("暂时停下，预计{until}恢复"), _("原因：{reason}")),
    "pause_refuse": Words(_("不同意挂起"), audience=DESK),
    "resume": Words(_("恢复办理"), _("恢复办理"), _("最迟{due}答复。{note}")),
    "answer": Words(_("协办答复"), audience=DESK),
    "waive": Words(_("免除协办"), audience=DESK),
    "result": Words(
        _("反馈结果"), _("{by}说已经办完"), _("{note} 接下来由没有参与办理的人核查，最迟{due}。")
    ),
    "whistle": Words(_("吹哨"), _("{by}请{unit}到现场一起办"), "", tells=False),
    "whistle_finish": Words(_("吹哨办结"), _("{unit}到现场一起办了"), "{note}"),
    "whistle_cancel": Words(_("取消吹哨"), audience=DESK),
    "verify_pass": Words(
        _("核查通过"), _("核查通过，这件事办结"), _("{note} 请评价：有没有联系您？解决了吗？满意吗？")
    ),
    "verify_unable": Words(
        _("无法核查，办结"),
        _("这件事办结"),
        _("没有办法到现场核查：{note} 请评价；不认可可在{window}前申请重办。"),
    ),
    "close_undo": Words(
        _("撤销办结"), _("办结撤销了，这件事重新核查"), _("原因：{note} {due}前告诉您结果。")
    ),
    "verify_fail": Words(_("核查不通过"), _("核查没有通过，{unit}继续办理"), _("{note} 最迟{due}。")),
    "rate": Words(_("评价"), _("您作了评价"), "", tells=False),
    "revisit": Words(_("回访"), _("{by}回访了您，记下了您的评价"), "", tells=False, is_shared=False),
    "revisit_try": Words(_("回访未成"), audience=DESK),
    "reopen_ask": Words(_("申请重办"), _("已申请重办"), _("街镇会在{due}前答复您。")),
    "reopen_grant": Words(_("同意重办"), _("同意重办，由{unit}办理"), _("最迟{due}答复。{note}")),
    "reopen_refuse": Words(_("不同意重办"), _("没有同意重办"), _("原因：{note}")),
    "question_ask": Words(_("询问反映人"), _("{by}想问您一件事"), "{note}", is_shared=False),
    "question_answer": Words(_("反映人答复"), _("您回答了问题"), "", tells=False),
    "note": Words(_("补记"), audience=DESK),
    "remind": Words(_("催办"), audience=DESK),
    "supervise": Words(_("督办"), audience=DESK),
    "publish": Words(_("公开"), _("这件事有了公开版本，不含您的信息"), ""),
    "unpublish": Words(_("撤下公开"), audience=DESK),
    "protect": Words(_("设为不得公开"), audience=GOVERNING),
    "document_receive": Words(_("收取材料"), _("{by}收到您的材料：{document}"), is_shared=False),
    "document_return": Words(_("交还材料"), _("材料已交还：{document}"), is_shared=False),
    "import": Words(_("导入"), audience=DESK),
    "import_change": Words(_("来件更新"), audience=DESK),
}

# Acts that stand in the record but in no matter's story.
RECORDED = {
    "affected.add": _("我也遇到了"),
    "affected.remove": _("不再是我也遇到了"),
    "closing.propose": _("提出批量办结"),
    "closing.review": _("复核批量办结"),
    "closing.rule": _("设置批量办结的上限"),
    "closing.undo": _("撤销批量办结"),
    "closing.withdraw": _("撤回批量办结"),
    "assist.ask_outside": _("询问外部模型"),
    "assist.retire": _("停用建议模型"),
    "assist.threshold": _("设置建议门槛"),
    "assist.train": _("训练建议模型"),
    "category.load": _("装入类别"),
    "category.retire": _("停用类别"),
    "edition.begin": _("起用权责清单的一版"),
    "edition.draft": _("导入权责清单的一版"),
    "edition.drop": _("丢弃待发布的权责清单"),
    "edition.publish": _("发布权责清单的一版"),
    "draft.forget": _("清理草稿"),
    "draft.save": _("保存草稿"),
    "draft.submit": _("提交草稿"),
    "matter.caller_look": _("来电识别"),
    "matter.reveal": _("查看反映人"),
    "phrase.add": _("添加常用语"),
    "phrase.change": _("修改常用语"),
    "phrase.remove": _("删除常用语"),
    "poster.create": _("制作二维码"),
    "poster.disable": _("停用二维码"),
    "counter.add": _("窗口取号"),
    "counter.call": _("窗口接待"),
    "counter.finish": _("窗口办结"),
    "counter.forget": _("清理窗口来访"),
    "counter.leave": _("来访者离开"),
    "counter.pass": _("窗口转同事"),
    "counter.wait": _("放回等候"),
}

# What somebody has to do, as it stands on the list of duties.
ACTIONS: dict[str, str] = {
    "accept": _("受理"),
    "emergency": _("紧急：立即核实并报告"),
    "sort": _("研判分类"),
    "confirm_class": _("议定分类"),
    "discuss": _("组织协商"),
    "confirm": _("确认引导结果"),
    "sign": _("签收"),
    "handle": _("办理并反馈"),
    "answer": _("协办并答复"),
    "attend": _("到场报到"),
    "countersign": _("会签"),
    "decide_return": _("审批退单"),
    "decide_extension": _("审批延期"),
    "decide_pause": _("审批挂起"),
    "decide_reopen": _("审批重办"),
    "resume": _("恢复办理"),
    "verify": _("核查"),
    "confirm_result": _("确认办理结果"),
    "answer_question": _("回答问题"),
    "supervise": _("督办件"),
    "review_closing": _("复核批量办结"),
}


def instant_words(at: datetime | None, is_provisional: bool = False) -> str:
    """Return an instant as people read it: 11月27日(周五) 17:00, with 暂定 where the calendar is missing."""
    if at is None:
        return ""
    local = at.astimezone(BEIJING)
    words = gettext("%(month)s月%(day)s日(周%(weekday)s) %(local)s") % {
        "month": local.month,
        "day": local.day,
        "weekday": WEEKDAYS[local.weekday()],
        "local": f"{local:%H:%M}",
    }
    return gettext("%(words)s（暂定）") % {"words": words} if is_provisional else words


def _readable(name: str, value: Any) -> str:
    if name == "affair_class":
        return str(AffairClass(value).label) if value else ""
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def words_filled(template: str, facts: Mapping[str, Any]) -> str:
    """Return a row's words filled with facts; a missing fact leaves its place empty."""
    if not template:
        return ""
    readable = {name: _readable(name, value) for name, value in facts.items()}
    return gettext(template).format_map(defaultdict(str, readable)).strip()


def notice_words(verb: str, facts: Mapping[str, Any], is_sensitive: bool) -> tuple[str, str]:
    """Return title and body of the notice to a reporter.

    Of a sensitive matter nothing but the number leaves the house: somebody else may read the phone.
    """
    if is_sensitive:
        return words_filled(_("您有一条新消息"), facts), words_filled(_("编号 {number}，请登录查看。"), facts)
    words = VERBS[verb]
    return words_filled(words.title, facts), words_filled(words.body, facts)
