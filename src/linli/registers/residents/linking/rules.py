"""Which account is which person of the register: codes, claims, how they compare. Values in, values out."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import gettext_lazy
from linli.foundation.accounts.rules import RateLimit

from ..entries import birth_read, name_read
from ..masking import birth_masked, name_masked

# Signs that nobody confuses on paper: no 0 O, 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_SIGNS = 8
CODE_DAYS = 30
MOST_COPIES = 3
CHILD_YEARS = 14  # PIPL 28, 31: below, everything goes by the guardian
# Tries are counted, not only wrong ones: a code is right once, and whoever guesses must not learn when.
TRIES_OF_ACCOUNT = RateLimit("door.person", 5, timedelta(hours=1))
TRIES_OF_DWELLING = RateLimit("door.part", 5, timedelta(hours=1))
ASKS_OF_ACCOUNT = RateLimit("link.ask", 5, timedelta(days=1))
# No law names days for it; three working days are this platform's own promise.
ANSWER_LIMIT = Limit(3, LimitUnit.WORKING_DAY, gettext_lazy("平台约定：3个工作日内核对"))
_BETWEEN = re.compile(r"[\s\-—_.·]")


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of themselves: name, last four of the number, day of birth; each may be empty."""

    name: str = ""
    last_four: str = ""
    birth: str = ""  # ISO

    def as_text(self) -> str:
        """Return it as it is kept, encrypted; nothing where nothing was said."""
        return json.dumps(asdict(self), ensure_ascii=False) if any(asdict(self).values()) else ""

    @property
    def name_masked(self) -> str:
        """The name as it is shown before a reveal."""
        return name_masked(self.name)

    @property
    def birth_masked(self) -> str:
        """The day of birth as it is shown before a reveal."""
        return birth_masked(self.birth)

    @classmethod
    def of_text(cls, text: str) -> "Claim":
        """Return what was kept."""
        return cls(**json.loads(text)) if text else cls()


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows of one person of a dwelling, opened to be compared."""

    resident_id: int
    name: str
    number: str
    birth: str
    birth_month: date | None
    is_linked: bool


@dataclass(frozen=True, slots=True)
class Match:
    """How a claim compares with one person; None where one side does not say."""

    name: bool | None
    last_four: bool | None
    birth: bool | None

    @property
    def is_sure(self) -> bool:
        """Whether name and day of birth are the same and nothing speaks against it."""
        return bool(self.name and self.birth) and self.last_four is not False

    @property
    def words(self) -> str:
        """How it compares, as a worker reads it."""
        said = {True: _("一致"), False: _("不一致")}
        sides = ((_("姓名"), self.name), (_("出生日期"), self.birth), (_("后4位"), self.last_four))
        found = [f"{label}{said[same]}" for label, same in sides if same is not None]
        return "，".join(found) or _("无法比对")


def code_normal(text: str) -> str:
    """Return the eight signs of a code as typed in any usual way; raises ``InvalidInput``."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text or "")).upper()
    if len(plain) != CODE_SIGNS or set(plain) - set(ALPHABET):
        words = _("入户码是8位数字和字母，没有0、O、1、I、L。请照着纸上的再填一次。")
        raise InvalidInput(words, details={"code": words})
    return plain


def code_shown(code: str) -> str:
    """Return a code as it stands on paper: K7M2-9XPQ."""
    return f"{code[:4]}-{code[4:]}"


def last_four_normal(text: str) -> str:
    """Return the last four signs of a number, or nothing; raises ``InvalidInput``."""
    plain = "".join(unicodedata.normalize("NFKC", text or "").split()).upper()
    if plain and not re.fullmatch(r"[0-9A-Z]{4}", plain):
        words = _("请填证件号码的最后4位，例如 123X；不愿填写可以空着。")
        raise InvalidInput(words, details={"last_four": words})
    return plain


def claim_checked(name: str, last_four: str, birth: date | None, today: date) -> Claim:
    """Return a claim that can be compared; raises ``InvalidInput`` and names the field."""
    plain = name_read(name)
    if is_child(birth, today):
        words = _("不满14周岁的孩子不单独关联账号，由监护人关联后一起查看。")
        raise InvalidInput(words, details={"birth": words})
    said = birth_read(birth, today).isoformat() if birth is not None else ""
    return Claim(plain, last_four_normal(last_four), said)


def is_child(birth_month: date | None, day: date) -> bool:
    """Whether somebody may be under 14; only the month is in clear: to the end of the 14th birthday's."""
    if birth_month is None:
        return False
    return (day.year - birth_month.year) * 12 + day.month - birth_month.month <= CHILD_YEARS * 12


def children_from(day: date) -> date:
    """Return the first month of birth of those who may be under 14 on a day (``is_child``)."""
    return date(day.year - CHILD_YEARS, day.month, 1)


def match_of(claim: Claim, known: Known) -> Match:
    """Compare what somebody says with one person of the register."""

    def same(said: str, held: str) -> bool | None:
        return said == held if said and held else None

    return Match(
        same(claim.name.casefold(), known.name.casefold()),
        same(claim.last_four, known.number[-4:].upper()),
        same(claim.birth, known.birth),
    )


def sure_match(claim: Claim, people: Iterable[Known], day: date) -> Known | None:
    """Return the one person that a claim surely means; None where there is any doubt for a worker to settle.

    Doubt is: nobody or several, one side silent about the day of birth, an account linked already, a child.
    """
    sure = [one for one in people if match_of(claim, one).is_sure]
    if len(sure) != 1 or sure[0].is_linked or is_child(sure[0].birth_month, day):
        return None
    return sure[0]
