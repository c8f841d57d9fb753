"""What a reply says and what it lacks: what was done, by whom, when, and what the reader can do next.

It only points; whoever writes decides. The expressions stand in ``data/reply_hints.yaml`` and are measured on
real official replies by ``benchmarks/replies.py``.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DATA = Path(__file__).parent.parent / "data" / "reply_hints.yaml"
CLAUSES = re.compile(r"[，。；！？：,;!?:\n\r]+")
FEWEST_LETTERS = 15
LONGEST_SHOWN = 24
MOST_READ = 5_000  # letters

# What each use of a reply should say; ``who`` is not asked where the page already shows the unit.
ASKED: Mapping[str, tuple[str, ...]] = {
    "result": ("done", "who", "when", "next"),
    "reply": ("done", "when"),
    "guide": ("who", "next"),
    "decline": ("law", "next"),
}
LABELS: Mapping[str, str | Promise] = {
    "done": _("做了什么"),
    "who": _("由谁"),
    "when": _("什么时候"),
    "next": _("接下来可以怎么办"),
    "law": _("依据"),
    "gaps": _("还有空没填"),
    "private": _("有个人信息"),
    "vague": _("说得不实"),
    "short": _("太短"),
}
ADVICE: Mapping[str, str | Promise] = {
    "done": _("写清到没到现场、看到什么、做了哪几件事。"),
    "who": _("写上哪个单位、哪支队伍，别只写“有关部门”。"),
    "when": _("写上哪天做的；没做完的，写哪天前做完。"),
    "next": _("写上不满意或又出现时找谁、打什么电话、带什么。"),
    "law": _("写上依据哪部法规第几条，方便反映人查对。"),
    "gaps": _("方括号和花括号里的内容要换成实际情况。"),
    "private": _("反映人以外的人的电话、证件号不要写进答复。"),
    "vague": _("“尽快”“加大力度”不算答复，写上哪天前做到什么。"),
    "short": _("一句话说不清办理结果，请补充。"),
}
GAPS = re.compile(r"【[^】]{0,40}】|\{[^{}]{0,20}\}")
# 18 signs of a citizen's number, or a mobile number; a duty telephone with its area code stays.
PRIVATE = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that a reply says, with the words that say it, or lacks, with what to write."""

    key: str
    is_met: bool
    said: str = ""

    @property
    def label(self) -> str:
        """What it is about."""
        return str(LABELS[self.key])

    @property
    def advice(self) -> str:
        """What to write, or to leave out."""
        return str(ADVICE[self.key])


@functools.cache
def expressions() -> Mapping[str, re.Pattern[str]]:
    """Return the expressions of the file by name, those of one name as alternatives."""
    content = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {
        name: re.compile("|".join(f"(?:{row})" for row in rows))
        for name, rows in content.items()
        if isinstance(rows, list)
    }


def clauses_of(text: str) -> list[str]:
    """Return the clauses that speak of the matter: without courtesy and without the foot of a letter."""
    known = expressions()
    body = text.strip()[:MOST_READ]
    while body != (shorter := known["signature"].sub("", body).rstrip()):
        body = shorter
    found = (clause.strip() for clause in CLAUSES.split(body))
    return [clause for clause in found if clause and not known["courtesy"].search(clause)]


def element_said(element: str, clauses: list[str]) -> str:
    """Return the words that say an element (``done``, ``who``, ``when``, ``next``, ``law``), or nothing."""
    known = expressions()
    beside = known.get(f"not_{element}")
    for clause in clauses:
        if known[element].search(clause) and not (beside and beside.search(clause)):
            return clause if len(clause) <= LONGEST_SHOWN else clause[: LONGEST_SHOWN - 1] + "…"
    return ""


def hints_of(use: str, text: str, *, unit: str = "") -> list[Hint]:
    """Return what a reply says and lacks, in the order in which one writes it; nothing for an empty text.

    ``use`` is one of ``ASKED``. ``unit`` is the name of whoever writes: naming it says by whom.
    """
    if not text.strip():
        return []
    clauses = clauses_of(text)
    hints = [
        Hint(name, bool(said), said) for name in ASKED.get(use, ()) for said in [_said(name, clauses, unit)]
    ]
    return [*hints, *_warnings(text, clauses)]


def _said(element: str, clauses: list[str], unit: str) -> str:
    if element == "who" and unit and any(unit in clause for clause in clauses):
        return unit
    return element_said(element, clauses)


def _warnings(text: str, clauses: list[str]) -> Iterator[Hint]:
    """Find what should not stand in a reply."""
    if found := GAPS.search(text):
        yield Hint("gaps", False, found[0])
    if PRIVATE.search(text):
        yield Hint("private", False)
    if len(text.strip()) < FEWEST_LETTERS:
        yield Hint("short", False)
    is_dated = element_said("when", clauses)
    if not is_dated and (vague := element_said("vague", clauses)):
        yield Hint("vague", False, vague)
