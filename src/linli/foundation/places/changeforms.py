"""The shape of what is entered about a change of divisions: one form a kind, choices out of the tree."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.errors import InvalidInput

from .changeplan import ChangePlan, Named
from .matching import division_match
from .models import ChangeKind, Compound, Division, Level
from .preview import code_next

_PART = re.compile(r"(\d{2,15})\s+(\S.*)")
CHILD, COMPOUND = "child-", "compound-"


class ChangeForm(forms.Form):
    """What every act has: the approving document and the first day."""

    document = forms.CharField(
        label=_("批准文号"),
        max_length=200,
        help_text=_("如 沪府〔2026〕12号"),
        error_messages={"required": _("请填写批准文号。")},
    )
    effective_on = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("以后的日期，到那天自动生效"),
        error_messages={"required": _("请填写生效日期。"), "invalid": _("请填写日期，如 2026-03-01。")},
    )
    kind: ChangeKind

    def __init__(self, *args: Any, division: Division, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("effective_on", clock.today())
        super().__init__(*args, **kwargs)
        self.division = division
        self.shape()
        self.order_fields([*(name for name in self.fields if name not in _LAST), *_LAST])

    def shape(self) -> None:
        """Add the fields of the kind, with choices out of the tree."""

    def plan(self) -> ChangePlan:
        """Return what was decided, from cleaned data; of the division itself, unless the kind says more."""
        return ChangePlan(self.kind, (self.division.code,))

    def _siblings(self) -> list[tuple[str, str]]:
        rows = Division.objects.on().filter(parent_id=self.division.parent_id, level=self.division.level)
        named = rows.exclude(pk=self.division.pk).order_by("code").values_list("code", "name")
        return [(code, f"{name} {code}") for code, name in named]


_LAST = ("document", "effective_on")


def _code(initial: str = "") -> forms.CharField:
    return forms.CharField(
        label=_("变更后的代码"),
        max_length=15,
        initial=initial,
        error_messages={"required": _("请填写变更后的代码。")},
    )


def _name(initial: str = "") -> forms.CharField:
    return forms.CharField(
        label=_("变更后的名称"),
        max_length=60,
        initial=initial,
        error_messages={"required": _("请填写变更后的名称。")},
    )


class SetUpForm(ChangeForm):
    """A new division below this one."""

    kind = ChangeKind.SET_UP

    def shape(self) -> None:
        """Ask for name and code; the next free code is proposed."""
        self.fields["name"] = _name()
        self.fields["name"].label = _("名称")
        self.fields["code"] = _code(code_next(self.division))
        self.fields["code"].label = _("代码")

    def plan(self) -> ChangePlan:
        """Return the act."""
        new = Named(self.cleaned_data["code"].strip(), self.cleaned_data["name"])
        return ChangePlan(self.kind, parent=self.division.code, after=(new,))


class AbolishForm(ChangeForm):
    """The end of this division, with or without a successor."""

    kind = ChangeKind.ABOLISH

    def shape(self) -> None:
        """Ask who takes over."""
        self.fields["rest"] = forms.ChoiceField(
            label=_("由哪个区划承接"),
            choices=[("", _("没有（里面什么都没有了）")), *self._siblings()],
            required=False,
            help_text=_("下级、小区、事项和人员岗位都转到那里"),
        )

    def plan(self) -> ChangePlan:
        """Return the act."""
        return ChangePlan(self.kind, before=(self.division.code,), rest=self.cleaned_data["rest"])


class MergeForm(ChangeForm):
    """This division and others of the same parent become one."""

    kind = ChangeKind.MERGE

    def shape(self) -> None:
        """Ask with whom, and what comes of it; the present code is proposed."""
        self.fields["others"] = forms.MultipleChoiceField(
            label=_("与哪些合并"),
            choices=self._siblings(),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("请至少选一个。")},
        )
        self.fields["name"] = _name(self.division.name)
        self.fields["code"] = _code(self.division.code)
        self.fields["code"].help_text = _("沿用其中一个的代码，或填写新代码")

    def plan(self) -> ChangePlan:
        """Return the act."""
        new = Named(self.cleaned_data["code"].strip(), self.cleaned_data["name"])
        return ChangePlan(self.kind, (self.division.code, *self.cleaned_data["others"]), (new,))


class RenumberForm(ChangeForm):
    """Another code for this division; what begins with the old one follows."""

    kind = ChangeKind.RENUMBER

    def shape(self) -> None:
        """Ask for the code."""
        self.fields["code"] = _code()

    def plan(self) -> ChangePlan:
        """Return the act."""
        new = Named(self.cleaned_data["code"].strip(), "")
        return ChangePlan(self.kind, (self.division.code,), (new,))


class RenameForm(ChangeForm):
    """Another name for this division."""

    kind = ChangeKind.RENAME

    def shape(self) -> None:
        """Ask for the name."""
        self.fields["name"] = _name(self.division.name)

    def plan(self) -> ChangePlan:
        """Return the act."""
        new = Named(self.division.code, self.cleaned_data["name"])
        return ChangePlan(self.kind, (self.division.code,), (new,))


class SplitForm(ChangeForm):
    """This division becomes several; once those are named, each child is given to one of them."""

    kind = ChangeKind.SPLIT

    def shape(self) -> None:
        """Ask for the parts; as soon as they can be read, for the part of each child and compound."""
        above = self.division.parent
        proposal = f"{self.division.code} {self.division.name}\n{code_next(above) if above else ''} "
        self.fields["parts"] = forms.CharField(
            label=_("拆分成"),
            initial=proposal,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("每行一个：代码 名称；可以有一个沿用原代码"),
            error_messages={"required": _("请填写拆分成哪几个区划。")},
        )
        parts = self._parts()
        choices = [("", _("请选择")), *((named.code, named.name) for named in parts)]
        for key, name in self._inside() if len(parts) > 1 else []:
            self.fields[key] = forms.ChoiceField(
                label=name,
                choices=choices,
                error_messages={"required": _now("请选择“%s”分到哪里。") % name},
            )
        if len(parts) > 1:
            self.fields["rest"] = forms.ChoiceField(
                label=_("其余的归哪一个"),
                choices=choices,
                help_text=_("没有小区的事项、还没确认居委的小区"),
                error_messages={"required": _("请选择其余的归哪一个。")},
            )

    def _parts(self) -> list[Named]:
        said = str(self.data.get(self.add_prefix("parts"), "")) if self.is_bound else ""
        found = (_PART.fullmatch(line.strip()) for line in said.splitlines() if line.strip())
        return [Named(line[1], line[2]) for line in found if line]

    def _inside(self) -> list[tuple[str, str]]:
        children = Division.objects.on().filter(parent=self.division).order_by("code")
        inside = [(f"{CHILD}{child.code}", child.name) for child in children]
        if self.division.level == Level.COMMITTEE:
            compounds = Compound.objects.filter(committee=self.division)
            inside += [(f"{COMPOUND}{compound.public_id}", compound.name) for compound in compounds]
        return inside

    def clean_parts(self) -> str:
        """Refuse lines that are no code and name, and fewer than two."""
        said: str = self.cleaned_data["parts"]
        lines = [line for line in said.splitlines() if line.strip()]
        if len(self._parts()) != len(lines) or len(lines) < 2:
            raise forms.ValidationError(_now("请写至少两行，每行先写代码，空一格，再写名称。"))
        return said

    def plan(self) -> ChangePlan:
        """Return the act."""
        chosen = self.cleaned_data
        return ChangePlan(
            self.kind,
            (self.division.code,),
            tuple(self._parts()),
            children={key.removeprefix(CHILD): chosen[key] for key in chosen if key.startswith(CHILD)},
            compounds={key.removeprefix(COMPOUND): chosen[key] for key in chosen if key.startswith(COMPOUND)},
            rest=chosen["rest"],
        )


class BoundaryForm(ChangeForm):
    """Children or compounds of this division go to another one."""

    kind = ChangeKind.BOUNDARY

    def shape(self) -> None:
        """Ask what goes, and where to, by name or code."""
        is_committee = self.division.level == Level.COMMITTEE
        if is_committee:
            compounds = Compound.objects.filter(committee=self.division).order_by("pinyin")
            choices = [(str(compound.public_id), compound.name) for compound in compounds]
        else:
            children = Division.objects.on().filter(parent=self.division).order_by("code")
            choices = [(child.code, f"{child.name} {child.code}") for child in children]
        self.fields["parts"] = forms.MultipleChoiceField(
            label=_("哪些小区划出") if is_committee else _("哪些下级划出"),
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("请至少选一个。")},
        )
        self.fields["to"] = forms.CharField(
            label=_("划到哪里"),
            max_length=80,
            help_text=_("名称或代码；同名的写上街镇，如 湖南路街道东湖居委"),
            error_messages={"required": _("请填写划到哪里。")},
        )

    def clean_to(self) -> str:
        """Find the division meant, or name the candidates."""
        area = "/".join(self.division.path.split("/")[:2]) + "/"
        said = self.cleaned_data["to"]
        try:
            return division_match(said, level=Level(self.division.level), area=area).one().code
        except InvalidInput as refusal:
            raise forms.ValidationError(f"{refusal.message}{refusal.hint}") from refusal

    def plan(self) -> ChangePlan:
        """Return the act."""
        goes = dict.fromkeys(self.cleaned_data["parts"], self.cleaned_data["to"])
        if self.division.level == Level.COMMITTEE:
            return ChangePlan(self.kind, compounds=goes)
        return ChangePlan(self.kind, children=goes)


FORMS: dict[ChangeKind, type[ChangeForm]] = {
    form.kind: form
    for form in (MergeForm, SplitForm, RenameForm, RenumberForm, BoundaryForm, SetUpForm, AbolishForm)
}
SENTENCES = {
    ChangeKind.MERGE: _("和同一上级的其他区划合成一个"),
    ChangeKind.SPLIT: _("分成两个或更多，下级和小区逐个分配"),
    ChangeKind.RENAME: _("代码不变，换名称"),
    ChangeKind.RENUMBER: _("名称不变，换代码，下级代码跟着换"),
    ChangeKind.BOUNDARY: _("把一部分下级或小区划给别的区划"),
    ChangeKind.SET_UP: _("在下面新设一个区划"),
    ChangeKind.ABOLISH: _("不再有这个区划，由别的承接"),
}


def kinds_for(division: Division) -> list[tuple[str, Any, Any]]:
    """Return the kinds of act that may be done to a division: code, words, one sentence."""
    kinds = [kind for kind in FORMS if division.level >= Level.COUNTY or kind is ChangeKind.SET_UP]
    if division.level <= Level.PROVINCE:
        kinds = []
    if division.level == Level.GRID:
        kinds = [kind for kind in kinds if kind not in (ChangeKind.SET_UP, ChangeKind.BOUNDARY)]
    return [(kind.value, kind.label, SENTENCES[kind]) for kind in kinds]
