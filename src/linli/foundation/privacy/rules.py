"""How long an answer may take."""

from django.conf import settings

from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import gettext_lazy as _

# PIPL 50 demands a convenient way and reasons, and names no days; GB/T 35273-2020 8.7 says thirty.
# An installation may promise less, never more.
ANSWER_LIMIT = Limit(
    settings.DATA_REQUEST_DAYS, LimitUnit.DAY, _("个人信息保护法第50条；GB/T 35273-2020 8.7（30日内答复）")
)
# No law names days for it: this platform's own promise.
URGE_LIMIT = Limit(3, LimitUnit.WORKING_DAY, _("平台约定：居委会逾期的，街镇3个工作日内督促办结"))
MOST_OPEN = 5
LONGEST = 1000
