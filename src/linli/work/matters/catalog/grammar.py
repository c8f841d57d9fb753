"""How limits and questions are written in a cell, and read again: what is written is read as the same.

Limits: ``到场2小时✔（某规定第7条）；办理5个工作日○``; without a number they are words alone (``立即报告✔``).
Questions, one a line: ``[injured] 有没有人受伤？{单选:有|没有} 必答`` and
``[how_many] 几个人？{数字} 当[injured]=有``.
"""

import re
from collections.abc import Iterable, Mapping

from linli.core.timelimits import LimitUnit
from linli.foundation.imports.reading import folded

from .rules import LimitRow, QuestionRow

UNITS: Mapping[str, LimitUnit] = {
    "分钟": LimitUnit.MINUTE,
    "小时": LimitUnit.HOUR,
    "工作小时": LimitUnit.WORK_HOUR,
    "工作时": LimitUnit.WORK_HOUR,
    "工作日": LimitUnit.WORKING_DAY,
    "天": LimitUnit.DAY,
    "日": LimitUnit.DAY,
    "月": LimitUnit.MONTH,
}
UNIT_WRITTEN: Mapping[str, str] = {
    LimitUnit.MINUTE: "分钟",
    LimitUnit.HOUR: "小时",
    LimitUnit.WORK_HOUR: "个工作小时",
    LimitUnit.WORKING_DAY: "个工作日",
    LimitUnit.DAY: "天",
    LimitUnit.MONTH: "个月",
}
STAGES_SAID: Mapping[str, str] = {
    "": "handle",
    "办理": "handle",
    "处置": "handle",
    "到场": "attend",
    "受理": "accept",
    "签收": "sign",
    "协商": "discuss",
    "核查": "verify",
}
KINDS: Mapping[str, str] = {
    "单选": "choice",
    "多选": "several",
    "文字": "text",
    "数字": "number",
    "日期": "date",
}
KIND_WRITTEN = {kind: words for words, kind in KINDS.items()}
_END = r"(?P<mark>[✔○✘]?)\s*(?:（(?P<source>.*)）)?"
_TIMED = re.compile(
    r"(?P<words>[^\d✔○✘（]*?)\s*(?P<amount>\d{1,4})\s*个?(?P<unit>工作小时|工作时|工作日|小时|分钟|天|日|月)"
    rf"(?P<after>[^\d✔○✘（]*){_END}"
)
_WORDS = re.compile(rf"(?P<words>[^✔○✘（]+){_END}")
_QUESTION = re.compile(
    r"\[(?P<key>[^\]]+)\]\s*(?P<text>[^{}]+?)\s*(?:\{(?P<kind>[^}:：]+)(?:[:：](?P<choices>[^}]*))?\})?"
    r"\s*(?P<required>必答)?\s*(?:当\[(?P<when_key>[^\]]+)\]\s*(?:=\s*(?P<when_is>.+))?)?"
)


class Unreadable(ValueError):
    """A piece of a cell that is none of what may stand there; the message is the piece."""


def limits_read(text: str) -> tuple[LimitRow, ...]:
    """Return the limits of a cell; raises ``Unreadable``."""
    pieces = [piece.strip() for piece in re.split(r"[；;\n]", _outside_brackets(text))]
    return tuple(_limit(piece.replace("\0", "；")) for piece in pieces if piece)


def _outside_brackets(text: str) -> str:
    """Hide the semicolons of a source from what cuts limits apart."""
    plain = text.replace("(", "（").replace(")", "）")
    return re.sub(r"（[^）]*）", lambda found: re.sub(r"[；;\n]", "\0", found[0]), plain)


def _limit(piece: str) -> LimitRow:
    if found := _TIMED.fullmatch(piece):
        said = f"{found['words']}{found['after']}".strip()
        stage = STAGES_SAID.get(said, "")
        unit = UNITS[found["unit"]]
        return LimitRow(
            said or "办理", int(found["amount"]), unit, stage, found["mark"], (found["source"] or "").strip()
        )
    found = _WORDS.fullmatch(piece)
    if found is None or re.search(r"\d", found["words"]):
        raise Unreadable(piece[:40])
    return LimitRow(found["words"].strip(), mark=found["mark"], source=(found["source"] or "").strip())


def limit_written(limit: LimitRow, *, with_source: bool = True) -> str:
    """Return a limit as people read it, and as ``limits_read`` reads it again."""
    time = f"{limit.amount}{UNIT_WRITTEN[limit.unit]}" if limit.amount else ""
    source = f"（{limit.source}）" if limit.source and with_source else ""
    return f"{limit.words}{time}{limit.mark}{source}"


def limits_written(limits: Iterable[LimitRow]) -> str:
    """Return the limits of a row as one cell."""
    return "；".join(limit_written(limit) for limit in limits)


def questions_read(text: str) -> tuple[QuestionRow, ...]:
    """Return the questions of a cell, one a line; raises ``Unreadable``."""
    return tuple(_question(line.strip()) for line in text.splitlines() if line.strip())


def _question(line: str) -> QuestionRow:
    found = _QUESTION.fullmatch(line)
    kind = KINDS.get((found["kind"] or "文字").strip()) if found else None
    if found is None or kind is None:
        raise Unreadable(line[:40])
    return QuestionRow(
        found["key"].strip(),
        found["text"],
        kind,
        _parts(found["choices"]),
        bool(found["required"]),
        (found["when_key"] or "").strip(),
        _parts(found["when_is"]),
    )


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split("|") if part.strip())


def questions_written(questions: Iterable[QuestionRow]) -> str:
    """Return the questions of a row as one cell."""
    return "\n".join(_question_written(question) for question in questions)


def _question_written(question: QuestionRow) -> str:
    choices = ":" + "|".join(question.choices) if question.choices else ""
    when = f" 当[{question.when_key}]" if question.when_key else ""
    when += "=" + "|".join(question.when_is) if question.when_is else ""
    required = " 必答" if question.is_required else ""
    return f"[{question.key}] {question.text}{{{KIND_WRITTEN[question.kind]}{choices}}}{required}{when}"


def list_read(text: str) -> tuple[str, ...]:
    """Return what a cell lists, each once: 规资、街镇."""
    parts = (" ".join(part.split()) for part in re.split(r"[、,，;；\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def yes_read(text: str) -> bool:
    """Return whether a cell says yes; raises ``Unreadable`` for what is neither yes nor no."""
    said = folded(text)
    if said in ("", "否", "0", "no", "false", "可以", "n"):
        return False
    if said in ("是", "1", "yes", "true", "不得公开", "保密", "y"):
        return True
    raise Unreadable(text[:20])
