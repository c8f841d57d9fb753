"""The forms of what can be done to a matter at the desk; which service each calls: desk/actions.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.files.forms import PublicPhotosForm
from linli.foundation.ui.forms import DeskForm, day, long_text, short_text

from ..assist.shown import suggestion_words
from ..catalog.asked import ANSWERS
from ..models import Category, Matter, PhraseUse
from ..selectors import suggestion_for
from . import selectors as desk_selectors
from .forms import CategoryField, PlaceFields, affair_classes
from .leaf_forms import LeafForm


class ActionForm(DeskForm):
    """Input of one action on one matter; ``version`` is the one that the page showed.

    ``subject`` is what the action is about besides the matter: an assignment, a request, a question,
    a document. ``has_photos`` asks the page for a photo input; the view stores what is sent.
    """

    has_photos: ClassVar[bool] = False
    photos_required: ClassVar[bool] = False
    phrase_field: ClassVar[str] = ""  # the field into which stock answers are put, and their use
    phrase_use: ClassVar[str] = ""
    apart: ClassVar[tuple[str, ...]] = ()  # fields that the page draws by itself
    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"data-nodraft": ""}), required=False)

    def __init__(self, *args: Any, actor: Actor, matter: Matter, subject: Any = None, **kwargs: Any) -> None:
        self.actor, self.matter, self.subject = actor, matter, subject
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = matter.version
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and first values that depend on the matter."""

    def arguments(self) -> dict[str, Any]:
        """Return what the service takes, beyond actor, ids, version and photos."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def future_day(self, name: str) -> Any:
        """Refuse a date that is not later than today."""
        value = self.cleaned_data[name]
        if value and value <= clock.today():
            raise forms.ValidationError(_("日期要晚于今天，请重新选择。"))
        return value


class SignForm(ActionForm):
    """Nothing to fill in: one press."""


class AcceptForm(ActionForm):
    """Take the matter in."""

    note = short_text(gettext_lazy("备注"), required=False, limit=300)


class PlaceForm(PlaceFields, ActionForm):
    """Correct the place, or find the committee of a matter that stands at street level."""

    address = short_text(gettext_lazy("具体位置"), required=False, limit=160)

    def prepare(self) -> None:
        """Search where this worker works."""
        self.fields["address"].initial = self.matter.address
        self.offer_places(self.actor)

    def arguments(self) -> dict[str, Any]:
        """Pass on the place itself."""
        return {"place": self.chosen_place, "address": self.cleaned_data["address"]}


class MergeForm(ActionForm):
    """Join it to another matter of the same thing."""

    pick = forms.ChoiceField(label=gettext_lazy("相似的事"), required=False, widget=forms.RadioSelect)
    number = short_text(gettext_lazy("或填写编号"), required=False, limit=20)
    reason = short_text(gettext_lazy("并案说明"), required=False, limit=300)

    def prepare(self) -> None:
        """Offer what looks alike nearby."""
        rows = desk_selectors.alike(self.actor, self.matter)
        choices = [(matter.number, f"{matter.number} {matter.title}") for matter in rows]
        self.fields["pick"].choices = choices  # type: ignore[attr-defined]
        if not rows:
            del self.fields["pick"]
            self.fields["number"].label = _("并入哪件事（填编号）")

    def clean(self) -> dict[str, Any]:
        """Find the matter by number among those this worker sees."""
        cleaned = super().clean() or {}
        number = cleaned.get("number", "").strip() or cleaned.get("pick", "")
        if not number:
            self.add_error("number", _("请选择一件相似的事，或填写它的编号。"))
            return cleaned
        seen = Matter.objects.visible_to(self.actor).exclude(pk=self.matter.pk)
        cleaned["target"] = seen.filter(number=number).first()
        if cleaned["target"] is None:
            self.add_error("number", _("没有找到编号为「%s」的事项，请核对。") % number)
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """Name the target by id."""
        return {"target_id": self.cleaned_data["target"].pk, "reason": self.cleaned_data["reason"]}


class SortForm(LeafForm, ActionForm):
    """Say which of the three affairs it is, and why; provisional until somebody else confirms."""

    suggested: Sequence[Category] = ()
    category = CategoryField(gettext_lazy("类别"))
    affair_class = forms.ChoiceField(
        label=gettext_lazy("三事分类"), choices=affair_classes, widget=forms.RadioSelect
    )
    reason = long_text(gettext_lazy("分类理由"), limit=300)

    def prepare(self) -> None:
        """Start from what is known and what the category usually is."""
        matter = self.matter
        self.initial = {**{f"{ANSWERS}{key}": said for key, said in matter.answers.items()}, **self.initial}
        self.fields["category"].initial = matter.category.code if matter.category else ""
        if matter.text:
            said = suggestion_for(matter.text, matter.area_path)
            self.fields["category"].help_text = suggestion_words(said)
            self.suggested = [one.category for one in said.categories]
        default = matter.category.default_class if matter.category else ""
        self.fields["affair_class"].initial = matter.affair_class or default
        self.fields["reason"].initial = matter.class_reason

    def likely(self) -> Sequence[Category]:
        """Return what the machine suggests."""
        return self.suggested

    def may_ask(self) -> bool:
        """Answers may be added, but whoever sorts cannot know them all."""
        return False

    def arguments(self) -> dict[str, Any]:
        """Pass on what was answered where the page asked."""
        answers = {"answers": self.answers} if "asks" in self.sent else {}
        return {**super().arguments(), **answers}


class ProtectForm(ActionForm):
    """Say why it may never be published."""

    reason = long_text(gettext_lazy("为什么不得公开"), limit=300)


class ConfirmClassForm(ActionForm):
    """Confirm the class by the date and the minutes of the council."""

    council_on = day(gettext_lazy("议定日期"))
    minutes = long_text(
        gettext_lazy("会议纪要"), limit=500, help_text=gettext_lazy("谁参加、议了什么、怎么定的")
    )

    def clean_council_on(self) -> Any:
        """A council has met, it will not meet."""
        on = self.cleaned_data["council_on"]
        if on > clock.today():
            raise forms.ValidationError(_("议定日期不能晚于今天。"))
        return on


class GuideForm(ActionForm):
    """Tell the reporter how to settle a private affair."""

    phrase_field, phrase_use = "guidance", PhraseUse.GUIDE.value
    guidance = long_text(
        gettext_lazy("怎么解决"),
        limit=1000,
        help_text=gettext_lazy("反映人会看到这段话：找谁、怎么找、要带什么"),
    )
    target_link = short_text(
        gettext_lazy("服务链接"),
        required=False,
        limit=200,
        help_text=gettext_lazy("本站的服务页面，可以不填"),
    )
    reason = long_text(gettext_lazy("为什么是私事"), limit=300)

    def prepare(self) -> None:
        """A reason given when sorting is kept."""
        self.fields["reason"].initial = self.matter.class_reason


class DiscussionStartForm(ActionForm):
    """Turn a community affair over to talk."""

    topic_link = short_text(
        gettext_lazy("协商的时间和地点"),
        limit=200,
        help_text=gettext_lazy("例如：11月27日19:00,居民活动室；已有议题时填它的链接"),
    )


class ReasonForm(ActionForm):
    """Only a reason."""

    reason = long_text(gettext_lazy("理由"), limit=300)


class MandatoryReportForm(ActionForm):
    """Which authority was told, and what."""

    authority = short_text(
        gettext_lazy("报告给谁"), limit=80, help_text=gettext_lazy("例如：派出所（110)、区民政局、学校")
    )
    note = long_text(gettext_lazy("报告内容"))


class AskForm(ActionForm):
    """A question to the reporter."""

    text = long_text(
        gettext_lazy("想问什么"), limit=300, help_text=gettext_lazy("反映人会收到通知并在网页上答复")
    )


class QuestionAnswerForm(ActionForm):
    """What the reporter answered, written down by a worker."""

    phrase_field, phrase_use = "answer", PhraseUse.REPLY.value
    has_photos = True
    answer = long_text(gettext_lazy("答复内容"), limit=1000)


class NoteForm(ActionForm):
    """Something to keep with the story."""

    has_photos = True
    note = long_text(gettext_lazy("补记内容"), limit=1000, help_text=gettext_lazy("只有工作人员能看到"))


class RemindForm(ActionForm):
    """A word to whoever has to act; may be left empty."""

    note = short_text(gettext_lazy("催办意见"), required=False, limit=300)


class SuperviseForm(ActionForm):
    """Press for progress; the state stays as it is."""

    note = long_text(gettext_lazy("督办意见"))
    due_on = day(gettext_lazy("要求哪天前答复"), required=False)

    def clean_due_on(self) -> Any:
        """An answer is wanted later than today."""
        return self.future_day("due_on")


class PublishForm(PublicPhotosForm, ActionForm):
    """The public version: own title and text, photos chosen and blurred, the place rounded."""

    apart: ClassVar[tuple[str, ...]] = ("chosen", "checked")  # drawn with the photos
    title = short_text(gettext_lazy("公开标题"), limit=80)
    text = long_text(
        gettext_lazy("公开内容"),
        limit=2000,
        help_text=gettext_lazy("请重新写，不要出现姓名、电话、门牌号；原文不会公开"),
    )
    field_order = ("version", "title", "text")

    def prepare(self) -> None:
        """Offer the matter's own photos."""
        photos = desk_selectors.photos_of(self.actor, self.matter)
        self.photos_offer(photos, desk_selectors.public_copies_of(self.matter))

    def arguments(self) -> dict[str, Any]:
        """Pass on the words, the photos themselves, and what is to be blurred."""
        said = self.cleaned_data
        return {"title": said["title"], "text": said["text"], **self.photo_arguments()}


class DocumentReceiveForm(ActionForm):
    """A paper taken over."""

    name = short_text(gettext_lazy("材料名称"))
    note = short_text(gettext_lazy("备注"), required=False, limit=160)


class DocumentReturnForm(ActionForm):
    """A paper handed back."""

    note = short_text(
        gettext_lazy("备注"), required=False, limit=160, help_text=gettext_lazy("例如：本人签收")
    )
