"""What of the register is let go, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from linli.core.clock import local_date
from linli.core.retention import Kind, kind_add

from .models import AccountLink, Assessment, CareEntry, DoorCode, Owner, Receipt, RegisterEvent, Resident
from .services.erasing import residents_empty


def _people(before: datetime, state: str) -> QuerySet[Any]:
    """Those who left or died before a day and own nothing here any more."""
    owns = Owner.objects.filter(resident=OuterRef("pk"), ownership__to_on__isnull=True)
    rows = Resident.objects.filter(state=state, state_on__lt=local_date(before))
    return rows.exclude(Exists(owns)).order_by("state_on", "pk")


def _moved(before: datetime) -> QuerySet[Any]:
    return _people(before, Resident.State.AWAY)


def _dead(before: datetime) -> QuerySet[Any]:
    return _people(before, Resident.State.DEAD)


def _person(text: str) -> Resident | None:
    """Return somebody by the id in the address of their history, which says nothing by itself."""
    try:
        found: Resident | None = Resident.objects.filter(public_id=UUID(text)).first()
    except ValueError:
        return None
    return found


def _emptied(rows: list[Any]) -> list[type[Model]]:
    return residents_empty(residents=rows)


def _codes(before: datetime) -> QuerySet[Any]:
    return DoorCode.objects.filter(expires_at__lt=before).order_by("expires_at")


def _links(before: datetime) -> QuerySet[Any]:
    ended = Q(ended_at__lt=before) | Q(state=AccountLink.State.REFUSED, decided_at__lt=before)
    return AccountLink.objects.filter(ended).order_by("pk")


def _receipts(before: datetime) -> QuerySet[Any]:
    """Benefits by the day on which they ended; who still gets one keeps it."""
    return Receipt.objects.filter(to_on__lt=local_date(before)).order_by("to_on")


def _care(before: datetime) -> QuerySet[Any]:
    over = (CareEntry.State.ENDED, CareEntry.State.REFUSED)
    return CareEntry.objects.filter(state__in=over, decided_at__lt=before).order_by("decided_at")


def _undo(before: datetime) -> QuerySet[Any]:
    return RegisterEvent.objects.filter(at__lt=before).exclude(undo_text="").order_by("at")


def _undo_forgotten(rows: list[Any]) -> list[type[Model]]:
    RegisterEvent.objects.filter(pk__in=[row.pk for row in rows]).update(undo_text="")
    return [RegisterEvent]


def _assessments(before: datetime) -> QuerySet[Any]:
    return Assessment.objects.filter(concluded_at__lt=before).order_by("concluded_at")


def _deleting(model: type[Model]) -> Any:
    def gone(rows: list[Any]) -> list[type[Model]]:
        model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
        return [model]

    return gone


kind_add(Kind("resident_moved", _moved, _emptied, _person))
kind_add(Kind("resident_dead", _dead, _emptied, _person))
kind_add(Kind("door_code", _codes, _deleting(DoorCode)))
kind_add(Kind("account_link", _links, _deleting(AccountLink)))
kind_add(Kind("receipt", _receipts, _deleting(Receipt)))
kind_add(Kind("care_entry", _care, _deleting(CareEntry)))
kind_add(Kind("register_undo", _undo, _undo_forgotten))
kind_add(Kind("assessment", _assessments, _deleting(Assessment)))
