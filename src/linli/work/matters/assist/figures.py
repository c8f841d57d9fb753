"""How good a model is, from what it said of texts that it had not seen; pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

BINS = 10
SURE_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: how many texts, the share right among those called so, the share found of those that are."""

    label: str
    rows: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Macro-F1 of all and of the surest 80 %, the error of the stated probabilities, each label's own."""

    macro_f1: float
    macro_f1_sure: float
    calibration_error: float
    labels: tuple[LabelFigures, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        return asdict(self)


def calibration_error(chances: Any, answers: Any) -> float:
    """Return the mean gap between stated and true share over ten bins of equally many texts (0 to 1)."""
    called, surety = chances.argmax(axis=1), chances.max(axis=1)
    bins = np.array_split(np.argsort(surety, kind="stable"), BINS)
    gaps = [len(b) * abs(surety[b].mean() - (called[b] == answers[b]).mean()) for b in bins if len(b)]
    return float(sum(gaps) / len(answers))


def surest(chances: Any, share: float = SURE_SHARE) -> Any:
    """Return the rows of the surest answers, so large a share of all."""
    return np.argsort(-chances.max(axis=1), kind="stable")[: int(len(chances) * share)]


def macro_f1(chances: Any, answers: Any, rows: Any = slice(None)) -> float:
    """Return the macro-F1 of what is called likeliest, over all rows or some."""
    from sklearn.metrics import f1_score

    return float(f1_score(answers[rows], chances[rows].argmax(axis=1), average="macro", zero_division=0.0))


def figures_of(chances: Any, answers: Any, labels: Sequence[str]) -> Figures:
    """Return the figures of probabilities for texts that were held back."""
    from sklearn.metrics import precision_recall_fscore_support

    right, found, _, rows = precision_recall_fscore_support(
        answers, chances.argmax(axis=1), labels=range(len(labels)), zero_division=0.0
    )
    return Figures(
        macro_f1=macro_f1(chances, answers),
        macro_f1_sure=macro_f1(chances, answers, surest(chances)),
        calibration_error=calibration_error(chances, answers),
        labels=tuple(
            LabelFigures(label, int(rows[at]), float(right[at]), float(found[at]))
            for at, label in enumerate(labels)
        ),
    )
