"""The shape of what people type about policies and standards."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.foundation.ui.forms import DeskForm, day, long_text, short_text

from ..models import Policy
from ..models.policies import VersionState

SORTS = {
    "name": gettext_lazy("按名称"),
    "-changed": gettext_lazy("最近改动的在前"),
    "-begun": gettext_lazy("最近起用的在前"),
    "authority": gettext_lazy("按主管部门"),
}
MARKS = {
    "✔": gettext_lazy("已核对原文"),
    "○": gettext_lazy("来自转载，待核对原文"),
    "✘": gettext_lazy("没有查到，是暂定值"),
}


def lock_field() -> forms.IntegerField:
    """Return the hidden count of edits over which a form was drawn."""
    return forms.IntegerField(widget=forms.HiddenInput(attrs={"data-nodraft": ""}))


class FilterForm(forms.Form):
    """By what policies are looked for, and how they are sorted."""

    q = forms.CharField(label=gettext_lazy("关键词"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            *VersionState.choices,
            ("returned", gettext_lazy("被退回，要改")),
        ],
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("发给谁"),
        required=False,
        choices=[("", gettext_lazy("全部")), *Policy.Unit.choices],
    )
    sort = forms.ChoiceField(label=gettext_lazy("排列"), required=False, choices=list(SORTS.items()))


class EndForm(DeskForm):
    """Stop a policy on a day."""

    on = day(gettext_lazy("从哪天起停办"))
    reason = long_text(
        gettext_lazy("为什么停办"),
        limit=200,
        help_text=gettext_lazy("写明文号；还没有联系的线索会带着这个原因结束"),
    )


class StartForm(DeskForm):
    """Begin a policy."""

    name = short_text(gettext_lazy("名称"), help_text=gettext_lazy("居民听得懂的名称，例如：老年综合津贴"))
    code = short_text(
        gettext_lazy("代号"),
        limit=40,
        help_text=gettext_lazy("小写字母、数字和下划线，例如 elder_allowance；别的规则用它引用，以后不能改"),
    )
    authority = short_text(gettext_lazy("主管部门"), help_text=gettext_lazy("例如：市民政局"))
    unit = forms.ChoiceField(
        label=gettext_lazy("发给谁"),
        choices=Policy.Unit.choices,
        initial=Policy.Unit.PERSON,
        widget=forms.RadioSelect,
    )
    like = forms.ChoiceField(
        label=gettext_lazy("照着哪一项写"),
        required=False,
        help_text=gettext_lazy("条件、金额、说明和案例抄过来再改；不选就从头写"),
    )

    def __init__(self, *args: Any, published: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].choices = [("", _("不照着写")), *published]  # type: ignore[attr-defined]


class TextForm(DeskForm):
    """A draft and its cases as text."""

    lock = lock_field()
    text = forms.CharField(
        label=gettext_lazy("规则"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false"}),
    )


class CasesForm(DeskForm):
    """The cases of a draft as text."""

    lock = lock_field()
    cases = forms.CharField(
        label=gettext_lazy("案例"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "code", "spellcheck": "false"}),
    )


class ProposeForm(DeskForm):
    """From which day a draft counts, by which document, and what was changed."""

    lock = lock_field()
    from_on = day(
        gettext_lazy("从哪天起用"), help_text=gettext_lazy("按文件写的施行日期；可以是过去的日子（补发）")
    )
    to_on = day(gettext_lazy("从哪天起停用"), required=False, help_text=gettext_lazy("文件写明有效期的才填"))
    document = short_text(
        gettext_lazy("文号"), limit=120, help_text=gettext_lazy("例如：沪民残福发〔2025〕5号")
    )
    remark = long_text(
        gettext_lazy("这一版改了什么"), limit=200, help_text=gettext_lazy("居民会看到。第一版写“新设立”。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = clock.today()


class RefuseForm(DeskForm):
    """Why a proposed version goes back."""

    reason = short_text(gettext_lazy("不核准的理由"), limit=200)


class RefuseEndForm(DeskForm):
    """Why a policy should not end."""

    reason = short_text(gettext_lazy("不同意停办的理由"), limit=200)


class StandardForm(DeskForm):
    """A dated figure."""

    code = short_text(
        gettext_lazy("代号"),
        limit=40,
        help_text=gettext_lazy("规则里用它引用，例如 dibao；已有的标准用原来的代号"),
    )
    name = short_text(
        gettext_lazy("名称"), limit=60, help_text=gettext_lazy("例如：最低生活保障标准（每人每月）")
    )
    is_money = forms.TypedChoiceField(
        label=gettext_lazy("是什么数"),
        choices=[("yes", gettext_lazy("金额（元）")), ("no", gettext_lazy("普通的数"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    number = forms.DecimalField(
        label=gettext_lazy("数值"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        error_messages={
            "invalid": gettext_lazy("请填写数字，例如 1595 或 1595.50。"),
            "min_value": gettext_lazy("请填写0以上的数。"),
            "max_decimal_places": gettext_lazy("最多两位小数（到分）。"),
            "max_digits": gettext_lazy("这个数太大了，请核对。"),
            "max_whole_digits": gettext_lazy("这个数太大了，请核对。"),
        },
    )
    from_on = day(gettext_lazy("从哪天起"))
    source = short_text(gettext_lazy("依据"), limit=200, help_text=gettext_lazy("文号或出处"))
    mark = forms.ChoiceField(
        label=gettext_lazy("核实情况"),
        choices=[(mark, f"{mark} {words}") for mark, words in MARKS.items()],
        initial="○",
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any] | None:
        """Turn 元 into fen; a plain number is whole."""
        said = super().clean() or self.cleaned_data
        number: Decimal | None = said.pop("number", None)
        if number is None or "is_money" not in said:
            return said
        if not said["is_money"] and number != int(number):
            self.add_error("number", _("普通的数请填整数。"))
        said["amount"] = int(number * 100) if said["is_money"] else int(number)
        return said
