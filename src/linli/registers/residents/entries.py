"""What is written down of a person besides a number: name, telephone, day of birth; read or refused.

Pure, and silent: a refusal says what is wrong and what to do, never what was written.
"""

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .numbers import OLDEST

NAME_LONGEST = 50  # names from other languages are long; Chinese ones have up to some 20 characters
_LOST = re.compile(r"[?？□�\ue000-\uf8ff]")  # what programs write for a character they do not have
_DOTS = re.compile(r"[•・‧∙．.]")
_NO_NAME = re.compile(r"[0-9\x00-\x1f<>{}\[\]|\\/@#$%^&*+=~`\"!;:：；！。、]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[2-9]\d{6,7}")
_ABROAD = re.compile(r"\+\d{6,15}")
_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?|(\d{4})(\d\d)(\d\d)")


def _refused(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, details={field: message})


def name_read(text: str) -> str:
    """Return a name as it is kept: one space at most between words, the dot of names as ``·``.

    One character is a name, and so are 20; rare characters (㛃, 𬭩) stay as they are.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if re.search(r"[\u3400-\u9fff]", name):
        name = _DOTS.sub("·", name.replace(" ", ""))
    if not name:
        raise _refused("name", _("请填写姓名。"))
    if len(name) > NAME_LONGEST:
        raise _refused("name", _("姓名不超过%d个字。") % NAME_LONGEST)
    if _LOST.search(name):
        raise _refused("name", _("姓名里有没有显示出来的字（如问号、方框），多半是生僻字，请照证件补上。"))
    if _NO_NAME.search(name):
        raise _refused("name", _("姓名里只能有文字、间隔号和空格，请核对。"))
    return name


def phone_read(text: str) -> str:
    """Return a telephone number as it is kept: a mobile, a landline with or without area code, or ``+…``."""
    plain = re.sub(r"[\s\-—()（）]", "", unicodedata.normalize("NFKC", text or ""))
    plain = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", plain)
    if not plain:
        return ""
    if not any(form.fullmatch(plain) for form in (_MOBILE, _LANDLINE, _ABROAD)):
        raise _refused("phone", _("请填写11位手机号，或带区号的固定电话，例如 021-12345678。"))
    return plain


def birth_read(text: str | date, today: date) -> date:
    """Return a day of birth typed in any usual way; refused in the future and before anybody living."""
    if isinstance(text, date):
        birth = text
    else:
        found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
        try:
            birth = date(*(int(part) for part in found.groups() if part)) if found else date.max
        except ValueError:
            birth = date.max
        if birth == date.max:
            raise _refused("birth", _("请填写真实存在的出生日期，例如 1958-03-05。"))
    if birth > today:
        raise _refused("birth", _("出生日期不能晚于今天。"))
    if birth.year < today.year - OLDEST:
        raise _refused("birth", _("出生日期太早了，请核对年份。"))
    return birth


def age_on(birth: date, day: date) -> int:
    """Return how many birthdays somebody has had (born on 29 February: on 1 March of other years)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
