"""The ways out of the house; each says whom it reaches and sends one notice."""

import sys
from collections.abc import Iterable, Mapping
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from linli.foundation.accounts.models import Account

from .models import Notice


class Channel(Protocol):
    """One way to tell a person something outside the inbox."""

    def reaches(self, person_ids: Iterable[int]) -> set[int]:
        """Return those who can be told this way; at most one statement for all of them."""

    def send(self, notice: Notice) -> None:
        """Send, or raise; an exception's words are shown to operators."""


class Console:
    """Prints to the worker's own output: for trying things out, reaches everybody."""

    def reaches(self, person_ids: Iterable[int]) -> set[int]:
        """Return everybody."""
        return set(person_ids)

    def send(self, notice: Notice) -> None:
        """Print the title and the page."""
        print(f"[notice {notice.public_id}] {notice.title} {notice.url}", file=sys.stdout, flush=True)


class Email:
    """E-mail through Django's configured backend, to an active account's address."""

    def reaches(self, person_ids: Iterable[int]) -> set[int]:
        """Return those with an address."""
        return set(self._addresses(person_ids))

    def _addresses(self, person_ids: Iterable[int]) -> dict[int, str]:
        accounts = Account.objects.filter(person_id__in=person_ids, is_active=True).exclude(email="")
        return dict(accounts.order_by("-pk").values_list("person_id", "email"))

    def send(self, notice: Notice) -> None:
        """Send text only: title, body and the page's address."""
        address = self._addresses([notice.person_id]).get(notice.person_id)
        if address is None:
            raise LookupError(_("这个人已没有电子邮箱"))
        link = f"{settings.BASE_URL}{notice.url}" if notice.url else ""
        body = "\n\n".join(part for part in (notice.body, link, _("这是邻里的自动通知，请勿回复。")) if part)
        EmailMessage(
            subject=notice.title,
            body=body,
            to=[address],
            headers={"Message-ID": f"<{notice.public_id}@linli>", "Auto-Submitted": "auto-generated"},
        ).send()


CHANNELS: Mapping[str, Channel] = {"console": Console(), "email": Email()}
