"""What each step is called in the audit and among the duties."""

from django.utils.translation import gettext_noop as _

RECORDED = {
    "key.trustees": _("指定密钥保管人"),
    "key.register": _("登记公钥"),
    "key.keep": _("保管人确认收好份额"),
    "choice.seal": _("无记名投票"),
    "sealed.close": _("封存加密选票"),
    "sealed.hand_out": _("取回加密选票"),
    "sealed.return": _("送回开票结果"),
    "sealed.destroy": _("销毁加密选票"),
    "key.destroy": _("保管人确认销毁份额"),
}
ACTIONS = {
    "key": _("办理密钥仪式"),
    "keep": _("确认收好密钥份额"),
    "open": _("会同另一位保管人开票"),
    "destroy": _("销毁密钥份额"),
}
