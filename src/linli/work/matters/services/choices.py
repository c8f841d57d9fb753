"""What was suggested and what a person decided: every decision is kept as an example."""

from linli.core.service import require_service

from ..assist.selectors import suggest
from ..models import AssistChoice, SuggestionTarget
from .steps import Step


@require_service
def choices_keep(*, step: Step, is_category_chosen: bool) -> None:
    """Keep beside each decision of a sorting what the machine says of the same text at this moment."""
    matter = step.matter
    if not matter.text:
        return
    said = suggest(matter.text, area=matter.area_path)
    first = said.categories[0] if said.categories else None
    rows = []
    if is_category_chosen and matter.category is not None:
        suggested = (first.category.code, first.probability) if first else ("", None)
        rows.append((SuggestionTarget.CATEGORY, *suggested, matter.category.code))
    usual = (first.category.default_class, None) if first else ("", None)
    guess = said.affair_class
    by_class = (guess.label, guess.probability) if guess else usual
    rows.append((SuggestionTarget.AFFAIR_CLASS, *by_class, matter.affair_class))
    for target, suggested_label, probability, chosen in rows:
        row = AssistChoice(matter=matter, target=target, suggested=suggested_label, chosen=chosen, at=step.at)
        row.probability, row.model_version = probability, said.model_version
        step.save_row(row)
