"""What the acts of outreach are called in the record."""

from linli.core.words import gettext_lazy as _

RECORDED = {
    "lead.take": _("登记政策线索"),
    "lead.tell": _("记为已告知"),
    "lead.apply": _("记为已申请"),
    "lead.grant": _("记为已享受"),
    "lead.refuse": _("记为未获批"),
    "lead.has": _("记为早已享受"),
    "lead.decline": _("记为本人不要"),
    "lead.wrong": _("记为信息有误"),
    "lead.correct": _("更正线索所依据的情况"),
    "lead.doubt": _("记为信息有误，待核实"),
    "lead.checked": _("核实更正完毕"),
    "lead.undo": _("撤销线索上的一步"),
    "outreach.tell": _("告知一户"),
    "outreach.learn": _("上门登记情况"),
    "outreach.assign": _("改派上门"),
    "outreach.message": _("发站内消息告知"),
    "outreach.channel": _("改联系方式"),
    "trace.reveal": _("查看政策依据里的敏感情况"),
    "wave.release": _("放出政策批次"),
    "wave.pause": _("暂停政策批次"),
    "wave.resume": _("继续政策批次"),
    "wave.end": _("结束政策批次"),
    "wave.change": _("调整政策批次"),
    "wave.fill": _("批次找齐线索"),
    "wave.deal": _("派出政策上门"),
}
