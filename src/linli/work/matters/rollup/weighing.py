"""How much each of the three rates weighs on a day: what the city set, else what is shipped."""

import functools
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from django.db.models import QuerySet

from .models import RatesRule

FILE = Path(__file__).parent / "data" / "rates.yaml"


@dataclass(frozen=True, slots=True)
class Weights:
    """Hundredths of each rate, and where they come from; ``rule`` is none where nobody has set any."""

    contacted: int
    solved: int
    satisfied: int
    source: str
    rule: RatesRule | None = None

    @property
    def parts(self) -> tuple[int, int, int]:
        """The three weights in the order of the rates."""
        return self.contacted, self.solved, self.satisfied


@functools.cache
def weights_shipped() -> Weights:
    """Return the proposal of ``data/rates.yaml``."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Weights(**content["weights"], source=content["source"])


def rules_standing() -> QuerySet[RatesRule]:
    """Return what was set and not withdrawn, the latest day first."""
    return RatesRule.objects.filter(withdrawn_at__isnull=True).select_related("set_unit", "set_by")


def weights_on(day: date) -> Weights:
    """Return the weights in force on a day: a period is weighed as its last day is."""
    rule = rules_standing().filter(from_on__lte=day).first()
    if rule is None:
        return weights_shipped()
    return Weights(rule.contacted, rule.solved, rule.satisfied, rule.source, rule)
