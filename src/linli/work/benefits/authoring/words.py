"""How the acts of authors are called in the audit."""

from linli.core.words import gettext_lazy as _

RECORDED = {
    "policy.start": _("新写惠民政策"),
    "policy.draft": _("起草政策版本"),
    "policy.edit": _("修改政策草稿"),
    "policy.undo": _("撤销政策草稿的修改"),
    "policy.discard": _("丢弃政策草稿"),
    "policy.remove": _("删去没有发布过的政策"),
    "policy.propose": _("提交政策核准"),
    "policy.publish": _("核准发布政策"),
    "policy.refuse": _("不核准政策"),
    "policy.withdraw": _("撤回待核准的政策"),
    "policy.end_ask": _("提出停办政策"),
    "policy.end": _("核准停办政策"),
    "policy.end_refuse": _("不同意停办政策"),
    "policy.end_withdraw": _("撤回停办政策"),
    "policy.ship": _("装入随软件提供的政策"),
    "policy.preview": _("预演政策"),
    "standard.propose": _("提出政策标准"),
    "standard.publish": _("核准政策标准"),
    "standard.withdraw": _("撤回政策标准"),
    "standard.ship": _("装入随软件提供的政策标准"),
}
