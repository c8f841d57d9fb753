"""Finding one person of the register by what a worker types; every search is recorded by the register."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.errors import invalid
from linli.foundation.ui.forms import short_text
from linli.registers.residents.finding.services import residents_search

WHO = gettext_lazy("姓名、手机号或证件号码；只用来找人，找到的人不重名才能登记")


def person_found(actor: Actor, words: str, field: str) -> UUID:
    """Return the one person of the actor's areas whom the words name; every search is recorded."""
    found = residents_search(actor=actor, words=words).hits
    exact = [hit for hit in found if hit.resident.state in ("here", "away")]
    if len(exact) != 1:
        words = (
            _("没有找到这个人，请核对。")
            if not exact
            else _("找到%d个人，请改用手机号或证件号码。") % len(exact)
        )
        raise invalid(**{field: words})
    return exact[0].resident.public_id


def who(label: Any) -> forms.CharField:
    """Return a field that names one person of the register."""
    return short_text(label, limit=60, help_text=WHO)
