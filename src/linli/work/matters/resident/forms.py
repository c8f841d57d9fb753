"""The shape of what residents type; every field but the first is help, never a condition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.ui.forms import DeskForm

from ..desk.forms import LONG_TEXT
from ..desk.leaf_forms import LeafForm
from ..selectors import emergency

RELATIONS = [
    ("", _("请选择")),
    (_("父母"), _("父母")),
    (_("配偶"), _("配偶")),
    (_("子女"), _("子女")),
    (_("其他家人"), _("其他家人")),
    (_("邻居"), _("邻居")),
    (_("其他"), _("其他")),
]


class ReportForm(LeafForm):
    """What happened, where, and for whom; words or a photo, either alone is enough."""

    text = forms.CharField(
        label=_("发生了什么"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": _("例如：3号楼门口的路灯坏了，晚上看不清路")}),
    )
    place = forms.CharField(label=_("地点"), required=False, max_length=120)
    words = forms.CharField(
        label=_("小区名或地址"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )
    lng = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("具体位置"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"placeholder": _("几号楼、几层、哪个门口"), "autocomplete": "off"}),
    )
    beneficiary_name = forms.CharField(label=_("怎么称呼"), required=False, max_length=40)
    beneficiary_relation = forms.ChoiceField(label=_("和您的关系"), required=False, choices=RELATIONS)
    phone = forms.CharField(
        label=_("联系电话"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("上门前打这个电话，只有办理这件事的工作人员看得到。"),
    )
    poster = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    category = forms.CharField(required=False, max_length=40)

    def may_ask(self) -> bool:
        """An emergency waits for no answer."""
        return emergency(str(self["text"].value() or "")) is None


class AnswerForm(DeskForm):
    """The reporter's answer to a question."""

    answer = forms.CharField(label=_("您的回答"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(DeskForm):
    """Why a matter is taken back; the reason is optional, the version is not."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("想说明的原因"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConfirmForm(DeskForm):
    """That the reporter accepts what they were advised."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ObjectForm(DeskForm):
    """Why the advice does not help."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("为什么觉得不合适"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RateForm(DeskForm):
    """Contacted? solved? satisfied? (三率), why not where not, and whether to take it up again."""

    was_contacted = forms.ChoiceField(
        label=_("办理中有人联系过您吗"),
        choices=[("yes", _("联系过")), ("no", _("没有"))],
        widget=forms.RadioSelect,
    )
    was_solved = forms.ChoiceField(
        label=_("问题解决了吗"),
        choices=[("yes", _("解决了")), ("no", _("没有解决"))],
        widget=forms.RadioSelect,
    )
    was_satisfied = forms.ChoiceField(
        label=_("您对办理满意吗"), choices=[("yes", _("满意")), ("no", _("不满意"))], widget=forms.RadioSelect
    )
    reasons = forms.MultipleChoiceField(
        label=_("哪里没有办好"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("可以多选；都好就不用选"),
    )
    comment = forms.CharField(
        label=_("还想说的话"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    wants_reopen = forms.BooleanField(
        label=_("没解决或不满意时，请街镇决定是否重新办理"),
        required=False,
        initial=True,
        help_text=_("都满意就不会申请"),
    )

    def __init__(self, *args: Any, reasons: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reasons"].choices = list(reasons)  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return the answers as the services take them."""
        given = self.cleaned_data
        answers = {name: given[name] == "yes" for name in ("was_contacted", "was_solved", "was_satisfied")}
        return {**answers, **{name: given[name] for name in ("reasons", "comment", "wants_reopen")}}


class ResultForm(DeskForm):
    """Whether it is really done, asked of the reporter where nobody else could look."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    is_passed = forms.ChoiceField(
        label=_("办好了吗"), choices=[("yes", _("办好了")), ("no", _("没有办好"))], widget=forms.RadioSelect
    )
    finding = forms.CharField(
        label=_("您看到的情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(DeskForm):
    """Why a closed matter should be taken up again."""

    reason = forms.CharField(label=_("现在的情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
