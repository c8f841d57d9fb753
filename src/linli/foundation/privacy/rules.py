"""How long an answer may take."""

from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import gettext_lazy as _

# PIPL 50 demands a convenient way and reasons, and names no days; GB/T 35273-2020 8.7 says thirty.
ANSWER_LIMIT = Limit(30, LimitUnit.DAY, _("个人信息保护法第50条；GB/T 35273-2020 8.7（30日内答复）"))
MOST_OPEN = 5
LONGEST = 1000
