"""The shape of what people type about the list of a meeting: who is asked, who stands, who acts for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import EXECUTING, Function
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes, unit_list
from linli.foundation.ui.forms import DeskForm, long_text, short_text

from .models import Invitee, Meeting
from .workflow import State

COME = {*EXECUTING, Function.COMMITTEE, Function.STREET, Function.SUPERVISOR}


class PeopleForm(DeskForm):
    """Names for the list, one a line."""

    names = long_text(
        gettext_lazy("名单"),
        limit=20_000,
        help_text=gettext_lazy("一行一个人：姓名，身份。例如：王芳，3号楼代表"),
    )
    part = short_text(
        gettext_lazy("身份"), required=False, limit=30, help_text=gettext_lazy("没有单独写的都用这个")
    )
    is_member = forms.TypedChoiceField(
        label=gettext_lazy("有没有表决权"),
        choices=[
            ("yes", gettext_lazy("成员，有表决权")),
            ("no", gettext_lazy("列席，可以发言")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"].widget.attrs["rows"] = 8
        if meeting.state != State.DRAFT:
            field: Any = self.fields["is_member"]
            field.choices, field.initial = [("no", _("列席，可以发言"))], "no"


class UnitsForm(DeskForm):
    """Units whose people are asked."""

    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("请哪些单位参加"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    is_member = forms.BooleanField(
        label=gettext_lazy("他们是成员，有表决权"),
        required=False,
        help_text=gettext_lazy("联席会议的成员单位可以勾选；一般是列席"),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = meeting.area_path
        near = Q(areas__path__startswith=here) | Q(areas__path__in=path_prefixes(here))
        field: Any = self.fields["units"]
        field.queryset = unit_list().filter(near, function__in=COME).distinct().order_by("name")
        if meeting.state != State.DRAFT:
            del self.fields["is_member"]


def invitee_words(one: Invitee) -> str:
    """Return somebody of the list as a form offers them."""
    part = f"（{one.part}）" if one.part else ""
    return f"{one.number} {one.name}{part}"


class InviteeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of the list, by number and name."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(
            queryset=Invitee.objects.none(),
            to_field_name="public_id",
            empty_label=gettext_lazy("请选择"),
            label=label,
            **more,
        )

    def label_from_instance(self, obj: Any) -> str:
        """Show number, name and as what they come."""
        return invitee_words(obj)


class InviteesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some of the list, by number and name."""

    def label_from_instance(self, obj: Any) -> str:
        """Show number, name and as what they come."""
        return invitee_words(obj)


class CandidatesForm(DeskForm):
    """Who of the list stands for election."""

    candidates = InviteesField(
        queryset=Invitee.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("谁是候选人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("候选人不能接受别人的委托；都不勾选，就是没有候选人"),
    )

    def __init__(self, *args: Any, meeting: Meeting, initial: Any = None, **kwargs: Any) -> None:
        people = meeting.invitees.order_by("number")
        marked = [one.public_id for one in people if one.is_candidate]
        super().__init__(*args, initial={"candidates": marked, **(initial or {})}, **kwargs)
        field: Any = self.fields["candidates"]
        field.queryset = people

    def said(self) -> dict[str, Any]:
        """Return what the service is called with."""
        return {"invitee_ids": [one.pk for one in self.cleaned_data["candidates"]]}


class ProxyForm(DeskForm):
    """Who does not come and who acts for them."""

    giver = InviteeField(gettext_lazy("委托人"), help_text=gettext_lazy("不能到会的成员"))
    holder = InviteeField(gettext_lazy("受托人"))
    is_written = forms.BooleanField(label=gettext_lazy("已收到书面委托书"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("giver", "holder"):
            field: Any = self.fields[name]
            field.queryset = meeting.invitees.filter(is_member=True)
