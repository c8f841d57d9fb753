"""Stock answers as they are offered: one's own first, then the unit's, the street's, the built-in ones."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.models import Unit

from ..catalog.rules import SEPARATOR
from ..catalog.selectors import duty_row_of
from ..models import Category, Mark, Matter, Phrase
from ..rules import law_words, phrase_filled
from ..wording import instant_words
from .lists import place_words

DATA = Path(__file__).parent.parent / "data" / "phrases.yaml"


@dataclass(frozen=True, slots=True)
class BuiltInPhrase:
    """A stock answer that comes with the software; ``law`` and ``quote`` are what ``{依据}`` becomes."""

    key: str
    use: str
    category: str
    title: str
    text: str
    law: str = ""
    quote: str = ""
    is_law_checked: bool = False


@dataclass(frozen=True, slots=True)
class PhraseOffer:
    """A stock answer ready to be put into an answer: whose it is, and its words filled in."""

    key: str
    group: str
    title: str
    text: str
    distance: int


@functools.cache
def phrases_built_in() -> tuple[BuiltInPhrase, ...]:
    """Return the stock answers of the package, in the order of their file."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))["phrases"]
    return tuple(
        BuiltInPhrase(
            f"built-in-{n}",
            row["use"],
            row.get("category", ""),
            row["title"],
            row["text"].strip(),
            row.get("law", ""),
            row.get("quote", ""),
            row.get("mark") == Mark.CHECKED,
        )
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
    """Return what may be put into one answer on a matter, filled in; texts of the nearest category first."""
    above = _codes_above(matter.category)
    unit = Unit.objects.filter(pk=actor.unit_id or 0).values_list("name", flat=True).first()
    values = {
        _("编号"): matter.number,
        _("地点"): place_words(matter),
        _("时限"): instant_words(matter.due_at, matter.due_is_provisional),
        _("单位"): unit or "",
    }
    row = _law_of_row(matter)
    fitting = [
        PhraseOffer(key, group, kept.title, phrase_filled(kept.text, values | _law(kept, row)), above[code])
        for key, group, code, kept in _all(actor)
        if kept.use in ("", use) and code in above
    ]
    return sorted(fitting, key=lambda offer: offer.distance)


def _codes_above(category: Category | None) -> dict[str, int]:
    """Return the codes and paths for which texts are offered, with how far above the category each stands."""
    if category is None:
        return {"": 0}
    parts = category.path.split(SEPARATOR)
    paths = [SEPARATOR.join(parts[:length]) for length in range(len(parts), 0, -1)]
    found = Category.objects.filter(version=category.version, path__in=paths).values_list("path", "code")
    by_code = {code: paths.index(path) for path, code in found}
    return {path: far for far, path in enumerate(paths)} | by_code | {category.code: 0, "": len(paths)}


def _law_of_row(matter: Matter) -> str:
    """Return what the row of the 权责清单 cites, to be looked up unless somebody has read it."""
    row = duty_row_of(matter.category, on=clock.today())
    return law_words(row.source, "", row.mark == Mark.CHECKED) if row and row.source else ""


def _law(kept: Phrase | BuiltInPhrase, of_row: str) -> dict[str, str]:
    own = law_words(kept.law, kept.quote, kept.is_law_checked) if kept.law else ""
    return {_("依据"): own or of_row or _("【哪部法规第几条】")}


def _all(actor: Actor) -> Iterator[tuple[str, str, str, Phrase | BuiltInPhrase]]:
    for group, rows in phrase_list(actor):
        for row in rows:
            yield str(row.public_id), group, row.category_code, row
    for kept in phrases_built_in():
        yield kept.key, _("通用"), kept.category, kept
