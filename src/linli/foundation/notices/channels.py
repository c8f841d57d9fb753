"""The ways out of the house; each says whom it reaches, where, and sends one notice."""

import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.accounts.models import Account, Person

from . import sms
from .models import Notice

INBOX = "inbox"
Label = str | Promise


class Channel(Protocol):
    """One way to tell a person something outside the inbox."""

    label: Label

    def among(self, persons: QuerySet[Person]) -> QuerySet[Person]:
        """Return those of the persons who can be told this way, without reading them."""

    def addresses(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Return where they are told, by person; at most one statement for all of them."""

    def send(self, notice: Notice, address: str) -> None:
        """Send, or raise; asks no database (several are sent at once), its words are for operators."""

    def cost(self, text: str) -> Decimal:
        """Return what one message with this text costs, in fen."""


class Console:
    """Prints to the worker's own output: for trying things out, reaches everybody."""

    label: Label = gettext_lazy("控制台")

    def among(self, persons: QuerySet[Person]) -> QuerySet[Person]:
        """Return everybody."""
        return persons

    def addresses(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Return a word for everybody: nothing is looked up."""
        return dict.fromkeys(person_ids, "console")

    def send(self, notice: Notice, address: str) -> None:
        """Print the title and the page."""
        print(f"[notice {notice.public_id}] {notice.title} {notice.url}", file=sys.stdout, flush=True)

    def cost(self, text: str) -> Decimal:
        """Return nothing."""
        return Decimal(0)


class Email:
    """E-mail through Django's configured backend, to an active account's address."""

    label: Label = gettext_lazy("电子邮件")

    def among(self, persons: QuerySet[Person]) -> QuerySet[Person]:
        """Return those with an address."""
        return persons.filter(Exists(self._accounts().filter(person_id=OuterRef("pk"))))

    def _accounts(self) -> QuerySet[Account]:
        return Account.objects.filter(is_active=True).exclude(email="")

    def addresses(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Return each person's newest address first given."""
        accounts = self._accounts().filter(person_id__in=person_ids)
        return dict(accounts.order_by("-pk").values_list("person_id", "email"))

    def send(self, notice: Notice, address: str) -> None:
        """Send text only: title, body and the page's address."""
        link = f"{settings.BASE_URL}{notice.url}" if notice.url else ""
        body = "\n\n".join(part for part in (notice.words, link, _("这是邻里的自动通知，请勿回复。")) if part)
        EmailMessage(
            subject=notice.title,
            body=body,
            to=[address],
            headers={"Message-ID": f"<{notice.public_id}@linli>", "Auto-Submitted": "auto-generated"},
        ).send()

    def cost(self, text: str) -> Decimal:
        """Return nothing."""
        return Decimal(0)


class Sms:
    """Short messages over the operator's gateway, to the person's own number."""

    label: Label = gettext_lazy("短信")

    def among(self, persons: QuerySet[Person]) -> QuerySet[Person]:
        """Return those with a number."""
        return persons.filter(phone_index__isnull=False)

    def addresses(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Return their numbers."""
        rows = Person.objects.filter(pk__in=person_ids, phone_index__isnull=False)
        return dict(rows.values_list("pk", "phone"))

    def send(self, notice: Notice, address: str) -> None:
        """Send the short words; the page stays behind signing in."""
        sms.sms_send(phone=address, text=notice.short_words, ident=notice.public_id.hex)

    def cost(self, text: str) -> Decimal:
        """Return the price of the text's segments."""
        return sms.segments(text) * sms.price()


CHANNELS: Mapping[str, Channel] = {"console": Console(), "email": Email(), "sms": Sms()}


def channel_choices(*, with_inbox: bool = False) -> list[tuple[str, Label]]:
    """Return the channels of this installation with their labels."""
    chosen = [(name, CHANNELS[name].label) for name in settings.NOTICE_CHANNELS]
    return [(INBOX, _("站内消息")), *chosen] if with_inbox else chosen


def channel_label(name: str) -> str:
    """Return what a channel is called, or its name where it is gone."""
    if name == INBOX:
        return _("站内消息")
    return str(CHANNELS[name].label) if name in CHANNELS else name
