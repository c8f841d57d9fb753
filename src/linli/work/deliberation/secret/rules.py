"""Pure decisions about secret ballots: how long a sealed one is, how groups merge, which result stands."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from ..ballots.rules import ABSTAIN, INVALID

LEAST = 10  # ballots in a group that is counted by itself
STEP = 64  # bytes: choices are padded to a multiple
OVERHEAD = 48  # what sealing adds (crypto_box_seal)
HEX_32 = re.compile(r"[0-9a-f]{64}")
NONE_MARKED, NOT_A_CHOICE = "[]", "null"
SHARES, ENOUGH = 3, 2


class Asking(Protocol):
    """A question of a ballot: its key and words, the keys of its choices, how many may be marked."""

    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def choices(self) -> Collection[str]: ...
    @property
    def seats(self) -> int: ...


def plain_length(asked: Sequence[Asking]) -> int:
    """Return to how many bytes every ballot's choices are padded: the longest that there can be fits."""
    longest = [sorted(question.choices, key=_size, reverse=True)[: question.seats] for question in asked]
    text = json.dumps(longest, separators=(",", ":"), ensure_ascii=False).encode()
    return (len(text) + 1 + STEP - 1) // STEP * STEP  # one byte marks the end


def _size(text: str) -> int:
    return len(text.encode())


def sealed_length(asked: Sequence[Asking]) -> int:
    """Return how many bytes a sealed ballot has: all of them the same."""
    return plain_length(asked) + OVERHEAD


def receipt_of(sealed: bytes) -> str:
    """Return a sealed ballot's receipt: it proves that it is there, not what it says."""
    return hashlib.sha256(sealed).hexdigest()


def receipts_digest(receipts: Iterable[str]) -> str:
    """Return the hash over all receipts, sorted: what was sealed at the close cannot be changed unnoticed."""
    return hashlib.sha256("\n".join(sorted(receipts)).encode()).hexdigest()


def key_faults(public_key: str, share_hashes: Sequence[str]) -> dict[str, str]:
    """Return what is wrong with what a ceremony registers, by field."""
    if not HEX_32.fullmatch(public_key) or not int(public_key, 16):
        return {"public_key": _("公钥不完整，请重新生成密钥。")}
    if len(share_hashes) != SHARES or not all(HEX_32.fullmatch(one) for one in share_hashes):
        return {"public_key": _("三份密钥份额没有都核对，请重新生成密钥。")}
    if len(set(share_hashes)) < SHARES or public_key in share_hashes:
        return {"public_key": _("三份密钥份额不能相同，请重新生成密钥。")}
    return {}


# -- groups -------------------------------------------------------------------------
def _parent(path: str, root: str) -> str:
    above = path[:-1].rpartition("/")[0] + "/"
    return above if above.startswith(root) else root


def groups_merged(counts: Mapping[str, int], root: str, least: int = LEAST) -> dict[str, str]:
    """Return place → group under which its ballots are counted: none with fewer than ``least``.

    A place with fewer joins what is left above it; where what is left there is itself too few, the smallest
    of its neighbours joins too, so that nothing small can be found by subtraction. ``root`` is the ballot's
    whole place; where all of it has too few, all is one group.
    """
    groups = {path: path if path.startswith(root) else root for path in counts}
    sums = Counter[str]()
    for path, group in groups.items():
        sums[group] += counts[path]
    for level in range(max((group.count("/") for group in sums), default=0), root.count("/"), -1):
        small = sorted(group for group in sums if group.count("/") == level and sums[group] < least)
        for group in small:
            _join(groups, sums, group, _parent(group, root))
        for above in sorted({_parent(group, root) for group in small}):
            _filled(groups, sums, above, least)
    if sums[root]:
        _filled(groups, sums, root, least)
    return groups


def _join(groups: dict[str, str], sums: Counter[str], group: str, into: str) -> None:
    sums[into] += sums.pop(group)
    for path, present in groups.items():
        if present == group:
            groups[path] = into


def _filled(groups: dict[str, str], sums: Counter[str], above: str, least: int) -> None:
    """Let the smallest groups below join what is left above until it is enough."""
    while sums[above] < least:
        below = [group for group in sums if group != above and group.startswith(above)]
        if not below:
            return
        _join(groups, sums, min(below, key=lambda group: (sums[group], group)), above)


# -- what comes back from opening ----------------------------------------------------
def result_faults(
    groups: Sequence[Mapping[str, Any]], asked: Sequence[Asking], receipts: Iterable[str], result: Any
) -> str:
    """Return why a result cannot be that of what was sealed; empty where every ballot is accounted for."""
    known = set(receipts)
    if not isinstance(result, list) or len(result) != len(groups):
        return _("结果的分组与封存的不一致。")
    for group, found in zip(groups, result, strict=True):
        if words := _group_fault(group, found, known) or _questions_fault(asked, found):
            return words
    return ""


def _group_fault(group: Mapping[str, Any], found: Any, known: set[str]) -> str:
    if not isinstance(found, dict) or set(found) != {"key", "ballots", "questions", "unopened"}:
        return _("结果的格式不对。")
    if (found["key"], found["ballots"]) != (group["key"], group["ballots"]):
        return _("结果的票数与封存的不一致。")
    if not isinstance(found["unopened"], list) or not set(map(str, found["unopened"])) <= known:
        return _("解不开的选票不在封存的选票里。")
    return ""


def _questions_fault(asked: Sequence[Asking], found: Mapping[str, Any]) -> str:
    questions = found["questions"]
    if not isinstance(questions, list) or len(questions) != len(asked):
        return _("结果的表决事项与选票不一致。")
    faults = (
        _combination_fault(question, combinations, found["ballots"])
        for question, combinations in zip(asked, questions, strict=True)
    )
    return next(filter(None, faults), "")


def _combination_fault(question: Asking, combinations: Any, ballots: int) -> str:
    if not isinstance(combinations, dict):
        return _("结果的格式不对。")
    for combination, count in combinations.items():
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            return _("「%s」的票数不是正整数。") % question.text
        if combination != NOT_A_CHOICE and _marks(question, combination) is None:
            return _("「%s」里有选票上没有的选项。") % question.text
    if sum(combinations.values()) != ballots:
        return _("「%s」各种选法加起来不等于封存的票数。") % question.text
    return ""


def _marks(question: Asking, combination: str) -> list[str] | None:
    """Return the marked choices of a combination written as it must be, else ``None``."""
    try:
        marks = json.loads(combination)
    except ValueError:
        return None
    ordered = [choice for choice in question.choices if isinstance(marks, list) and choice in marks]
    as_written = json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)
    return ordered if as_written == combination and len(ordered) <= question.seats else None


def result_plain(result: Sequence[Mapping[str, Any]]) -> str:
    """Return a result in the one way in which it is compared and hashed."""
    return json.dumps(result, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def result_digest(result: Sequence[Mapping[str, Any]]) -> str:
    """Return the hash of a result: two openings that agree have the same."""
    return hashlib.sha256(result_plain(result).encode()).hexdigest()


def standing(digests: Sequence[str]) -> str:
    """Return the digest of the result that stands: the only one, or the one found most often; empty if none.

    Two openings that differ leave none standing until a further one agrees with one of them.
    """
    ranked = Counter(digests).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]


def counts_of(asked: Sequence[Asking], result: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a result as a ballot keeps it: ``{"ballots": n, question: {choice: n}}``.

    A blank ballot counts as an abstention, what is no choice as invalid; both have taken part.
    """
    counts: dict[str, Any] = {"ballots": sum(int(group["ballots"]) for group in result)}
    for place, question in enumerate(asked):
        found = Counter[str]()
        for group in result:
            for combination, number in group["questions"][place].items():
                for key in _keys(combination):
                    found[key] += number
        counts[question.key] = dict(sorted(found.items()))
    return counts


def _keys(combination: str) -> list[str]:
    if combination == NOT_A_CHOICE:
        return [INVALID]
    return json.loads(combination) or [ABSTAIN]
