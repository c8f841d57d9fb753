"""What other rooms' pages show of this room: the ladder beside a record; and limits in words."""

from typing import Any

from django import template

from linli.core.timelimits import Limit

from ..rules import UNIT_WORDS
from ..selectors import ladder_story

register = template.Library()


@register.inclusion_tag("duties/ladder_card.html")
def ladder_of(room: str, subject_id: object) -> dict[str, Any]:
    """Show how far the open duties of a record have climbed, to whoever sees the record at the desk."""
    return {"climbs": ladder_story(room, str(subject_id))}


@register.filter
def limit_words(limit: Limit) -> str:
    """Return ``5个工作日``."""
    return f"{limit.amount}{UNIT_WORDS[limit.unit]}"
