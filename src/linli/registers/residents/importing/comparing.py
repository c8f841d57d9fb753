"""What a row of a file says otherwise than the registry, and whose word counts: field by field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from linli.foundation.imports.targets import KEEP, TAKE, Clash, Row

from ..facts.dictionary import FactKey, Of
from ..facts.values import shown
from ..models import Fact, Membership, Occupancy, Resident
from ..sealing import sealed_get
from .people import Home, Reading
from .people_fields import FACT, fact_lines, fact_period
from .sources import rule

SEALED = ("name", "number", "birth", "phone")


class Verdict(StrEnum):
    """What becomes of a difference."""

    APPLY = "apply"
    ASK = "ask"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which a row and a person disagree, as people read it."""

    field: str
    label: str
    ours: str
    theirs: str
    verdict: Verdict
    why: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def clash(self) -> Clash:
        """Return it as what a person is asked."""
        choices = self.choices or ((KEEP, _("保留现有")), (TAKE, _("采用来件")))
        return Clash(self.field, self.label, self.ours, self.theirs, self.why, choices)


def _standing(person: Resident, name: str) -> str:
    """Return from which source a field is known."""
    known = person.origins.get(name)
    return str(known[0]) if known else person.source


def verdict_of(row: Row, name: str, standing: str) -> Verdict:
    """Return what becomes of a difference by the rule of its field, or by what was decided before."""
    decided = row.decided.get(name, "")
    if decided:
        return Verdict.APPLY if decided == TAKE else Verdict.LEAVE
    line = rule(name)
    if line.may(row.values.get("source", ""), standing):
        return Verdict.APPLY
    return Verdict.ASK if line.asks else Verdict.LEAVE


def differences(read: Reading, row: Row, person: Resident) -> list[Difference]:
    """Return all in which a row differs from a person; what the row does not say differs in nothing."""
    return [*_personal(row, person), *_belonging(read, row, person), *_facts(read, row, person)]


# -- the person ---------------------------------------------------------------------------
def _personal(row: Row, person: Resident) -> list[Difference]:
    labels = {"name": _("姓名"), "number": _("证件号码"), "birth": _("出生日期"), "phone": _("联系电话")}
    found = []
    for name in SEALED:
        theirs = row.values.get(name, "")
        if not theirs:
            continue
        ours = sealed_get(person, name)
        if ours != theirs:
            found.append(_of_person(row, person, name, labels[name], ours, theirs))
    theirs = row.values.get("sex", "")
    if theirs and theirs != person.sex:
        names = {str(code): str(words) for code, words in Resident.Sex.choices}
        found.append(
            _of_person(row, person, "sex", _("性别"), names[person.sex] if person.sex else "", names[theirs])
        )
    return found


def _of_person(row: Row, person: Resident, name: str, label: str, ours: str, theirs: str) -> Difference:
    standing = _standing(person, name) if ours else ""
    verdict, why = verdict_of(row, name, standing), _("现有登记的来源优先于这份文件。")
    if name == "name" and not row.decided.get(name) and not set(ours) & set(theirs) and ours:
        verdict, why = Verdict.ASK, _("号码相同，姓名一个字也不一样，可能不是同一个人。")
    return Difference(name, label, ours, theirs, verdict, why)


# -- household and dwelling -----------------------------------------------------------------
def membership_of(read: Reading, row: Row, person: int) -> Membership | None:
    """Return the open membership that a row is about: of its presence, else the one there is."""
    wanted = row.values.get("presence", "")
    rows = read.memberships.get(person, ())
    return next((m for m in rows if m.presence == wanted), None) or read.living(person)


def _belonging(read: Reading, row: Row, person: Resident) -> list[Difference]:
    membership = membership_of(read, row, person.pk)
    if membership is None:
        return _coming_back(read, row, person)
    home = read.homes[membership.household_id]
    found = _home(read, row, person, home)
    values = row.values
    for name, label, ours, names in (
        ("relation", _("与户主关系"), membership.relation, Membership.Relation.choices),
        ("presence", _("居住情况"), membership.presence, Membership.Presence.choices),
        ("tenure", _("居住方式"), home.tenure, Occupancy.Tenure.choices),
    ):
        theirs = values.get(name, "")
        if theirs and theirs != ours:
            words = {str(code): str(text) for code, text in names}
            verdict = verdict_of(row, name, _standing(person, name) if ours else "")
            found.append(Difference(name, label, words.get(ours, ""), words[theirs], verdict))
    return found


def _coming_back(read: Reading, row: Row, person: Resident) -> list[Difference]:
    """Somebody who is on record but belongs nowhere now: the row says where they are."""
    if read.places.where(row) is None:
        return []
    return [_moving(read, row, person, "", is_within=read.covers(person.area_path))]


def _home(read: Reading, row: Row, person: Resident, home: Home) -> list[Difference]:
    where = read.places.where(row)
    if where is None or not _moves(read, row, home, where.part):
        return []
    ours = read.label(home.part) if home.part else ""
    return [_moving(read, row, person, ours, is_within=where.area_path == person.area_path)]


def _moves(read: Reading, row: Row, home: Home, part: int) -> bool:
    """Whether a row means another dwelling, or another household, than the one on record."""
    index = read.household_index(row)
    named = read.households.get(index) if index else None
    return home.part != part or (named is not None and named.pk != home.pk)


def _moving(read: Reading, row: Row, person: Resident, ours: str, *, is_within: bool) -> Difference:
    where = read.places.where(row)
    theirs = read.label(where.part) if where else ""
    verdict = verdict_of(row, "home", _standing(person, "home"))
    why, choices = (
        _("现有住处的来源优先于这份文件。"),
        ((KEEP, _("保留现登记地")), (TAKE, _("迁入来件的地址"))),
    )
    if not is_within and not row.decided.get("home"):
        verdict, why = Verdict.ASK, _("这个人登记在另一个居村委，要确认是不是迁入。")
    return Difference("home", _("住处"), ours, theirs, verdict, why, choices)


# -- facts ----------------------------------------------------------------------------------
class Said(NamedTuple):
    """One fact that a row says; ``state`` known, none or unknown; ``value`` canonical."""

    line: FactKey
    period: str
    state: str
    value: str
    code: str


STATES = {"=": str(Fact.State.KNOWN), "-": str(Fact.State.NONE), "?": str(Fact.State.UNKNOWN)}


def facts_said(row: Row, of: Of | None = None) -> list[Said]:
    """Return the facts of a row that were understood (``people_check`` has taken out the others)."""
    found, lines = [], fact_lines_kept()
    for code, raw in row.values.items():
        if code in lines:
            line, source = lines[code]
            if of is None or line.of is of:
                period = fact_period(line, source, row.values)
                found.append(Said(line, period, STATES[raw[0]], raw[1:], code))
    return found


_LINES: dict[str, tuple[FactKey, str]] = {}


def fact_lines_kept() -> dict[str, tuple[FactKey, str]]:
    """Return the lines of the dictionary by field, made once."""
    if not _LINES:
        _LINES.update(fact_lines())
    return _LINES


def _facts(read: Reading, row: Row, person: Resident) -> list[Difference]:
    found = []
    for said in facts_said(row, Of.PERSON):
        standing = read.facts.get((person.pk, said.line.key, said.period))
        if standing is None:
            found.append(_fact(said, "", Verdict.APPLY))
        elif (standing.state, read.fact_value(standing)) != (said.state, said.value):
            ours = _fact_words(said.line, standing.state, read.fact_value(standing))
            found.append(_fact(said, ours, fact_verdict(row, standing.source)))
    return found


def fact_verdict(row: Row, standing: str) -> Verdict:
    """Return whether a file's word on a fact counts against the one that is known."""
    is_more = rule("facts").may(row.values.get("source", ""), standing)
    return Verdict.APPLY if is_more else Verdict.LEAVE


def _fact(said: Said, ours: str, verdict: Verdict) -> Difference:
    words = _fact_words(said.line, said.state, said.value)
    return Difference(said.code, said.line.label, ours, words, verdict)


def _fact_words(line: FactKey, state: str, value: str) -> str:
    """Return a fact as people read it; of a sensitive one only that there is one."""
    if state != Fact.State.KNOWN:
        return str(Fact.State(state).label)
    return "●●●" if line.is_sensitive else shown(line, value)


def people_differ(*, read: Reading, row: Row, subject_id: int) -> list[tuple[str, str, str]]:
    """Return what a row would change, personal values masked: (field, before, after)."""
    from .wording import mask

    person = read.people[subject_id]
    found: list[tuple[str, str, str]] = []
    for one in differences(read, row, person):
        if one.verdict is Verdict.APPLY:
            is_sealed = one.field in SEALED
            ours, theirs = (mask(one.field, text) if is_sealed else text for text in (one.ours, one.theirs))
            found.append((one.field if one.field != "home" else "address", ours, theirs))
    return found


def applied(read: Reading, row: Row, person: Resident) -> dict[str, Any]:
    """Return the fields of a person that a row changes, field → the row's value; facts apart."""
    return {
        one.field: row.values.get(one.field, "")
        for one in differences(read, row, person)
        if one.verdict is Verdict.APPLY and not one.field.startswith(FACT)
    }
