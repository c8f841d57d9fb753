"""What each act on an assessment is called in the audit, and its duties."""

from django.utils.translation import gettext_noop as _

RECORDED = {
    "assessment.enter": _("登记评议票数"),
    "assessment.confirm": _("核对并公布评议结果"),
    "assessment.reject": _("退回评议票数"),
}
ACTIONS = {"assess": _("民主评议"), "confirm": _("核对评议票数")}
