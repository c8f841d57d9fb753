"""What this room holds about a person."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.clock import BEIJING
from linli.core.holdings import Holding, Row, holding_add

from .models import Affected, Matter


def _matters(person_id: int) -> Iterator[Row]:
    for one in Matter.objects.filter(reporter_id=person_id).select_related("category"):
        yield {
            _("编号"): one.number,
            _("时间"): f"{one.reported_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            _("标题"): one.title,
            _("内容"): one.text,
            _("地址"): one.address,
            _("称呼"): one.reporter_name,
            _("联系电话"): one.reporter_phone,
            _("代谁反映"): one.beneficiary_name,
            _("状态"): one.get_state_display(),
        }


def _affected(person_id: int) -> Iterator[Row]:
    for one in Affected.objects.filter(person_id=person_id).select_related("version"):
        yield {_("事项"): one.version.title, _("时间"): f"{one.at.astimezone(BEIJING):%Y-%m-%d %H:%M}"}


holding_add(Holding("matters", gettext_lazy("反映的事项"), gettext_lazy("您反映时填写"), _matters))
holding_add(
    Holding("affected", gettext_lazy("说过“我也遇到了”的事"), gettext_lazy("您点选时记下"), _affected)
)
