"""What is asked for when a list is taken away, and what the record of exports is narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core.listing import listings

from .models import Export


class ExportForm(forms.Form):
    """Format and purpose of one export."""

    format = forms.ChoiceField(label=_("格式"), choices=Export.Format.choices, initial=Export.Format.XLSX)
    purpose = forms.CharField(
        label=_("用途"),
        required=False,
        max_length=120,
        help_text=_("例如：街道周例会通报、审计抽查。会写进文件和导出记录。"),
    )


class ExportSearch(forms.Form):
    """The filters of the record of exports."""

    listing = forms.ChoiceField(label=_("列表"), required=False)
    whose = forms.CharField(label=_("用户名"), required=False, max_length=60)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        found = sorted((listing.code, str(listing.title)) for listing in listings())
        self.fields["listing"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]
