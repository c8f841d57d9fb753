"""常用语: the page on which people keep the texts that they put into answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import DeskForm, long_text, short_text

from .. import selectors
from ..catalog.rules import path_words
from ..models import Category, Phrase, PhraseUse
from ..permissions import can_change_phrase, can_keep_unit_phrases, can_share_phrases, can_use_phrases
from ..rules import PHRASE_VARIABLES
from ..services import phrase_add, phrase_change, phrase_remove
from ..services.phrases import MAX_LAW, MAX_QUOTE, MAX_TEXT, MAX_TITLE, OWN, SHARED, UNIT
from .forms import category_filter_choices
from .keeping import page


class PhraseForm(DeskForm):
    """The words of a stock answer, and who uses it."""

    scope = forms.ChoiceField(label=gettext_lazy("给谁用"), widget=forms.RadioSelect, initial=OWN)
    use = forms.ChoiceField(label=gettext_lazy("用在哪里"), choices=PhraseUse.choices, required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    title = short_text(gettext_lazy("名称"), limit=MAX_TITLE, help_text=gettext_lazy("在列表里看到的短名"))
    text = long_text(gettext_lazy("内容"), limit=MAX_TEXT)
    law = short_text(
        gettext_lazy("依据的条款"),
        required=False,
        limit=MAX_LAW,
        help_text=gettext_lazy("例如《中华人民共和国消防法》第二十八条；内容里写{依据}的地方会插入它"),
    )
    quote = long_text(gettext_lazy("条款原文"), required=False, limit=MAX_QUOTE)
    is_law_checked = forms.BooleanField(
        label=gettext_lazy("已对照原文核实"),
        required=False,
        help_text=gettext_lazy("没有核实的，插入时会提醒核对"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = [(OWN, _("只给我用"))]
        if can_keep_unit_phrases(actor):
            scopes.append((UNIT, _("本单位都能用")))
        if can_share_phrases(actor):
            scopes.append((SHARED, _("本街镇各单位都能用")))
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        every = [("", _("所有类别")), *category_filter_choices()]
        self.fields["category"].choices = every  # type: ignore[attr-defined]
        known = " ".join(f"{{{name}}}" for name in PHRASE_VARIABLES)
        self.fields["text"].help_text = _("可以用变量：%s，插入时自动填好。") % known


def _phrase_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_use_phrases(actor):
        raise NotAllowed(_("您的岗位不答复事项，用不到常用语。"))
    return actor


def _named(code: str, names: dict[str, str]) -> str:
    return names.get(code) or path_words(code)


@desk_page
def phrases_page(request: HttpRequest) -> HttpResponse:
    """List the stock answers that this actor may use."""
    actor = _phrase_actor(request)
    names = dict(Category.objects.filter(is_active=True).values_list("code", "name"))
    uses = dict(PhraseUse.choices)
    groups = [
        (name, [_shown(actor, phrase, names) for phrase in rows])
        for name, rows in selectors.phrase_list(actor)
    ]
    built_in = [
        {"phrase": kept, "category": _named(kept.category, names), "use": uses[PhraseUse(kept.use)]}
        for kept in selectors.phrases_built_in()
    ]
    return page(request, "phrases", {"groups": groups, "built_in": built_in})


def _shown(actor: Actor, phrase: Phrase, names: dict[str, str]) -> dict[str, Any]:
    category = _named(phrase.category_code, names)
    return {"phrase": phrase, "category": category, "may_change": can_change_phrase(actor, phrase)}


def _start(phrase: Phrase | selectors.BuiltInPhrase, category: str) -> dict[str, Any]:
    """Return the words of a stock answer as the form takes them."""
    names = ("use", "title", "text", "law", "quote", "is_law_checked")
    return {"category": category, **{name: getattr(phrase, name) for name in names}}


@desk_page
def phrase_new_page(request: HttpRequest) -> HttpResponse:
    """Add a stock answer, perhaps after the words of a built-in one."""
    actor = _phrase_actor(request)
    like = next((p for p in selectors.phrases_built_in() if p.key == request.GET.get("like")), None)
    start = _start(like, like.category) if like else {}
    form = PhraseForm(request.POST if request.method == "POST" else None, initial=start, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            phrase_add(actor=actor, request_key=request.POST.get("request_key", ""), **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("常用语已添加。"))
            return redirect("matters:phrases")
    context = {"form": form, "heading": _("添加常用语")}
    return page(request, "phrase", context, 422 if form.errors else 200)


@desk_page
def phrase_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a stock answer of one's own, or of one's unit."""
    actor = _phrase_actor(request)
    phrase = selectors.phrase_get(actor, str(public_id))
    if not can_change_phrase(actor, phrase):
        raise NotAllowed(_("这条常用语由单位管理员维护，您可以直接使用。"))
    start = _start(phrase, phrase.category_code)
    form = PhraseForm(request.POST if request.method == "POST" else None, initial=start, actor=actor)
    del form.fields["scope"]
    if request.method == "POST" and form.is_valid():
        try:
            phrase_change(actor=actor, phrase_id=phrase.pk, **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("常用语已保存。"))
            return redirect("matters:phrases")
    context = {"form": form, "phrase": phrase, "heading": _("修改常用语")}
    return page(request, "phrase", context, 422 if form.errors else 200)


@require_POST
@desk_page
def phrase_remove_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a stock answer away."""
    actor = _phrase_actor(request)
    phrase_remove(actor=actor, phrase_id=selectors.phrase_get(actor, str(public_id)).pk)
    messages.success(request, _("常用语已删除。"))
    return redirect("matters:phrases")
