"""What 政策找人 holds about a person: that something may be for them or for a child they look after."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.clock import local_date
from linli.core.holdings import Holding, Row, holding_add
from linli.registers.residents.linking.selectors import people_of_account
from linli.registers.residents.sealing import sealed_get

from .models import Lead


def _leads(person_id: int) -> Iterator[Row]:
    for one in people_of_account(person_id):
        for lead in Lead.objects.filter(resident=one).select_related("policy").order_by("found_on", "pk"):
            yield {
                _("谁"): sealed_get(one, "name"),
                _("政策"): lead.policy.name,
                _("结论"): str(lead.get_verdict_display()),
                _("状态"): str(lead.get_state_display()),
                _("发现日期"): f"{lead.found_on:%Y-%m-%d}",
                _("首次联系"): f"{local_date(lead.contacted_at):%Y-%m-%d}" if lead.contacted_at else "",
                _("原因"): lead.reason,
            }


holding_add(
    Holding("benefit_lead", gettext_lazy("政策线索"), gettext_lazy("按登记的情况对照惠民政策得出"), _leads)
)
