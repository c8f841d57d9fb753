"""The shape of a broadcast and of the choices about one's messages; services judge what it means."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.foundation.places.models import Division

from .audiences import audience_choices
from .channels import channel_choices
from .models import Broadcast, Purpose
from .selectors import places_offered
from .services import Draft

INSTANT = "%Y-%m-%dT%H:%M"
DAYS = ((30, _("30天")), (90, _("90天")), (365, _("1年")), (1095, _("3年")))
PURPOSES = (
    (Purpose.INFORMATION, _("信息：活动、停水停电等，居民可以设置不收")),
    (Purpose.LAWFUL, _("法定告知：公示、征求意见等依法必须告知的")),
    (Purpose.EMERGENCY, _("紧急通知：有人身财产危险，夜里也发")),
)


class BroadcastForm(forms.Form):
    """What is said, to whom, over which channels, when."""

    purpose = forms.ChoiceField(label=_("性质"), choices=PURPOSES, widget=forms.RadioSelect)
    title = forms.CharField(label=_("标题"), max_length=60)
    body = forms.CharField(
        label=_("正文"),
        max_length=2000,
        help_text=_("不要写个人姓名、手机号和证件号；联系方式写单位电话。"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    places = forms.ModelMultipleChoiceField(
        label=_("区域"),
        queryset=Division.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    audience = forms.MultipleChoiceField(label=_("发给谁"), widget=forms.CheckboxSelectMultiple)
    reported_days = forms.TypedChoiceField(
        label=_("“反映过事情的居民”算近多久"), choices=DAYS, coerce=int, initial=365
    )
    channels = forms.MultipleChoiceField(
        label=_("除站内消息外，还用哪些渠道"), widget=forms.CheckboxSelectMultiple, required=False
    )
    sms_text = forms.CharField(
        label=_("短信内容"),
        max_length=300,
        required=False,
        help_text=_("不填就用标题。70个字以内（含签名）算1条，更长每67个字1条。"),
    )
    send_at = forms.DateTimeField(
        label=_("发送时间"),
        required=False,
        help_text=_("不填就尽快发送。"),
        input_formats=[INSTANT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INSTANT),
        error_messages={"invalid": _("请填写日期和时间，例如 2026-11-27 09:30。")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields
        chosen["places"].queryset = places_offered(actor)
        chosen["audience"].choices = audience_choices()
        chosen["channels"].choices = channel_choices()
        if not chosen["channels"].choices:
            del self.fields["channels"]
        if "sms" not in dict(channel_choices()):
            del self.fields["sms_text"]
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写或选择这一项。")

    def draft(self) -> Draft:
        """Return what was written, for the service."""
        names = [name for name in self.fields if name != "places"]
        return Draft(**{name: self.cleaned_data[name] for name in names})

    def unsaved(self) -> Broadcast:
        """Return the broadcast as it would be counted now, from whatever is filled in so far."""
        self.is_valid()
        given = self.cleaned_data
        return Broadcast(
            purpose=given.get("purpose") or Purpose.INFORMATION,
            title=given.get("title") or "",
            sms_text=given.get("sms_text") or "",
            audience=given.get("audience") or [],
            channels=given.get("channels") or [],
            reported_days=given.get("reported_days") or 365,
            send_at=given.get("send_at"),
        )


def broadcast_initial(broadcast: Broadcast) -> dict[str, Any]:
    """Return a broadcast's columns as a form shows them first."""
    names = ("purpose", "title", "body", "audience", "reported_days", "channels", "sms_text", "send_at")
    return {name: getattr(broadcast, name) for name in names} | {
        "places": list(broadcast.places.values_list("code", flat=True))
    }


class NoteForm(forms.Form):
    """Why something is stopped or sent back."""

    note = forms.CharField(label=_("原因"), max_length=200, error_messages={"required": _("请写明原因。")})


@cache
def text_choices() -> list[dict[str, str]]:
    """Return the beginnings that an author can start from."""
    text = (Path(__file__).parent / "data" / "texts.yaml").read_text(encoding="utf-8")
    found: list[dict[str, str]] = yaml.safe_load(text)
    return found
