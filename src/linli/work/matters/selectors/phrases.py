"""Stock answers as they are offered: one's own first, then the unit's, the street's, the built-in ones."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.models import Unit

from ..models import Matter, Phrase
from ..rules import phrase_filled
from ..wording import instant_words
from .lists import place_words

DATA = Path(__file__).parent.parent / "data" / "phrases.yaml"


@dataclass(frozen=True, slots=True)
class BuiltInPhrase:
    """A stock answer that comes with the software."""

    key: str
    use: str
    category: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PhraseOffer:
    """A stock answer ready to be put into an answer: whose it is, and its words filled in."""

    key: str
    group: str
    title: str
    text: str


@functools.cache
def phrases_built_in() -> tuple[BuiltInPhrase, ...]:
    """Return the stock answers of the package, in the order of their file."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))["phrases"]
    return tuple(
        BuiltInPhrase(f"built-in-{n}", row["use"], row.get("category", ""), row["title"], row["text"].strip())
        for n, row in enumerate(rows, 1)
    )


def phrase_list(actor: Actor) -> list[tuple[str, list[Phrase]]]:
    """Return the stock answers that an actor may use, by whose they are."""
    groups: dict[str, list[Phrase]] = {_("我的"): [], _("本单位"): [], _("街镇共享"): []}
    for phrase in Phrase.objects.visible_to(actor).select_related("unit"):
        groups[_group(actor, phrase)].append(phrase)
    return [(name, rows) for name, rows in groups.items() if rows]


def _group(actor: Actor, phrase: Phrase) -> str:
    if phrase.owner_id is not None:
        return _("我的")
    return _("本单位") if phrase.unit_id == actor.unit_id else _("街镇共享")


def phrase_get(actor: Actor, public_id: str) -> Phrase:
    """Return a stock answer by the id that pages carry; missing and hidden are the same ``NotFound``."""
    found = Phrase.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这条常用语。"))
    return found


def phrases_for(actor: Actor, matter: Matter, use: str) -> list[PhraseOffer]:
    """Return what may be put into one answer on a matter, filled in; texts of its category first."""
    category = matter.category.code if matter.category else ""
    unit = Unit.objects.filter(pk=actor.unit_id or 0).values_list("name", flat=True).first()
    values = {
        _("编号"): matter.number,
        _("地点"): place_words(matter),
        _("时限"): instant_words(matter.due_at, matter.due_is_provisional),
        _("单位"): unit or "",
    }
    fitting = [
        (bool(of_category), PhraseOffer(key, group, title, phrase_filled(text, values)))
        for key, group, of_use, of_category, title, text in _all(actor)
        if of_use in ("", use) and of_category in ("", category)
    ]
    return [offer for has_category, offer in sorted(fitting, key=lambda pair: not pair[0])]


def _all(actor: Actor) -> Iterator[tuple[str, str, str, str, str, str]]:
    for group, rows in phrase_list(actor):
        for row in rows:
            yield str(row.public_id), group, row.use, row.category_code, row.title, row.text
    for kept in phrases_built_in():
        yield kept.key, _("通用"), kept.use, kept.category, kept.title, kept.text
