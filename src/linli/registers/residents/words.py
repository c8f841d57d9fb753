"""What the codes of this part are called."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "fact.set": _("登记事实"),
    "fact.confirm": _("确认事实仍然成立"),
    "fact.correct": _("更正事实"),
    "fact.end": _("结束事实"),
    "ownership.register": _("登记产权"),
    "ownership.transfer": _("转移产权"),
    "ownership.correct": _("更正产权"),
    "ownership.voter": _("推选表决人"),
    "ownership.end": _("结束产权"),
    "receipts.take": _("登记已享受待遇"),
    "care.propose": _("提出关爱对象"),
    "care.confirm": _("确认关爱对象"),
    "care.refuse": _("不纳入关爱对象"),
    "care.renew": _("延续关爱服务"),
    "care.end": _("结束关爱服务"),
    "care.print": _("打印关爱服务名单"),
    "registry_consent.give": _("登记同意"),
    "registry_consent.withdraw": _("撤回同意"),
}
