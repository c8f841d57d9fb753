"""Every write of the audit room that is not a consequence of another room's act."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.retention import period
from linli.core.service import record, service
from linli.foundation.accounts.models import Person

from . import anchors
from .models import AuditRecord, RequestKey, Seal, SealedRow
from .permissions import can_forget_keys, can_seal
from .rules import GENESIS, merkle_root, row_leaf, seal_hash
from .selectors import unsealed_rows
from .signing import sign
from .stores import AuditStore, RequestKeyStore

__all__ = ["AuditStore", "RequestKeyStore", "anchor_mail", "look_record", "request_keys_forget", "seal_make"]
ROWS_A_SEAL = 10_000
KEYS_LIVE = period("request_key")


@service
def look_record(
    *,
    actor: Actor,
    subject: models.Model,
    fields: Iterable[str],
    purpose: str,
    about_id: int | None = None,
) -> None:
    """Record that personal ``fields`` of a record were shown to the actor, and for which purpose.

    ``about_id`` is the natural person whom they describe, who can see the look; by itself where the
    subject is a person.
    """
    about = about_id if about_id is not None or not isinstance(subject, Person) else subject.pk
    record("record.look", subject, purpose=purpose[:120], looked_at=fields, about_id=about)


@service
def seal_make(*, actor: Actor) -> Seal | None:
    """Seal the committed rows that have no seal yet; ``None`` where there are none.

    One sealer at a time: the number is unique, so of two at once one fails and finds its rows sealed.
    """
    if not can_seal(actor):
        raise NotAllowed()
    rows = list(unsealed_rows()[:ROWS_A_SEAL])
    if not rows:
        return None
    seal = _next_seal(rows)
    seal.save()
    SealedRow.objects.bulk_create(
        SealedRow(record=row, seal=seal, position=position) for position, row in enumerate(rows)
    )
    return seal


def _next_seal(rows: Sequence[AuditRecord]) -> Seal:
    last = Seal.objects.order_by("-number").first()
    seal = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=clock.now(),
        row_count=len(rows),
        merkle_root=merkle_root([row_leaf(row.__dict__) for row in rows]),
        previous_hash=last.hash if last else GENESIS,
    )
    seal.hash = seal_hash(seal.__dict__)
    seal.signature = sign(seal.hash)
    return seal


@service
def anchor_mail(*, actor: Actor) -> int:
    """Send the newest seal to the auditor's mailbox, where one is named; returns messages sent."""
    seal = Seal.objects.order_by("-number").first()
    if not settings.AUDITOR_EMAIL or seal is None:
        return 0
    subject = _("邻里审计封存 第%(number)s号") % {"number": seal.number}
    return EmailMessage(subject=subject, body=anchors.line_of(seal), to=[settings.AUDITOR_EMAIL]).send()


@service
def request_keys_forget(*, actor: Actor) -> int:
    """Forget request keys older than 30 days; returns how many."""
    if not can_forget_keys(actor):
        raise NotAllowed()
    return RequestKey.objects.filter(created_at__lt=clock.now() - KEYS_LIVE).delete()[0]
