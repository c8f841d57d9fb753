"""Of whom a fact is known: a person or a household, their data key, and their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.errors import Conflict, NotFound

from ..models import AccountLink, Fact, Household, Membership, Resident
from .dictionary import FactKey, Of

Subject = Resident | Household
CONTEXT = "residents_fact.value_sealed"
GONE = frozenset({Resident.State.MERGED, Resident.State.ERASED})


def of_what(subject: Subject) -> Of:
    """Return whether facts are those of a person or of a household."""
    return Of.PERSON if isinstance(subject, Resident) else Of.HOUSEHOLD


def column_of(of: Of) -> str:
    """Return the foreign key of ``Fact`` that names the subject."""
    return "resident" if of is Of.PERSON else "household"


def rows_of(subject: Subject) -> QuerySet[Fact]:
    """Return every row about a subject, past ones too."""
    return Fact.objects.filter(**{column_of(of_what(subject)): subject.pk})


def subject_seen(actor: Actor, subject: Subject, *, lock: bool = False) -> Any:
    """Return the subject again as the actor sees it (locked for a write), or raise ``NotFound``."""
    rows = type(subject)._default_manager.visible_to(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=subject.pk).first()
    if found is None:
        raise NotFound(_("没有找到这份登记。"))
    return found


def standing_check(subject: Subject) -> None:
    """Refuse to write about somebody who was merged or erased, or a household that ended."""
    if isinstance(subject, Resident) and subject.state in GONE:
        raise Conflict(_("这份登记已并入他人或已删除，不能再登记事实。"), hint=_("请到现在的登记上办理。"))
    if isinstance(subject, Household) and subject.ended_on is not None:
        raise Conflict(_("这一户已经销户，不能再登记事实。"), hint=_("请到成员现在的户里登记。"))


def sealed(subject: Subject, text: str) -> str:
    """Seal a value under the subject's data key, which must stand."""
    return key_ring().key_open(subject.data_key).seal(text, CONTEXT) if text else ""


def values_opened(rows: Iterable[Fact], keys: dict[int, str], of: Of) -> dict[int, str]:
    """Return fact id → canonical value, opening each subject's key once; ``keys``: id → wrapped key."""
    column, ring, opened = f"{column_of(of)}_id", key_ring(), dict[int, Any]()
    found: dict[int, str] = {}
    for row in rows:
        if not row.value_sealed:
            found[row.pk] = row.value
            continue
        owner = getattr(row, column)
        if owner not in opened:
            opened[owner] = ring.key_open(keys[owner])
        found[row.pk] = opened[owner].open(row.value_sealed, CONTEXT)
    return found


def value_columns(line: FactKey, subject: Subject, value: str) -> dict[str, str]:
    """Return the two columns of a value: in clear, or sealed where the key is sensitive."""
    if line.is_sensitive:
        return {"value": "", "value_sealed": sealed(subject, value)}
    return {"value": value, "value_sealed": ""}


def keys_wrapped(of: Of, ids: Sequence[int]) -> dict[int, str]:
    """Return subject id → wrapped data key."""
    model: Any = Resident if of is Of.PERSON else Household
    return dict(model.objects.filter(pk__among=list(ids)).values_list("pk", "data_key"))


def accounts_of(subject: Subject) -> list[int | None]:
    """Return the signed-in persons whom the facts describe: of a household, those who live in it."""
    links = AccountLink.objects.filter(state=AccountLink.State.STANDING)
    if isinstance(subject, Resident):
        return list(links.filter(resident=subject).values_list("person_id", flat=True))
    members = Membership.objects.filter(household=subject, to_on__isnull=True).values("resident")
    return list(links.filter(resident__in=members).values_list("person_id", flat=True))
