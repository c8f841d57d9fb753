"""Choosing photos for the public and saying what must not be seen on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.foundation.ui.forms import DeskForm

from .models import PublicCopy, StoredFile
from .proposals import is_available


class PublicPhotosForm(DeskForm):
    """Which photos are made public, what is blurred on them, and that somebody has looked at each.

    The page draws the fields itself (``files/publish_photos.html``); the server blurs.
    """

    chosen = forms.MultipleChoiceField(label=gettext_lazy("公开哪些照片"), required=False)
    redactions = forms.CharField(
        required=False, max_length=1_000_000, widget=forms.HiddenInput(attrs={"data-nodraft": ""})
    )
    checked = forms.BooleanField(
        label=gettext_lazy("已逐张检查：看不出人脸、车牌、门牌和姓名电话"), required=False
    )

    def photos_offer(self, photos: Iterable[StoredFile], before: Iterable[PublicCopy]) -> None:
        """Offer photos; what was public before is chosen, and blurred as it was."""
        self.offered = {str(photo.public_id): photo for photo in photos if photo.is_photo}
        self.proposes = is_available()
        if not self.offered:
            for name in ("chosen", "redactions", "checked"):
                del self.fields[name]
            return
        self.fields["chosen"].choices = [(key, key) for key in self.offered]  # type: ignore[attr-defined]
        blurred = {str(copy.source.public_id): copy.redaction for copy in before}
        self.fields["chosen"].initial = list(blurred)
        self.fields["redactions"].initial = json.dumps(blurred)

    @property
    def photo_rows(self) -> list[dict[str, Any]]:
        """Return each photo's key and whether it is chosen."""
        chosen = self["chosen"].value() or []
        return [{"key": key, "is_chosen": key in chosen} for key in self.offered]

    def clean_redactions(self) -> Mapping[str, Any]:
        """Read what was blurred; its shape is judged where it is done."""
        try:
            said = json.loads(self.cleaned_data["redactions"] or "{}")
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("没有看懂要遮挡的位置。请重新遮挡一次。")) from error
        return said if isinstance(said, dict) else {}

    def photo_arguments(self) -> dict[str, Any]:
        """Return what a service takes: the photos themselves, what is to be blurred, who has looked."""
        said = self.cleaned_data
        return {
            "photos": [self.offered[key] for key in said.get("chosen", [])],
            "redactions": said.get("redactions") or {},
            "are_photos_checked": said.get("checked", False),
        }
