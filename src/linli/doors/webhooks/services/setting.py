"""What people do: set up, pause, resume, stop, change the secret, test, send again."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.core import clock, outbound
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service
from linli.foundation.clients.models import Client
from linli.foundation.duties.services import duty_close
from linli.foundation.places.models import Division

from ..kinds import KINDS
from ..models import Message, Progress, Subscription
from ..permissions import can_manage_subscription, can_try_subscription
from ..rules import FORMER_SECRET, secret_new
from ..selectors import READING, is_standing

ROOM = "webhooks"
MOST_OF_A_CLIENT = 5
State = Subscription.State


@dataclass(frozen=True, slots=True)
class Opened:
    """A subscription and its secret, which is shown once."""

    subscription: Subscription
    secret: str


def _refuse(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})


@service
def subscription_open(
    *, actor: Actor, client: Client, url: str, kinds: Iterable[str], areas: Iterable[Division] = ()
) -> Opened:
    """Let a system be told of some steps from now on, in all of the client's areas or in some.

    The receiver must stand on the operator's list and lead to no inner address (``InvalidInput``).
    """
    if not can_manage_subscription(actor, client):
        raise NotAllowed(_("推送由该单位或上级的管理员设立。"))
    wanted, places = sorted(set(kinds)), list(areas)
    _checked(client, wanted, places)
    _room_for_one_more(client)
    now, secret = clock.now(), secret_new()
    subscription = Subscription.objects.create(
        client=client,
        owner_id=actor.person_id,
        url=url,
        host=_host_of(url),
        kinds=wanted,
        secret=secret,
        created_at=now,
    )
    subscription.areas.set(places)
    Progress.objects.create(subscription=subscription, read_until=now)
    record("webhook.open", subscription, touched=[Subscription.areas.through])
    return Opened(subscription, secret)


def _host_of(url: str) -> str:
    """Return the receiver for lists and messages, without the path; refused where Linli may not call it."""
    try:
        return outbound.check(url)[:200]
    except (outbound.OutboundRefused, outbound.OutboundFailed) as refusal:
        raise _refuse("url", f"{refusal.message}{refusal.hint}") from refusal


def _checked(client: Client, kinds: list[str], places: list[Division]) -> None:
    if client.closed_at is not None or client.expires_on < clock.today():
        raise Conflict(_("这个接口已经停用或到期。"), hint=_("请先延长或另设接口。"))
    if not {*client.scopes} & {*READING}:
        raise Conflict(_("这个接口没有查看事项的授权。"), hint=_("请先在接口里授权。"))
    if not kinds or set(kinds) - set(KINDS):
        raise _refuse("kinds", _("请至少选择一种动态。"))
    if any(not place.path.startswith(client.area_paths) for place in places):
        raise _refuse("areas", _("区域须在这个接口的区域之内。"))


def _room_for_one_more(client: Client) -> None:
    if client.subscriptions.exclude(state=State.CLOSED).count() >= MOST_OF_A_CLIENT:
        raise Conflict(_("一个接口最多设5个推送。"), hint=_("请先停止不用的推送。"))


def _locked(subscription: Subscription) -> Subscription:
    """Return the row locked, as it stands now; refused where it was stopped."""
    found = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    if found.state == State.CLOSED:
        raise Conflict(_("这个推送已经停止。"), hint=_("请另设一个推送。"))
    return found


def _for_change(actor: Actor, subscription: Subscription) -> Subscription:
    if not can_manage_subscription(actor, subscription.client):
        raise NotAllowed(_("推送由该单位或上级的管理员管理。"))
    return _locked(subscription)


def _for_trying(actor: Actor, subscription: Subscription) -> Subscription:
    if not can_try_subscription(actor, subscription.client):
        raise NotAllowed(_("推送由该单位或上级的管理员管理。"))
    found = _locked(subscription)
    if found.state != State.ACTIVE or not is_standing(found):
        raise Conflict(_("这个推送现在不发送。"), hint=_("请先恢复推送；接口到期的请先延长。"))
    Progress.objects.filter(pk=found.pk).update(quiet_until=None)
    return found


@service
def subscription_change(
    *,
    actor: Actor,
    subscription: Subscription,
    kinds: Iterable[str],
    areas: Iterable[Division],
    url: str = "",
) -> Subscription:
    """Tell of other steps or areas from now on, or at another address; without one it stays.

    What waits goes to the new address. Refused (``InvalidInput``) as when it was set up.
    """
    found = _for_change(actor, subscription)
    wanted, places = sorted(set(kinds)), list(areas)
    _checked(found.client, wanted, places)
    changes = changes_of(found, kinds=wanted)
    if url:
        changes |= changes_of(found, url=url, host=_host_of(url))
    touched = [] if set(found.areas.all()) == set(places) else [Subscription.areas.through]
    if touched:
        found.areas.set(places)
    if not changes and not touched:
        raise Conflict(_("没有改动。"), hint=_("请修改后再保存。"))
    record("webhook.change", found, changes, touched=touched)
    return found


@service
def secret_renew(*, actor: Actor, subscription: Subscription) -> Opened:
    """Give a new secret; for a day requests carry the signatures of both."""
    found = _for_change(actor, subscription)
    secret, until = secret_new(), clock.now() + FORMER_SECRET
    changes = changes_of(found, former_secret=found.secret, former_until=until, secret=secret)
    record("webhook.renew", found, changes)
    return Opened(found, secret)


@service
def subscription_pause(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Send nothing until it is resumed; what happens meanwhile is told then."""
    found = _for_change(actor, subscription)
    if found.state != State.ACTIVE:
        raise Conflict(_("这个推送没有在推送。"), hint=_("请刷新页面查看最新的状态。"))
    record("webhook.pause", found, changes_of(found, state=State.PAUSED))
    return found


@service
def subscription_resume(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Go on after a pause, or after a receiver was given up; what happened meanwhile is told."""
    found = _for_change(actor, subscription)
    if found.state == State.ACTIVE:
        raise Conflict(_("这个推送没有停用。"), hint=_("请刷新页面查看最新的状态。"))
    owner = actor.person_id or found.owner_id
    record("webhook.resume", found, changes_of(found, state=State.ACTIVE, owner_id=owner))
    Progress.objects.filter(pk=found.pk).update(failures=0, failing_since=None, quiet_until=None)
    found.messages.filter(state=Message.State.WAITING).update(next_at=clock.now(), attempts=0)
    duty_close(room=ROOM, subject_id=str(found.public_id), by=actor.person_id)
    return found


@service
def subscription_close(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Stop telling a system for good; what waits is not sent."""
    found = _for_change(actor, subscription)
    found.messages.filter(state=Message.State.WAITING).update(state=Message.State.DROPPED, next_at=None)
    record("webhook.close", found, changes_of(found, state=State.CLOSED))
    duty_close(room=ROOM, subject_id=str(found.public_id), by=actor.person_id)
    return found


@service
def message_test(*, actor: Actor, subscription: Subscription) -> Message:
    """Put a test message into the outbox."""
    found, now = _for_trying(actor, subscription), clock.now()
    record("webhook.test", found)
    return Message.objects.create(subscription=found, kind="test", created_at=now, next_at=now)


@service
def message_retry(*, actor: Actor, subscription: Subscription, message_id: str) -> Message:
    """Send a message that was given up, or that waits for its next attempt, again now."""
    found = _for_trying(actor, subscription)
    states = (Message.State.FAILED, Message.State.WAITING)
    message = found.messages.filter(pk=message_id, state__in=states).first()
    if message is None:
        raise Conflict(_("这条消息不用重发。"), hint=_("请刷新页面查看最新的状态。"))
    message.state, message.attempts, message.next_at = Message.State.WAITING, 0, clock.now()
    message.save(update_fields=["state", "attempts", "next_at"])
    record("webhook.retry", found)
    return message
