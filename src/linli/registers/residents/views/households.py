"""A household on one screen: people, facts, what other rooms know of it, its history; and how to undo."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.models import Part

from .. import selectors
from ..acting.table import acts_menu, household_acts, person_acts
from ..care.rules import care_group
from ..consents.selectors import consents_standing
from ..facts.selectors import facts_of_many
from ..facts.services import household_facts_reveal
from ..finding.permissions import can_reveal_people
from ..finding.services import PURPOSES, household_reveal
from ..models import CareEntry, Establishment, Household, RegisterEvent, Resident
from ..panels import household_panels
from ..permissions import can_erase_resident
from ..receipts.selectors import receipts_of_many
from ..receipts.services import household_receipts_reveal
from ..sealing import PERSONAL
from ..selectors import HistoryLine, HouseholdPeople
from ..services import act_undo
from .guards import record_page

LATEST = 5


@require_http_methods(["GET", "POST"])
@record_page
def card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a household on one screen; sent with a purpose, names and telephones stand open in this answer."""
    actor = actor_of(request)
    shown = selectors.household_card(actor, public_id)
    opened: Mapping[UUID, Mapping[str, str]] = {}
    facts: Mapping[int, str] = {}
    receipts: Collection[int] = ()
    purpose = request.POST.get("purpose", "")
    if request.method == "POST":
        asked = PERSONAL if "all" in request.POST else ("name", "phone")
        opened = household_reveal(actor=actor, household_id=public_id, fields=asked, purpose=purpose)
        if "facts" in request.POST:
            facts = household_facts_reveal(actor=actor, household=shown.household, purpose=purpose)
            receipts = household_receipts_reveal(actor=actor, household=shown.household, purpose=purpose)
    context = {
        **_context(actor, shown, opened, facts, receipts),
        "purposes": PURPOSES.items(),
        "purpose": PURPOSES.get(purpose, ""),
        "can_reveal": can_reveal_people(actor) and bool(shown.members),
    }
    return render(request, "residents/household.html", context)


def _context(
    actor: Actor,
    card: HouseholdPeople,
    opened: Mapping[UUID, Mapping[str, str]],
    opened_facts: Mapping[int, str],
    opened_receipts: Collection[int],
) -> dict[str, Any]:
    subjects: list[Household | Resident] = [card.household, *(member.resident for member in card.members)]
    facts = facts_of_many(actor, subjects, opened=opened_facts)
    receipts = receipts_of_many(actor, subjects, opened=opened_receipts)
    care = selectors.care_of(actor, [member.resident.pk for member in card.members])
    agreed = consents_standing([member.resident.pk for member in card.members if member.is_here])
    people = [
        {
            "member": member,
            "opened": opened.get(member.resident.public_id, {}),
            "facts": facts.get(member.resident.public_id, []),
            "receipts": receipts.get(member.resident.public_id, []),
            "care": _care_words(care.get(member.resident.pk, [])),
            "consents": agreed.get(member.resident.pk, []),
            "acts": acts_menu(person_acts(card, member)),
        }
        for member in card.members
    ]
    return {
        "card": card,
        "household": card.household,
        "people": people,
        "facts": facts.get(card.household.public_id, []),
        "receipts": receipts.get(card.household.public_id, []),
        "acts": acts_menu(household_acts(card)),
        "history": selectors.household_history(actor, card.household, LATEST),
        "panels": household_panels(actor, card.household, card.part),
    }


def _care_words(entries: list[CareEntry]) -> list[str]:
    groups = [care_group(entry.group) for entry in entries]
    return [group.label for group in groups if group is not None]


@require_GET
@record_page
def household_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every act on a household and its people, readable; those of the last days can be taken back."""
    actor = actor_of(request)
    shown = selectors.household_card(actor, public_id)
    lines = selectors.household_history(actor, shown.household)
    back = reverse("residents:household", args=[public_id])
    return _history(request, lines, str(shown.part or _("这一户")), back)


@require_GET
@record_page
def person_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every act on a person."""
    actor = actor_of(request)
    person = selectors.resident_get(actor, public_id)
    row = selectors.people_rows([person])[0]
    lines = selectors.register_history(actor, person)
    is_gone = person.state in selectors.GONE_BEFORE and can_erase_resident(actor, person.area_path)
    erase = reverse("residents:person_erase", args=[public_id]) if is_gone else ""
    return _history(request, lines, row.name or _("未登记姓名"), _person_page(person), erase)


@require_GET
@record_page
def part_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every act in a part."""
    actor = actor_of(request)
    part = selectors.part_home(actor, public_id).part
    return _history(request, selectors.register_history(actor, part), str(part), _part_page(part))


@require_GET
@record_page
def establishment_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every act on an establishment."""
    actor = actor_of(request)
    firm: Establishment = selectors.establishment_get(actor, public_id).firm
    lines = selectors.register_history(actor, firm)
    return _history(request, lines, firm.name, reverse("residents:establishment", args=[public_id]))


def _history(
    request: HttpRequest, lines: list[HistoryLine], name: str, back: str, erase: str = ""
) -> HttpResponse:
    context = {"lines": lines, "name": name, "back": back, "erase": erase}
    return render(request, "residents/history.html", context)


@require_http_methods(["GET", "POST"])
@record_page
def undo(request: HttpRequest, act: UUID) -> HttpResponse:
    """Take an act back, after having said which."""
    actor = actor_of(request)
    event = RegisterEvent.objects.visible_to(actor).filter(act=act).first()
    if event is None:
        raise NotFound(_("没有找到这次变更。"))
    if request.method == "POST":
        undone = act_undo(actor=actor, act_id=act, reason=request.POST.get("reason", ""))
        messages.success(request, _("已撤销，登记恢复到变更之前。"))
        return redirect(_page_of(undone))
    subject = event.household or event.resident or event.establishment or event.part
    lines = selectors.register_history(actor, subject) if subject else []
    line = next((row for row in lines if row.act == act), None)
    return render(request, "residents/undo.html", {"line": line, "back": _page_of(event)})


def _page_of(event: RegisterEvent) -> str:
    """Return the page on which an act is seen; what an undone act had made is gone with it."""
    household = Household.objects.filter(pk=event.household_id).first() if event.household_id else None
    if household is not None:
        return reverse("residents:household", args=[household.public_id])
    if event.establishment_id and (firm := Establishment.objects.filter(pk=event.establishment_id).first()):
        return reverse("residents:establishment", args=[firm.public_id])
    if event.resident_id and (person := Resident.objects.filter(pk=event.resident_id).first()):
        return _person_page(person)
    return _part_page(event.part) if event.part else reverse("residents:find")


def _person_page(person: Resident) -> str:
    """Return the card of the household that a person belongs to now, or the list of persons."""
    row = person.memberships.filter(to_on__isnull=True).select_related("household").first()
    return (
        reverse("residents:household", args=[row.household.public_id]) if row else reverse("residents:people")
    )


def _part_page(part: Part) -> str:
    """Return a part's own page, also where a single household lives in it."""
    return f"{reverse('residents:part', args=[part.public_id])}?stay=1"
