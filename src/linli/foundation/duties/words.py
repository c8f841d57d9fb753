"""What people are told about their duties."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Duty

DESK = "/desk/"


def remind_words(duties: Sequence[Duty], step: int) -> tuple[str, str]:
    """Return the message and the page for what is soon due (step 1) or overdue (step 2)."""
    if len(duties) == 1:
        duty = duties[0]
        words = _("已超过时限：%(action)s %(number)s") if step == 2 else _("即将到期：%(action)s %(number)s")
        return words % {"action": duty.action_label, "number": duty.subject_number}, duty.url
    count = len(duties)
    if step == 2:
        words = ngettext("有%(n)d件待办已超过时限", "有%(n)d件待办已超过时限", count)
        return words % {"n": count}, f"{DESK}?due=overdue"
    return ngettext("有%(n)d件待办即将到期", "有%(n)d件待办即将到期", count) % {"n": count}, DESK
