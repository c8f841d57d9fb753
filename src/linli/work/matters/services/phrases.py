"""Keeping stock answers: one's own, a unit's, and those that a street shares."""

from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service

from ..models import Category, Phrase, PhraseUse
from ..permissions import can_change_phrase, can_keep_unit_phrases, can_share_phrases, can_use_phrases
from ..refusals import invalid, invalid_if
from ..rules import PHRASE_VARIABLES, phrase_unknown
from .texts import text_limited, text_required

OWN, UNIT, SHARED = "own", "unit", "shared"
MAY = {OWN: can_use_phrases, UNIT: can_keep_unit_phrases, SHARED: can_share_phrases}
MOST = 200
MAX_TITLE, MAX_TEXT, MAX_LAW, MAX_QUOTE = 40, 1_000, 80, 400


@service(idempotent=True)
def phrase_add(
    *,
    actor: Actor,
    title: str,
    text: str,
    scope: str = OWN,
    use: str = "",
    category: str = "",
    law: str = "",
    quote: str = "",
    is_law_checked: bool = False,
) -> Phrase:
    """Keep a stock answer: for oneself (``own``), for one's ``unit``, or ``shared`` in the street.

    ``category`` is the code of any node; ``law`` names act and article, ``quote`` holds its words.
    """
    if scope not in MAY:
        raise invalid(scope=_("请选择给谁用。"))
    if not MAY[scope](actor):
        raise NotAllowed(_("单位的常用语由单位管理员维护，街镇内共享的由街镇管理员维护。"))
    phrase = Phrase(changed_at=clock.now(), changed_by_id=actor.person_id, is_shared=scope == SHARED)
    if scope == OWN:
        phrase.owner_id = actor.person_id
        kept = Phrase.objects.filter(owner_id=actor.person_id)
    else:
        phrase.unit_id = actor.unit_id
        kept = Phrase.objects.filter(unit_id=actor.unit_id or 0)
    if kept.count() >= MOST:
        raise Conflict(_("常用语已有%d条，请先删除不用的。") % MOST)
    checked = phrase_checked(title=title, text=text, use=use, category=category)
    checked |= law_checked(text=text, law=law, quote=quote, is_law_checked=is_law_checked)
    for name, value in checked.items():
        setattr(phrase, name, value)
    phrase.save(force_insert=True)
    record("phrase.add", phrase)
    return phrase


@service
def phrase_change(
    *,
    actor: Actor,
    phrase_id: int,
    title: str,
    text: str,
    use: str = "",
    category: str = "",
    law: str = "",
    quote: str = "",
    is_law_checked: bool = False,
) -> Phrase:
    """Change the words of a stock answer; answers that were given with it stay as they were."""
    phrase = phrase_locked(actor=actor, phrase_id=phrase_id)
    checked = phrase_checked(title=title, text=text, use=use, category=category)
    checked |= law_checked(text=text, law=law, quote=quote, is_law_checked=is_law_checked)
    changes = changes_of(phrase, **checked, changed_at=clock.now(), changed_by_id=actor.person_id)
    record("phrase.change", phrase, changes)
    return phrase


@service
def phrase_remove(*, actor: Actor, phrase_id: int) -> None:
    """Take a stock answer away."""
    phrase = phrase_locked(actor=actor, phrase_id=phrase_id)
    record("phrase.remove", phrase)
    phrase.delete()


@require_service
def phrase_locked(*, actor: Actor, phrase_id: int) -> Phrase:
    """Return a stock answer that the actor may change, locked; hidden is ``NotFound``."""
    seen = Phrase.objects.visible_to(actor).select_for_update(of=("self",))
    phrase = seen.filter(pk=phrase_id).first()
    if phrase is None:
        raise NotFound(_("没有找到这条常用语。"))
    if not can_change_phrase(actor, phrase):
        raise NotAllowed(_("这条常用语由单位管理员维护，您可以直接使用。"))
    return phrase


@require_service
def phrase_checked(*, title: str, text: str, use: str, category: str) -> dict[str, Any]:
    """Return the words of a stock answer, cleaned; raises ``InvalidInput`` beside the fields."""
    named = text_required(value=title, name="title", words=_("请填写名称。"), most=MAX_TITLE)
    words = text_required(value=text, name="text", words=_("请填写内容。"), most=MAX_TEXT)
    wrong = {}
    if unknown := phrase_unknown(words):
        known = "、".join(f"{{{name}}}" for name in PHRASE_VARIABLES)
        facts = {"unknown": f"{{{unknown[0]}}}", "known": known}
        wrong["text"] = _("没有%(unknown)s这个变量，可以用：%(known)s。") % facts
    if use not in PhraseUse.values:
        wrong["use"] = _("请选择用在哪里。")
    if category and not Category.objects.filter(code=category, is_active=True).exists():
        wrong["category"] = _("这个类别已停用，请重新选择。")
    invalid_if(wrong)
    return {"title": named, "text": words, "use": use, "category_code": category}


@require_service
def law_checked(*, text: str, law: str, quote: str, is_law_checked: bool) -> dict[str, Any]:
    """Return which law a stock answer quotes, cleaned; raises ``InvalidInput`` beside the fields."""
    named = text_limited(value=law, name="law", most=MAX_LAW)
    words = text_limited(value=quote, name="quote", most=MAX_QUOTE)
    wrong = {}
    if words and not named:
        wrong["law"] = _("写了条款原文，也要写明是哪部法规第几条。")
    if named and "{依据}" not in text:
        wrong["text"] = _("请在内容里写上{依据}，条款会插在那里。")
    invalid_if(wrong)
    return {"law": named, "quote": words, "is_law_checked": bool(named and is_law_checked)}
