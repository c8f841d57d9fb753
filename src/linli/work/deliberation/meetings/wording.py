"""How a meeting is said in notices and on paper."""

from datetime import datetime

from django.utils.translation import gettext as _

from linli.core.clock import BEIJING
from linli.foundation.ui.templatetags.linli import local_time

from .models import Meeting


def when_words(at: datetime | None) -> str:
    """Return an instant with its year: a paper is read later than a page."""
    if at is None:
        return ""
    return _("%(year)d年%(at)s") % {"year": at.astimezone(BEIJING).year, "at": local_time(at)}


def notice_words(meeting: Meeting) -> str:
    """Return when and where a meeting is, for a message; it stays Chinese and names nobody."""
    online = f"；线上：{meeting.online}" if meeting.online else ""
    return f"{local_time(meeting.starts_at)}，{meeting.place}{online}。议程请打开查看。"
