"""What the codes of this part are called."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "fact.set": _("登记事实"),
    "fact.confirm": _("确认事实仍然成立"),
    "fact.correct": _("更正事实"),
    "fact.end": _("结束事实"),
}
