"""The shape of what people type about ballots; what it means is the services' business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.foundation.places.models import Building, Compound, Stair
from linli.foundation.ui.forms import DeskForm, day, instant, long_text, short_text, yes_no

from ..law import DecisionRule
from ..law.results import Asked
from .finding import who
from .models import Ballot, Box, Channel, Kind, Proxy, Way
from .models.ballot import NAMED_ONLY
from .rollsources import OF_BODIES
from .scope import narrows
from .selectors import colleagues
from .services.making import Draft, QuestionEntry

Choice = tuple[str, Any]


class BallotFilterForm(forms.Form):
    """How the list of ballots is narrowed; unknown values are left aside."""

    q = forms.CharField(label=gettext_lazy("题目或编号"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("种类"), required=False, choices=[("", gettext_lazy("全部")), *Kind.choices]
    )


class BallotForm(DeskForm):
    """A ballot by a rule: what it asks, whom, when, and by which ways."""

    title = short_text(gettext_lazy("题目"), help_text=gettext_lazy("例如：1号楼加装电梯"))
    questions = forms.CharField(
        label=gettext_lazy("表决事项"),
        max_length=6000,
        help_text=gettext_lazy("一行一个，写成可以回答同意或反对的一句话"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text = long_text(
        gettext_lazy("说明"), required=False, limit=5000, help_text=gettext_lazy("方案、费用、施工安排等")
    )
    body = forms.ChoiceField(label=gettext_lazy("由哪个组织的成员表决"))
    buildings = forms.MultipleChoiceField(
        label=gettext_lazy("哪几幢楼"), required=False, widget=forms.CheckboxSelectMultiple
    )
    stairs = forms.MultipleChoiceField(
        label=gettext_lazy("哪几个单元"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只关一个单元的选这里；整幢都算的选上面的楼"),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("记名还是无记名"), choices=Way.choices, widget=forms.RadioSelect, required=False
    )
    opens_at = instant(gettext_lazy("开始时间"))
    closes_at = instant(gettext_lazy("截止时间"), help_text=gettext_lazy("到这一刻为止，晚一秒也不收"))
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("投票途径"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        rule: DecisionRule,
        compound: Compound | None,
        bodies: Sequence[Choice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rule, self.compound = rule, compound
        if rule.electorate in OF_BODIES:
            self.fields["body"].choices = [("", _("请选择")), *bodies]  # type: ignore[attr-defined]
        else:
            del self.fields["body"]
        if rule.way != "either":
            del self.fields["way"]
            barred = NAMED_ONLY if rule.way == "secret" else {Channel.BOX}
            kept = [choice for choice in Channel.choices if choice[0] not in barred]
            self.fields["channels"].choices = kept  # type: ignore[attr-defined]
        self._offer_parts(rule, compound)

    def _offer_parts(self, rule: DecisionRule, compound: Compound | None) -> None:
        if compound is None or not narrows(rule.electorate):
            del self.fields["buildings"], self.fields["stairs"]
            return
        buildings = Building.objects.filter(compound=compound, closed_on__isnull=True)
        stairs = Stair.objects.filter(building__in=buildings).select_related("building")
        ordered = stairs.order_by("building__sort_key", "building__name", "sort_key", "name")
        self.fields["buildings"].choices = [  # type: ignore[attr-defined]
            (str(row.public_id), row.name) for row in buildings
        ]
        self.fields["stairs"].choices = [  # type: ignore[attr-defined]
            (str(row.public_id), f"{row.building.name}{row.name}") for row in ordered
        ]

    def draft(self) -> Draft:
        """Return what was typed as the service takes it."""
        said = self.cleaned_data
        lines = [line.strip() for line in said["questions"].splitlines() if line.strip()]
        return Draft(
            title=said["title"],
            rule_key=self.rule.key,
            questions=[QuestionEntry(line) for line in lines],
            opens_at=said["opens_at"].astimezone(BEIJING),
            closes_at=said["closes_at"].astimezone(BEIJING),
            channels=said["channels"],
            text=said["text"],
            way=said.get("way", ""),
            compound_id=self.compound.public_id if self.compound else None,
            body_id=UUID(said["body"]) if said.get("body") else None,
            building_ids=[UUID(key) for key in said.get("buildings", ())],
            stair_ids=[UUID(key) for key in said.get("stairs", ())],
        )


# -- acts on a ballot ------------------------------------------------------------------------------
class NothingForm(DeskForm):
    """An act that asks for nothing."""


class RollForm(DeskForm):
    """As of which day the roll is made."""

    on = day(gettext_lazy("名册以哪天的登记为准"))


class AnnounceForm(DeskForm):
    """Announcing; the street may say why the lawful days are not kept."""

    override_reason = long_text(
        gettext_lazy("法定期限不足的理由"),
        required=False,
        limit=300,
        help_text=gettext_lazy("期限足够时不用填；不足时只有街镇写明理由才能公告，理由会公开"),
    )


class ReasonForm(DeskForm):
    """An act with a reason."""

    reason = long_text(gettext_lazy("原因"), limit=300, help_text=gettext_lazy("会公开"))


class RemarkForm(DeskForm):
    """What became of a sheet."""

    remark = short_text(gettext_lazy("原因"), limit=200)


# -- the roll -------------------------------------------------------------------------------------------
class RollFilterForm(forms.Form):
    """How a roll is narrowed."""

    q = forms.CharField(label=gettext_lazy("室号、名册号或姓"), required=False, max_length=40)
    which = forms.ChoiceField(
        label=gettext_lazy("只看"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            ("open", gettext_lazy("还没投票的")),
            ("unnamed", gettext_lazy("还没推选表决人的")),
            ("doubt", gettext_lazy("待核和已划去的")),
        ],
    )


class ElectorReasonForm(DeskForm):
    """Why a row is struck or confirmed."""

    reason = short_text(gettext_lazy("依据"), limit=200)


class AreaForm(DeskForm):
    """The right area of a row."""

    area = forms.CharField(
        label=gettext_lazy("登记面积（平方米）"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    reason = short_text(gettext_lazy("依据"), limit=200)


class VoterForm(DeskForm):
    """Who votes for co-owners or a household."""

    resident_id = forms.ChoiceField(label=gettext_lazy("表决人"), widget=forms.RadioSelect)
    reason = short_text(gettext_lazy("依据"), limit=200, help_text=gettext_lazy("例如：共有人书面推选"))

    def __init__(self, *args: Any, candidates: Iterable[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resident_id"].choices = list(candidates)  # type: ignore[attr-defined]


class ProxyForm(DeskForm):
    """Who votes for the row, by which paper; photos of it come beside the form."""

    holder = who(gettext_lazy("受托人"))
    how = forms.ChoiceField(
        label=gettext_lazy("怎样委托的"), choices=Proxy.How.choices, widget=forms.RadioSelect
    )
    document = short_text(
        gettext_lazy("委托书编号或日期"), limit=120, help_text=gettext_lazy("例如：2026年11月20日委托书")
    )


class AddForm(DeskForm):
    """Somebody whom the roll lacks."""

    name = short_text(gettext_lazy("姓名"), limit=60)
    part = forms.ChoiceField(label=gettext_lazy("房屋"), required=False)
    area = forms.CharField(label=gettext_lazy("登记面积（平方米）"), required=False, max_length=20)
    reason = short_text(gettext_lazy("依据"), limit=200, help_text=gettext_lazy("例如：凭不动产权证补入"))

    def __init__(self, *args: Any, parts: Sequence[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if parts:
            self.fields["part"].choices = [("", _("请选择")), *parts]  # type: ignore[attr-defined]
        else:
            del self.fields["part"], self.fields["area"]


# -- marks ----------------------------------------------------------------------------------------------
class MarksForm(DeskForm):
    """Choices question by question; ``is_paper``: as many marks as stand on the sheet, none included."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, initial=-1)

    def __init__(self, *args: Any, asked: Sequence[Asked], is_paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for question in asked:
            self.fields[f"q{question.key}"] = self._field(question, is_paper)

    def _field(self, question: Asked, is_paper: bool) -> forms.Field:
        choices, words = list(question.choices.items()), _("请对「%s」作出选择。") % question.text
        if question.seats == 1 and not is_paper:
            return forms.ChoiceField(
                label=question.text,
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": words},
            )
        return forms.MultipleChoiceField(
            label=question.text,
            choices=choices,
            required=not is_paper,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": words},
        )

    def marks(self) -> dict[str, list[str]]:
        """Return question → marked choices."""
        found = {question.key: self.cleaned_data[f"q{question.key}"] for question in self.asked}
        return {key: [marked] if isinstance(marked, str) else list(marked) for key, marked in found.items()}


class TakeForm(MarksForm):
    """A vote that somebody writes down for an elector."""

    channel = forms.ChoiceField(label=gettext_lazy("途径"), widget=forms.RadioSelect)
    witness = forms.TypedChoiceField(
        label=gettext_lazy("见证人"),
        coerce=int,
        help_text=gettext_lazy("上门时在场、电话里一起接听的另一位同事"),
    )
    field_order = ("channel", "witness")

    def __init__(self, *args: Any, actor: Actor, ways: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(way, Channel(way).label) for way in (Channel.DOOR, Channel.PHONE) if way in set(ways)]
        self.fields["channel"].choices = offered  # type: ignore[attr-defined]
        self.fields["witness"].choices = [("", _("请选择")), *colleagues(actor)]  # type: ignore[attr-defined]


class CodeForm(DeskForm):
    """The code on a sheet or its stub."""

    code = forms.CharField(
        label=gettext_lazy("票码"),
        max_length=20,
        help_text=gettext_lazy("扫票上的二维码，或输入八位票码"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ReturnForm(DeskForm):
    """Taking a sheet back: a secret one goes into a box."""

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ballot.is_secret:
            rows = Box.objects.filter(ballot=ballot, sealed_at__isnull=True)
            self.fields["box"] = forms.ModelChoiceField(
                label=_("投进了哪个票箱"), queryset=rows, to_field_name="public_id"
            )
            labels = [
                (str(row.public_id), _("%(n)s号") % {"n": row.number} + f" {row.place}") for row in rows
            ]
            self.fields["box"].choices = [("", _("请选择")), *labels]  # type: ignore[attr-defined]


class BoxForm(DeskForm):
    """A new box."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=Box.Kind.choices, widget=forms.RadioSelect)
    place = short_text(gettext_lazy("放在哪里"), limit=120)


class SealForm(DeskForm):
    """Who is there when a box is sealed."""

    witness = forms.TypedChoiceField(label=gettext_lazy("在场的另一位"), coerce=int)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["witness"].choices = [("", _("请选择")), *colleagues(actor)]  # type: ignore[attr-defined]


class BoxCountForm(DeskForm):
    """What one person counted in a box."""

    sheets = forms.IntegerField(label=gettext_lazy("箱里有多少张票"), min_value=0)
    difference_reason = short_text(
        gettext_lazy("数目与票根不符的原因"),
        required=False,
        limit=300,
        help_text=gettext_lazy("相符时不用填"),
    )

    def __init__(self, *args: Any, asked: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for question in asked:
            for key, label in {**question.choices, "invalid": _("无效")}.items():
                words = f"{question.text}：{label}" if len(asked) > 1 else str(label)
                self.fields[f"{question.key}_{key}"] = forms.IntegerField(label=words, min_value=0, initial=0)

    def counts(self) -> dict[str, Any]:
        """Return what was counted as the service takes it."""
        said: Mapping[str, Any] = self.cleaned_data
        found: dict[str, Any] = {"sheets": said["sheets"]}
        for question in self.asked:
            keys = [*question.choices, "invalid"]
            found[question.key] = {key: said[f"{question.key}_{key}"] for key in keys}
        return found


# -- objections ------------------------------------------------------------------------------------------
class ObjectionForm(DeskForm):
    """What somebody objects to."""

    text = long_text(gettext_lazy("哪里不对，应当怎样"), limit=1000)


class CounterObjectionForm(ObjectionForm):
    """An objection that is said at the counter."""

    by_name = short_text(gettext_lazy("提出人姓名"), limit=60)


class RulingForm(DeskForm):
    """The ruling on an objection."""

    is_upheld = yes_no(gettext_lazy("是否成立"), gettext_lazy("成立"), gettext_lazy("不成立"))
    ruling = long_text(gettext_lazy("处理意见和依据"), help_text=gettext_lazy("提出人会看到"))
