"""What the machine suggests about a text, how well it has done, and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.accounts.selectors import path_prefixes

from ..models import AssistCall, AssistChoice, AssistModel, AssistThreshold, Category, SuggestionTarget
from ..models.assist import USUAL_PERCENT
from ..words import words_matched
from .model import Guess
from .store import models_load

LONGEST = 2_000
OUTSIDE = "outside:"
MOST = 3
LEAST_SHOWN = 0.15
RECENT = timedelta(days=30)
LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Suggested:
    """One category, its probability (``None`` where words alone spoke), the words that spoke for it."""

    category: Category
    probability: float | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a machine recommends about a text; a person decides.

    ``abstained`` means that the model was not sure enough of the category and is silent about it;
    ``model_version`` is empty where there is no model, and the words of the category list ranked.
    """

    categories: tuple[Suggested, ...]
    affair_class: Guess | None = None
    unit_kind: Guess | None = None
    urgency: Guess | None = None
    abstained: bool = False
    model_version: str = ""

    @property
    def is_outside(self) -> bool:
        """Whether a larger model outside was asked."""
        return self.model_version.startswith(OUTSIDE)


def model_current(area: str = "") -> AssistModel | None:
    """Return the model in use at a place: of the nearest area above it that has one."""
    paths = ["", *path_prefixes(area)]
    found = AssistModel.objects.filter(is_current=True, area_path__in=paths)
    return max(found, key=lambda model: len(model.area_path), default=None)


def threshold_of(area: str = "") -> int:
    """Return how sure the machine must be at a place, in per cent."""
    found = AssistThreshold.objects.filter(area_path__in=path_prefixes(area))
    nearest = max(found, key=lambda row: len(row.area_path), default=None)
    return nearest.percent if nearest else USUAL_PERCENT


def suggest(text: str, *, area: str = "") -> Suggestion:
    """Return what a text is probably about; below the threshold of its street it is silent.

    Without a model the words of the category list rank, and ``model_version`` is empty.
    """
    known = {category.code: category for category in Category.objects.offered()}
    row = model_current(area)
    models = models_load(row.version) if row else {}
    if row is None or not models:
        return Suggestion(by_words(text, known))
    least = threshold_of(area) / 100
    guesses = {target: model.guesses(text[:LONGEST], MOST) for target, model in models.items()}
    # Nothing is suggested that gives no reasons: a text of which no word is known says nothing.
    sure = {t: found[0] for t, found in guesses.items() if found[0].probability >= least and found[0].words}
    likely = _categories(guesses.get(SuggestionTarget.CATEGORY, []), known)
    is_silent = SuggestionTarget.CATEGORY not in sure
    return Suggestion(
        categories=() if is_silent else likely,
        affair_class=sure.get(SuggestionTarget.AFFAIR_CLASS),
        unit_kind=sure.get(SuggestionTarget.UNIT_KIND),
        urgency=sure.get(SuggestionTarget.URGENCY),
        abstained=is_silent,
        model_version=row.version,
    )


def by_words(text: str, known: Mapping[str, Category]) -> tuple[Suggested, ...]:
    """Rank categories by how many letters of their own words a text holds."""
    ranked = words_matched(text, {code: category.words for code, category in known.items()})
    return tuple(Suggested(known[code], None, tuple(words)) for code, words in ranked)


def _categories(guesses: Sequence[Guess], known: Mapping[str, Category]) -> tuple[Suggested, ...]:
    """Return the guesses that name a category in use, by code or name, with reasons and some chance."""
    named = {category.name: category for category in known.values()} | dict(known)
    return tuple(
        Suggested(named[guess.label], guess.probability, guess.words)
        for guess in guesses
        if guess.label in named and guess.words and guess.probability >= LEAST_SHOWN
    )


# -- how well it does -----------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Acceptance:
    """How often people decided as suggested: this month and before, where something was suggested at all."""

    target: str
    recent: int
    recent_taken: int
    before: int
    before_taken: int
    silent: int

    @property
    def recent_percent(self) -> int | None:
        """The share taken over in the last 30 days, in per cent."""
        return round(100 * self.recent_taken / self.recent) if self.recent else None

    @property
    def before_percent(self) -> int | None:
        """The share taken over in the year before that, in per cent."""
        return round(100 * self.before_taken / self.before) if self.before else None

    @property
    def drift(self) -> int | None:
        """By how many points the share has changed; ``None`` where one side has nothing to count."""
        if self.recent_percent is None or self.before_percent is None:
            return None
        return self.recent_percent - self.before_percent


def acceptance_list(actor: Actor) -> list[Acceptance]:
    """Return for each target how often people of the actor's areas decided as suggested."""
    since = clock.now() - RECENT
    rows = AssistChoice.objects.visible_to(actor).filter(at__gte=clock.now() - LOOKED_BACK)
    spoke, taken = ~Q(suggested=""), Q(suggested=F("chosen"))
    counted: dict[str, dict[str, Any]] = {
        str(row["target"]): dict(row)
        for row in rows.order_by()
        .values("target")
        .annotate(
            recent=Count("pk", filter=spoke & Q(at__gte=since)),
            recent_taken=Count("pk", filter=spoke & taken & Q(at__gte=since)),
            before=Count("pk", filter=spoke & Q(at__lt=since)),
            before_taken=Count("pk", filter=spoke & taken & Q(at__lt=since)),
            silent=Count("pk", filter=~spoke),
        )
    }
    return [Acceptance(**counted[target]) for target in SuggestionTarget.values if target in counted]


def outside_counts() -> tuple[int, int]:
    """Return how often the larger model outside was asked in the last 30 days, and how often in vain."""
    asked = AssistCall.objects.filter(at__gte=clock.now() - RECENT)
    return asked.count(), asked.filter(is_answered=False).count()


def model_list(actor: Actor) -> list[AssistModel]:
    """Return the trainings that speak in the actor's areas, the newest first."""
    paths = {"", *(prefix for area in actor.areas for prefix in path_prefixes(area))}
    return list(AssistModel.objects.filter(area_path__in=paths)[:20])
