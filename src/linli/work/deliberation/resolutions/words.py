"""What each step of a resolution is called, in its story, among the duties and in the audit."""

from django.utils.translation import gettext_noop as _

VERBS = {
    "make": _("形成决议"),
    "add_task": _("增加任务"),
    "drop_task": _("取消任务"),
    "publish": _("公布"),
    "progress": _("进展"),
    "finish_task": _("任务完成"),
    "show_photos": _("公开照片"),
    "extend": _("改期限"),
    "matter": _("转为事项"),
    "ask_filing": _("报街镇备案"),
    "receive": _("备案"),
    "return": _("退回备案"),
    "finish": _("办结"),
    "withdraw": _("撤销"),
}
ICONS = {
    "make": "clipboard-check",
    "add_task": "plus",
    "drop_task": "x",
    "publish": "speakerphone",
    "progress": "note",
    "finish_task": "checks",
    "show_photos": "eye",
    "extend": "clock",
    "matter": "message-report",
    "ask_filing": "send",
    "receive": "folder",
    "return": "arrow-left",
    "finish": "checks",
    "withdraw": "x",
}
ACTIONS = {
    "publish": _("公布决议"),
    "carry_out": _("落实决议"),
    "receive": _("办理决议备案"),
    "refile": _("修改后重新报备案"),
    "finish": _("办结决议"),
}
RECORDED = {f"resolution.{verb}": words for verb, words in VERBS.items()}
