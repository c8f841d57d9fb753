"""Steps after which another system may have something to do; talk between people stays in the house."""

from linli.core.words import gettext_lazy as _

KINDS = {
    "report": _("上报"),
    "emergency": _("紧急上报"),
    "accept": _("受理"),
    "decline": _("不予受理"),
    "withdraw": _("撤回"),
    "merge": _("并案"),
    "sort": _("初步分类"),
    "class_confirm": _("议定分类"),
    "hand_over": _("派遣"),
    "rehand": _("改派"),
    "whistle": _("吹哨"),
    "sign": _("签收"),
    "return_ask": _("退单"),
    "return_grant": _("同意退单并改派"),
    "extend": _("同意延期"),
    "pause": _("挂起"),
    "resume": _("恢复办理"),
    "result": _("反馈结果"),
    "verify_pass": _("核查通过"),
    "verify_unable": _("无法核查，办结"),
    "verify_fail": _("核查不通过"),
    "reopen_grant": _("同意重办"),
    "supervise": _("督办"),
    "publish": _("公开"),
    "unpublish": _("撤下公开"),
}
