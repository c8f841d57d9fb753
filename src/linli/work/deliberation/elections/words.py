"""What each step of an election is called in the audit and among the duties."""

from django.utils.translation import gettext_noop as _

RECORDED = {
    "election.make": _("发起选举"),
    "election.list": _("公布候选人"),
    "election.round": _("组织一轮投票"),
    "election.outcome": _("登记选举结果"),
    "election.conclude": _("确认选举结束"),
    "election.hand_over": _("登记工作移交"),
    "election.seat": _("登记当选成员"),
    "election.cancel": _("取消选举"),
    "candidate.propose": _("提名候选人"),
    "candidate.offer": _("自荐候选人"),
    "candidate.support": _("联名提名"),
    "candidate.agree": _("登记本人同意"),
    "candidate.declare": _("登记近亲属声明"),
    "candidate.withdraw": _("退出候选"),
    "candidate.strike": _("取消候选资格"),
    "relation.settle": _("登记近亲属处理意见"),
    "recall.make": _("登记罢免提议"),
    "recall.support": _("附议罢免"),
    "recall.defend": _("登记申辩"),
    "recall.vote": _("组织罢免投票"),
    "recall.conclude": _("登记罢免结果"),
    "recall.drop": _("终止罢免提议"),
}
ACTIONS = {
    "list": _("公布候选人"),
    "hand_over": _("移交工作"),
}
