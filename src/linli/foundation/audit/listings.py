"""The record as a file."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Listing, Text, listing_add

from .forms import AuditSearch
from .models import AuditRecord
from .permissions import can_see_audit
from .selectors import audit_list
from .views import acts, chosen_of
from .words import verb_choices


def _audit(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_audit(actor):
        raise NotAllowed(
            _now("您不能查看操作留痕。"), hint=_now("监督、运维和单位管理员可以查看；请联系本单位管理员。")
        )
    form = AuditSearch(query)
    if not form.is_valid():
        return Chosen(AuditRecord.objects.none())
    verbs = dict(verb_choices())
    conditions: list[tuple[Text, Text]] = [
        (form.fields[name].label or name, verbs.get(value, value) if name == "verb" else str(value))
        for name, value in form.cleaned_data.items()
        if value
    ]
    return Chosen(audit_list(actor, **chosen_of(form)), conditions, acts)


def _at(act: dict[str, Any]) -> str:
    """Return the time to the second, in which more than one thing may happen within a minute."""
    return str(act["row"].at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"))


def _subject(act: dict[str, Any]) -> str:
    row: AuditRecord = act["row"]
    return act["link"].number if act["link"] else f"{act['kind']} {row.subject_id}"


listing_add(
    Listing(
        "audit",
        _("留痕"),
        (
            Column(_("时间"), _at, width=20),
            Column(_("谁"), lambda act: act["who"], width=12),
            Column(_("职能"), lambda act: act["function"], width=10),
            Column(_("做了什么"), lambda act: act["what"], width=18),
            Column(_("代码"), lambda act: act["row"].verb, width=20),
            Column(_("对象"), _subject, width=30),
            Column(_("字段"), lambda act: act["fields"], width=30),
            Column(_("目的"), lambda act: act["row"].purpose, width=30),
            Column(_("记录号"), lambda act: str(act["row"].pk), width=38),
        ),
        _audit,
        page="audit:list",
    )
)
