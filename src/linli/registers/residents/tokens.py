"""By what a person is found: keyed tokens of name, number and telephone, within one county.

Pure. A *term* is what may be looked for (``kind\\0text``): the full name, each character, each two
neighbours, the full pinyin, the initials, a telephone, a number. A *token* is the first 64 bits of the keyed
digest of county and term: without the key it says nothing, and the same name in two counties never meets.
"""

import functools
import itertools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from linli.core.crypto import key_ring
from linli.core.crypto.ciphers import Digester
from linli.core.errors import InvalidInput

DATA = Path(__file__).parent / "data" / "surnames.yaml"
READINGS = 4  # spellings of one name at most: of two doubtful characters each
LONGEST_WORDS = 60
COUNTY_AT, COUNTY_LENGTH = len("31/3101/"), 6  # where the county stands in an area's path
STREET_PARTS = 4
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SEPARATORS = re.compile(r"[\s·•・‧∙．.\-‐-―'’`]+")
_STARS = re.compile(r"[*＊]+")


@functools.cache
def _tables() -> dict[str, dict[str, list[str]]]:
    tables: dict[str, dict[str, list[str]]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tables


def surname_of(name: str) -> str:
    """Return the surname of a Chinese name: a compound one where something follows it, else one character."""
    compound = _tables()["compound"]
    return next((name[:n] for n in (4, 3, 2) if len(name) > n and name[:n] in compound), name[:1])


def county_of(area_path: str) -> str:
    """Return the code of the county in a path of divisions; empty above counties."""
    return area_path[COUNTY_AT : COUNTY_AT + COUNTY_LENGTH]


def street_of(area_path: str) -> str:
    """Return a path of divisions down to the street."""
    return "/".join(area_path.split("/")[:STREET_PARTS])


def is_han(text: str) -> bool:
    """Whether a Chinese character stands in the text."""
    return bool(_HAN.search(text))


def name_plain(name: str) -> str:
    """Return a name as it is compared: no spaces, dots and hyphens, half-width, small letters."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name)).casefold()


@functools.lru_cache(maxsize=65_536)
def _readings(character: str) -> tuple[str, ...]:
    if known := _tables()["characters"].get(character):
        return tuple(known)
    if not is_han(character):
        return (character,)
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, v_to_u=False, errors="ignore")
    return (found[0][0].replace("ü", "v"),) if found else ("",)


def _syllables(name: str) -> list[tuple[str, ...]]:
    surname = surname_of(name)
    table = _tables()["compound" if len(surname) > 1 else "single"]
    first = [tuple(table[surname])] if surname in table else [_readings(letter) for letter in surname]
    return first + [_readings(letter) for letter in name[len(surname) :]]


def _spellings(name: str) -> set[tuple[str, str]]:
    """Return full pinyin and initials, for each of the first few ways to read the name."""
    surname, found = surname_of(name), set()
    for syllables in itertools.islice(itertools.product(*_syllables(name)), READINGS):
        initials = "".join(syllable[:1] for syllable in syllables)
        if len(surname) > 1 and surname in _tables()["compound"]:
            heads = (_readings(letter)[0][:1] for letter in surname[1:])
            initials = initials[:1] + "".join(heads) + initials[1:]
        found.add(("".join(syllables), initials))
    return found


@functools.lru_cache(maxsize=65_536)
def name_terms(name: str) -> frozenset[str]:
    """Return the terms of a name: whole, one and two characters, pinyin, initials; words of a Latin one."""
    plain = name_plain(name)
    if not plain:
        return frozenset()
    terms = {f"name\0{plain}"}
    if is_han(plain):
        terms |= {f"1\0{letter}" for letter in plain}
        terms |= {f"2\0{plain[at : at + 2]}" for at in range(len(plain) - 1)}
        for full, initials in _spellings(plain):
            terms |= {f"pinyin\0{full}", f"initials\0{initials}"}
    else:
        words = [name_plain(word) for word in re.split(r"[\s·\-]+", name)]
        terms |= {f"pinyin\0{word}" for word in (plain, *words) if word}
        terms.add("initials\0" + "".join(word[:1] for word in words))
    return frozenset(term for term in terms if not term.endswith("\0"))


def person_terms(name: str, number: str, phone: str) -> set[str]:
    """Return every term by which a person is found."""
    terms = set(name_terms(name))
    if number:
        terms.add(f"number\0{name_plain(number).upper()}")
    if phone:
        terms.add(f"phone\0{name_plain(phone)}")
    return terms


def token_of(digest: Digester, county_code: str, term: str) -> int:
    """Return the token of one term in one county: 64 bits, signed."""
    return int.from_bytes(digest(f"{county_code}\0{term}".encode())[:8], "big", signed=True)


def tokens_of(
    county_code: str, name: str = "", number: str = "", phone: str = "", *, digest: Digester | None = None
) -> set[int]:
    """Return a person's tokens in a county, under the newest search key or the given one."""
    keyed = digest or key_ring().digester(key_ring().token_keys()[-1])
    return {token_of(keyed, county_code, term) for term in person_terms(name, number, phone)}


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: ways to find it, best first; each names terms that all must be there."""

    words: str
    ways: tuple[frozenset[str], ...]
    pattern: "re.Pattern[str] | None" = None

    def fits(self, name: str, number: str, phone: str) -> bool:
        """Whether a person who was found is one that was looked for."""
        if self.pattern is not None:
            return bool(self.pattern.search(name_plain(name)))
        terms = person_terms(name, number, phone)
        return any(way <= terms for way in self.ways)


def query_of(words: str) -> Query:
    """Read what was typed; raises ``InvalidInput`` for fewer than two characters.

    Chinese: a name or a part of it, ``*`` for what is left out (王*明). Letters: full pinyin or initials, or
    a Latin name. Digits: a whole telephone or document number.
    """
    pieces = [name_plain(piece) for piece in _STARS.split(words)]
    plain = "".join(pieces)
    if len(plain) < 2:
        message = _("请至少输入两个字：姓名、姓名中的两个字、“王*明”、拼音、首字母、手机号或证件号。")
        raise InvalidInput(message, details={"words": message})
    if len(plain) > LONGEST_WORDS:
        message = _("输入得太长了，请只写姓名、手机号或证件号。")
        raise InvalidInput(message, details={"words": message})
    if is_han(plain):
        return _han_query(plain, pieces)
    if any(letter.isdigit() for letter in plain):
        return Query(plain, (frozenset({f"phone\0{plain}"}), frozenset({f"number\0{plain.upper()}"})))
    passport = re.sub("(?<=[ln])yu", "v", plain)  # as passports write ü: LYU
    spelt = dict.fromkeys(text.replace("ü", "v") for text in (plain, passport))
    ways = [frozenset({f"{kind}\0{text}"}) for kind in ("pinyin", "initials") for text in spelt]
    return Query(plain, tuple(ways))


def _han_query(plain: str, pieces: list[str]) -> Query:
    terms = {f"2\0{piece[at : at + 2]}" for piece in pieces for at in range(len(piece) - 1)}
    terms |= {f"1\0{piece}" for piece in pieces if len(piece) == 1}
    if len(pieces) == 1:
        ways = (frozenset({f"name\0{plain}"}), frozenset(terms))
        return Query(plain, ways, re.compile(re.escape(plain)))
    middle = ".+".join(re.escape(piece) for piece in pieces if piece)
    anchored = ("^" if pieces[0] else "") + middle + ("$" if pieces[-1] else "")
    return Query("*".join(pieces), (frozenset(terms),), re.compile(anchored))


def query_tokens(county_code: str, query: "Query | str", *, key_name: str = "") -> list[set[int]]:
    """Return the ways of a query as sets of tokens in one county, under the newest search key or a named."""
    asked = query_of(query) if isinstance(query, str) else query
    keyed = key_ring().digester(key_name or key_ring().token_keys()[-1])
    return [{token_of(keyed, county_code, term) for term in way} for way in asked.ways]
