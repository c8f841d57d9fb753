"""Consents as they stand."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import Consent, Resident
from .purposes import ConsentPurpose, consent_purposes


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One use, and the consent to it where one stands in the present words."""

    purpose: ConsentPurpose
    consent: Consent | None


def consents_of(resident: Resident) -> list[ConsentShown]:
    """Return every use and whether the person agrees to it; the caller may see the person."""
    standing = Consent.objects.filter(resident=resident, withdrawn_at__isnull=True)
    by_purpose = {row.purpose: row for row in standing}
    return [ConsentShown(line, by_purpose.get(code)) for code, line in consent_purposes().items()]


def has_consented(resident_id: int, purpose: str) -> bool:
    """Whether a person agrees to a use in its present words."""
    rows = Consent.objects.filter(resident=resident_id, purpose=purpose, withdrawn_at__isnull=True)
    return rows.filter(version=consent_purposes()[purpose].version).exists()
