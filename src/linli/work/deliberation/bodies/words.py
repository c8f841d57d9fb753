"""What each act on a body is called, in its history, among the duties and in the audit."""

from django.utils.translation import gettext_noop as _

VERBS = {
    "found": _("登记组织"),
    "change": _("修改登记"),
    "dissolve": _("撤销组织"),
    "term": _("开始新一届"),
    "join": _("加入成员"),
    "post": _("改任职务"),
    "leave": _("成员离任"),
    "met": _("开会"),
    "unmet": _("取消开会登记"),
    "reckon": _("重新计算最迟开会日期"),
}
ICONS = {
    "found": "building-community",
    "change": "pencil",
    "dissolve": "x",
    "term": "refresh",
    "join": "user-plus",
    "post": "id-badge",
    "leave": "user-minus",
    "met": "messages",
    "unmet": "arrow-back-up",
    "reckon": "calendar",
}
ACTIONS = {"meet": _("召开会议"), "renew": _("组织换届")}
RECORDED = {f"body.{verb}": words for verb, words in VERBS.items()}
