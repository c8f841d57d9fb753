"""What each step of a meeting is called, in its story, among the duties and in the audit."""

from django.utils.translation import gettext_noop as _

VERBS = {
    "draft": _("开始筹备"),
    "edit": _("修改会议安排"),
    "add_item": _("增加议题"),
    "drop_item": _("撤下议题"),
    "invite": _("增加名单"),
    "uninvite": _("移出名单"),
    "mark": _("标明候选人"),
    "call": _("发会议通知"),
    "tell": _("通知到人"),
    "attend": _("签到"),
    "leave": _("离场"),
    "claim": _("认领请柬"),
    "proxy": _("登记委托"),
    "proxy_drop": _("撤销委托"),
    "open": _("宣布开会"),
    "speak": _("安排发言"),
    "decide": _("议题有了结果"),
    "close": _("宣布散会"),
    "adjourn": _("人数不足，没有举行"),
    "cancel": _("取消会议"),
    "call_again": _("另行召集"),
    "write": _("写会议纪要"),
    "sign": _("签字"),
    "object": _("提出异议"),
    "answer": _("答复异议"),
    "file": _("归档"),
}
ICONS = {
    "draft": "pencil",
    "edit": "pencil",
    "add_item": "list",
    "drop_item": "x",
    "invite": "users",
    "uninvite": "x",
    "mark": "user-check",
    "call": "send",
    "tell": "phone-call",
    "attend": "user-check",
    "leave": "walk",
    "claim": "user-check",
    "proxy": "users",
    "proxy_drop": "x",
    "open": "messages",
    "speak": "message-2",
    "decide": "checks",
    "close": "check",
    "adjourn": "clock",
    "cancel": "x",
    "call_again": "refresh",
    "write": "note",
    "sign": "pencil",
    "object": "alert-circle",
    "answer": "message-reply",
    "file": "folder",
}
# What happens dozens of times at one meeting is counted on its page; its story leaves it out.
QUIET = frozenset({"attend", "leave", "tell", "speak"})
ACTIONS = {
    "hold": _("开会"),
    "write": _("写会议纪要"),
    "file": _("请主持人、记录人签字并归档"),
    "again": _("另行召集"),
}
RECORDED = {f"meeting.{verb}": words for verb, words in VERBS.items()}
