"""The forms of handing over, handling and verifying."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import Function
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import unit_list
from linli.foundation.ui.forms import day, instant, long_text, short_text, yes_no

from .. import selectors
from ..models import PhraseUse
from ..routing.selectors import ruling_for, ruling_shown
from ..rules import LAWFUL_PAUSES, hand_over_refusal
from ..whistles.models import Cause
from ..workflow import State
from .action_forms import ActionForm
from .forms import affair_classes


def whose_unit(label: Any, help_text: Any) -> forms.ModelChoiceField[Unit]:
    """Return a field for the unit whose matter it is; it may stay open, and ``prepare`` offers the units."""
    return forms.ModelChoiceField(
        label=label,
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        required=False,
        help_text=help_text,
    )


class UnitForm(ActionForm):
    """Something that names a unit; suggested ones come first."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("主办单位"), queryset=Unit.objects.none(), to_field_name="public_id"
    )

    def prepare(self) -> None:
        """Offer the units whose areas hold the place."""
        self.suggested = selectors.units_for(self.matter, self.matter.category)
        self._offer("unit", unit_list(covering=self.matter.area_path))

    def _offer(self, name: str, units: QuerySet[Unit]) -> None:
        field = self.fields[name]
        field.queryset = units  # type: ignore[attr-defined]
        fitting = [unit for unit in self.suggested if self._may_get(unit)]
        kind = self.matter.category.unit_kind if self.matter.category else ""
        groups = [
            (_("推荐"), [unit for unit in fitting if kind and unit.kind == kind]),
            (_("其他单位"), [unit for unit in fitting if not kind or unit.kind != kind]),
        ]
        rows = [
            (name, [(str(unit.public_id), self._label(unit)) for unit in found])
            for name, found in groups
            if found
        ]
        if isinstance(field, forms.ModelMultipleChoiceField):  # boxes to tick stand in one row
            field.choices = [row for _name, group in rows for row in group]
        else:
            field.choices = [("", _("请选择")), *rows]  # type: ignore[attr-defined]

    def _may_get(self, unit: Unit) -> bool:
        """Whether this worker may hand something to such a unit at all (places are known to fit)."""
        return hand_over_refusal(self.giver, Function(unit.function), True, "major") is None

    @property
    def giver(self) -> Function:
        """In which function something is handed over."""
        return self.actor.function

    @staticmethod
    def _label(unit: Unit) -> str:
        return f"{unit.name}({unit.kind})" if unit.kind and unit.kind not in unit.name else unit.name


class HandOverForm(UnitForm):
    """Name who leads and who helps, and what class of affair it is."""

    affair_class = forms.ChoiceField(
        label=gettext_lazy("三事分类"),
        choices=lambda: affair_classes(public_only=True),
        widget=forms.RadioSelect,
    )
    reason = long_text(gettext_lazy("分类理由"), limit=300)
    co_units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("协办单位"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        required=False,
        help_text=gettext_lazy("可以不选；协办单位都答复后，主办才能反馈结果"),
        widget=forms.CheckboxSelectMultiple,
    )
    instruction = long_text(gettext_lazy("交办要求"), required=False)
    field_order = ("unit", "co_units", "affair_class", "reason", "instruction")

    def prepare(self) -> None:
        """Propose what the decision tables say; keep the class that was sorted before."""
        super().prepare()
        self._offer("co_units", unit_list(covering=self.matter.area_path))
        ruling = ruling_for(self.matter)
        self.ruling = ruling_shown(ruling) if ruling else None
        default = self.matter.category.default_class if self.matter.category else ""
        self.fields["affair_class"].initial = self.matter.affair_class or ruling.affair_class or default
        self.fields["reason"].initial = self.matter.class_reason
        self._propose("unit", [ruling.unit] if ruling.unit else [])
        self._propose("co_units", ruling.co_units)

    def _propose(self, name: str, units: Sequence[Unit]) -> None:
        """Choose units beforehand where this worker may give to them; the worker decides."""
        chosen = [str(unit.public_id) for unit in units if self._may_get(unit)]
        field = self.fields[name]
        if chosen:
            field.initial = chosen if isinstance(field, forms.ModelMultipleChoiceField) else chosen[0]

    def clean(self) -> dict[str, Any]:
        """The leading unit does not also help."""
        cleaned = super().clean() or {}
        unit = cleaned.get("unit")
        if unit and unit in cleaned.get("co_units", ()):
            self.add_error("co_units", _("主办单位不用再选为协办。"))
        return cleaned


class RehandForm(UnitForm):
    """Take it from one unit and give it to another."""

    reason = long_text(gettext_lazy("改派理由"), limit=300)
    is_final = forms.BooleanField(
        label=gettext_lazy("指定单位，不得再退"),
        required=False,
        help_text=gettext_lazy("本轮退过单的单位，只有这样才能再派给它"),
    )

    def prepare(self) -> None:
        """Only the street names a unit for good."""
        super().prepare()
        if self.actor.function != Function.STREET:
            del self.fields["is_final"]


class DeclineForm(UnitForm):
    """Refuse it, always with a reason and who is next: a unit, or words where it is none of these."""

    unit = None  # type: ignore[assignment]
    phrase_field, phrase_use = "reason", PhraseUse.DECLINE.value
    reason = long_text(
        gettext_lazy("不予受理的理由"), limit=300, help_text=gettext_lazy("反映人会看到这段话")
    )
    next_unit = whose_unit(gettext_lazy("归哪个单位"), gettext_lazy("单位名称和值班电话会告诉反映人"))
    where_to_go = short_text(
        gettext_lazy("可以去哪里办"),
        required=False,
        limit=160,
        help_text=gettext_lazy("名单里没有的，写明部门、电话或地址"),
    )

    def prepare(self) -> None:
        """Offer every unit whose areas hold the place."""
        self.suggested = selectors.units_for(self.matter, self.matter.category)
        self._offer("next_unit", unit_list(covering=self.matter.area_path))

    @property
    def giver(self) -> Function:
        """It is named, not given: every kind of unit may be."""
        return Function.STREET


class DiscussionFinishForm(UnitForm):
    """Write down what was agreed, and who carries it out if anybody must."""

    resolution = long_text(gettext_lazy("协商结果"), limit=1000)
    field_order = ("resolution", "unit")

    def prepare(self) -> None:
        """Naming a unit turns the talk into a task."""
        super().prepare()
        unit = self.fields["unit"]
        unit.required, unit.label = False, _("由谁落实")
        unit.help_text = _("不选表示已当场解决，转入核查")


class WhistleForm(UnitForm):
    """Call units to one place at one time, for one of three causes."""

    cause = forms.ChoiceField(
        label=gettext_lazy("哪种哨"), choices=Cause.choices, initial=Cause.CONCERN, widget=forms.RadioSelect
    )
    reason = long_text(gettext_lazy("请来做什么"), help_text=gettext_lazy("被请的单位看得到，不要写个人信息"))
    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("请哪些单位到场"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    lead = forms.ModelChoiceField(
        label=gettext_lazy("谁牵头"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        required=False,
        help_text=gettext_lazy("只请一个单位时不用选"),
    )
    place = short_text(gettext_lazy("集合地点"), limit=160)
    at = instant(gettext_lazy("集合时间"))
    online = short_text(
        gettext_lazy("线上会议"),
        required=False,
        limit=160,
        help_text=gettext_lazy("会议号或网址；填了就可以线上报到，不填须到场"),
    )

    @property
    def giver(self) -> Function:
        """Whoever whistles, departments may be called."""
        return Function.STREET

    def prepare(self) -> None:
        """Several units instead of one; an emergency's hour is soon."""
        del self.fields["unit"]
        self.suggested = [
            unit
            for unit in selectors.units_for(self.matter, self.matter.category)
            if unit.pk != self.actor.unit_id
        ]
        offered = unit_list(covering=self.matter.area_path).exclude(pk=self.actor.unit_id or 0)
        self._offer("units", offered)
        self._offer("lead", offered)
        is_emergency = self.matter.is_emergency
        self.fields["cause"].initial = Cause.EMERGENCY if is_emergency else Cause.CONCERN
        self.fields["place"].initial = self.matter.address
        self.fields["at"].initial = clock.now() + timedelta(minutes=30 if is_emergency else 120)


class ReturnAskForm(UnitForm):
    """Say why it is not ours, and whose it is: a unit, or words where it is none of these."""

    unit = None  # type: ignore[assignment]
    reason = long_text(gettext_lazy("退单理由"), help_text=gettext_lazy("写明依据，例如权责清单第几项"))
    proposed_unit = whose_unit(gettext_lazy("归哪个单位办"), gettext_lazy("街镇审批时会先看到这个单位"))
    proposal = short_text(
        gettext_lazy("补充说明"),
        required=False,
        limit=200,
        help_text=gettext_lazy("名单里没有的，在这里写明归谁"),
    )

    def prepare(self) -> None:
        """Offer the others whose areas hold the place."""
        self.suggested = [
            unit
            for unit in selectors.units_for(self.matter, self.matter.category)
            if unit.pk != self.actor.unit_id
        ]
        self._offer("proposed_unit", unit_list(covering=self.matter.area_path))

    @property
    def giver(self) -> Function:
        """The street decides whose it is: every kind of unit may be named."""
        return Function.STREET


class CountersignAskForm(UnitForm):
    """Which units are asked, and whether they agree to what."""

    unit = None  # type: ignore[assignment]
    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("请哪些单位会签"),
        queryset=Unit.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    question = long_text(gettext_lazy("请各单位同意什么"), help_text=gettext_lazy("写清办法、分工和时间"))

    def prepare(self) -> None:
        """Offer the units that have no part in it yet."""
        busy = set(self.matter.assignments.filter(ended_at__isnull=True).values_list("unit_id", flat=True))
        found = selectors.units_for(self.matter, self.matter.category)
        self.suggested = [unit for unit in found if unit.pk not in busy]
        self._offer("units", unit_list(covering=self.matter.area_path))

    @property
    def giver(self) -> Function:
        """Whoever asks, every kind of unit may be asked."""
        return Function.STREET


class CountersignForm(ActionForm):
    """Whether one's unit agrees, and why."""

    is_agreed = yes_no(gettext_lazy("本单位意见"), gettext_lazy("同意"), gettext_lazy("不同意"))
    opinion = long_text(gettext_lazy("意见"), help_text=gettext_lazy("不同意的请写理由和建议"))


class SendBackForm(ActionForm):
    """To which step, and what is lacking."""

    to = forms.ChoiceField(label=gettext_lazy("退回到"), widget=forms.RadioSelect)
    reason = long_text(
        gettext_lazy("退回理由"), help_text=gettext_lazy("写明缺什么；反映人会看到，补齐后可以直接送回")
    )

    def prepare(self) -> None:
        """Offer the steps that were passed."""
        words = {
            State.REPORTED: _("受理：重新决定是否受理"),
            State.ACCEPTED: _("研判：重新分类、重新派遣"),
            State.DISCUSSING: _("协商：请居民接着商量"),
            State.HANDLING: _("办理：请原单位接着办，时限重新计算"),
        }
        steps = selectors.steps_passed(self.matter, selectors.trail_of(self.matter))
        self.fields["to"].choices = [(str(to), words[to]) for to in steps]  # type: ignore[attr-defined]


class DecideForm(ActionForm):
    """Grant or refuse what somebody asked for."""

    is_granted = yes_no(gettext_lazy("审批结果"), gettext_lazy("同意"), gettext_lazy("不同意"))
    decision = long_text(gettext_lazy("审批意见"))


class ReturnDecideForm(UnitForm, DecideForm):
    """Granted: name the next unit, or sort it again; refused: the same unit goes on."""

    is_final = forms.BooleanField(
        label=gettext_lazy("指定单位，不得再退"),
        required=False,
        help_text=gettext_lazy("退单满两次后，由街镇指定"),
    )
    is_back = forms.BooleanField(
        label=gettext_lazy("退回研判，先不派"),
        required=False,
        help_text=gettext_lazy("材料不全时用；补齐后可以直接送回退单的单位"),
    )
    field_order = ("is_granted", "unit", "is_final", "is_back", "decision")

    def prepare(self) -> None:
        """A unit is needed only when the return is granted; the one that was proposed comes first."""
        super().prepare()
        unit = self.fields["unit"]
        unit.required, unit.label = False, _("改派给")
        unit.help_text = _("同意退单时选；不同意，或退回研判时不用选")
        proposed = self.subject.proposed_unit if self.subject else None
        unit.initial = str(proposed.public_id) if proposed else ""
        if self.subject and self.subject.assignment and self.subject.assignment.part != "lead":
            for name in ("unit", "is_final", "is_back"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A granted return of a lead needs somewhere to go."""
        cleaned = super().clean() or {}
        needs_unit = "unit" in self.fields and cleaned.get("is_granted") and not cleaned.get("is_back")
        if needs_unit and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("同意退单时，请选择改派给哪个单位，或勾选“退回研判”。"))
        return cleaned


class ReopenDecideForm(UnitForm, DecideForm):
    """Granted: who handles it again, and as what."""

    affair_class = forms.ChoiceField(
        label=gettext_lazy("三事分类"),
        required=False,
        choices=lambda: affair_classes(public_only=True),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("原来是私事的，同意重办时要改定为大事或小事"),
    )
    field_order = ("is_granted", "unit", "affair_class", "decision")

    def prepare(self) -> None:
        """Nothing but the decision is needed when it is refused."""
        super().prepare()
        unit = self.fields["unit"]
        unit.required, unit.label, unit.help_text = False, _("由谁重办"), _("同意重办时必选")
        if self.matter.affair_class in ("major", "minor"):
            self.fields["affair_class"].initial = self.matter.affair_class

    def clean(self) -> dict[str, Any]:
        """A second round needs a unit."""
        cleaned = super().clean() or {}
        if cleaned.get("is_granted") and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("同意重办时，请选择由哪个单位办理。"))
        return cleaned


class ExtensionAskForm(ActionForm):
    """Ask for more time."""

    reason = long_text(gettext_lazy("延期理由"), help_text=gettext_lazy("批准后会告知反映人"))
    new_due_on = day(gettext_lazy("申请延到哪天"))

    def clean_new_due_on(self) -> Any:
        """More time lies ahead."""
        return self.future_day("new_due_on")


class PauseAskForm(ActionForm):
    """Ask to stop the clock for one of the lawful reasons."""

    lawful_reason = forms.ChoiceField(
        label=gettext_lazy("法定情形"),
        choices=tuple((code, gettext_lazy(words)) for code, words in LAWFUL_PAUSES.items()),
        widget=forms.RadioSelect,
    )
    reason = long_text(gettext_lazy("具体情况"))
    until_on = day(gettext_lazy("预计到哪天恢复"))

    def clean_until_on(self) -> Any:
        """A pause ends later than today."""
        return self.future_day("until_on")


class AnswerForm(ActionForm):
    """What a helping unit did."""

    has_photos = True
    phrase_field, phrase_use = "result", PhraseUse.REPLY.value
    result = long_text(gettext_lazy("协办情况"), limit=2000)


class ResultForm(ActionForm):
    """What was done, when, with evidence."""

    has_photos = True
    phrase_field, phrase_use = "result", PhraseUse.RESULT.value
    result = long_text(
        gettext_lazy("办理结果"), limit=2000, help_text=gettext_lazy("做了什么、效果怎样；反映人会看到")
    )
    done_at = instant(gettext_lazy("办完时间"), required=False, help_text=gettext_lazy("不填就是现在"))

    def clean_done_at(self) -> Any:
        """What is done was done by now."""
        at = self.cleaned_data["done_at"]
        if at and at > clock.now():
            raise forms.ValidationError(_("办完时间不能晚于现在。"))
        return at


class VerifyForm(ActionForm):
    """Look whether it is really done."""

    has_photos = True
    outcome = forms.ChoiceField(
        label=gettext_lazy("核查结论"),
        widget=forms.RadioSelect,
        choices=[
            ("passed", gettext_lazy("通过：确实办好了，办结")),
            ("failed", gettext_lazy("不通过：退回原单位继续办")),
            ("unverifiable", gettext_lazy("无法核查：写明原因后办结")),
        ],
    )
    finding = long_text(gettext_lazy("核查情况"), help_text=gettext_lazy("怎么核查的、看到了什么"))

    def arguments(self) -> dict[str, Any]:
        """Turn the one question into what the service asks."""
        outcome = self.cleaned_data["outcome"]
        return {
            "is_passed": outcome != "failed",
            "is_unverifiable": outcome == "unverifiable",
            "finding": self.cleaned_data["finding"],
        }
