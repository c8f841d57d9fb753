"""Consents as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ..models import Consent, Resident
from .purposes import ConsentPurpose, consent_purposes

PHONE_REMINDER = "phone_reminder"


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One use, and the consent to it where one stands, be it to former words."""

    purpose: ConsentPurpose
    consent: Consent | None

    @property
    def is_current(self) -> bool:
        """Whether the consent is to the words as they are today."""
        return self.consent is not None and self.consent.version == self.purpose.version

    @property
    def how(self) -> str:
        """How it was given."""
        return how_words(self.consent.how) if self.consent else ""

    @property
    def by(self) -> str:
        """Who gave it."""
        return by_words(self.consent) if self.consent else ""


def consents_of(resident: Resident) -> list[ConsentShown]:
    """Return every use and whether the person agrees to it; the caller may see the person."""
    standing = Consent.objects.filter(resident=resident, withdrawn_at__isnull=True)
    by_purpose = {row.purpose: row for row in standing}
    return [ConsentShown(line, by_purpose.get(code)) for code, line in consent_purposes().items()]


def has_consented(resident_id: int, purpose: str) -> bool:
    """Whether a person agrees to a use in its present words."""
    return bool(consenting([resident_id], purpose))


def consenting(resident_ids: Iterable[int], purpose: str) -> set[int]:
    """Return who of some people agrees to a use in its present words (one query)."""
    rows = Consent.objects.filter(resident__in=list(resident_ids), purpose=purpose, withdrawn_at__isnull=True)
    current = rows.filter(version=consent_purposes()[purpose].version)
    return set(current.values_list("resident_id", flat=True))


def how_words(how: str) -> str:
    """Return how a consent was given, as people read it."""
    words = {"paper": _("书面"), "oral": _("口头，有人见证"), "self": _("在线")}
    return words.get(how, how)


def by_words(consent: Consent) -> str:
    """Return who agreed: the person, or somebody for them."""
    return _("本人") if consent.given_by_id == consent.resident_id else _("监护人")


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent that stands, as the household card says it."""

    label: str
    how: str
    by: str
    at: datetime
    is_current: bool


def consents_standing(ids: Sequence[int]) -> dict[int, list[ConsentLine]]:
    """Return resident id → the consents that stand; the caller may see the persons."""
    uses = consent_purposes()
    rows = Consent.objects.filter(resident__in=list(ids), withdrawn_at__isnull=True).order_by("given_at")
    found: dict[int, list[ConsentLine]] = {}
    for row in rows:
        use = uses.get(row.purpose)
        if use is not None:
            is_current = row.version == use.version
            line = ConsentLine(use.label, how_words(row.how), by_words(row), row.given_at, is_current)
            found.setdefault(row.resident_id, []).append(line)
    return found
