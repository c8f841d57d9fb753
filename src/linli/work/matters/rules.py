"""Pure decisions about matters: values in, values out; no database, request or clock."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.core.actor import EXECUTING, Function

MAX_TEXT = 5_000
MAX_TITLE = 40
PHRASE_VARIABLES = ("编号", "地点", "时限", "单位", "依据")
MAX_SOURCE, MAX_SOURCE_NUMBER = 40, 60
COMMITTEE_DEPTH = 5
EARLIEST_DAYS = 366
CLOCK_SKEW = timedelta(minutes=5)
OPEN_ASSIGNMENT = frozenset({"sent", "signed"})

LAWFUL_PAUSES = {
    "reporter": gettext_noop("等待反映人补充材料或配合"),
    "hearing": gettext_noop("听证、检验、检测、鉴定或专家评审"),
    "lawsuit": gettext_noop("涉及诉讼、仲裁或行政复议，须以其结果为依据"),
    "weather": gettext_noop("天气、季节等客观条件不允许施工"),
    "funds": gettext_noop("须经业主表决或维修资金审批"),
    "force": gettext_noop("不可抗力"),
}


def text_refusals(text: str, has_photos: bool) -> dict[str, str]:
    """Return what is wrong with what somebody wants to report, field by field."""
    if len(text) > MAX_TEXT:
        return {
            "text": _("内容有%(count)s个字，最多%(max_text)s个字。请精简后再提交，其余的可以拍成照片。")
            % {"count": len(text), "max_text": MAX_TEXT}
        }
    if not any(map(str.isalnum, text)) and not has_photos and not _has_symbols(text):
        return {"text": _("请写几个字说明情况，或拍一张照片。")}
    return {}


def _has_symbols(text: str) -> bool:
    return any(unicodedata.category(character) in ("So", "Cn", "Co") for character in text)


def text_cleaned(text: str) -> str:
    """Return the text as it is kept: no control characters except line ends, no blank edges.

    HTML stays what the reporter wrote; pages escape it.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def happened_refusals(happened_at: datetime | None, now: datetime) -> dict[str, str]:
    """Return why an instant cannot be when something happened: in the future, or over a year ago."""
    if happened_at is None:
        return {}
    if happened_at > now + CLOCK_SKEW:
        return {"happened_at": _("发生时间不能晚于现在，请核对日期和时间。")}
    if happened_at < now - timedelta(days=EARLIEST_DAYS):
        return {"happened_at": _("发生时间在一年以前，请核对；若确实如此，请写在内容里。")}
    return {}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a matter came from outside (12345, another system): its number and its limit there."""

    source: str = ""
    number: str = ""
    due_at: datetime | None = None


def origin_cleaned(origin: Origin) -> Origin:
    """Return an origin as it is kept: full-width characters made plain, no blanks in the number."""
    source = unicodedata.normalize("NFKC", text_cleaned(origin.source))
    number = "".join(unicodedata.normalize("NFKC", text_cleaned(origin.number)).split())
    return Origin(source, number, origin.due_at)


def origin_refusals(origin: Origin) -> dict[str, str]:
    """Return what is wrong with where a matter is said to come from, field by field."""
    if len(origin.source) > MAX_SOURCE:
        return {"source": gettext("来件渠道最多%d个字，请写简称，例如12345热线。") % MAX_SOURCE}
    if len(origin.number) > MAX_SOURCE_NUMBER:
        return {"source_number": gettext("来件编号最多%d个字符，请核对。") % MAX_SOURCE_NUMBER}
    if (origin.number or origin.due_at) and not origin.source:
        return {"source": gettext("填了来件编号或来件时限，请再填来件渠道，例如12345热线。")}
    return {}


def caller_number(text: str) -> str:
    """Return the digits of a number that somebody calls from: mobile, or fixed with its area code.

    A short number of seven or eight digits is a fixed one of this city. Empty where it is no number.
    """
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+86|0086|86(?=1[0-9]{10}$))", "", plain)
    return digits if re.fullmatch(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}|[2-8][0-9]{6,7}", digits) else ""


def name_masked(name: str) -> str:
    """Return a name of which only the first character is shown: 王**."""
    return f"{name[0]}{'*' * min(max(len(name) - 1, 1), 2)}" if name else ""


def phrase_unknown(text: str) -> list[str]:
    """Return what stands in braces in a stock answer and is no variable."""
    return [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in PHRASE_VARIABLES]


def law_words(law: str, quote: str, is_checked: bool) -> str:
    """Return a law as an answer quotes it; what nobody has read yet carries a gap to be filled by hand."""
    quoted = f"“{quote}”" if quote else ""
    return f"{law}{quoted}{'' if is_checked else _('【请核对原文】')}"


def phrase_filled(text: str, values: Mapping[str, str]) -> str:
    """Return a stock answer with its variables filled in; what is not known stays to be filled by hand."""
    return re.sub(r"\{([^{}]*)\}", lambda found: values.get(found[1]) or found[0], text)


def title_of(text: str, fallback: str) -> str:
    """Return a short title: the first sentence of the text, shortened; the fallback where there is none."""
    first = text.strip()
    for mark in "\n。！？!?；;":
        first = first.split(mark, 1)[0]
    first = " ".join(first.split())
    if not first:
        return fallback
    return first if len(first) <= MAX_TITLE else first[: MAX_TITLE - 1] + "…"


def is_committee_path(area_path: str) -> bool:
    """Whether a path reaches down to a committee; else a matter stands at street level."""
    return area_path.count("/") >= COMMITTEE_DEPTH


def street_of(area_path: str) -> str:
    """Return the path of the street that a place lies in."""
    return "".join(f"{code}/" for code in area_path.split("/")[: COMMITTEE_DEPTH - 1] if code)


# -- who may verify -----------------------------------------------------------
def verifier_refusal(
    *,
    verifier_persons: frozenset[int],
    verifier_unit: int | None,
    handler_persons: frozenset[int],
    handling_units: frozenset[int],
) -> str | None:
    """Return why somebody may not verify a result, or ``None``.

    Persons are compared under every role, account and deputyship; ``handler_persons`` are all who
    signed, handled or reported in this round. ``handling_units`` are the units outside the committee
    to which the matter was handed in this round.
    """
    if verifier_persons & handler_persons:
        return _("您在本轮签收、办理或反馈过这件事，须由另一人核查。")
    if verifier_unit is not None and verifier_unit in handling_units:
        return _("这件事由您的单位办理，须由其他单位核查。")
    return None


def closing_refusal(count: int, today: int, at_once: int, a_day: int) -> tuple[str, str] | None:
    """Return why so many may not be proposed together, and what to do; ``today``: proposed before today."""
    if count > at_once:
        facts = {"most": at_once, "count": count}
        return _("一次最多批量办结%(most)d件，您选了%(count)d件。") % facts, _("请少选一些，分几批提交。")
    if today + count > a_day:
        words = _("今天本单位已提交%(today)d件，一天最多%(most)d件。") % {"today": today, "most": a_day}
        return words, _("请逐件核查，或明天再提交。")
    return None


def closing_rule_refusals(at_once: int, a_day: int) -> dict[str, str]:
    """Return what is wrong with a street's limits, by field."""
    wrong = {}
    if not 1 <= at_once <= 100:
        wrong["at_once"] = _("请填1到100。")
    if not 1 <= a_day <= 500:
        wrong["a_day"] = _("请填1到500。")
    elif not wrong and a_day < at_once:
        wrong["a_day"] = _("一天的件数不能少于一次的件数。")
    return wrong


def may_reporter_verify(committee_persons: Iterable[int], handler_persons: frozenset[int]) -> bool:
    """Whether the reporter's confirmation counts: nobody else of the committee is left to verify."""
    return not frozenset(committee_persons) - handler_persons


# -- handing over -------------------------------------------------------------
def hand_over_refusal(
    giver: Function, unit_function: str, covers_place: bool, affair_class: str
) -> str | None:
    """Return why a unit cannot be given a matter, or ``None``.

    A committee hands over inside the community (itself, property company, social organisation,
    provider); a street to any unit whose areas contain the place. A private affair is guided.
    """
    if affair_class not in ("major", "minor"):
        return _("私事请引导居民，不派遣；要派遣请先分为大事或小事。")
    if not covers_place:
        return _("这个单位的服务范围不包括事发地点，请另选单位。")
    if unit_function not in {*EXECUTING, Function.COMMITTEE, Function.STREET}:
        return _("只能派给居村委、街镇、职能部门、物业、社会组织或服务商。")
    if giver == Function.COMMITTEE and unit_function in {Function.DEPARTMENT, Function.STREET}:
        return _("居委会只能派给社区内的单位；需要职能部门办理的，请报街镇派遣。")
    return None


def is_bounce_limit_reached(bounces: int, limit: int) -> bool:
    """Whether the street now names the unit, which may not return the matter again."""
    return bounces >= limit


def send_back_refusal(times: int, limit: int, is_street: bool) -> tuple[str, str] | None:
    """Return why a matter is not sent back once more in this round, and what to do instead; or ``None``.

    After ``limit`` times only the street sends back, once; then the loop ends.
    """
    if times > limit:
        return (
            _("这件事本轮已退回%d次，再退就成了来回转，不能再退。") % times,
            _("请街镇派给一个单位并指定不得再退，或写明理由办结；反映人仍可以申请重办。"),
        )
    if times == limit and not is_street:
        return (
            _("这件事本轮已退回%d次，再退要由街镇决定。") % times,
            _("请联系街镇；街镇可以再退一次，或直接指定单位。"),
        )
    return None


def again_refusal(unit: str, has_returned: bool, is_final: bool) -> str | None:
    """Return why a unit that has returned a matter in this round is not given it again, or ``None``."""
    if not has_returned or is_final:
        return None
    return _("%s本轮已经退过这件事，再派给它就成了来回推。请另选单位，或由街镇指定为不得再退。") % unit


def handled_refusal(others: Iterable[tuple[str, str]]) -> str | None:
    """Return who still has to answer or be waived before the lead may report, or ``None``.

    ``others`` are (unit's name, state) of the matter's other running assignments.
    """
    waiting = [name for name, state in others if state in OPEN_ASSIGNMENT]
    if not waiting:
        return None
    return _("还有单位未答复：%(waiting)s。请等其答复，或由派遣方说明理由后免除。") % {
        "waiting": "、".join(waiting)
    }


def extension_refusals(new_due_on: date, due_at: datetime | None, today: date) -> dict[str, str]:
    """Return why a new date cannot be asked for: it must be later than the present one and than today."""
    if new_due_on <= today:
        return {"new_due_on": _("新的期限必须晚于今天。")}
    if due_at is not None and new_due_on <= due_at.date():
        return {
            "new_due_on": _("新的期限必须晚于现在的期限（%(due_at)s）。") % {"due_at": f"{due_at:%Y-%m-%d}"}
        }
    if new_due_on > today + timedelta(days=EARLIEST_DAYS):
        return {"new_due_on": _("新的期限不能超过一年。")}
    return {}


def pause_refusals(lawful_reason: str, until_on: date, today: date) -> dict[str, str]:
    """Return why a pause cannot be asked for."""
    found = {}
    if lawful_reason not in LAWFUL_PAUSES:
        found["lawful_reason"] = _("请选择一种法定情形。")
    if not today < until_on <= today + timedelta(days=EARLIEST_DAYS):
        found["until_on"] = _("预计恢复日期必须晚于今天，且不超过一年。")
    return found


# -- the three rates ----------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its denominator; ``None`` where nothing was counted."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share")

    @property
    def percent(self) -> float | None:
        """The share in per cent, to one decimal."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True, slots=True)
class ThreeRates:
    """响应率, 解决率, 满意率, their weighted sum, and what was left out and why."""

    contacted: Rate
    solved: Rate
    satisfied: Rate
    weighted: float | None
    left_out: tuple[tuple[str, int], ...]


def three_rates(
    answers: Sequence[tuple[bool, bool, bool]], weights: tuple[int, int, int], left_out: dict[str, int]
) -> ThreeRates:
    """Count (contacted, solved, satisfied) over valid answers; weights are in hundredths."""
    parts = [sum(1 for answer in answers if answer[index]) for index in range(3)]
    return rates_counted(len(answers), (parts[0], parts[1], parts[2]), weights, left_out)


def rates_counted(
    whole: int, parts: tuple[int, int, int], weights: tuple[int, int, int], left_out: dict[str, int]
) -> ThreeRates:
    """Return the three rates of ``whole`` answers, of which so many said yes each; weights in hundredths."""
    rates = [Rate(part, whole) for part in parts]
    weighted = None
    if whole and sum(weights):
        total = sum(weight * part for weight, part in zip(weights, parts, strict=True))
        weighted = round(100 * total / (sum(weights) * whole), 1)
    return ThreeRates(rates[0], rates[1], rates[2], weighted, tuple((k, n) for k, n in left_out.items() if n))


# -- likeness -----------------------------------------------------------------
def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Return how alike two sets of grams are, 0 to 1 (share of the smaller set that both hold)."""
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 0.0
