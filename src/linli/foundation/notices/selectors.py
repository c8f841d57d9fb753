"""Reading the inbox, the outbox and the broadcasts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Division

from . import sms
from .audiences import people_reached
from .channels import CHANNELS, INBOX, channel_label
from .models import Broadcast, Delivery, Notice, Purpose, Refused, Subscription
from .permissions import can_see_deliveries
from .rules import needs_second_person, quiet_end, whole_fen
from .workflow import State

PURPOSES_REFUSED_OUTSIDE = (Purpose.INFORMATION, Purpose.TRANSACTION, Purpose.LAWFUL)


def notice_list(actor: Actor, *, purpose: str = "", only_unread: bool = False) -> QuerySet[Notice]:
    """Return the actor's own messages, newest first (a deputy does not read another's inbox)."""
    if actor.person_id is None:
        return Notice.objects.none()
    notices = Notice.objects.filter(person_id=actor.person_id).select_related("broadcast")
    if only_unread:
        notices = notices.filter(read_at__isnull=True)
    return notices.filter(purpose=purpose) if purpose else notices


def unread_count(actor: Actor) -> int:
    """Return how many messages the actor has not read."""
    return notice_list(actor, only_unread=True).count()


def refusable() -> list[tuple[str, str]]:
    """Return the (purpose, channel) pairs that a person may switch off.

    Information altogether; what is lawful or one's own business outside the inbox; emergencies never.
    """
    outside = [(str(p), name) for p in PURPOSES_REFUSED_OUTSIDE for name in settings.NOTICE_CHANNELS]
    return [(str(Purpose.INFORMATION), INBOX), *outside]


def refused_by(actor: Actor) -> set[tuple[str, str]]:
    """Return the pairs that the actor has switched off."""
    rows = Refused.objects.filter(person_id=actor.person_id or 0)
    return set(rows.values_list("purpose", "channel"))


def subscription_of(actor: Actor) -> Subscription | None:
    """Return the neighbourhood that the actor wants to hear from."""
    return Subscription.objects.filter(person_id=actor.person_id or 0).first()


def delivery_list(actor: Actor, state: str = Delivery.State.FAILED) -> QuerySet[Delivery]:
    """Return what stands in the outbox in one state, newest first, for those who mend it."""
    if not can_see_deliveries(actor):
        return Delivery.objects.none()
    return Delivery.objects.filter(state=state).select_related("notice").order_by("-next_at", "-id")


def delivery_counts(actor: Actor) -> dict[str, int]:
    """Return how many deliveries wait, were sent, were given up, held or stopped."""
    if not can_see_deliveries(actor):
        return {}
    rows = Delivery.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return {str(state): 0 for state in Delivery.State} | dict(rows)


def broadcast_list(actor: Actor, *, state: str = "") -> QuerySet[Broadcast]:
    """Return the broadcasts to places of the actor's areas, newest first."""
    found = Broadcast.objects.visible_to(actor).select_related("unit")
    return found.filter(state=state) if state else found


def broadcast_get(actor: Actor, public_id: str) -> Broadcast:
    """Return one broadcast, or raise ``NotFound``."""
    found = Broadcast.objects.visible_to(actor).filter(public_id=public_id).select_related("unit").first()
    if found is None:
        raise NotFound(_("没有找到这次群发。"))
    return found


def broadcast_areas(broadcast: Broadcast) -> tuple[str, ...]:
    """Return the paths of its places."""
    return tuple(broadcast.places.order_by("path").values_list("path", flat=True))


def places_offered(actor: Actor, codes: Iterable[str] | None = None) -> QuerySet[Division]:
    """Return today's divisions that an actor may send to: their areas and one level below, or by code."""
    here = Division.objects.filter(in_areas("path", actor.areas), valid_to__isnull=True)
    if codes is not None:
        return here.filter(code__in=list(codes))
    tops = here.filter(path__in=actor.areas)
    return here.filter(Q(path__in=actor.areas) | Q(parent__in=tops)).order_by("path")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a broadcast would reach now: people, by channel (label, people, fen), and what follows."""

    people: int = 0
    channels: list[tuple[str, int, int]] = field(default_factory=list)
    segments: int = 1
    is_sms: bool = False

    @property
    def cost(self) -> int:
        """What it costs, in fen."""
        return sum(cost for _, _, cost in self.channels)

    @property
    def needs_second_person(self) -> bool:
        """Whether another person must approve it."""
        return needs_second_person(self.people)


def broadcast_reach(broadcast: Broadcast, areas: tuple[str, ...]) -> Reach:
    """Count whom a broadcast reaches, by channel and with the cost (one statement each, nothing is read)."""
    people = people_reached(broadcast, areas)
    text = broadcast.sms_text or broadcast.title
    rows = []
    for name in broadcast.channels:
        if name in CHANNELS and name in settings.NOTICE_CHANNELS:
            count = CHANNELS[name].among(people).count()
            rows.append((channel_label(name), count, whole_fen(CHANNELS[name].cost(text) * count)))
    return Reach(people.count(), rows, sms.segments(text), "sms" in broadcast.channels)


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """How far one channel is: how many in which state."""

    label: str
    sent: int
    waiting: int
    failed: int
    held: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Report:
    """How far a broadcast is: in inboxes, read, not reached, and by outside channel."""

    spread: int
    read: int
    unsent: int
    channels: list[ChannelReport]

    @property
    def failed(self) -> int:
        """How many deliveries were given up."""
        return sum(row.failed for row in self.channels)


def broadcast_report(broadcast: Broadcast) -> Report:
    """Count what became of a broadcast; what waits when it is stopped counts as stopped."""
    rows = broadcast.deliveries.order_by().values_list("channel", "state").annotate(n=Count("pk"))
    counts: dict[str, dict[str, int]] = {}
    for channel, state, n in rows:
        counts.setdefault(channel, {})[state] = n
    read = Notice.objects.filter(broadcast=broadcast, read_at__isnull=False).count()
    is_stopped = broadcast.state == State.STOPPED
    unsent = max(0, broadcast.planned_count - broadcast.spread_count) if is_stopped else 0
    lines = [_channel_report(name, counts[name], is_stopped) for name in sorted(counts)]
    return Report(broadcast.spread_count, read, unsent, lines)


def _channel_report(name: str, found: dict[str, int], is_stopped: bool) -> ChannelReport:
    waiting = found.get("waiting", 0)
    return ChannelReport(
        channel_label(name),
        sent=found.get("sent", 0),
        waiting=0 if is_stopped else waiting,
        failed=found.get("failed", 0),
        held=found.get("held", 0),
        stopped=found.get("stopped", 0) + (waiting if is_stopped else 0),
    )


def broadcast_begins(broadcast: Broadcast) -> datetime:
    """Return when it begins: at its time or now, after the quiet hours unless it is an emergency."""
    wanted = max(broadcast.send_at or clock.now(), clock.now())
    return wanted if broadcast.purpose == Purpose.EMERGENCY else quiet_end(wanted, *settings.QUIET_HOURS)
