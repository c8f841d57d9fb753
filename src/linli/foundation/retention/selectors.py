"""Reading what is due, what is held, what has gone."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Max, QuerySet, Sum

from linli.core import clock, retention
from linli.core.crypto import key_ring
from linli.core.retention import Kind, Rule

from .models import Hold, Run, Tombstone

NIGHT_HOUR = 2  # in Beijing; batches follow one another from then on


def due_rows(kind: Kind, rule: Rule) -> QuerySet[Any]:
    """Return the rows of a kind whose time is over and that no hold keeps, oldest first."""
    before = clock.now() - timedelta(days=rule.days or 0)
    held = Hold.objects.filter(kind=kind.name, lifted_at__isnull=True)
    rows = kind.due(before)
    return rows.exclude(pk__in=list(held.values_list("subject_id", flat=True))) if held.exists() else rows


def digest_of(kind: str, ident: str) -> str:
    """Return the digest under which a record's id is remembered after it went."""
    return key_ring().digest("tombstone", f"{kind}:{ident}")


def next_run(at: datetime) -> datetime:
    """Return when the nightly job lets go next."""
    tonight = datetime.combine(at.astimezone(clock.BEIJING).date(), time(NIGHT_HOUR), clock.BEIJING)
    return tonight if tonight > at else tonight + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as the page shows it: what is due now (a dry run), held, and what went."""

    rule: Rule
    due: int | None
    held: int
    gone: int
    last_at: datetime | None


def retention_lines() -> list[Line]:
    """Return every rule with what it would let go now; nothing is written."""
    kinds = {kind.name: kind for kind in retention.kinds()}
    runs = Run.objects.order_by().values("kind").annotate(n=Sum("count"), last=Max("at"))
    gone = {row["kind"]: (row["n"], row["last"]) for row in runs}
    held = dict.fromkeys(kinds, 0)
    for hold in Hold.objects.filter(lifted_at__isnull=True):
        held[hold.kind] = held.get(hold.kind, 0) + 1
    return [
        Line(
            rule,
            due_rows(kinds[rule.kind], rule).count() if rule.kind in kinds else None,
            held.get(rule.kind, 0),
            *gone.get(rule.kind, (0, None)),
        )
        for rule in retention.rules()
    ]


def hold_list() -> QuerySet[Hold]:
    """Return the holds that stand, newest first."""
    return Hold.objects.filter(lifted_at__isnull=True).order_by("-placed_at")


def tombstone_find(ident: str) -> list[tuple[Rule, Tombstone]]:
    """Return what is known of a record that went, by its id (never by what it held)."""
    named = {digest_of(rule.kind, ident.strip()): rule for rule in retention.rules() if rule.tombstone}
    stones = Tombstone.objects.filter(digest__in=named).select_related("run")
    return [(named[stone.digest], stone) for stone in stones]
