"""The short forms of acts on an establishment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .forms import REASON_LENGTH, ActForm, WhereForm, day, text


class FirmFields(ActForm):
    """What is written of an establishment."""

    name = text(gettext_lazy("单位名称"), required=True, limit=120)
    credit_code = text(gettext_lazy("统一社会信用代码"), limit=30)
    kind = text(gettext_lazy("类别"), limit=40, help_text=gettext_lazy("如 便利店、餐饮、学校"))
    contact = text(gettext_lazy("负责人"), limit=50)
    phone = text(gettext_lazy("联系电话"), limit=30, attrs={"inputmode": "tel"})


class FirmOpenForm(FirmFields):
    """An establishment begins to use a part."""

    from_on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不知道就不填"))


class FirmUpdateForm(FirmFields):
    """Other words for an establishment; who answers for it is not shown here, and stays where left empty."""

    is_contact_gone = forms.BooleanField(
        label=gettext_lazy("删去原来的负责人和电话"),
        required=False,
        help_text=gettext_lazy("不勾选时，留空的负责人和电话保持不变"),
    )

    def prepare(self) -> None:
        """Start from what is no personal value."""
        assert self.firm is not None
        for name in ("name", "credit_code", "kind"):
            self.fields[name].initial = getattr(self.firm.firm, name)

    def arguments(self) -> dict[str, Any]:
        """Pass on everything as it then stands."""
        assert self.firm is not None
        said = dict(self.cleaned_data)
        is_gone = said.pop("is_contact_gone")
        for name in ("contact", "phone"):
            said[name] = said[name] or ("" if is_gone else getattr(self.firm.firm, name))
        return said


class FirmMoveForm(WhereForm):
    """An establishment goes to another part, or uses one more."""

    is_further = forms.BooleanField(
        label=gettext_lazy("原来的地方还在用"),
        required=False,
        help_text=gettext_lazy("勾选后，新的地方是另外增加的"),
    )
    on = day(gettext_lazy("从哪天起"), help_text=gettext_lazy("不填就是今天"))


class FirmCloseForm(ActForm):
    """An establishment is gone."""

    on = day(gettext_lazy("撤销日期"), help_text=gettext_lazy("不填就是今天"))
    reason = text(gettext_lazy("原因"), required=True, limit=REASON_LENGTH)
