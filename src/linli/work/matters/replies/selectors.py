"""What replies lack: while one is written, and of those that were given, by unit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.foundation.accounts.models import Unit

from ..models import Assignment, Matter
from ..permissions import can_read_figures, can_use_phrases
from .rules import ASKED, LABELS, Hint, clauses_of, element_said, hints_of

RECENT = timedelta(days=90)
MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of one unit's replies, how many say each thing; ``replies`` is the denominator."""

    unit: str
    replies: int
    saying: Mapping[str, int]

    @property
    def shares(self) -> list[tuple[str, int, int]]:
        """Each thing with how many replies say it, and the share in per cent."""
        rows = [(name, self.saying.get(name, 0)) for name in ASKED["result"]]
        return [(str(LABELS[name]), said, round(100 * said / self.replies)) for name, said in rows]


def hints_for(actor: Actor, use: str, text: str) -> list[Hint]:
    """Return what a reply says and lacks as this actor writes it; raises ``NotAllowed`` for others."""
    if not can_use_phrases(actor):
        raise NotAllowed(_("您的岗位不答复事项。"))
    unit = Unit.objects.filter(pk=actor.unit_id or 0).values_list("name", flat=True).first()
    return hints_of(use, text, unit=unit or "")


def completeness(actor: Actor, *, area: str = "") -> list[Completeness]:
    """Return by unit how complete the results of the last 90 days are, of the latest 2,000; units only.

    Only what the actor may see is read. Raises ``NotAllowed`` for those who may not read figures.
    """
    if not can_read_figures(actor):
        raise NotAllowed(_("您的岗位不查看这些数字。"))
    seen = Matter.objects.visible_to(actor)
    if area:
        seen = seen.filter(area_path__startswith=area)
    given = Assignment.objects.filter(
        matter__in=seen, handled_at__gte=clock.now() - RECENT, part=Assignment.Part.LEAD
    ).exclude(result="")
    rows = given.order_by("-handled_at").values_list("unit_id", "unit__name", "result")[:MOST_READ]
    return _by_unit(rows)


def _by_unit(rows: Any) -> list[Completeness]:
    names: dict[int, str] = {}
    replies: Counter[int] = Counter()
    saying: dict[int, Counter[str]] = {}
    for unit_id, name, result in rows:
        names[unit_id] = name
        replies[unit_id] += 1
        clauses = clauses_of(result)
        said = {
            "who" if name in result else "",
            *(element for element in ASKED["result"] if element_said(element, clauses)),
        }
        saying.setdefault(unit_id, Counter()).update(said - {""})
    return [Completeness(names[key], count, saying[key]) for key, count in replies.most_common()]
