"""What this part holds about a person: the meetings that they were asked to by their account."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.holdings import Holding, Row, holding_add

from .models import Invitee
from .wording import when_words


def _meetings(person_id: int) -> Iterator[Row]:
    rows = Invitee.objects.filter(person_id=person_id).select_related("meeting")
    for one in rows.prefetch_related("attendances", "signatures"):
        came = one.attendances.all()
        yield {
            _("会议"): one.meeting.title,
            _("开会时间"): when_words(one.meeting.starts_at),
            _("姓名"): one.name,
            _("身份"): one.part,
            _("通知时间"): when_words(one.told_at),
            _("到场"): when_words(came[0].came_at) if came else "",
            _("签字"): "、".join(when_words(signed.signed_at) for signed in one.signatures.all()),
        }


holding_add(
    Holding("meetings", gettext_lazy("参加的会议"), gettext_lazy("召集单位登记，签到签字时记下"), _meetings)
)
