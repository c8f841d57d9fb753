"""What this part holds about a person: the rolls on which they stand, their votes and objections."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.holdings import Holding, Row, holding_add
from linli.registers.residents.models import AccountLink

from .models import Elector, Objection, Proxy
from .wording import area_words


def _rolls(person_id: int) -> Iterator[Row]:
    links = AccountLink.objects.standing().filter(person_id=person_id, resident__isnull=False)
    rows = Elector.objects.filter(resident__in=links.values("resident"), ballot__announced_at__isnull=False)
    for elector in rows.select_related("ballot", "vote").order_by("ballot__opens_at", "number"):
        vote = getattr(elector, "vote", None)
        yield {
            _("表决"): elector.ballot.title,
            _("名册号"): str(elector.number),
            _("房屋"): elector.place,
            _("面积（平方米）"): area_words(elector.area) if elector.area else "",
            _("投票途径"): vote.get_channel_display() if vote else "",
            _("投票时间"): f"{vote.cast_at:%Y-%m-%d %H:%M}" if vote else "",
            _("回执号"): vote.receipt if vote else "",
        }


def _proxies(person_id: int) -> Iterator[Row]:
    links = AccountLink.objects.standing().filter(person_id=person_id, resident__isnull=False)
    own = links.values("resident")
    rows = Proxy.objects.filter(Q(holder__in=own) | Q(giver__resident__in=own)).select_related(
        "ballot", "giver"
    )
    for one in rows.order_by("given_at"):
        yield {
            _("表决"): one.ballot.title,
            _("委托人的名册号"): str(one.giver.number),
            _("委托书"): one.document,
            _("登记时间"): f"{one.given_at:%Y-%m-%d %H:%M}",
            _("撤销时间"): f"{one.ended_at:%Y-%m-%d %H:%M}" if one.ended_at else "",
        }


def _objections(person_id: int) -> Iterator[Row]:
    for one in Objection.objects.filter(by_id=person_id).select_related("ballot").order_by("made_at"):
        yield {
            _("表决"): one.ballot.title,
            _("对什么"): str(one.get_about_display()),
            _("异议内容"): one.text,
            _("处理"): str(one.get_state_display()),
            _("处理意见"): one.ruling,
        }


holding_add(Holding("ballots", gettext_lazy("表决名册和投票"), gettext_lazy("名册从居民登记生成"), _rolls))
holding_add(
    Holding("ballot_proxies", gettext_lazy("表决的委托"), gettext_lazy("凭委托书由工作人员登记"), _proxies)
)
holding_add(Holding("ballot_objections", gettext_lazy("对表决的异议"), gettext_lazy("本人提出"), _objections))
