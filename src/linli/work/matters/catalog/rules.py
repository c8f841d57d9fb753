"""What a 权责清单 may say: rows, limits, questions, and which rows contradict each other; pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.core.timelimits import LimitUnit
from linli.core.words import gettext_lazy

from ..clocks import STAGES
from ..models.category import AffairClass, Mark

Path = tuple[str, ...]
SEPARATOR = "/"
SHOWN_SEPARATOR = " › "
MOST_ROWS, MOST_LEVELS, MOST_FAULTS = 5_000, 8, 30
LONGEST_NAME, LONGEST_PATH, LONGEST_WORDS, LONGEST_GUIDANCE = 60, 400, 200, 2_000
MOST_QUESTIONS, MOST_CHOICES = 12, 20
PLAIN = re.compile(r"[\w.\-]+")
QUESTION_KINDS = ("choice", "several", "text", "number", "date")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit of a row: for a stage of a matter (``stage`` of clocks.yaml), or in words alone.

    ``amount`` is 0 where the limit is words only (立即强制报告).
    """

    words: str
    amount: int = 0
    unit: str = ""
    stage: str = ""
    mark: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question to whoever reports; ``when_key`` and ``when_is``: only after that answer to another."""

    key: str
    text: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    is_required: bool = False
    when_key: str = ""
    when_is: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf of an edition; ``number`` is where it stands in the file, for messages."""

    path: Path
    number: int = 0
    code: str = ""
    affair_class: str = ""
    unit_kind: str = ""
    co_kinds: tuple[str, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    guidance: str = ""
    words: tuple[str, ...] = ()
    is_never_public: bool = False
    hides_reporter: bool = False
    source: str = ""
    mark: str = ""

    @property
    def says_anything(self) -> bool:
        """Whether the row says more than that there is such a thing."""
        return any(getattr(self, name) for name in SAID)


LABELS: Mapping[str, Any] = {
    "code": gettext_lazy("代码"),
    "affair_class": gettext_lazy("三事分类"),
    "unit_kind": gettext_lazy("主责"),
    "co_kinds": gettext_lazy("协同"),
    "limits": gettext_lazy("时限"),
    "questions": gettext_lazy("要问的问题"),
    "guidance": gettext_lazy("办理指引"),
    "words": gettext_lazy("关键词"),
    "is_never_public": gettext_lazy("不得公开"),
    "hides_reporter": gettext_lazy("对被反映方保密"),
    "source": gettext_lazy("依据"),
    "mark": gettext_lazy("核实"),
}
SAID = tuple(name for name in LABELS if name not in ("code", "words"))


def row_kept(row: Row) -> dict[str, Any]:
    """Return a row as plain JSON."""
    return asdict(row)


def row_of(kept: Mapping[str, Any]) -> Row:
    """Return the row of plain JSON, lists turned back into tuples."""
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    plain["limits"], plain["questions"] = limits_of(kept["limits"]), questions_of(kept["questions"])
    return Row(**plain)


def limits_of(kept: Iterable[Mapping[str, Any]]) -> tuple[LimitRow, ...]:
    """Return the limits of plain JSON."""
    return tuple(LimitRow(**limit) for limit in kept)


def questions_of(kept: Iterable[Mapping[str, Any]]) -> tuple[QuestionRow, ...]:
    """Return the questions of plain JSON."""
    return tuple(
        QuestionRow(**{**row, "choices": tuple(row["choices"]), "when_is": tuple(row["when_is"])})
        for row in kept
    )


def path_words(path: str) -> str:
    """Return a path as people read it: 市容 › 违建 › 正在搭建."""
    return path.replace(SEPARATOR, SHOWN_SEPARATOR)


def code_of(path: Path) -> str:
    """Return the code of a path that came without one: the same in every edition."""
    digest = hashlib.blake2b(SEPARATOR.join(path).encode(), digest_size=6).hexdigest()
    return f"k{digest}"


# -- one row ------------------------------------------------------------------------
def row_faults(row: Row) -> list[str]:
    """Return what is wrong with one row by itself, in words for whoever wrote it."""
    return [
        *_path_faults(row),
        *_said_faults(row),
        *_written_faults(row),
        *_limit_faults(row),
        *_question_faults(row),
    ]


def _path_faults(row: Row) -> list[str]:
    if not row.path:
        return [_("没有写类别。")]
    if len(row.path) > MOST_LEVELS:
        return [_("层级有%(count)s层，最多%(most)s层。") % {"count": len(row.path), "most": MOST_LEVELS}]
    if not all(row.path):
        return [_("中间空了一级，请从一级起依次填写。")]
    too_long = [name for name in row.path if len(name) > LONGEST_NAME]
    if too_long or len(SEPARATOR.join(row.path)) > LONGEST_PATH:
        return [_("类别名称太长，每级最多%s个字。") % LONGEST_NAME]
    return []


def _said_faults(row: Row) -> list[str]:
    faults = []
    if row.affair_class and row.affair_class not in AffairClass.values:
        faults.append(_("三事分类“%s”不认识，请填大事、小事或私事。") % row.affair_class[:20])
    if row.mark and row.mark not in Mark.values:
        faults.append(_("核实标记“%s”不认识，请填✔、○或✘。") % row.mark[:10])
    if row.mark == Mark.CHECKED and not row.source:
        faults.append(_("标了✔（已核实）却没有写依据。"))
    if row.unit_kind and row.unit_kind in row.co_kinds:
        faults.append(_("“%s”既是主责又是协同，只能是一个。") % row.unit_kind)
    if row.affair_class == AffairClass.PRIVATE and any(limit.stage == "handle" for limit in row.limits):
        faults.append(_("私事由本人解决，不派单，不能有办理时限。"))
    return faults


def _written_faults(row: Row) -> list[str]:
    faults = []
    if row.code and not PLAIN.fullmatch(row.code):
        faults.append(_("代码“%s”里只能有字母、数字、点、横线和下划线。") % row.code[:40])
    for label, value, most in (
        (_("主责单位类别"), row.unit_kind, 40),
        (_("依据"), row.source, LONGEST_WORDS),
        (_("办理指引"), row.guidance, LONGEST_GUIDANCE),
        (_("代码"), row.code, 40),
    ):
        if len(value) > most:
            faults.append(_("%(label)s最多%(most)s个字。") % {"label": label, "most": most})
    return faults


def _limit_faults(row: Row) -> list[str]:
    faults, seen = [], dict[str, LimitRow]()
    for limit in row.limits:
        if limit.amount and (limit.unit not in set(LimitUnit) or limit.amount < 1):
            faults.append(_("时限“%s”看不懂。") % limit.words[:20])
        if limit.stage and limit.stage not in STAGES:
            faults.append(_("时限的环节“%s”不认识。") % limit.stage[:20])
        if limit.mark and limit.mark not in Mark.values:
            faults.append(_("时限的核实标记“%s”不认识。") % limit.mark[:10])
        first = seen.setdefault(limit.stage, limit) if limit.stage else limit
        if (first.amount, first.unit) != (limit.amount, limit.unit):
            faults.append(_("同一环节写了两个不同的时限：%s。") % f"{first.words}、{limit.words}")
    return faults


def _question_faults(row: Row) -> list[str]:
    faults = []
    if len(row.questions) > MOST_QUESTIONS:
        faults.append(
            _("问题有%(count)s个，最多%(most)s个。") % {"count": len(row.questions), "most": MOST_QUESTIONS}
        )
    asked: dict[str, QuestionRow] = {}
    for question in row.questions:
        faults += [
            _("问题“%(text)s”：%(fault)s") % {"text": question.text[:20], "fault": fault}
            for fault in _one_question_faults(question, asked)
        ]
        asked.setdefault(question.key, question)
    return faults


def _one_question_faults(question: QuestionRow, asked: Mapping[str, QuestionRow]) -> list[str]:
    faults = []
    if not question.text or not question.key.isidentifier() or len(question.key) > 40:
        faults.append(_("要有问题和代号；代号用字母、数字和下划线。"))
    if question.key in asked:
        faults.append(_("代号“%s”用了两次。") % question.key[:40])
    if question.kind not in QUESTION_KINDS:
        faults.append(_("答案的种类“%s”不认识。") % question.kind[:20])
    is_choice = question.kind in ("choice", "several")
    if is_choice and not 2 <= len(set(question.choices)) == len(question.choices) <= MOST_CHOICES:
        faults.append(_("选项要有2到%s个，互不重复。") % MOST_CHOICES)
    if question.when_key:
        faults += _condition_faults(question, asked.get(question.when_key))
    return faults


def _condition_faults(question: QuestionRow, other: QuestionRow | None) -> list[str]:
    if other is None:
        return [_("条件里的“%s”前面没有问过。") % question.when_key[:40]]
    if other.kind in ("choice", "several"):
        strange = [value for value in question.when_is if value not in other.choices]
        if strange:
            return [_("条件里的答案“%s”不是前面那个问题的选项。") % "、".join(strange)]
    return []


# -- rows together ------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Checked:
    """An edition's rows, each path once, and what else is worth saying about them."""

    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Together:
    """Rows as they are added: by path and by code, with what contradicts."""

    by_path: dict[Path, Row] = field(default_factory=dict)
    by_code: dict[str, Row] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    repeated: int = 0

    def add(self, row: Row) -> None:
        first = self.by_path.setdefault(row.path, row)
        if first is not row:
            if any(getattr(first, name) != getattr(row, name) for name in (*SAID, "code")):
                self.faults.append(_contradiction(first, row))
            self.repeated += 1
            return
        code = row.code or code_of(row.path)
        other = self.by_code.setdefault(code, row)
        if other is not row:
            self.faults.append(
                _("第%(first)s行和第%(second)s行用了同一个代码“%(code)s”，却是两个类别。")
                % {"first": other.number, "second": row.number, "code": code[:40]}
            )


def _contradiction(first: Row, row: Row) -> str:
    names = [str(LABELS[name]) for name in (*SAID, "code") if getattr(first, name) != getattr(row, name)]
    return _("第%(first)s行和第%(second)s行都是“%(path)s”，%(what)s却不一样。请只留一行。") % {
        "first": first.number,
        "second": row.number,
        "path": SHOWN_SEPARATOR.join(row.path),
        "what": "、".join(names),
    }


def rows_checked(rows: Sequence[Row]) -> tuple[Checked, list[str]]:
    """Return the rows that make an edition, and every fault; with a fault nothing may be taken.

    A row that repeats another word for word counts once, and is said.
    """
    if not rows:
        return Checked(()), [_("文件里没有类别。")]
    if len(rows) > MOST_ROWS:
        return Checked(()), [_("有%(count)s行，最多%(most)s行。") % {"count": len(rows), "most": MOST_ROWS}]
    faults = [_at(row, fault) for row in rows for fault in row_faults(row)]
    if faults:
        return Checked(()), faults
    together = _Together()
    for row in rows:
        together.add(row)
    inner = {row.path[:depth] for row in together.by_path.values() for depth in range(1, len(row.path))}
    for path in inner & together.by_path.keys():
        row = together.by_path[path]
        if row.says_anything:
            words = _("“%s”下面还有细分，主责、时限等要写在最细一级。") % SHOWN_SEPARATOR.join(path)
            together.faults.append(_at(row, words))
    said = [_("有%s行和前面的完全相同，只算一行。") % together.repeated] if together.repeated else []
    return Checked(tuple(together.by_path.values()), tuple(said)), together.faults


def _at(row: Row, words: str) -> str:
    return _("第%(number)s行：%(words)s") % {"number": row.number, "words": words} if row.number else words
