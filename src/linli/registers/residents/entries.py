"""What is written down of a person besides a number: name, telephone, day of birth; read or refused.

Pure, and silent: a refusal says what is wrong and what to do, never what was written.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from linli.core.crypto import blind_index
from linli.core.errors import InvalidInput

from .ages import ADULT, MINOR_UNDER, age_on
from .numbers import OLDEST, Number, number_agrees, number_read

Value = TypeVar("Value")

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


def needs_guardian(birth: date | None, day: date) -> bool:
    """Whether somebody is under 14 on a day; an unknown birth is not taken for a child's."""
    return birth is not None and age_on(birth, day) < MINOR_UNDER


def is_adult(birth: date | None, day: date) -> bool:
    """Whether somebody is of full age; unknown is not."""
    return birth is not None and age_on(birth, day) >= ADULT


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """What somebody wrote about a person; ``number_kind`` and ``sex`` are those of ``Resident``."""

    name: str
    number: str = ""
    number_kind: str = ""
    phone: str = ""
    birth: str | date | None = None
    sex: str = ""

    def __repr__(self) -> str:
        """Tell entries apart without showing any: a request that is repeated is known by it."""
        written = (self.name, self.number, self.number_kind, self.phone, str(self.birth or ""), self.sex)
        return f"PersonEntry({blind_index('entry', chr(0).join(written))})"


@dataclass(frozen=True, slots=True)
class PersonRead:
    """A person's values as they are kept; what a number says of birth and sex is filled in."""

    name: str
    number: str
    number_kind: str
    phone: str
    birth: date | None
    sex: str

    def __repr__(self) -> str:
        return "PersonRead()"


def person_read(entry: PersonEntry, today: date) -> PersonRead:
    """Read what was written; raises one ``InvalidInput`` that names every field at fault.

    A child under 14 has no telephone of their own in the registry: that of a guardian is used.
    """
    faults: dict[str, str] = {}

    def read(reader: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return reader()
        except InvalidInput as refusal:
            faults.update(refusal.details)
            return otherwise

    name = read(lambda: name_read(entry.name), "")
    phone = read(lambda: phone_read(entry.phone), "")
    birth = read(lambda: birth_read(entry.birth, today) if entry.birth else None, None)
    number = read(lambda: _number(entry, today), None)
    sex = read(lambda: _sex(entry.sex), "")
    if number is not None:
        read(lambda: number_agrees(number, birth, sex), None)
        birth, sex = number.birth or birth, number.sex or sex
    if phone and needs_guardian(birth, today):
        faults["phone"] = _("未满14周岁的孩子不单独登记电话，请登记监护人的电话。")
    if faults:
        raise InvalidInput(next(iter(faults.values())), details=faults)
    kind, value = (number.kind, number.value) if number else ("", "")
    return PersonRead(name, value, kind, phone, birth, sex)


def _number(entry: PersonEntry, today: date) -> Number | None:
    return number_read(entry.number, today, entry.number_kind) if entry.number.strip() else None


def _sex(text: str) -> str:
    if text not in ("m", "f", ""):
        raise _refused("sex", _("请选择性别。"))
    return text


@dataclass(frozen=True, slots=True)
class GuardianEntry:
    """Who looks after somebody: a public id of the registry, and as what (``Guardian.Kind``)."""

    resident_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """One person of a household that is opened; ``relation`` and ``presence`` are those of ``Membership``.

    ``guardian`` is the place in the list (from 0) of who looks after a child, ``guardian_kind`` as what;
    ``guardians`` are persons of the registry who do not belong to the household.
    """

    person: PersonEntry
    relation: str
    presence: str = "living"
    from_on: date | None = None
    guardian: int | None = None
    guardian_kind: str = "parent"
    guardians: tuple[GuardianEntry, ...] = ()
