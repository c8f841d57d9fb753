"""What the acts, the fields and the sources of the registry are called."""

from collections.abc import Iterable
from typing import Any

from linli.core.words import gettext_lazy as _

from .consents.purposes import consent_purposes
from .facts.dictionary import dictionary

VERBS: dict[str, Any] = {
    "household.open": _("登记一户"),
    "household.move": _("全户搬家"),
    "household.move_in": _("全户迁入"),
    "household.move_out": _("全户迁出"),
    "household.split": _("分户"),
    "household.merge": _("并户"),
    "household.head_change": _("变更户主"),
    "household.tenure": _("变更居住方式"),
    "household.member_correct": _("更正户成员"),
    "resident.register": _("登记居民"),
    "resident.enter": _("登记不住在本地的人"),
    "resident.correct": _("更正居民信息"),
    "resident.move": _("转到另一户"),
    "resident.move_away": _("迁出"),
    "resident.birth": _("出生登记"),
    "resident.death": _("去世登记"),
    "resident.merge": _("合并重复登记"),
    "resident.alike": _("比对疑似重复的登记"),
    "resident.distinct": _("确认不是同一人"),
    "guardian.set": _("登记监护人"),
    "guardian.end": _("终止监护"),
    "establishment.open": _("登记单位"),
    "establishment.update": _("修改单位信息"),
    "establishment.move": _("单位迁址"),
    "establishment.close": _("单位撤销"),
    "establishment.import": _("随文件更新单位"),
    "establishment.reveal": _("查看单位负责人和电话"),
    "transfer.ask": _("申请迁入"),
    "transfer.confirm": _("同意迁出"),
    "transfer.refuse": _("不同意迁出"),
    "transfer.withdraw": _("撤回迁入申请"),
    "act.undo": _("撤销变更"),
    "resident.erase": _("删除个人资料"),
    "resident.search": _("查找居民"),
    "resident.reveal": _("查看居民个人信息"),
    "registry.count": _("预先统计大区人口"),
    "resident.tokens": _("重建检索码"),
    "fact.set": _("登记事实"),
    "fact.confirm": _("确认事实仍然成立"),
    "fact.correct": _("更正事实"),
    "fact.end": _("结束事实"),
    "fact.reveal": _("查看敏感情况"),
    "ownership.register": _("登记产权"),
    "ownership.transfer": _("转移产权"),
    "ownership.correct": _("更正产权"),
    "ownership.voter": _("推选表决人"),
    "ownership.end": _("结束产权"),
    "ownership.import": _("随文件更新产权"),
    "receipts.take": _("登记已享受待遇"),
    "receipts.reveal": _("查看已享受待遇"),
    "receipt.add": _("登记已享受待遇"),
    "receipt.correct": _("更正已享受待遇"),
    "receipt.drop": _("删除登记错的待遇"),
    "care.gaps": _("统计关爱规则判断不了的人数"),
    "care.propose": _("提出关爱对象"),
    "care.confirm": _("确认关爱对象"),
    "care.refuse": _("不纳入关爱对象"),
    "care.renew": _("延续关爱服务"),
    "care.end": _("结束关爱服务"),
    "care.print": _("打印关爱服务名单"),
    "care.remind": _("提醒复核关爱服务"),
    "registry_consent.give": _("登记同意"),
    "registry_consent.withdraw": _("撤回同意"),
    "link.ask": _("请求关联居民登记"),
    "link.code": _("用入户码关联"),
    "link.confirm": _("确认账号关联"),
    "link.refuse": _("不予关联账号"),
    "link.end": _("本人解除关联"),
    "link.cut": _("解除账号关联"),
    "link.follow": _("关联随登记变更"),
    "door_code.make": _("制作入户码"),
    "door_code.use": _("使用入户码"),
    "door_code.void": _("作废入户码"),
    "objection.make": _("不同意由机器匹配政策"),
    "objection.lift": _("撤回对机器匹配的异议"),
    "assessment.make": _("生成影响评估"),
    "assessment.write": _("填写评估意见"),
    "assessment.conclude": _("影响评估定稿"),
}
FIELDS: dict[str, Any] = {
    "name": _("姓名"),
    "number": _("证件号码"),
    "number_kind": _("证件种类"),
    "phone": _("电话"),
    "birth": _("出生日期"),
    "birth_month": "",
    "sex": _("性别"),
    "state": _("状态"),
    "state_on": "",
    "origins": "",
    "merged_into": _("并入"),
    "resident": _("登记"),
    "household": _("户"),
    "establishment": _("单位"),
    "membership": _("户成员"),
    "relation": _("与户主关系"),
    "presence": _("居住情况"),
    "occupancy": _("住处"),
    "tenure": _("居住方式"),
    "from_on": _("开始日期"),
    "to_on": _("结束日期"),
    "guardian": _("监护人"),
    "ownership": _("产权"),
    "owner": _("产权人"),
    "fact": _("事实"),
    "receipt": _("已享受待遇"),
    "careentry": _("关爱服务"),
    "care": _("关爱服务"),
    "owners": _("产权人"),
    "registered_area": _("登记面积"),
    "certificate": _("权证号"),
    "is_voter": _("表决人"),
    "accountlink": _("账号关联"),
    "consent": _("同意"),
    "ended_on": _("销户日期"),
    "closed_on": _("撤销日期"),
    "kind": _("类别"),
    "credit_code": _("统一社会信用代码"),
    "contact": _("负责人"),
    "pinyin": "",
    "initials": "",
    "reason": "",
    "ended_at": "",
    "value": _("内容"),
}
SOURCES: dict[str, Any] = {
    "worker": _("居村采集"),
    "resident": _("本人"),
    "police": _("公安"),
    "civil_affairs": _("民政"),
    "housing": _("房管"),
    "disability": _("残联"),
    "health": _("卫健"),
    "file": _("其他文件"),
}


def field_words(names: Iterable[str]) -> list[str]:
    """Return what changed fields are called, those left out that follow from others."""
    words = (str(FIELDS.get(name, VERBS.get(name, ""))) or _said_elsewhere(name) for name in names)
    return [word for word in dict.fromkeys(words) if word]


def _said_elsewhere(name: str) -> str:
    """Return what a key of the dictionary, or a use that needs consent, is called."""
    known = dictionary().get(name) or consent_purposes().get(name)
    return known.label if known else ""


def source_words(code: str) -> str:
    """Return where a row is known from."""
    return str(SOURCES.get(code, code))


def looked_words() -> dict[str, Any]:
    """Return what was looked at that is no column of its record → what it is called."""
    facts = {f"fact.{line.key}": line.label for line in dictionary().values()}
    return {
        "name": _("姓名"),
        "number": _("证件号码"),
        "address": _("住址"),
        "receipt": _("已享受的待遇"),
        "claim": _("申请关联时填写的身份"),
        **facts,
    }
