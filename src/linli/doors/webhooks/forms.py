"""The shape of what is typed in."""

from collections.abc import Sequence
from typing import Any

from django import forms

from linli.core.words import gettext_lazy as _
from linli.foundation.clients.models import Client
from linli.foundation.places.models import Division

from .kinds import KINDS


class SubscriptionForm(forms.Form):
    """Where to, which steps, which areas."""

    url = forms.CharField(
        label=_("接收网址"),
        max_length=500,
        help_text=_("对方系统接收推送的网址；主机须先由运维人员写入 LINLI_OUTBOUND"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("推送哪些动态"), choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )
    areas = forms.ModelMultipleChoiceField(
        label=_("只推送这些区域"),
        queryset=Division.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选则为接口的全部区域"),
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("host"):
            self.fields["url"].required = False
            self.fields["url"].help_text = _("不填则仍推送到现在的网址；主机须先写入 LINLI_OUTBOUND")
        self.fields["areas"].queryset = client.areas.order_by("path")  # type: ignore[attr-defined]


def kind_words(kinds: Sequence[str]) -> list[str]:
    """Return kinds in words, in the table's order."""
    return [str(words) for kind, words in KINDS.items() if kind in kinds]
