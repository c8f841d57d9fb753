"""What each step of a whistle is called, in its record, among the duties and in the audit."""

from django.utils.translation import gettext_noop as _

VERBS = {
    "call": _("吹哨"),
    "check_in": _("报到"),
    "answer": _("反馈做了什么"),
    "log": _("现场记录"),
    "lead": _("改由谁牵头"),
    "finish": _("办结"),
    "cancel": _("取消"),
    "rate": _("评价"),
    "reply": _("回应评价"),
}
ICONS = {
    "call": "speakerphone",
    "check_in": "map-pin",
    "answer": "clipboard-check",
    "log": "note",
    "lead": "flag",
    "finish": "checks",
    "cancel": "x",
    "rate": "star",
    "reply": "message-reply",
}
ACTIONS = {
    "attend": _("到场报到"),
    "answer": _("反馈做了什么"),
    "finish": _("办结吹哨"),
    "rate": _("评价到场和办理"),
}
RECORDED = {f"whistle.{verb}": words for verb, words in VERBS.items()}
