"""The shape of what people type about meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import EXECUTING, Actor
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import area_choices, path_prefixes, unit_list
from linli.foundation.places.models import Division
from linli.foundation.places.selectors import Place
from linli.foundation.ui.forms import DeskForm, day, instant, long_text, short_text

from ..bodies.models import Body
from . import lawful
from .models import AgendaItem, Kind, Meeting, Outcome, Part, Told
from .peopleforms import InviteeField
from .rules import Arrangement, kind_row, setting
from .workflow import State


class MeetingFilterForm(forms.Form):
    """How the list is narrowed."""

    q = forms.CharField(label=gettext_lazy("编号、会议、组织或议题"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("类型"), required=False, choices=[("", gettext_lazy("全部")), *Kind.choices]
    )
    from_on = day(gettext_lazy("开会日期从"), required=False)
    to_on = day(gettext_lazy("到"), required=False)
    lapsed = forms.ChoiceField(
        label=gettext_lazy("人数"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("yes", gettext_lazy("人数不足没有举行的"))],
    )


class AreaField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A division by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Show the division as people call it."""
        return str(obj.name)


class ArrangementForm(DeskForm):
    """What a meeting is for, of which body, when, where, and by which rule."""

    kind = forms.ChoiceField(label=gettext_lazy("会议类型"), choices=Kind.choices)
    title = short_text(
        gettext_lazy("会议名称"),
        help_text=gettext_lazy("居民看得到，例如：2026年第二次居民代表会议"),
    )
    organ = forms.ModelChoiceField(
        label=gettext_lazy("登记的组织"),
        queryset=Body.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("没有登记，只写名称"),
        help_text=gettext_lazy("选了以后可以按名册增加名单，开过会自动记到这个组织"),
    )
    body = short_text(
        gettext_lazy("哪个组织的会议"),
        required=False,
        help_text=gettext_lazy("没有选登记的组织时必填，例如：桂花第一居委会居民代表会议"),
    )
    about = long_text(gettext_lazy("为什么开这个会"), required=False)
    starts_at = instant(gettext_lazy("开会时间"))
    place = short_text(gettext_lazy("开会地点"), limit=160)
    online = short_text(
        gettext_lazy("线上会议"),
        required=False,
        limit=160,
        help_text=gettext_lazy("会议号或网址；填了就可以登记线上到会"),
    )
    rule_key = forms.ChoiceField(
        label=gettext_lazy("依据的规则"),
        required=False,
        help_text=gettext_lazy("规则决定提前几天通知、多少人到会才能开、多少人同意算通过"),
    )
    composition = forms.IntegerField(
        label=gettext_lazy("组成人员一共多少人"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("选了规则时必填；法定人数按它计算，不按名单"),
    )
    is_by_household = forms.BooleanField(
        label=gettext_lazy("每户一名代表参加，按户计算"),
        required=False,
        help_text=gettext_lazy("户代表会议勾选；组成人员总数就填户数"),
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("居民可以查看时间、议程和决定"), required=False, initial=True
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organs: Any = self.fields["organ"]
        organs.queryset = Body.objects.visible_to(actor).standing().order_by("area_path", "name")
        rules: dict[str, str] = {}
        for kind in Kind.values:
            rules.update(lawful.rules_offered(kind, clock.today()))
        field: Any = self.fields["rule_key"]
        field.choices = [("", _("没有法定人数（协商、听取意见）")), *rules.items()]

    def arrangement(self) -> Arrangement:
        """Return what was arranged."""
        said = {name: self.cleaned_data[name] for name in ArrangementForm.base_fields}
        organ = said.pop("organ")
        return Arrangement(**said, organ_id=organ.pk if organ else None)


class NewMeetingForm(ArrangementForm):
    """A new meeting, and in which area."""

    where = AreaField(
        label=gettext_lazy("在哪里的范围"),
        queryset=Division.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )
    field_order = ["kind", "where", "title", "organ", "body"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        below = area_choices(actor.areas)
        field: Any = self.fields["where"]
        field.queryset = Division.objects.filter(pk__in=[d.pk for d in below]).order_by("code")
        if len(actor.areas) == 1 and below:
            field.initial = below[0]

    def said(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {"where": Place(self.cleaned_data["where"], "chosen"), "arrangement": self.arrangement()}


class EditForm(ArrangementForm):
    """The arrangement of a meeting that nobody was told of; ``version`` is the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, meeting: Meeting, initial: Any = None, **kwargs: Any) -> None:
        names = [name for name in ArrangementForm.base_fields if hasattr(meeting, name)]
        shown = {name: getattr(meeting, name) for name in names}
        shown["composition"] = meeting.composition or None
        shown["organ"] = meeting.organ and meeting.organ.public_id
        super().__init__(*args, initial={**shown, "version": meeting.version, **(initial or {})}, **kwargs)

    def said(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {"version": self.cleaned_data["version"], "arrangement": self.arrangement()}


class ItemForm(DeskForm):
    """Something for the agenda, by hand."""

    title = short_text(gettext_lazy("议题"), help_text=gettext_lazy("居民看得到，不要写个人信息"))
    text = long_text(gettext_lazy("说明"), required=False, limit=2000)
    is_vote_wanted = forms.BooleanField(
        label=gettext_lazy("要举手表决"),
        required=False,
        help_text=gettext_lazy("按会议依据的规则计票；没有规则的会议不表决，协商一致"),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not meeting.rule_key or meeting.state != State.DRAFT:
            del self.fields["is_vote_wanted"]


class CallForm(DeskForm):
    """Telling people; a late notice asks the street for its reason."""

    late_reason = long_text(
        gettext_lazy("晚于法定期限仍要召开的理由"),
        required=False,
        limit=300,
        help_text=gettext_lazy("只有街镇可以这样做；理由会印在通知和纪要上"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, meeting: Meeting, may_override: bool, initial: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": meeting.version, **(initial or {})}, **kwargs)
        notice = lawful.notice_of(meeting, clock.today())
        if not (notice.is_late and may_override):
            del self.fields["late_reason"]
        else:
            self.fields["late_reason"].required = True


class OpenForm(DeskForm):
    """Who leads and who writes."""

    chair = InviteeField(gettext_lazy("主持人"))
    recorder = InviteeField(gettext_lazy("记录人"))

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("chair", "recorder"):
            field: Any = self.fields[name]
            field.queryset = meeting.invitees.all()


class DecideForm(DeskForm):
    """What came of an item: hands counted, or said; who carries out what a matter's item decided."""

    yes = forms.IntegerField(label=gettext_lazy("赞成"), min_value=0, max_value=100_000)
    no = forms.IntegerField(label=gettext_lazy("反对"), min_value=0, max_value=100_000)
    abstain = forms.IntegerField(label=gettext_lazy("弃权"), min_value=0, max_value=100_000)
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), widget=forms.RadioSelect)
    decision = long_text(
        gettext_lazy("决定"),
        limit=1500,
        required=False,
        help_text=gettext_lazy("决定了什么、谁来办；居民看得到，不要写个人信息"),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("由哪个单位办理"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("不用单位办理，当场商定"),
        help_text=gettext_lazy("这个议题来自一件事项；通过后按这里转办，反映人会收到结果"),
    )

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item.is_vote_wanted:
            del self.fields["outcome"]
        else:
            for name in ("yes", "no", "abstain"):
                del self.fields[name]
            outcomes = (*kind_row(item.meeting.kind).outcomes, Outcome.POSTPONED)
            self.fields["outcome"].choices = [(str(o), Outcome(o).label) for o in outcomes]  # type: ignore[attr-defined]
        if item.matter_id is None:
            del self.fields["unit"]
        else:
            here = item.meeting.area_path
            near = Q(areas__path__startswith=here) | Q(areas__path__in=path_prefixes(here))
            field: Any = self.fields["unit"]
            field.queryset = unit_list().filter(near, function__in=EXECUTING).distinct().order_by("name")


class SpeakerForm(DeskForm):
    """Who speaks next on an item."""

    invitee = InviteeField(gettext_lazy("谁要发言"))
    minutes = forms.IntegerField(label=gettext_lazy("几分钟"), min_value=1, max_value=60)

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["invitee"]
        field.queryset = item.meeting.invitees.filter(attendances__left_at__isnull=True, attendances__gt=0)
        field.queryset = field.queryset.distinct()
        self.fields["minutes"].initial = setting("speak_minutes")


class ReasonForm(DeskForm):
    """Why a meeting is called off."""

    reason = long_text(gettext_lazy("取消的原因"), limit=300, help_text=gettext_lazy("被通知的人看得到"))


class NoteForm(DeskForm):
    """A remark that may be left out."""

    note = long_text(gettext_lazy("说明"), required=False, limit=300)


class AgainForm(DeskForm):
    """When and where the meeting is held after all."""

    starts_at = instant(gettext_lazy("新的开会时间"))
    place = short_text(gettext_lazy("开会地点"), limit=160)
    about = long_text(gettext_lazy("为什么再开一次"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, initial: Any = None, **kwargs: Any) -> None:
        days = lawful.notice_of(meeting, clock.today()).days
        proposed = meeting.starts_at.replace(second=0)
        while proposed.date() <= clock.today() + timedelta(days=days):
            proposed += timedelta(days=7)
        shown = {"starts_at": proposed.astimezone(clock.BEIJING), "place": meeting.place}
        super().__init__(*args, initial={**shown, **(initial or {})}, **kwargs)


class MinutesForm(DeskForm):
    """The minutes: what was said, what is left to whom."""

    text = long_text(
        gettext_lazy("讨论情况"),
        limit=20_000,
        help_text=gettext_lazy("到会人数、议题、计票和决定会自动写进纪要，这里写大家说了什么"),
    )
    points = long_text(
        gettext_lazy("留下的事"),
        required=False,
        limit=5000,
        help_text=gettext_lazy("一行一件：什么事，谁来办，什么时候。例如：联系电梯公司，物业，2026-12-10"),
    )

    def __init__(self, *args: Any, meeting: Meeting, initial: Any = None, **kwargs: Any) -> None:
        last = meeting.minutes.order_by("-edition").first()
        shown: dict[str, str] = {}
        if last is not None:
            shown["text"] = last.text
            shown["points"] = "\n".join(
                "，".join(filter(None, row)) for row in last.content.get("points", [])
            )
        super().__init__(*args, initial={**shown, **(initial or {})}, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 10


class SignForm(DeskForm):
    """Who signed the printed minutes, and as what."""

    invitee = InviteeField(gettext_lazy("谁签的字"))
    part = forms.ChoiceField(label=gettext_lazy("身份"), choices=Part.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["invitee"]
        field.queryset = meeting.invitees.all()
        self.fields["part"].initial = Part.CHAIR


class ObjectionForm(DeskForm):
    """Who objects to what."""

    invitee = InviteeField(gettext_lazy("谁提出的"))
    text = long_text(gettext_lazy("异议"))

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["invitee"]
        field.queryset = meeting.invitees.filter(attendances__isnull=False).distinct()


class AnswerForm(DeskForm):
    """The answer to an objection."""

    answer = long_text(gettext_lazy("答复"))


class NothingForm(DeskForm):
    """An act that asks for nothing but to be confirmed."""


class ToldForm(DeskForm):
    """How those who are ticked were told."""

    how = forms.ChoiceField(
        label=gettext_lazy("怎样通知的"),
        choices=[(t.value, t.label) for t in Told if t != Told.SYSTEM],
    )


class CodeForm(DeskForm):
    """The code of an invitation, typed at the door."""

    code = short_text(gettext_lazy("请柬码"), limit=20, help_text=gettext_lazy("请柬上的8位字母数字"))


class SignInForm(DeskForm):
    """Signing oneself in: the code at the door, and that of one's invitation."""

    site_code = short_text(
        gettext_lazy("到会码"), limit=20, help_text=gettext_lazy("会场门口或屏幕上的8位字母数字")
    )
    code = short_text(
        gettext_lazy("请柬码"),
        required=False,
        limit=20,
        help_text=gettext_lazy("请柬上的8位字母数字；已登录并收到站内通知的不用填"),
    )
