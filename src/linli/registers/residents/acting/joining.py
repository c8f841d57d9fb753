"""The forms by which people come into another household: chosen nearby, or found by its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.places.models import Part

from ..models import Membership
from ..selectors import HouseholdRow, household_rows, households_in
from .forms import HeadLeaves, Relation, WhereForm, choice, day, person_words

NOT_HEAD = [row for row in Relation.choices if row[0] != Relation.HEAD]


class JoinForm(WhereForm):
    """Into which household: one nearby, or the one (or one of those) at an address."""

    near_label: Any = ""
    into = choice(gettext_lazy("哪一户"), required=False)

    def prepare(self) -> None:
        """Offer who lives near, and who lives where an address was typed."""
        super().prepare()
        for name in ("building", "room"):
            self.fields[name].required = False
        near = self._choices(self.near())
        self.typed = dict(self._choices(self._parts_typed()))
        there = [row for row in self.typed.items() if row not in near]
        groups = [(self.near_label, near), (_("填写的地址"), there)]
        none = _("请选择，或在下面填写地址") if near else _("在下面填写地址")
        self.offer("into", [("", none), *[group for group in groups if group[1]]])
        if near:
            self.fields["building"].label = _("在别处：楼栋")
        elif not there:
            del self.fields["into"]
        self.order_fields(["into", "building", "room"])

    def near(self) -> Iterable[Part]:
        """Return the parts whose households are offered at once."""
        return [self.card.part] if self.card and self.card.part else []

    def _parts_typed(self) -> list[Part]:
        building, room = self.data.get("building", ""), self.data.get("room", "")
        try:
            UUID(building)
        except ValueError:
            return []
        return self.parts_named(building, room)

    def _choices(self, parts: Iterable[Part]) -> list[tuple[str, str]]:
        found = households_in(self.actor, parts)
        own = self.card.household.pk if self.card else None
        rows = household_rows([household for household in found if household.pk != own])
        return [(str(row.household.public_id), household_words(row)) for row in rows]

    def clean(self) -> dict[str, Any]:
        """Settle on one household, or say what is missing."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        chosen, is_typed = cleaned.get("into"), bool(cleaned.get("part_id"))
        if chosen and is_typed and chosen not in self.typed:
            self.add_error("into", _("选的这一户不在填写的地址；请选一户，或只填地址。"))
        elif not chosen and not is_typed:
            where = "into" if "into" in self.fields else "room"
            self.add_error(where, _("请选择一户，或填写楼栋和室号。"))
        elif not chosen and not self.typed:
            self.add_error("room", _("这里没有登记别的户，请核对地址。"))
        elif not chosen and len(self.typed) > 1:
            self.add_error("into", _("这个地址有几户，请在这里选一户。"))
        cleaned["into"] = chosen or next(iter(self.typed), "")
        return cleaned


def household_words(row: HouseholdRow) -> str:
    """Return a household as a choice shows it: the room, the head masked, how many live there."""
    room = row.home.part.room_label if row.home else ""
    living = _("住%d人") % row.living
    return " · ".join(filter(None, (room, row.head or _("没有户主"), living)))


class MergeForm(JoinForm):
    """The household becomes part of another; each is said to be what to its head."""

    near_label = gettext_lazy("同一套房屋里的户")
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不填就是今天"))

    def prepare(self) -> None:
        """Ask of everybody as what they come."""
        super().prepare()
        for place, row in enumerate(self.card.members if self.card else ()):
            label = _("%(who)s：与那一户户主的关系") % {"who": person_words(row)}
            asked = choice(label, NOT_HEAD)
            asked.initial = Relation.OTHER_KIN
            self.fields[f"relation_{place}"] = asked

    def arguments(self) -> dict[str, Any]:
        """Pass on the household and the relations."""
        said, members = self.cleaned_data, self.card.members if self.card else ()
        relations = {
            str(row.resident.public_id): said[f"relation_{place}"] for place, row in enumerate(members)
        }
        return {"into_id": said["into"], "relations": relations, "on": said["on"], "reason": said["reason"]}


class JoinOtherForm(HeadLeaves, JoinForm):
    """One person goes to live with (or is registered in) another household."""

    near_label = gettext_lazy("同一栋楼的户")
    relation = choice(gettext_lazy("与那一户户主的关系"), NOT_HEAD)
    presence = choice(gettext_lazy("居住情况"), Membership.Presence.choices)
    head = choice(gettext_lazy("原来这一户的新户主"), required=False)
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不填就是今天"))

    def prepare(self) -> None:
        """Ask for a new head where the head leaves."""
        super().prepare()
        self.offer_heads(self)

    def near(self) -> Iterable[Part]:
        """The whole building, floor by floor."""
        here = self.card.part if self.card else None
        if here is None:
            return []
        return Part.objects.visible_to(self.actor).open().filter(building=here.building_id)

    def arguments(self) -> dict[str, Any]:
        """Pass on the household and as what."""
        said = self.cleaned_data
        kept = ("relation", "presence", "on", "reason")
        given = {name: said[name] for name in kept}
        return {"household_id": said["into"], "head": said.get("head", ""), **given}
