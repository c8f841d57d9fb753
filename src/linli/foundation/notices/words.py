"""What this room's codes in the record are called."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "broadcast.approve": _("批准群发"),
    "broadcast.ask": _("群发转审批"),
    "broadcast.begin": _("群发开始"),
    "broadcast.cancel": _("取消群发"),
    "broadcast.draft": _("起草群发"),
    "broadcast.edit": _("修改群发"),
    "broadcast.finish": _("群发结束"),
    "broadcast.resend": _("群发重发"),
    "broadcast.return": _("退回群发"),
    "broadcast.spread": _("群发一批"),
    "broadcast.stop": _("叫停群发"),
    "broadcast.stopped": _("群发已停"),
    "broadcast.submit": _("提交群发"),
    "broadcast.tell": _("群发法定告知"),
    "broadcast.try": _("试发"),
    "notice.choose": _("设置接收的消息"),
    "subscription.end": _("退订社区通知"),
    "subscription.set": _("订阅社区通知"),
}
