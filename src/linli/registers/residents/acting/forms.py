"""The short forms of acts on the registry; which service each calls stands in ``table``.

A form is drawn without any personal value: what is known is not filled in, and what is left empty stays.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.foundation.places.models import Part

from ..entries import GuardianEntry, MemberEntry, PersonEntry
from ..models import Guardian, Household, Membership, Occupancy, Resident
from ..selectors import EstablishmentRow, HouseholdPeople, MemberCard, guardian_proposals
from ..selectors.homes import buildings_here

REASON_LENGTH = 120
AT_THE_DOOR = gettext_lazy("上门核对")
Relation = Membership.Relation
TENURES = [("", gettext_lazy("请选择")), *[row for row in Occupancy.Tenure.choices if row[0]]]
SEXES = [("", gettext_lazy("按证件号码")), *[row for row in Resident.Sex.choices if row[0]]]


def text(label: Any, *, required: bool = False, limit: int = 80, **more: Any) -> forms.CharField:
    """Return a line of text; what browsers would offer of other people is off."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **more.pop("attrs", {})})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget, **more)


def choice(label: Any, choices: Any = (), *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    """Return a choice."""
    return forms.ChoiceField(label=label, choices=list(choices), required=required, help_text=help_text)


def day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """Return a day, typed or picked."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class ActForm(forms.Form):
    """Input of one act; ``card`` is the household that the page showed, ``member`` the person in it."""

    names: ClassVar[dict[str, str]] = {}  # what a service calls a field that is called otherwise here
    reason = text(gettext_lazy("原因"), limit=REASON_LENGTH)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        card: HouseholdPeople | None = None,
        member: MemberCard | None = None,
        part: Part | None = None,
        firm: EstablishmentRow | None = None,
        **kwargs: Any,
    ) -> None:
        self.actor, self.card, self.member, self.part, self.firm = actor, card, member, part, firm
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = _("请选择") if isinstance(field, forms.ChoiceField) else _("请填写")
            field.error_messages["required"] = f"{verb}{field.label}。"
        self.prepare()
        self.order_fields([name for name in self.fields if name != "reason"])

    def prepare(self) -> None:
        """Fill in choices that depend on the household."""

    def arguments(self) -> dict[str, Any]:
        """Return what the service takes, beyond actor, subject and version."""
        return dict(self.cleaned_data)

    def offer(self, name: str, choices: Any) -> None:
        """Set the choices of a field."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def others(self) -> list[tuple[str, str]]:
        """Return the household's people but the one concerned, to choose a head among."""
        members = self.card.members if self.card else ()
        mine = self.member.resident.pk if self.member else None
        return [
            (str(row.resident.public_id), person_words(row)) for row in members if row.resident.pk != mine
        ]


def person_words(row: MemberCard) -> str:
    """Return a person as a choice shows them: masked, with relation and age."""
    age = "" if row.age is None else _("%d岁") % row.age
    words = (row.name or _("未登记姓名"), str(row.membership.get_relation_display()), age)
    return " · ".join(filter(None, words))


class HeadLeaves:
    """Part of forms by which somebody leaves: who becomes head, asked only where the head leaves."""

    def offer_heads(self, form: ActForm) -> None:
        """Offer the rest of the household, or drop the question."""
        rest = form.others()
        if form.member is not None and form.member.is_head and rest:
            form.offer("head", [("", _("请选择")), *rest])
            form.fields["head"].required = True
        else:
            del form.fields["head"]


class PhoneForm(ActForm):
    """Another telephone number; empty takes the old one out."""

    phone = text(gettext_lazy("新的电话"), limit=30, attrs={"inputmode": "tel"})
    reason = text(gettext_lazy("原因"), required=True, limit=REASON_LENGTH, initial=AT_THE_DOOR)


class CorrectForm(ActForm):
    """What was written of a person and is not so."""

    name = text(gettext_lazy("姓名"), limit=50)
    number = text(gettext_lazy("证件号码"), limit=30)
    number_kind = choice(
        gettext_lazy("证件种类"),
        [("", gettext_lazy("不变")), *Resident.NumberKind.choices[:-1]],
        required=False,
    )
    birth = day(gettext_lazy("出生日期"))
    sex = choice(
        gettext_lazy("性别"),
        [("", gettext_lazy("不变")), *[r for r in Resident.Sex.choices if r[0]]],
        required=False,
    )
    reason = text(gettext_lazy("原因"), required=True, limit=REASON_LENGTH, initial=AT_THE_DOOR)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one thing that changes."""
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("name", "number", "birth", "sex", "number_kind")):
            raise forms.ValidationError(_("请填写要更正的内容；留空的保持不变。"))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """Pass on only what was filled in."""
        kept = ("name", "number", "birth", "sex")
        said = {name: value or None for name, value in self.cleaned_data.items() if name in kept}
        return {
            **said,
            "number_kind": self.cleaned_data["number_kind"],
            "reason": self.cleaned_data["reason"],
        }


class MemberForm(ActForm):
    """As what somebody belongs to the household, and whether they live in it."""

    relation = choice(gettext_lazy("与户主关系"))
    presence = choice(gettext_lazy("居住情况"), Membership.Presence.choices)
    reason = text(gettext_lazy("原因"), required=True, limit=REASON_LENGTH, initial=AT_THE_DOOR)

    def prepare(self) -> None:
        """Start from what stands; a head stays one here."""
        assert self.member is not None
        row = self.member.membership
        kinds = [c for c in Relation.choices if (c[0] == Relation.HEAD) == self.member.is_head]
        self.offer("relation", kinds)
        self.fields["relation"].initial, self.fields["presence"].initial = row.relation, row.presence


class AwayForm(HeadLeaves, ActForm):
    """Somebody no longer lives here."""

    on = day(gettext_lazy("从哪天起不住在这里"), help_text=gettext_lazy("不填就是今天"))
    is_registered_still = forms.BooleanField(label=gettext_lazy("户口还在这一户"), required=False)
    head = choice(gettext_lazy("新的户主"), required=False)

    def prepare(self) -> None:
        """Ask for a new head where the head leaves."""
        self.offer_heads(self)


class DeathForm(HeadLeaves, ActForm):
    """Somebody died."""

    on = day(gettext_lazy("去世日期"), required=True)
    head = choice(gettext_lazy("新的户主"), required=False)

    def prepare(self) -> None:
        """Ask for a new head where the head died."""
        self.offer_heads(self)


class GuardianForm(ActForm):
    """Who looks after a child or somebody who cannot act alone."""

    guardian = choice(gettext_lazy("监护人"))
    kind = choice(gettext_lazy("关系"), Guardian.Kind.choices)

    def prepare(self) -> None:
        """Offer the adults of the household, likeliest first."""
        assert self.member is not None and self.card is not None
        proposed = guardian_proposals(self.actor, self.card.household, self.member.membership.relation)
        mine = self.member.resident.pk
        self.offer(
            "guardian", [(str(p.resident.public_id), p.name) for p in proposed if p.resident.pk != mine]
        )
        self.fields["kind"].initial = next((p.kind for p in proposed if p.kind), "parent")

    def arguments(self) -> dict[str, Any]:
        """Pass on one entry."""
        said = self.cleaned_data
        return {"guardian": GuardianEntry(said["guardian"], said["kind"]), "reason": said["reason"]}


class TenureForm(ActForm):
    """How the household holds its home."""

    tenure = choice(gettext_lazy("居住方式"), TENURES)
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("只是更正登记就不用填"))

    def prepare(self) -> None:
        """Start from what stands."""
        if self.card and self.card.occupancy:
            self.fields["tenure"].initial = self.card.occupancy.tenure


class HeadForm(ActForm):
    """Another head."""

    head = choice(gettext_lazy("新的户主"))
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不填就是今天"))

    def prepare(self) -> None:
        """Offer the others."""
        assert self.card is not None
        self.offer("head", [row for row in self.others() if not self._is_head(row[0])])

    def _is_head(self, key: str) -> bool:
        head = self.card.head if self.card else None
        return head is not None and str(head.resident.public_id) == key


class WhereForm(ActForm):
    """Into which dwelling: the building chosen, the room typed."""

    names = {"part": "room"}
    building = choice(gettext_lazy("楼栋"))
    room = text(gettext_lazy("室号"), required=True, limit=40, help_text=gettext_lazy("如 302"))

    def prepare(self) -> None:
        """Offer the buildings of the actor's areas by compound, the present one first chosen."""
        rows = buildings_here(self.actor).filter(closed_on__isnull=True)
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in rows.select_related("compound").order_by("compound__pinyin", "sort_key", "name"):
            groups.setdefault(row.compound.name, []).append((str(row.public_id), row.name))
        self.offer("building", [("", _("请选择")), *groups.items()])
        if (here := self.here()) is not None:
            self.fields["building"].initial = str(here.building.public_id)

    def here(self) -> Part | None:
        """Return where it is now that moves."""
        if self.firm is not None:
            return next(iter(self.firm.parts), None)
        return self.card.part if self.card else None

    def parts_named(self, building: str, room: str) -> list[Part]:
        """Return the open parts of the actor's areas that are called so: 302, 302室, 2-302."""
        if not building or not (room := room.strip().removesuffix("室")):
            return []
        rows = Part.objects.visible_to(self.actor).open().filter(building__public_id=building)
        found = list(rows.select_related("stair").filter(name=room))
        if not found and "-" in room:
            stair, _dash, name = room.partition("-")
            found = list(rows.filter(name=name, stair__name__startswith=stair))
        return found

    def clean(self) -> dict[str, Any]:
        """Find the room in the building; several stairs may have one of that name."""
        cleaned = super().clean() or {}
        key, room = cleaned.get("building", ""), cleaned.get("room", "").strip()
        if not key or not room:
            return cleaned
        found = self.parts_named(key, room)
        if not found:
            self.add_error("room", _("这栋楼没有这个室号，请核对。"))
        elif len(found) > 1:
            self.add_error("room", _("这栋楼有几个单元都有这个室号，请写成“单元-室号”，如 2-302。"))
        else:
            cleaned["part_id"] = str(found[0].public_id)
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """Pass on the part itself."""
        return {k: v for k, v in self.cleaned_data.items() if k not in ("building", "room")}


class MoveForm(WhereForm):
    """The whole household moves within what the actor looks after."""

    tenure = choice(gettext_lazy("居住方式"), TENURES, required=False)
    on = day(gettext_lazy("搬家日期"), help_text=gettext_lazy("不填就是今天"))


class MoveOutForm(ActForm):
    """The whole household leaves."""

    on = day(gettext_lazy("迁出日期"), help_text=gettext_lazy("不填就是今天；从这一天起不再住在这里"))


class PersonFields(ActForm):
    """What is written of a person who is entered."""

    name = text(gettext_lazy("姓名"), required=True, limit=50)
    number = text(
        gettext_lazy("证件号码"), limit=30, help_text=gettext_lazy("填了身份证号，出生日期和性别就不用填")
    )
    phone = text(gettext_lazy("电话"), limit=30, attrs={"inputmode": "tel"})
    birth = day(gettext_lazy("出生日期"))
    sex = choice(gettext_lazy("性别"), SEXES, required=False)

    def entry(self) -> PersonEntry:
        """Return what was written."""
        said = self.cleaned_data
        kept = {name: said[name] for name in ("name", "number", "phone", "sex") if name in said}
        return PersonEntry(**kept, birth=said["birth"])


class RegisterForm(PersonFields):
    """Somebody joins the household."""

    names = {"guardians": "guardian"}
    relation = choice(gettext_lazy("与户主关系"), [c for c in Relation.choices if c[0] != Relation.HEAD])
    presence = choice(gettext_lazy("居住情况"), Membership.Presence.choices)
    from_on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不知道就不填"))
    guardian = choice(
        gettext_lazy("监护人"), required=False, help_text=gettext_lazy("未满14周岁的孩子必须登记")
    )
    guardian_kind = choice(gettext_lazy("监护人是孩子的"), Guardian.Kind.choices, required=False)

    def prepare(self) -> None:
        """Offer the household's people; without a head the first one may become it."""
        self.offer("guardian", [("", _("不需要")), *self.others()])
        if self.card is not None and self.card.head is None:
            self.offer("relation", Relation.choices)

    def arguments(self) -> dict[str, Any]:
        """Pass on the person and the guardian."""
        said = self.cleaned_data
        guardians = [GuardianEntry(said["guardian"], said["guardian_kind"])] if said["guardian"] else []
        kept = ("relation", "presence", "from_on", "reason")
        return {"person": self.entry(), "guardians": guardians, **{name: said[name] for name in kept}}


class BirthForm(PersonFields):
    """A child is born into the household of the mother."""

    names = {"mother": "mother_id", "father": "father_id"}
    mother_id = choice(gettext_lazy("母亲"))
    father_id = choice(gettext_lazy("父亲"), required=False)
    relation = choice(
        gettext_lazy("孩子与户主关系"),
        [c for c in Relation.choices if c[0] in (Relation.CHILD, Relation.GRANDCHILD, Relation.OTHER_KIN)],
    )

    def prepare(self) -> None:
        """Offer women as mothers and men as fathers; a child has no telephone."""
        del self.fields["phone"]
        self.fields["birth"].required = True
        members = self.card.members if self.card else ()
        by_sex = {sex: [m for m in members if m.resident.sex in (sex, "")] for sex in ("f", "m")}
        pairs = {sex: [(str(m.resident.public_id), person_words(m)) for m in by_sex[sex]] for sex in by_sex}
        self.offer("mother_id", [("", _("请选择")), *pairs["f"]])
        self.offer("father_id", [("", _("不登记")), *pairs["m"]])

    def arguments(self) -> dict[str, Any]:
        """Pass on the child and the parents."""
        kept = ("mother_id", "father_id", "relation", "reason")
        return {"person": self.entry(), **{name: self.cleaned_data[name] for name in kept}}


class SplitForm(ActForm):
    """Some of the household become one of their own, in the same dwelling."""

    names = {"leaving": "new_head"}
    new_head = choice(gettext_lazy("新的一户的户主"))
    also = forms.MultipleChoiceField(
        label=gettext_lazy("一起分出去的人"), required=False, widget=forms.CheckboxSelectMultiple
    )
    head = choice(
        gettext_lazy("原来这一户的户主"), required=False, help_text=gettext_lazy("户主分出去时要指定")
    )
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不填就是今天"))

    def prepare(self) -> None:
        """Offer everybody; who else leaves is somebody's kin until it is said more exactly."""
        people = self.others()
        self.offer("new_head", [("", _("请选择")), *people])
        self.offer("also", people)
        self.offer("head", [("", _("不变")), *people])

    def arguments(self) -> dict[str, Any]:
        """Say who leaves as what."""
        said = self.cleaned_data
        leaving = dict.fromkeys(said["also"], Relation.OTHER_KIN.value)
        leaving[said["new_head"]] = Relation.HEAD.value
        return {"leaving": leaving, **{name: said[name] for name in ("head", "on", "reason")}}


class OpenForm(PersonFields):
    """A household begins in a part: its head first, the others from its card."""

    tenure = choice(gettext_lazy("居住方式"), TENURES)
    kind = choice(gettext_lazy("户别"), Household.Kind.choices)
    from_on = day(gettext_lazy("入住日期"), help_text=gettext_lazy("不知道就不填"))

    def arguments(self) -> dict[str, Any]:
        """Pass on the head as the only member."""
        said = self.cleaned_data
        head = MemberEntry(person=self.entry(), relation=Relation.HEAD.value, from_on=said["from_on"])
        kept = ("tenure", "kind", "from_on", "reason")
        return {"members": [head], **{name: said[name] for name in kept}}


class ClaimForm(PersonFields):
    """Somebody registered in another area is asked for; name and number must both fit."""

    is_whole_household = forms.BooleanField(
        label=gettext_lazy("全户一起迁来"), required=False, help_text=gettext_lazy("不勾选就只迁这一个人")
    )
    presence = choice(gettext_lazy("居住情况"), Membership.Presence.choices)
    tenure = choice(gettext_lazy("居住方式"), TENURES)
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不填就是今天"))

    def prepare(self) -> None:
        """The number is needed, the rest is known where the person is registered."""
        for name in ("phone", "birth", "sex", "reason"):
            del self.fields[name]
        self.fields["number"].required = True
        self.fields["number"].help_text = ""

    def arguments(self) -> dict[str, Any]:
        """Pass on who is asked for and how they will live here."""
        said = self.cleaned_data
        kept = ("is_whole_household", "presence", "tenure", "on")
        person = PersonEntry(said["name"], said["number"])
        return {"person": person, **{name: said[name] for name in kept}}
