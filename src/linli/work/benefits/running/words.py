"""What the acts of running are called in the record."""

from linli.core.words import gettext_lazy as _

RECORDED = {
    "run.ask": _("发起政策匹配"),
    "run.note": _("政策匹配的进度"),
    "run.finish": _("政策匹配完成"),
    "run.stop": _("取消政策匹配"),
    "run.resume": _("接着算没有完成的政策匹配"),
    "snapshot.ask": _("发起登记快照"),
    "snapshot.note": _("登记快照的进度"),
}
