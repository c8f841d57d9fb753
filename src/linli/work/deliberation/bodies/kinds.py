"""The kinds of bodies as ``data/kinds.yaml`` has them; whether a body is composed as the law says. Pure."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from ..law import DecisionRule, Interval, NoSuchRule, Share, rule_of
from ..law.measures import share_words

DATA = Path(__file__).parent / "data" / "kinds.yaml"
LEVELS = ("street", "community", "village", "compound")
SHORTEST_WARNING = 30


class BadKinds(Exception):
    """The file of kinds cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Relatives:
    """Where a member's near relatives may not hold office (``forbids``), or must be told of."""

    forbids: bool
    where: str
    article: str
    mark: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declares of near relatives: whether there are any, who; and that a person checked it."""

    has: bool
    whom: str = ""
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class BodyKind:
    """What the law (or a setting) says of one kind of body."""

    key: str
    name: str
    level: str
    rule: str
    source: str
    mark: str
    of: str = ""
    everybody: bool = False
    must_meet: bool = True
    term_months: int | None = None
    members: tuple[int, int] | None = None
    women: int | Share | None = None
    representatives: Share | None = None
    not_with: tuple[str, ...] = ()
    relatives: Relatives | None = None
    elected_by: tuple[str, ...] = ()
    posts: tuple[tuple[str, str], ...] = ()
    warn_days: int = SHORTEST_WARNING

    def post_name(self, post: str) -> str:
        """Return what a post is called in this kind of body."""
        return dict(self.posts).get(post, post)

    def rule_on(self, day: date) -> DecisionRule | None:
        """Return the rule by which it decides on a day."""
        try:
            return rule_of(self.rule, day)
        except NoSuchRule:
            return None

    def interval_on(self, day: date) -> Interval | None:
        """Return how often it must meet by the law of a day."""
        rule = self.rule_on(day) if self.must_meet else None
        return rule.every if rule else None


def kinds_read(content: Mapping[str, Any]) -> dict[str, BodyKind]:
    """Check the content of ``kinds.yaml`` and return its kinds by key; raises ``BadKinds``."""
    found = {row["key"]: _kind(row) for row in content["kinds"]}
    for kind in found.values():
        named = {kind.of or kind.key, *kind.not_with}
        if kind.level not in LEVELS or not named <= set(found) or kind.mark not in "✔○✘":
            raise BadKinds(f"{kind.key}: level, mark or another kind that is not there")
    return found


def _kind(row: Mapping[str, Any]) -> BodyKind:
    women = row.get("women")
    try:
        return BodyKind(
            key=row["key"],
            name=row["name"],
            level=row["level"],
            rule=row["rule"],
            source=row["source"],
            mark=row["mark"],
            of=row.get("of", ""),
            everybody=bool(row.get("everybody")),
            must_meet=row.get("every") != "none",
            term_months=row.get("term_months"),
            members=tuple(row["members"]) if "members" in row else None,
            women=Share.read(women) if isinstance(women, str) else women,
            representatives=Share.read(row["representatives"]) if "representatives" in row else None,
            not_with=tuple(row.get("not_with", ())),
            relatives=Relatives(**row["relatives"]) if "relatives" in row else None,
            elected_by=tuple(row.get("elected_by", ())),
            posts=tuple(row.get("posts", {}).items()),
            warn_days=row.get("warn_days", SHORTEST_WARNING),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadKinds(f"{row.get('key')}: {error}") from error


@functools.cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return content


@functools.cache
def kinds() -> dict[str, BodyKind]:
    """Return every kind by key, in the order of the file."""
    return kinds_read(_content())


def kind_elected(rule_key: str) -> BodyKind | None:
    """Return the kind of body to which an election by a rule elects, where the file says so."""
    return next((kind for kind in kinds().values() if rule_key in kind.elected_by), None)


def declaration_faults(kind: BodyKind, said: Declaration | None) -> dict[str, str]:
    """Return what is wrong with a declaration, by field; nothing where the kind asks for none."""
    asked = kind.relatives
    if asked is None or (said is None and not asked.forbids):
        return {}
    if said is None:
        return {"relatives": _("请登记本人的声明：有没有近亲属在%s任职。") % asked.where}
    if not said.is_checked:
        return {"relatives_checked": _("请先核对本人签字的声明。")}
    if said.has and not said.whom.strip():
        return {"relatives_whom": _("请写明是谁、担任什么职务。")}
    if said.has and asked.forbids:
        words = _("有近亲属在%(where)s任职的，不能担任%(this)s的成员。依据：%(law)s。")
        said_so = words % {"where": asked.where, "this": kind.name, "law": asked.article}
        return {"relatives": said_so + _("请另推人选，或等对方离任以后再登记。")}
    return {}


def term_warning() -> int:
    """Return how many days before the end of a term people are reminded to elect anew."""
    return int(_content()["warn_term_days"])


@dataclass(frozen=True, slots=True)
class Composed:
    """What composing looks at of one member; ``is_woman`` is ``None`` where nobody said."""

    post: str
    is_woman: bool | None = None


def composition_faults(kind: BodyKind, members: Collection[Composed]) -> list[str]:
    """Return what the law asks of the members of such a body and they do not have, in sentences."""
    if kind.everybody or not members:
        return []
    return [*_number_faults(kind, len(members)), *_women_faults(kind, members), *_post_faults(kind, members)]


def _number_faults(kind: BodyKind, number: int) -> Iterable[str]:
    if kind.members and not kind.members[0] <= number <= kind.members[1]:
        said = {"n": number, "least": kind.members[0], "most": kind.members[1]}
        yield _("现有%(n)d人，应当是%(least)d至%(most)d人。") % said


def _women_faults(kind: BodyKind, members: Collection[Composed]) -> Iterable[str]:
    women = sum(member.is_woman is not False for member in members)  # whom nobody asked is no fault
    if isinstance(kind.women, int) and women < kind.women:
        yield _("应当有妇女成员。")
    if isinstance(kind.women, Share) and not kind.women.holds(women, len(members)):
        yield _("妇女应当占%(share)s，现有%(n)d人。") % {"share": share_words(kind.women), "n": women}


def _post_faults(kind: BodyKind, members: Collection[Composed]) -> Iterable[str]:
    posts = [member.post for member in members]
    if kind.representatives is not None:
        number = sum(post != "committee" for post in posts)
        if not kind.representatives.holds(number, len(posts)):
            words = _("代表应当占组成人员的%(share)s，现有%(n)d人、组成人员%(all)d人。")
            yield words % {"share": share_words(kind.representatives), "n": number, "all": len(posts)}
    if "chair" in dict(kind.posts) and posts.count("chair") != 1:
        yield _("应当有一名%(post)s。") % {"post": kind.post_name("chair")}
