"""What this room holds about a person."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.clock import BEIJING
from linli.core.holdings import Holding, Row, holding_add

from .channels import channel_label
from .models import Notice, Refused, Subscription

MOST = 2_000


def _subscriptions(person_id: int) -> Iterator[Row]:
    for one in Subscription.objects.filter(person_id=person_id):
        yield {
            _("社区代码"): one.place_code,
            _("同意时间"): f"{one.agreed_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
        }


def _refused(person_id: int) -> Iterator[Row]:
    for one in Refused.objects.filter(person_id=person_id):
        yield {_("性质"): one.get_purpose_display(), _("渠道"): channel_label(one.channel)}


def _notices(person_id: int) -> Iterator[Row]:
    newest = Notice.objects.filter(person_id=person_id).select_related("broadcast")
    for one in newest[:MOST]:
        yield {
            _("时间"): f"{one.created_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            _("标题"): one.title,
            _("正文"): one.words,
        }


holding_add(Holding("subscription", gettext_lazy("订阅的社区"), gettext_lazy("您订阅时填写"), _subscriptions))
holding_add(Holding("refused", gettext_lazy("不接收的消息"), gettext_lazy("您在接收设置里选择"), _refused))
holding_add(Holding("notices", gettext_lazy("发给您的消息"), gettext_lazy("办事过程中产生"), _notices))
