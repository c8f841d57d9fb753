"""Erasing a person: their key is destroyed, so that what is sealed under it can never be opened again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service

from ..models import (
    AccountLink,
    CareEntry,
    Consent,
    Fact,
    Guardian,
    Household,
    Membership,
    RegisterEvent,
    Resident,
    SearchToken,
)
from ..permissions import can_erase_resident
from .upkeep import tokens_delete

_SEALED = {"data_key": "", "name_sealed": "", "number_sealed": "", "phone_sealed": "", "birth_sealed": ""}
_DERIVED: dict[str, Any] = {"number_index": None, "number_kind": "", "birth_month": None, "sex": ""}
_WRITTEN = (AccountLink, CareEntry, Consent, Fact, Guardian, Membership, RegisterEvent, Resident, SearchToken)


@service
def resident_erase(*, actor: Actor, resident_id: UUID | str, reason: str) -> Resident:
    """Erase a person who moved away or died, and those who were merged into them; cannot be taken back.

    Their data key, sealed values, tokens and number go; facts are emptied; what the law keeps (titles,
    benefits that were paid, the history of acts) stays without a name. Refused while they are here.
    """
    rows = Resident.objects.visible_to(actor).select_for_update()
    resident: Resident | None = rows.filter(public_id=resident_id).first()
    if resident is None:
        raise NotFound(_("没有找到这个人的登记。"))
    if not can_erase_resident(actor, resident.area_path):
        raise NotAllowed(_("删除个人资料由居村委会或街镇办理。"))
    if not reason.strip():
        message = _("请写明依据，例如本人申请、保存期限已到。")
        raise InvalidInput(message, details={"reason": message})
    _erasable(resident)
    touched = residents_empty(residents=[resident])
    resident.refresh_from_db()
    record(
        "resident.erase", resident, {"data_key": ("", None)}, touched=touched, purpose=reason.strip()[:120]
    )
    return resident


@require_service
def residents_empty(*, residents: Sequence[Resident]) -> list[type[Model]]:
    """Erase people whose time is over, and those merged into them; returns the models written to."""
    everyone = [*residents, *Resident.objects.select_for_update().filter(merged_into__in=residents)]
    _around_emptied(everyone)
    tokens_delete(residents=everyone)
    for one in everyone:
        _emptied(one)
    return [*_WRITTEN]


def _erasable(resident: Resident) -> None:
    if resident.state not in (Resident.State.AWAY, Resident.State.DEAD):
        raise Conflict(
            _("这个人的登记是“%(state)s”，不能删除。") % {"state": resident.get_state_display()},
            hint=_("在册的人请先办理迁出；登记错了请用更正或撤销。"),
        )


def _emptied(resident: Resident) -> dict[str, tuple[object, object]]:
    state = {"state": Resident.State.ERASED} if resident.merged_into_id is None else {}
    now = clock.now()
    columns = {**_SEALED, **_DERIVED, **state, "origins": {}}
    return changes_of(resident, **columns, erased_at=now, updated_at=now)


def _around_emptied(everyone: Sequence[Resident]) -> None:
    """Empty what is known of them, end what holds, and take the way back out of their acts."""
    today, now = clock.today(), clock.now()
    of_them = {"resident__in": everyone}
    Fact.objects.filter(**of_them, to_on__isnull=True).update(to_on=today)
    Fact.objects.filter(**of_them).update(
        state=Fact.State.UNKNOWN, value="", value_sealed="", document="", collected_by=None
    )
    Membership.objects.filter(**of_them, to_on__isnull=True).update(to_on=today)
    for side in ("ward__in", "guardian__in"):
        Guardian.objects.filter(**{side: everyone}, to_on__isnull=True).update(to_on=today)
    CareEntry.objects.filter(**of_them, state__in=("proposed", "confirmed")).update(state="ended")
    Consent.objects.filter(**of_them, withdrawn_at__isnull=True).update(withdrawn_at=now)
    links = AccountLink.objects.filter(**of_them, state__in=("asked", "standing"))
    links.update(state=AccountLink.State.ENDED, ended_at=now)
    # The journal of an act holds their wrapped key and sealed values, also where it is about their household.
    acts = RegisterEvent.objects.filter(**of_them).values_list("act", flat=True)
    homes = Household.objects.filter(memberships__resident__in=everyone)
    for events in (
        RegisterEvent.objects.filter(act__in=list(acts)),
        RegisterEvent.objects.filter(household__in=homes),
    ):
        events.exclude(undo_text="").update(undo_text="")
