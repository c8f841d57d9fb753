"""What this room holds about a person."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.clock import BEIJING
from linli.core.holdings import Holding, Row, holding_add

from .models import Account, Person, PrivacyConsent, Role


def _time(instant: datetime | None) -> str:
    return f"{instant.astimezone(BEIJING):%Y-%m-%d %H:%M}" if instant else ""


def _person(person_id: int) -> Iterator[Row]:
    person = Person.objects.get(pk=person_id)
    yield {_("姓名或称呼"): person.name, _("手机号"): person.phone, _("建立时间"): _time(person.created_at)}


def _accounts(person_id: int) -> Iterator[Row]:
    for one in Account.objects.filter(person_id=person_id):
        yield {
            _("类别"): one.get_kind_display(),
            _("用户名"): one.username,
            _("邮箱"): one.email,
            _("最近登录"): _time(one.signed_in_at),
        }


def _consents(person_id: int) -> Iterator[Row]:
    for one in PrivacyConsent.objects.filter(person_id=person_id).order_by("agreed_at"):
        yield {_("版本"): one.version, _("同意"): _time(one.agreed_at), _("撤回"): _time(one.withdrawn_at)}


def _roles(person_id: int) -> Iterator[Row]:
    for one in Role.objects.filter(person_id=person_id).select_related("unit").order_by("valid_from"):
        until = one.ended_at.date() if one.ended_at else one.valid_to
        yield {
            _("单位"): str(one.unit or ""),
            _("岗位"): str(one),
            _("起"): str(one.valid_from),
            _("止"): str(until or ""),
        }


holding_add(Holding("person", gettext_lazy("称呼和手机号"), gettext_lazy("您登录时填写"), _person))
holding_add(Holding("accounts", gettext_lazy("账号"), gettext_lazy("您登录或单位开通时产生"), _accounts))
holding_add(Holding("consents", gettext_lazy("同意过的告知"), gettext_lazy("您点同意时记下"), _consents))
holding_add(Holding("roles", gettext_lazy("工作岗位"), gettext_lazy("单位管理员登记"), _roles))
