"""What core leaves to this room: where audit entries go, and where repeated requests are recognised."""

import hashlib
import uuid
from typing import Any

from django.db import models

from linli.core import clock
from linli.core.crypto import key_ring
from linli.core.errors import KeyReused
from linli.core.fields import uuid7
from linli.core.rows import row_late
from linli.core.service import AuditEntry

from .models import AuditRecord, RequestKey
from .rules import row_mac, value_digest


def _digested(entry: AuditEntry) -> dict[str, list[str | None]]:
    secret = key_ring().secret("audit-values")
    place = f"{entry.subject_kind}\0{entry.subject_id}"
    return {
        name: [value_digest(secret, f"{place}\0{name}", _value(value)) for value in pair]
        for name, pair in entry.changes.items()
    }


def _value(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


class AuditStore:
    """Writes one signed row for each entry, in the caller's transaction."""

    def write(self, entry: AuditEntry) -> uuid.UUID:
        """Store the entry with keyed digests of its values, and return the row's id."""
        actor = entry.actor
        row = AuditRecord(
            id=uuid7(),
            at=clock.now(),
            actor_key=actor.key,
            actor_function=str(actor.function),
            person_id=actor.person_id,
            role_id=actor.role_id,
            unit_id=actor.unit_id,
            deputy_for=actor.deputy_for,
            service=entry.service,
            verb=entry.verb,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            area_path=entry.area_path,
            changes=_digested(entry),
            looked_at=list(entry.looked_at),
            about_id=entry.about_id,
            purpose=entry.purpose,
            parent_id=entry.parent_id,
            request_id=entry.request_id,
        )
        row.mac = row_mac(key_ring().secret("audit"), row.__dict__)
        return row_late(row).id


def _column(key: str) -> str:
    return key if len(key) <= 64 else hashlib.sha256(key.encode()).hexdigest()


class RequestKeyStore:
    """Recognises a repeated request; the unique index decides between two at once.

    The second of two simultaneous requests waits in its INSERT until the first has committed (then it
    is the repeat) or rolled back (then it is the first).
    """

    def keep(self, actor_key: str, service: str, key: str, digest: str, result_id: str) -> None:
        """Keep a request's result; ``IntegrityError`` at the end of the service where the key was used."""
        kept = RequestKey(actor_key=actor_key, service=service, key=_column(key), digest=digest)
        kept.result_id, kept.created_at = result_id, clock.now()
        row_late(kept)

    def first_result(self, actor_key: str, service: str, key: str, digest: str) -> str | None:
        """Return that first request's result, ``None`` if there is none; raises ``KeyReused``."""
        first = RequestKey.objects.filter(actor_key=actor_key, service=service, key=_column(key)).first()
        if first is None:
            return None
        if first.digest != digest:
            raise KeyReused()
        return first.result_id
