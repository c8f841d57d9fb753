"""The shape of what people type about bodies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.foundation.accounts.selectors import area_choices
from linli.foundation.places.models import Compound, Division, Level
from linli.foundation.places.selectors import Place
from linli.foundation.ui.forms import DeskForm, day, short_text
from linli.registers.residents.owning.selectors import owner_by_number

from .kinds import BodyKind, kinds
from .models import Body, Member
from .rules import term_ends_on
from .selectors import body_list
from .services import Declaration, MemberEntry

SEX = (("", gettext_lazy("没有登记")), ("yes", gettext_lazy("是")), ("no", gettext_lazy("不是")))


RELATIVES = (("no", gettext_lazy("没有")), ("yes", gettext_lazy("有")))


class DeclarationFields(DeskForm):
    """What somebody declares of near relatives in office; only asked where the kind of body asks it."""

    relatives = forms.ChoiceField(
        label=gettext_lazy("本人声明有没有近亲属任职"),
        choices=RELATIVES,
        required=False,
        widget=forms.RadioSelect,
    )
    relatives_whom = short_text(
        gettext_lazy("是谁、担任什么职务"),
        limit=100,
        required=False,
        help_text=gettext_lazy("有的才填；加密保存，只用来核对，用完删去。"),
    )
    relatives_checked = forms.BooleanField(label=gettext_lazy("已核对本人签字的声明"), required=False)

    def ask(self, kind: BodyKind | None) -> None:
        """Say where relatives matter by this kind, or ask nothing."""
        if kind is None or kind.relatives is None:
            for name in ("relatives", "relatives_whom", "relatives_checked"):
                del self.fields[name]
            return
        said = {"where": kind.relatives.where, "law": kind.relatives.article}
        words = (
            _("近亲属在%(where)s任职的不能担任。依据：%(law)s。")
            if kind.relatives.forbids
            else (_("近亲属在%(where)s任职的要说明。依据：%(law)s。"))
        )
        self.fields["relatives"].help_text = words % said

    def declared(self) -> Declaration | None:
        """Return what was declared, ``None`` where nothing was chosen."""
        data = self.cleaned_data
        if not data.get("relatives"):
            return None
        return Declaration(data["relatives"] == "yes", data["relatives_whom"], data["relatives_checked"])


def _sex(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


class BodyFilterForm(forms.Form):
    """How the list is narrowed."""

    q = forms.CharField(label=gettext_lazy("组织或小区"), required=False, max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(kind.key, kind.name) for kind in kinds().values()]
        self.fields["kind"].choices = [("", _("全部")), *named]  # type: ignore[attr-defined]


class NamedChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A record by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Show it as people call it."""
        return str(obj.name)


class NewBodyForm(DeskForm):
    """A body of one kind; only what that kind needs is asked."""

    name = short_text(gettext_lazy("名称"), limit=80)
    where = NamedChoice(
        label=gettext_lazy("在哪里"), queryset=Division.objects.none(), to_field_name="code", empty_label=None
    )
    compound = NamedChoice(
        label=gettext_lazy("小区"),
        queryset=Compound.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("请选择"),
    )
    parent = NamedChoice(
        label=gettext_lazy("上级组织"),
        queryset=Body.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("没有"),
    )
    founded_on = day(gettext_lazy("成立日期"))
    note = short_text(
        gettext_lazy("备注"), limit=300, required=False, help_text=gettext_lazy("不要写个人信息。")
    )

    def __init__(self, *args: Any, actor: Actor, kind: BodyKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        level = Level.STREET if kind.level == "street" else Level.COMMITTEE
        below = [place.pk for place in area_choices(actor.areas) if place.level == level]
        self._offer("where", Division.objects.filter(pk__in=below).order_by("code"))
        if kind.level == "compound":
            self._offer("compound", Compound.objects.visible_to(actor).order_by("pinyin", "name"))
        else:
            del self.fields["compound"]
        if kind.of:
            self._offer("parent", body_list(actor).filter(kind=kind.of))
        else:
            del self.fields["parent"]

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        parent = data.get("parent")
        return {
            "kind": self.kind.key,
            "name": data["name"],
            "where": Place(data["where"], "chosen", compound=data.get("compound")),
            "founded_on": data["founded_on"],
            "parent_id": parent.pk if parent else None,
            "note": data["note"],
        }


class ActForm(DeskForm):
    """What one act on a body asks; ``body`` and ``member`` say what is offered."""

    def __init__(self, *args: Any, body: Body, member: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body, self.member = body, member
        self.offer()

    def offer(self) -> None:
        """Fill in what depends on the body."""

    def said(self) -> dict[str, Any]:
        """Return what the service takes."""
        return dict(self.cleaned_data)


class ChangeForm(ActForm):
    """Name, day of founding, note."""

    name = short_text(gettext_lazy("名称"), limit=80)
    founded_on = day(gettext_lazy("成立日期"))
    note = short_text(
        gettext_lazy("备注"), limit=300, required=False, help_text=gettext_lazy("不要写个人信息。")
    )

    def offer(self) -> None:
        """Show what is there."""
        for name in ("name", "founded_on", "note"):
            self.fields[name].initial = getattr(self.body, name)


class DissolveForm(ActForm):
    """When and why it is dissolved."""

    on = day(gettext_lazy("撤销日期"))
    reason = short_text(gettext_lazy("撤销的原因"), limit=300)


class TermForm(ActForm):
    """From when to when a new term lasts."""

    begins_on = day(gettext_lazy("新一届开始日期"), help_text=gettext_lazy("当选公布的日期。"))
    ends_on = day(
        gettext_lazy("届满日期"), required=False, help_text=gettext_lazy("不填就是法定最长任期的最后一天。")
    )

    def said(self) -> dict[str, Any]:
        """Let the law fill in the end."""
        begins_on = self.cleaned_data["begins_on"]
        ends_on = self.cleaned_data["ends_on"] or term_ends_on(self.body.what, begins_on)
        return {"begins_on": begins_on, "ends_on": ends_on}


class MetForm(ActForm):
    """When it met."""

    on = day(gettext_lazy("开会日期"))
    note = short_text(
        gettext_lazy("说明"),
        limit=160,
        required=False,
        help_text=gettext_lazy("例如：第二次会议，记录在档案室。"),
    )


class JoinForm(ActForm, DeclarationFields):
    """Who joins, with which post, from when."""

    name = short_text(gettext_lazy("姓名"), limit=40, required=False)
    number = short_text(
        gettext_lazy("证件号码"),
        limit=40,
        required=False,
        help_text=gettext_lazy("填了就与居民登记里的人对上，号码本身不保存；不填就只记姓名。"),
    )
    post = forms.ChoiceField(label=gettext_lazy("职务"))
    speaks_for = short_text(
        gettext_lazy("代表哪里"), limit=80, required=False, help_text=gettext_lazy("例如：第3居民小组。")
    )
    is_woman = forms.ChoiceField(label=gettext_lazy("妇女成员"), choices=SEX, required=False)
    from_on = day(gettext_lazy("任职日期"))
    field_order = ("name", "number", "post", "speaks_for", "is_woman", "from_on")

    def offer(self) -> None:
        """Offer the posts of this kind of body; a document's number is never filled in by the browser."""
        self.fields["post"].choices = self.body.what.posts  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs["autocomplete"] = "off"
        self.ask(self.body.what)

    def clean_number(self) -> int | None:
        """Return the resident whom the number names."""
        number = self.cleaned_data["number"]
        if not number:
            return None
        found = owner_by_number(number)
        if found is None or found.resident_id is None:
            raise forms.ValidationError(_("居民登记里没有这个号码，请核对，或只填姓名。"))
        return found.resident_id

    def said(self) -> dict[str, Any]:
        """Return who joins."""
        data = self.cleaned_data
        entry = MemberEntry(
            post=data["post"],
            name=data["name"],
            resident_id=data["number"],
            is_woman=_sex(data["is_woman"]),
            speaks_for=data["speaks_for"],
            declaration=self.declared(),
        )
        return {"entry": entry, "from_on": data["from_on"]}


class PostForm(ActForm):
    """Another post of a member, or a correction."""

    post = forms.ChoiceField(label=gettext_lazy("职务"))
    speaks_for = short_text(gettext_lazy("代表哪里"), limit=80, required=False)
    is_woman = forms.ChoiceField(label=gettext_lazy("妇女成员"), choices=SEX, required=False)

    def offer(self) -> None:
        """Show what is there."""
        assert self.member is not None
        self.fields["post"].choices = self.body.what.posts  # type: ignore[attr-defined]
        known = {True: "yes", False: "no", None: ""}[self.member.is_woman]
        initial = {"post": self.member.post, "speaks_for": self.member.speaks_for, "is_woman": known}
        for name, value in initial.items():
            self.fields[name].initial = value

    def said(self) -> dict[str, Any]:
        """Return the post as the service takes it."""
        data = self.cleaned_data
        return {**data, "is_woman": _sex(data["is_woman"])}


class LeaveForm(ActForm):
    """When and why a member left."""

    on = day(gettext_lazy("离任日期"))
    leaving = forms.ChoiceField(
        label=gettext_lazy("离任原因"), choices=Member.Leaving.choices, widget=forms.RadioSelect
    )
