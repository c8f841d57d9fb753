"""Numbers of persons and units: how they are written, whether they can be true, and what they say.

Pure, and silent: a refusal says what is wrong and what to do, never the number itself. Identity cards follow
GB 11643 (18 digits, ISO 7064 MOD 11-2); residence permits of people from Hong Kong (81), Macao (82) and
Taiwan (83) and, since 2023, of foreigners (9) have the same shape. Unit codes follow GB 32100.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

Kind = Literal["id", "hm", "tw", "foreign", "passport", "other"]  # Resident.NumberKind
Sex = Literal["m", "f", ""]
Fault = Literal["empty", "letters", "length", "old", "province", "birth", "check", "form"]

# GB/T 2260, the first two digits: which provinces there are. 83 stands only in permits of people from Taiwan.
_PROVINCES = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), [71])
PROVINCES = frozenset(str(code) for region in _PROVINCES for code in region)
PERMITS: dict[str, Kind] = {"81": "hm", "82": "hm", "83": "tw"}
OLDEST = 130  # years: nobody is older
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SPACING = re.compile(r"[\s\-‐-―_.·]+")
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_CODE_LENGTH = 18


class NumberRefused(InvalidInput):
    """A number that cannot be one; ``fault`` names why for a machine."""

    def __init__(self, fault: Fault, message: str, *, field: str = "number") -> None:
        super().__init__(message, details={field: message})
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be true, and what stands in it; ``birth`` None and ``sex`` "" where nothing does."""

    kind: Kind
    value: str
    birth: date | None = None
    sex: Sex = ""

    def __repr__(self) -> str:
        return f"Number({self.kind})"  # a log or a traceback shows no number


def number_plain(text: str) -> str:
    """Return a number as it is compared: half-width, without spaces and hyphens, upper case."""
    if text.isascii() and text.isalnum():  # what most are: a tenth of the time
        return text.upper()
    return _SPACING.sub("", unicodedata.normalize("NFKC", text)).upper()


def number_read(text: str, today: date, kind: str = "") -> Number:
    """Return what a person's number says; without ``kind`` it is recognised by its form.

    Raises ``NumberRefused`` for anything that cannot be true, also for the 15 digits of a first-generation
    card: those are upgraded only by a person who has seen ``number_upgraded``.
    """
    value = number_plain(text)
    if not value:
        raise NumberRefused("empty", _("请填写证件号码。"))
    read = _READERS.get(kind) if kind else _reader_of(value)
    if read is None:
        raise NumberRefused("form", _("请选择证件种类。"))
    return read(value, today)


def number_upgraded(text: str, today: date) -> Number:
    """Return the 18 digits that a 15-digit number most likely became: a proposal, for a person to confirm.

    The century is taken for the 20th, as with all but the oldest.
    """
    value = number_plain(text)
    if not re.fullmatch(r"\d{15}", value):
        raise NumberRefused("form", _("这不是15位身份证号码。"))
    body = f"{value[:6]}19{value[6:]}"
    return _identity_card(body + check_digit(body), today)


def check_digit(body: str) -> str:
    """Return the 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECKS[total % 11]


def _reader_of(value: str) -> "Callable[[str, date], Number] | None":
    if re.fullmatch(r"\d{17}[\dX]", value) and value[0] == "9":
        return _foreign
    if value[:2] in PERMITS and len(value) == 18:
        return _permit
    if re.fullmatch(r"[A-Z]{3}\d{12}", value):
        return _foreign
    if re.fullmatch(r"[HM]\d{8}(\d{2})?", value):
        return _permit
    if re.fullmatch(r"[A-Z][A-Z\d]\d{7}|[A-Z]\d{7,9}", value):
        return _passport
    return _identity_card


def _identity_card(value: str, today: date) -> Number:
    if re.fullmatch(r"\d{15}", value):
        raise NumberRefused("old", _("这是15位的旧身份证号码。请核对后填写现在的18位号码。"))
    _eighteen(value, _("身份证号码"))
    if value[:2] in PERMITS or value[0] == "9":
        raise NumberRefused("form", _("这是居住证或永久居留证的号码，请改选证件种类。"))
    if value[:2] not in PROVINCES:
        raise NumberRefused("province", _("身份证号码的前两位不是省级代码，请核对。"))
    return _with_birth("id", value, today)


def _permit(value: str, today: date) -> Number:
    """Residence permits (18 digits), or travel permits: H or M with 8 or 10 digits, 8 digits for Taiwan."""
    if re.fullmatch(r"[HM]\d{8}(\d{2})?", value):
        return Number("hm", value[:9])
    if re.fullmatch(r"\d{8}", value):
        return Number("tw", value)
    _eighteen(value, _("居住证号码"))
    if value[:2] not in PERMITS:
        raise NumberRefused("province", _("港澳台居民居住证号码以81、82或83开头，请核对号码或证件种类。"))
    return _with_birth(PERMITS[value[:2]], value, today)


def _foreign(value: str, today: date) -> Number:
    """The card of 2023 (18 digits from 9), or the earlier one: 3 letters and 12 digits, two for the year.

    The earlier card's check digit has no published rule; its day of birth is only looked at.
    """
    if re.fullmatch(r"[A-Z]{3}\d{12}", value):
        month, day = int(value[9:11]), int(value[11:13])
        if not _is_day(2000, month, day):  # the century is not in the number; 2000 was a leap year
            raise NumberRefused("birth", _("永久居留证号码里的出生日期不存在，请核对。"))
        return Number("foreign", value)
    if not re.fullmatch(r"9\d{16}[\dX]", value):
        raise NumberRefused("form", _("永久居留证号码是9开头的18位，或3个字母加12位数字（旧证），请核对。"))
    return _with_birth("foreign", value, today)


def _passport(value: str, today: date) -> Number:
    if not re.fullmatch(r"[A-Z\d]{5,15}", value) or not re.search(r"\d", value):
        raise NumberRefused("form", _("护照号码由5到15个字母和数字组成，请核对。"))
    return Number("passport", value)


def _other(value: str, today: date) -> Number:
    if not re.fullmatch(r"[\w()/]{2,40}", value):
        raise NumberRefused("form", _("证件号码由2到40个字母和数字组成，请核对。"))
    return Number("other", value)


def _permit_hm(value: str, today: date) -> Number:
    return _of_kind(_permit(value, today), "hm", _("这不是港澳居民的居住证或通行证号码，请核对证件种类。"))


def _permit_tw(value: str, today: date) -> Number:
    return _of_kind(_permit(value, today), "tw", _("这不是台湾居民的居住证或通行证号码，请核对证件种类。"))


def _of_kind(number: Number, kind: Kind, message: str) -> Number:
    if number.kind != kind:
        raise NumberRefused("form", message)
    return number


_READERS: dict[str, Callable[[str, date], Number]] = {
    "id": _identity_card,
    "hm": _permit_hm,
    "tw": _permit_tw,
    "foreign": _foreign,
    "passport": _passport,
    "other": _other,
}


def _eighteen(value: str, what: str) -> None:
    if not re.fullmatch(r"[\dX]+", value) or "X" in value[:-1]:
        raise NumberRefused("letters", _("%(what)s只能是数字，最后一位可以是X。") % {"what": what})
    if len(value) != 18:
        raise NumberRefused(
            "length",
            _("%(what)s应是18位，现在是%(count)d位，请核对。") % {"what": what, "count": len(value)},
        )


def _with_birth(kind: Kind, value: str, today: date) -> Number:
    year, month, day = int(value[6:10]), int(value[10:12]), int(value[12:14])
    if not _is_day(year, month, day):
        raise NumberRefused("birth", _("证件号码里的出生日期不存在，请核对第7到14位。"))
    birth = date(year, month, day)
    if birth > today or year < today.year - OLDEST:
        raise NumberRefused("birth", _("证件号码里的出生日期不可能，请核对第7到14位。"))
    if check_digit(value[:17]) != value[17]:
        raise NumberRefused("check", _("证件号码的校验位不对，多半是抄错了一位，请核对。"))
    return Number(kind, value, birth, "m" if int(value[16]) % 2 else "f")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def number_agrees(number: Number, birth: date | None, sex: str) -> None:
    """Refuse a day of birth or a sex that the number contradicts; what is not given contradicts nothing."""
    if birth and number.birth and birth != number.birth:
        message = _("出生日期与证件号码不一致，请核对哪一个写错了。")
        raise NumberRefused("birth", message, field="birth")
    if sex and number.sex and sex != number.sex:
        message = _("性别与证件号码不一致，请核对哪一个写错了。")
        raise NumberRefused("form", message, field="sex")


def credit_code_read(text: str) -> str:
    """Return a unified social credit code (统一社会信用代码) as it is compared; raises ``NumberRefused``."""
    value = number_plain(text)
    if re.fullmatch(r"\d{15}", value):
        message = _("这是15位的旧注册号。请填写18位统一社会信用代码，没有就留空。")
        raise NumberRefused("old", message, field="credit_code")
    if len(value) != _CODE_LENGTH:
        message = _("统一社会信用代码应是18位，现在是%(count)d位，请核对。") % {"count": len(value)}
        raise NumberRefused("length", message, field="credit_code")
    if set(value) - set(_CODE_LETTERS):
        message = _("统一社会信用代码由数字和大写字母组成，不用I、O、S、V、Z，请核对。")
        raise NumberRefused("letters", message, field="credit_code")
    if credit_check(value[:17]) != value[17]:
        message = _("统一社会信用代码的校验位不对，多半是抄错了一位，请核对。")
        raise NumberRefused("check", message, field="credit_code")
    return value


def credit_check(body: str) -> str:
    """Return the 18th character for the first 17 of a unified social credit code (GB 32100-2015)."""
    total = sum(pow(3, place, 31) * _CODE_LETTERS.index(letter) for place, letter in enumerate(body))
    return _CODE_LETTERS[-total % 31]
