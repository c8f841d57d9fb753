"""Every write of the audit room that is not a consequence of another room's act."""

from collections.abc import Iterable

from django.db import models

from linli.core.actor import Actor
from linli.core.service import record, service

from .stores import AuditStore, RequestKeyStore

__all__ = ["AuditStore", "RequestKeyStore", "look_record"]


@service
def look_record(*, actor: Actor, subject: models.Model, fields: Iterable[str], purpose: str) -> None:
    """Record that personal ``fields`` of a record were shown to the actor, and for which purpose."""
    record("record.look", subject, purpose=purpose, looked_at=fields)
