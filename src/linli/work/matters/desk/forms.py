"""The shape of what people type at the desk: filters, intake, posters; actions stand in action_forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.foundation.places.selectors import Place
from linli.foundation.ui.forms import DeskForm, day

from ..catalog.rules import path_words
from ..catalog.selectors import leaf_list
from ..models import AffairClass, Category, Channel
from ..place import PlaceChoice, choices_for_words, place_of
from ..workflow import State

LONG_TEXT = 5000
MOST_IN_A_FILTER = 150
INDENT = "\u3000"


def affair_classes(*, public_only: bool = False) -> list[tuple[str, str]]:
    """Return the three affairs with what each means; ``public_only`` leaves out the private one."""
    words = {
        AffairClass.MAJOR: _("大事：由政府部门或单位负责办理"),
        AffairClass.MINOR: _("小事：由社区居民一起商量、一起办"),
        AffairClass.PRIVATE: _("私事：由本人或通过市场解决，我们给予引导"),
    }
    return [
        (value, words[AffairClass(value)])
        for value in AffairClass.values
        if not (public_only and value == AffairClass.PRIVATE)
    ]


def category_choices() -> list[tuple[str, Any]]:
    """Return what a matter may be given, grouped under what stands above it."""
    choices: list[tuple[str, Any]] = [("", _("请选择"))]
    groups: dict[str, list[tuple[str, str]]] = {}
    for leaf in leaf_list():
        above = leaf.path.rpartition("/")[0]
        if above and above not in groups:
            groups[above] = []
            choices.append((path_words(above), groups[above]))
        (groups[above] if above else choices).append((leaf.code, leaf.name))
    return choices


def category_filter_choices(chosen: str = "") -> list[tuple[str, str]]:
    """Return the nodes that a list is narrowed by, indented; of a large tree its two upper levels."""
    rows = Category.objects.filter(is_active=True).order_by("order", "code")
    nodes = list(rows.values_list("code", "name", "depth"))
    shown = nodes if len(nodes) <= MOST_IN_A_FILTER else [node for node in nodes if node[2] <= 2]
    choices = [(code, f"{INDENT * (depth - 1)}{name}") for code, name, depth in shown]
    if chosen and chosen not in dict(choices):
        named = Category.objects.filter(code=chosen).order_by("-is_active", "-version").first()
        choices += [(named.code, path_words(named.path))] if named else []
    return choices


class CategoryField(forms.TypedChoiceField):
    """A category of the current version, by code."""

    def __init__(self, label: Any, *, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            choices=category_choices,
            coerce=self._category,
            empty_value=None,
        )

    @staticmethod
    def _category(code: str) -> Category:
        return Category.objects.offered().filter(code=code).order_by("-version")[0]


ORDERS = {
    "due": gettext_lazy("时限最近的在前"),
    "-reported": gettext_lazy("最新上报的在前"),
    "reported": gettext_lazy("最早上报的在前"),
}


class FilterForm(forms.Form):
    """What a list of matters is narrowed down by; unknown values are left aside, never an error page."""

    q = forms.CharField(label=gettext_lazy("编号或内容"), required=False, max_length=60)
    stage = forms.CharField(required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=State.choices)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    affair_class = forms.ChoiceField(
        label=gettext_lazy("三事"), required=False, choices=[("", gettext_lazy("全部")), *AffairClass.choices]
    )
    unit = forms.ChoiceField(label=gettext_lazy("办理单位"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("区域"), required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("来源"), required=False, choices=[("", gettext_lazy("全部")), *Channel.choices]
    )
    from_on = day(gettext_lazy("上报日期从"), required=False)
    to_on = day(gettext_lazy("到"), required=False)
    order = forms.ChoiceField(label=gettext_lazy("排序"), required=False, choices=list(ORDERS.items()))

    def __init__(
        self,
        *args: Any,
        units: Iterable[tuple[str, str]] = (),
        areas: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("unit", units)
        self._choose("area", areas)
        self._choose("category", category_filter_choices(str(self["category"].value() or "")))

    def _choose(self, name: str, rows: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("全部")), *rows]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Return the values that are both given and valid."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class PlaceFields(DeskForm):
    """Where it is: words to search by, and the place that was chosen among what they found."""

    place_words = forms.CharField(
        label=gettext_lazy("小区或居委会"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("可输名称、拼音或首字母，再点选一个"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    place = forms.CharField(label=gettext_lazy("地点"), required=False, max_length=120)
    choices: tuple[PlaceChoice, ...] = ()
    chosen_place: Place | None = None

    def offer_places(self, actor: Actor) -> None:
        """Find the places that the words name, within the areas of this worker."""
        words = str(self["place_words"].value() or "")
        self.choices = tuple(places_named(actor, words))
        self.token = str(self["place"].value() or "")

    def clean(self) -> dict[str, Any]:
        """Resolve the chosen place; a single find counts as chosen."""
        cleaned = super().clean() or {}
        token = cleaned.get("place") or (self.choices[0].token if len(self.choices) == 1 else "")
        if not token:
            self.add_error("place_words", self._nothing_chosen())
            return cleaned
        try:
            self.chosen_place = place_of(token)
        except InvalidInput as refusal:
            self.add_error("place_words", f"{refusal.message}{refusal.hint}")
        return cleaned

    def _nothing_chosen(self) -> str:
        if self.choices:
            return _("找到%d个地点，请点选一个。") % len(self.choices)
        words = self.cleaned_data.get("place_words")
        return _("没有找到「%s」，请换个名称或拼音再试。") % words if words else _("请填写地点。")


def places_named(actor: Actor, words: str) -> Iterator[PlaceChoice]:
    """Yield the places that words name, area by area of a worker."""
    for area in actor.areas:
        yield from choices_for_words(words, area)


class RevealForm(DeskForm):
    """Why somebody needs to see who reported."""

    PURPOSES = [
        ("contact", gettext_lazy("联系核实情况")),
        ("visit", gettext_lazy("预约上门")),
        ("result", gettext_lazy("告知办理结果")),
        ("emergency", gettext_lazy("紧急处置")),
    ]
    purpose = forms.ChoiceField(label=gettext_lazy("查看用途"), choices=PURPOSES, widget=forms.RadioSelect)

    def words(self) -> str:
        """Return the purpose as it will stand in the record of looks."""
        return str(dict(self.PURPOSES)[self.cleaned_data["purpose"]])


class PosterForm(DeskForm):
    """Which compound, or which of its buildings, a poster is for."""

    place = forms.CharField(label=gettext_lazy("小区或楼栋"), required=True)
