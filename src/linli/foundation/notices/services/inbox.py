"""What people do with their own messages: read them, refuse some, name their neighbourhood."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.core.service import record, service
from linli.foundation.accounts.models import Person
from linli.foundation.places.models import Division, Level

from ..models import Notice, Refused, Subscription
from ..selectors import notice_list, refusable


@service
def notice_read(*, actor: Actor, notice_id: str) -> Notice:
    """Mark one of the actor's own messages as read."""
    notice = notice_list(actor).filter(public_id=notice_id).first()
    if notice is None:
        raise NotFound()
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return notice


@service
def notices_read_all(*, actor: Actor) -> int:
    """Mark all of the actor's own messages as read; returns how many were not."""
    return notice_list(actor).filter(read_at__isnull=True).update(read_at=clock.now())


def _own_person(actor: Actor) -> Person:
    if actor.person_id is None or actor.deputy_for is not None:
        raise NotAllowed(_("只能由本人设置。"), hint=_("请切换到本人的岗位再设置。"))
    return Person.objects.get(pk=actor.person_id)


@service
def refusals_set(*, actor: Actor, refused: Collection[tuple[str, str]]) -> int:
    """Say which (purpose, channel) pairs one does not want; all others are wanted. Returns how many changed.

    What is lawful or concerns one's own business stays in the inbox; emergencies cannot be refused.
    """
    person = _own_person(actor)
    if set(refused) - set(refusable()):
        raise InvalidInput(_("这样的通知不能关闭。"), details={"refused": _("请只关闭列出的项目。")})
    before = set(Refused.objects.filter(person=person).values_list("purpose", "channel"))
    after, now = set(refused), clock.now()
    Refused.objects.bulk_create(
        Refused(person=person, purpose=purpose, channel=channel, since=now)
        for purpose, channel in sorted(after - before)
    )
    for purpose, channel in sorted(before - after):
        Refused.objects.filter(person=person, purpose=purpose, channel=channel).delete()
    if after != before:
        record("notice.choose", person, touched=[Refused], purpose="本人设置接收哪些消息")
    return len(after ^ before)


@service
def neighbourhood_subscribe(*, actor: Actor, place: Division) -> Subscription:
    """Name one's neighbourhood and agree to be told what its committee and street have to say."""
    person = _own_person(actor)
    if place.level < Level.STREET or place.valid_to is not None:
        words = _("请选择现有的社区（居委会）或街镇。")
        raise InvalidInput(words, details={"place": words})
    chosen, _is_new = Subscription.objects.update_or_create(
        person=person,
        defaults={"place_code": place.code, "area_path": place.path, "agreed_at": clock.now()},
    )
    record("subscription.set", chosen, touched=[Subscription], purpose="本人同意接收社区通知")
    return chosen


@service
def neighbourhood_unsubscribe(*, actor: Actor) -> None:
    """Take the agreement back; the link to the neighbourhood is deleted."""
    person = _own_person(actor)
    chosen = Subscription.objects.filter(person=person).first()
    if chosen is None:
        return
    record("subscription.end", chosen, touched=[Subscription], purpose="本人撤回同意")
    chosen.delete()
