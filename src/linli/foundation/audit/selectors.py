"""Reading the record: what is not sealed yet, who looked, who did what."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from linli.core.actor import Actor, Function
from linli.core.fields import in_areas
from linli.core.subjects import subjects_of
from linli.foundation.accounts.models import Account
from linli.foundation.duties.models import Duty

from .models import AuditRecord, SealedRow


def unsealed_rows() -> QuerySet[AuditRecord]:
    """Return the committed rows that no seal holds, oldest key first.

    Never a range of keys: a transaction that commits late is found whenever it commits.
    """
    return AuditRecord.objects.filter(~Exists(SealedRow.objects.filter(record=OuterRef("pk")))).order_by("id")


def looks_at(subject: Model) -> QuerySet[AuditRecord]:
    """Return who was shown personal data of this record, newest first."""
    rows = AuditRecord.objects.filter(
        subject_kind=subject._meta.label_lower,
        subject_id=str(getattr(subject, "public_id", None) or subject.pk),
    )
    return rows.exclude(looked_at=[]).order_by("-at", "-id")


def looks_about(actor: Actor) -> QuerySet[AuditRecord]:
    """Return who was shown personal data of the signed-in person, newest first; own looks left out.

    Also of records that turned out to be about them only later (``core.subjects``).
    """
    if actor.person_id is None:
        return AuditRecord.objects.none()
    others = ~Q(person_id=actor.person_id) | Q(person_id__isnull=True)
    about = Q(about_id=actor.person_id)
    for kind, ids in subjects_of(actor.person_id).items():
        about |= Q(subject_kind=kind, subject_id__in=ids) & ~Q(looked_at=[])
    return AuditRecord.objects.filter(others, about).order_by("-at", "-id")


def audit_list(
    actor: Actor,
    *,
    subject: str = "",
    person: str = "",
    verb: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditRecord]:
    """Return what this actor may see of the record, newest first.

    ``subject`` is a record's number or public id, ``person`` a user name or a person's public id,
    ``verb`` a code or the beginning of one (``matter.``), ``until`` is included.
    """
    rows = _visible(actor)
    if subject:
        numbered = Duty.objects.filter(subject_number=subject).values("subject_id")
        rows = rows.filter(Q(subject_id=subject) | Q(subject_id__in=numbered))
    if person:
        rows = rows.filter(person_id__in=_persons(person))
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until + timedelta(days=1))
    return rows.order_by("-at", "-id")


def _visible(actor: Actor) -> QuerySet[AuditRecord]:
    if actor.function in (Function.OPERATOR, Function.SYSTEM):
        return AuditRecord.objects.all()
    mine = in_areas("area_path", actor.areas)
    if actor.unit_id is not None:
        mine |= Q(unit_id=actor.unit_id)
    return AuditRecord.objects.filter(mine)


def _persons(words: str) -> QuerySet[Account, int]:
    found = Q(username=words)
    with suppress(ValueError):
        found |= Q(person__public_id=UUID(words))
    return Account.objects.filter(found).values_list("person_id", flat=True)


@dataclass(frozen=True, slots=True)
class SubjectLink:
    """The number and the page of a record that duties were about."""

    number: str
    url: str


def subject_links(subject_ids: Iterable[str]) -> dict[str, SubjectLink]:
    """Return id → number and desk page, for records that ever stood on a list (one query)."""
    rows = Duty.objects.filter(subject_id__in=list(subject_ids)).exclude(function=Function.RESIDENT)
    # What is about people is opened by those who work with them alone; others read only that it was.
    rows = rows.exclude(room__in=("privacy", "residents"))
    found = rows.values_list("subject_id", "subject_number", "url").distinct()
    return {subject_id: SubjectLink(number, url) for subject_id, number, url in found}
