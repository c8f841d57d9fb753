"""What each step of a ballot is called in the audit and among the duties."""

from django.utils.translation import gettext_noop as _

RECORDED = {
    "ballot.make": _("起草表决"),
    "ballot.edit": _("修改表决"),
    "ballot.roll": _("生成名册"),
    "ballot.announce": _("公告表决"),
    "ballot.freeze": _("确定名册"),
    "ballot.open": _("开始表决"),
    "ballot.close": _("截止表决"),
    "ballot.count": _("计票"),
    "ballot.recount": _("重新计票"),
    "ballot.settle": _("确认表决结果"),
    "ballot.cancel": _("取消表决"),
    "elector.name_voter": _("登记表决人"),
    "elector.add": _("补入名册"),
    "elector.strike": _("从名册划去"),
    "elector.correct": _("更正名册"),
    "objection.make": _("提出异议"),
    "objection.rule": _("处理异议"),
    "vote.cast": _("投票"),
    "vote.change": _("改票"),
    "sheets.make": _("印制票纸"),
    "sheet.issue": _("发出票纸"),
    "sheet.return": _("收回票纸"),
    "sheet.spoil": _("作废票纸"),
    "sheet.miss": _("登记票纸遗失"),
    "sheet.key": _("录入票纸"),
    "box.make": _("登记票箱"),
    "box.seal": _("封存票箱"),
    "box.count": _("清点票箱"),
}
ACTIONS = {
    "freeze": _("确定名册"),
    "count": _("计票"),
    "settle": _("确认表决结果"),
    "rule": _("处理异议"),
    "key": _("第二遍录入票纸"),
}
