"""Consent on the household card: what was agreed to on paper or before a witness, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor

from .. import selectors
from ..consents.selectors import consents_of
from ..consents.services import ORAL, PAPER, consent_give, consent_withdraw
from ..masking import name_masked
from ..models import Consent, Resident
from ..sealing import sealed_get
from .forms import ActForm, choice


class ConsentForm(ActForm):
    """What somebody agrees to, how they said it, and who said it: themselves or a guardian."""

    names = {"given_by": "given_by_id"}
    purpose = choice(gettext_lazy("同意的事项"))
    how = choice(
        gettext_lazy("怎样表示的"),
        [(PAPER, gettext_lazy("书面")), (ORAL, gettext_lazy("口头，有人见证"))],
    )
    given_by_id = choice(gettext_lazy("由谁表示"), help_text=gettext_lazy("不满十四周岁的由监护人同意"))

    def prepare(self) -> None:
        """Offer what is not agreed to yet in the present words; the person, and their guardians."""
        assert self.member is not None
        del self.fields["reason"]
        lines = consents_of(self.member.resident)
        free = [
            line.purpose
            for line in lines
            if line.consent is None or line.consent.version != line.purpose.version
        ]
        self.fields["purpose"].widget = forms.RadioSelect()  # each with its words, to be read out at the door
        self.offer("purpose", [(line.purpose, f"{line.label}：{line.text}") for line in free])
        self.fields["purpose"].help_text = "" if free else _("各项都已经同意。")
        self.offer("given_by_id", [("", _("本人")), *_guardians(self.member.resident)])
        self.fields["given_by_id"].required = False


def _guardians(ward: Resident) -> list[tuple[str, str]]:
    """Return public id → kind and masked name of who may agree for somebody."""
    rows = ward.guardians.filter(to_on__isnull=True).select_related("guardian").order_by("pk")
    return [
        (
            str(row.guardian.public_id),
            f"{row.get_kind_display()} · {name_masked(sealed_get(row.guardian, 'name'))}",
        )
        for row in rows
    ]


class ConsentEndForm(ActForm):
    """Which consent is taken back; no reason is asked for."""

    purpose = choice(gettext_lazy("撤回哪一项"))

    def prepare(self) -> None:
        """Offer what stands."""
        assert self.member is not None
        del self.fields["reason"]
        standing = [line for line in consents_of(self.member.resident) if line.consent is not None]
        self.offer("purpose", [(line.purpose.purpose, line.purpose.label) for line in standing])


def consent_add(*, actor: Actor, resident_id: str, purpose: str, how: str, given_by_id: str) -> Consent:
    """Write down a consent to a worker; an empty ``given_by_id`` is the person."""
    resident = selectors.resident_get(actor, UUID(resident_id))
    guardians = resident.guardians.filter(to_on__isnull=True).select_related("guardian")
    by_key = {str(row.guardian.public_id): row.guardian_id for row in guardians}
    speaker = by_key.get(given_by_id)
    return consent_give(actor=actor, resident_id=resident.pk, purpose=purpose, how=how, given_by_id=speaker)


def consent_end(*, actor: Actor, resident_id: str, purpose: str) -> Consent:
    """Take back the consent to a use that stands."""
    resident = selectors.resident_get(actor, UUID(resident_id))
    standing = {line.purpose.purpose: line.consent for line in consents_of(resident)}
    found = standing.get(purpose)
    return consent_withdraw(actor=actor, consent_id=found.pk if found else 0)
