"""What joins rooms for a person: 转为议题 puts a matter on the agenda of a meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page, whose
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import DeskForm, long_text, short_text
from linli.foundation.ui.templatetags.linli import local_time
from linli.work.deliberation.meetings.models import AgendaItem, Meeting
from linli.work.deliberation.meetings.permissions import can_call_meetings
from linli.work.deliberation.meetings.selectors import meetings_of_matter, meetings_to_fill
from linli.work.deliberation.meetings.services import matter_to_item
from linli.work.matters.desk.joined import JoinedAct
from linli.work.matters.models import AffairClass, Matter
from linli.work.matters.permissions import can_decide_intake
from linli.work.matters.selectors import matter_get
from linli.work.matters.workflow import State

TALKABLE = (State.ACCEPTED, State.DISCUSSING)


def to_meeting_acts(actor: Actor, matter: Matter) -> list[JoinedAct]:
    """Offer 转为议题 on a minor affair to who sorts it, and lead to the meetings that it is an item of."""
    acts = [
        JoinedAct(
            _("会议：%(title)s") % {"title": item.meeting.title},
            item.get_outcome_display() or item.meeting.get_state_display(),
            "messages",
            reverse("meetings:record", args=[item.meeting.public_id]),
        )
        for item in meetings_of_matter(actor, matter.pk)
    ]
    if _may(actor, matter):
        url = reverse("portal:to_meeting", args=[matter.public_id])
        words = _("放进一次会议的议程，大家商量；会上的决定会回到这件事。")
        acts.insert(0, JoinedAct(_("转为议题"), words, "messages", url))
    return acts


def _may(actor: Actor, matter: Matter) -> bool:
    is_minor = matter.affair_class == AffairClass.MINOR and matter.state in TALKABLE
    is_on = AgendaItem.objects.filter(matter_id=matter.pk, outcome="").exclude(meeting__state="cancelled")
    return (
        is_minor
        and not matter.is_never_public
        and can_call_meetings(actor)
        and can_decide_intake(actor, matter)
        and not is_on.exists()
    )


class MeetingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A meeting in preparation, by name and time."""

    def label_from_instance(self, obj: Any) -> str:
        """Show what it is called and when it is."""
        return f"{obj.title}（{local_time(obj.starts_at)}）"


class ToMeetingForm(DeskForm):
    """To which meeting, and as what everybody reads it."""

    meeting = MeetingField(
        label=gettext_lazy("放到哪次会议"),
        queryset=Meeting.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("请选择"),
    )
    title = short_text(
        gettext_lazy("议题"), help_text=gettext_lazy("居民看得到，请另写，不要照抄反映的原话，不写个人信息")
    )
    text = long_text(gettext_lazy("说明"), required=False, limit=2000)
    is_vote_wanted = forms.BooleanField(
        label=gettext_lazy("要举手表决"),
        required=False,
        help_text=gettext_lazy("会议有依据的规则才能表决；没有的，协商一致"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": matter.version}, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = meetings_to_fill(actor, matter.area_path)


@desk_page
def to_meeting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a matter on the agenda of a meeting that is being prepared."""
    actor = actor_of(request)
    matter = matter_get(actor, public_id)
    if not can_decide_intake(actor, matter):
        raise NotAllowed(_("转为议题由负责分流的居委会或街镇来办。"))
    if request.method == "GET" and not _may(actor, matter):
        raise Conflict(
            _("这件事现在不能转为议题：须是已受理、分为小事、还没有列入会议的事。"),
            hint=_("请先受理并研判分类。"),
        )
    form = ToMeetingForm(request.POST if request.method == "POST" else None, actor=actor, matter=matter)
    item = _put(request, actor, matter, form) if request.method == "POST" and form.is_valid() else None
    if item is not None:
        messages.success(request, _("已列入议程，反映人会收到时间和地点。"))
        return HttpResponseRedirect(reverse("meetings:record", args=[item.meeting.public_id]))
    context = {
        "matter": matter,
        "form": form,
        "whose": whose(request),
        "has_meetings": form.fields["meeting"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "portal/to_meeting.html", context, status=422 if form.errors else 200)


def _put(request: HttpRequest, actor: Actor, matter: Matter, form: ToMeetingForm) -> AgendaItem | None:
    said = dict(form.cleaned_data)
    meeting = said.pop("meeting")
    try:
        return matter_to_item(
            actor=actor,
            matter_id=matter.public_id,
            meeting_id=meeting.pk,
            request_key=request.POST.get("request_key", ""),
            **said,
        )
    except InvalidInput as refusal:
        form.take(refusal)
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
    return None
