"""What this part holds about a person: the posts held now or before, by account or as a resident."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.holdings import Holding, Row, holding_add
from linli.registers.residents.models import AccountLink

from .models import Member


def _declared(member: Member) -> str:
    if member.has_relatives is None:
        return ""
    return member.relatives_whom or (_("有") if member.has_relatives else _("没有"))


def _posts(person_id: int) -> Iterator[Row]:
    links = AccountLink.objects.standing().filter(person_id=person_id, resident__isnull=False)
    own = Q(person_id=person_id) | Q(resident__in=links.values("resident"))
    for member in Member.objects.filter(own).select_related("body").order_by("from_on", "pk"):
        yield {
            _("组织"): member.body.name,
            _("职务"): member.post_name,
            _("代表哪里"): member.speaks_for,
            _("任职日期"): member.from_on.isoformat(),
            _("声明的近亲属任职"): _declared(member),
            _("离任日期"): member.to_on.isoformat() if member.to_on else "",
            _("离任原因"): member.get_leaving_display() if member.leaving else "",
        }


holding_add(
    Holding("bodies", gettext_lazy("担任的职务"), gettext_lazy("居委会或街镇登记组织成员时记下"), _posts)
)
