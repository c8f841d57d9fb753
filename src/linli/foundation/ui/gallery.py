"""The form on the gallery page: one field of each kind, one of them with an error."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class GalleryForm(forms.Form):
    """Show how fields look; nothing is stored."""

    title = forms.CharField(
        label=_("标题"), max_length=40, error_messages={"required": _("请用一句话写明是什么事。")}
    )
    text = forms.CharField(label=_("发生了什么"), max_length=2000, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label=_("类别"), choices=[("light", _("楼道照明")), ("road", _("道路破损")), ("noise", _("噪声扰民"))]
    )
    day = forms.DateField(label=_("发生日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    solved = forms.ChoiceField(
        label=_("问题解决了吗"),
        choices=[("yes", _("解决了")), ("partly", _("部分解决")), ("no", _("没有解决"))],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("您的回答会计入本街镇的解决率。"),
    )
    agree = forms.BooleanField(label=_("我已阅读隐私说明"), required=False)


def shapes() -> dict[str, Any]:
    """Return six invented blocks as GeoJSON (WGS-84), one of them without a figure."""
    names = ["春晖", "和平", "新乐", "滨河", "南苑", "东园"]
    counts: list[int | None] = [12, 31, 7, None, 22, 45]
    features = []
    for position, (name, count) in enumerate(zip(names, counts, strict=True)):
        west, south = 121.46 + 0.012 * (position % 3), 31.22 + 0.01 * (position // 3)
        east, north = west + 0.0115, south + 0.0095
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": name, "count": count, "url": "/ui/gallery/"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}
