"""A linear model over hashed grams that says how sure it is, and why; pure.

Three members (a linear support vector machine, complement naive Bayes over words and over everything)
are joined by a multinomial regression on what each said of texts that it had not seen. All are linear,
so that what is kept is one matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from .features import (
    LETTER_BITS,
    WIDTH,
    WORD_BITS,
    Cut,
    Floats,
    counts,
    hashed,
    rarity,
    weighted,
    words_of,
)
from .figures import Figures, figures_of

FOLDS = 3
SEED = 2026
MOST_WORDS = 3
LONGEST_EXPLAINED = 1_000
LETTERS_BEGIN = 1 << WORD_BITS
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Guess:
    """One answer: the label, how probable it is (0 to 1), the words of the text that spoke for it."""

    label: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextModel:
    """What was learnt: labels, the kept grams with their weights, one column of weights a label."""

    labels: tuple[str, ...]
    kept: npt.NDArray[np.int32]
    rarity: Floats
    weights: Floats
    bias: Floats
    positions: npt.NDArray[np.int32]

    def probabilities(self, texts: Sequence[str], cut: Cut = words_of) -> Floats:
        """Return the probability of every label for every text (rows sum to 1)."""
        rows = weighted(counts(texts, cut), self.positions, self.rarity)
        return _softmax(np.asarray(rows @ self.weights) + self.bias)

    def guesses(self, text: str, most: int = 3) -> list[Guess]:
        """Return the likeliest labels, best first, each with the words that spoke for it."""
        chances = self.probabilities([text])[0]
        best = np.argsort(-chances, kind="stable")[:most]
        reasons = self._reasons(text)
        return [Guess(self.labels[at], float(chances[at]), reasons(int(at))) for at in best]

    def _reasons(self, text: str) -> Any:
        words = [word for word in dict.fromkeys(words_of(text[:LONGEST_EXPLAINED])) if len(word) > 1]
        if not words:
            return lambda label: ()
        total = self._effect(hashed([[word] for word in words], WORD_BITS), 0)
        total += self._effect(hashed([[word] for word in words], LETTER_BITS), LETTERS_BEGIN)

        def spoke_for(label: int) -> tuple[str, ...]:
            order = np.argsort(-total[:, label], kind="stable")[:MOST_WORDS]
            return tuple(words[at] for at in order if total[at, label] > 0)

        return spoke_for

    def _effect(self, counted: Any, begins: int) -> Floats:
        """Return for each word how far it moved each label away from the others."""
        place = self.positions[begins + counted.indices]
        rows = np.repeat(np.arange(counted.shape[0]), np.diff(counted.indptr))
        moved = self.weights[place] * self.rarity[place][:, None] * (place >= 0)[:, None]
        total: Floats = np.zeros((counted.shape[0], len(self.labels)), np.float32)
        np.add.at(total, rows, moved - moved.mean(axis=1, keepdims=True))
        return total


def _softmax(scores: Any) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances


# -- learning -----------------------------------------------------------------
def train(texts: Sequence[str], labels: Sequence[str], cut: Cut = words_of) -> tuple[TextModel, Figures]:
    """Learn from texts with their labels; the figures are of texts held back, equal texts together.

    Every label needs as many different texts as there are folds; see ``rules.rows_for_training``.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    names, answers = np.unique(np.asarray(labels), return_inverse=True)
    counted = counts(texts, cut)
    weight = rarity(counted)
    kept = np.flatnonzero(weight).astype(np.int32)
    positions = np.full(WIDTH, -1, np.int32)
    positions[kept] = np.arange(len(kept), dtype=np.int32)
    rows = weighted(counted, positions, weight[kept])
    is_word = kept < LETTERS_BEGIN
    said = _said_unseen(rows, answers, is_word, np.unique(np.asarray(texts), return_inverse=True)[1])
    middle, spread = said.mean(axis=0), _spread(said, len(names))
    joiner = LogisticRegression(C=1.0, max_iter=1000)
    scaled = (said - middle) / spread
    with threadpool_limits(1):  # the tables are small: several threads only wait for each other
        held_back = cross_val_predict(joiner, scaled, answers, cv=FOLDS, method="predict_proba")
        joiner.fit(scaled, answers)
    weights, bias = _members(rows, answers, is_word)
    by, constant = _by_label(joiner, len(names))
    by = by / spread[:, None]
    joined = (weights @ by).astype(np.float32)
    shift = ((bias - middle) @ by + constant).astype(np.float32)
    model = TextModel(tuple(map(str, names)), kept, weight[kept], joined, shift, positions)
    return model, figures_of(held_back, answers, model.labels)


def _spread(said: Any, labels: int) -> Any:
    """Return the width of each member's scores, the same for all its labels."""
    wide = [said[:, at : at + labels].std() for at in range(0, said.shape[1], labels)]
    return np.repeat(np.maximum(wide, 1e-9), labels)


def _by_label(joiner: Any, labels: int) -> tuple[Any, Any]:
    """Return the regression as one column a label; for two labels the library keeps one only."""
    if labels == 2:
        return (
            np.hstack([np.zeros_like(joiner.coef_.T), joiner.coef_.T]),
            np.concatenate([[0.0], joiner.intercept_]),
        )
    return joiner.coef_.T, joiner.intercept_


def _members(rows: Any, answers: Integers, is_word: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """Learn each member and return their weights side by side, a column a member and label."""
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=1.0, random_state=SEED).fit(rows, answers)
    straight, constant = machine.coef_.T, machine.intercept_
    if straight.shape[1] == 1:  # of two labels the library keeps the second
        straight, constant = np.hstack([-straight, straight]), np.concatenate([-constant, constant])
    over_all = ComplementNB(alpha=0.1).fit(rows, answers).feature_log_prob_.T
    over_words = np.zeros_like(over_all)
    over_words[is_word] = ComplementNB(alpha=0.1).fit(rows[:, is_word], answers).feature_log_prob_.T
    none = np.zeros(over_all.shape[1])
    return np.hstack([straight, over_words, over_all]), np.concatenate([constant, none, none])


def _said_unseen(rows: Any, answers: Integers, is_word: npt.NDArray[np.bool_], groups: Integers) -> Any:
    """Return what the members say of each text when they have learnt without it and its equals."""
    from sklearn.model_selection import StratifiedGroupKFold

    said = None
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for learnt, asked in folds.split(rows, answers, groups):
        weights, bias = _members(rows[learnt], answers[learnt], is_word)
        scores = np.asarray(rows[asked] @ weights) + bias
        said = np.zeros((rows.shape[0], scores.shape[1])) if said is None else said
        said[asked] = scores
    return said
