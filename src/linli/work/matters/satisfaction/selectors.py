"""Reads of answers: a link, whom to call, and figures with their denominators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.clock import local_midnight
from linli.core.crypto import blind_index
from linli.core.errors import Expired, NotFound
from linli.core.fields import in_areas

from ..clocks import setting
from ..models import Assignment, ClosedAs, Matter, MatterEvent, Rating, RatingLink, RevisitCall, Way
from ..permissions import COMMITTEE_OR_STREET, HANDLING_VERBS
from ..rules import Rate
from ..workflow import State
from .rules import link_refusal, reason_words, reasons_for

Outcome = RevisitCall.Outcome


# -- a link -------------------------------------------------------------------
def link_get(token: str) -> RatingLink:
    """Return a link that still opens the three questions; late or used ``Expired``, unknown ``NotFound``."""
    rows = RatingLink.objects.select_related("matter__category__parent", "matter__merged_into")
    link = rows.filter(key_index=blind_index("rating_link", token)).first()
    if link is None:
        raise NotFound(
            _("没有找到这个评价链接。"), hint=_("请核对链接是否完整；也可以登录后到“我反映的”里评价。")
        )
    link_checked(link)
    return link


def link_checked(link: RatingLink) -> None:
    """Refuse a link that no longer opens the three questions, kindly; raises ``Expired``."""
    home = link.matter.merged_into or link.matter
    refusal = link_refusal(
        expires_at=link.expires_at,
        used_at=link.used_at,
        is_answered=link.matter.ratings.filter(round=link.round).exists(),
        is_open_again=home.round != link.round or home.state != State.CLOSED,
        now=clock.now(),
    )
    if refusal:
        raise Expired(refusal[0], hint=refusal[1])


def reason_choices(matter: Matter) -> list[tuple[str, str]]:
    """Return the reasons that fit a kind of matter, question by question."""
    category = matter.category
    parent = category.parent.code if category and category.parent else ""
    groups = reasons_for(category.code if category else "", parent).values()
    return [(code, words) for group in groups for code, words in group.items()]


# -- whom to call -------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ToCall:
    """One matter whose reporter may be asked, and how often that was tried."""

    matter: Matter
    unit: str
    tries: int
    last_at: datetime | None


def can_keep_revisits(actor: Actor) -> bool:
    """Whether an actor has a list of whom to call: people of a committee or a street."""
    return actor.function in COMMITTEE_OR_STREET


def revisit_matters(actor: Actor) -> QuerySet[Matter]:
    """Return the closed matters whose reporters this actor may ask now, the longest waiting first.

    Left out: what has an answer, what the actor or the actor's unit had a hand in, who still holds a
    fresh link, who was tried today or often enough, and what is past the period.
    """
    if not can_keep_revisits(actor):
        return Matter.objects.none()
    now, in_round = clock.now(), {"matter": OuterRef("pk"), "round": OuterRef("round")}
    closed = Matter.objects.visible_to(actor).filter(
        state=State.CLOSED,
        is_counted=True,
        closed_at__gte=now - timedelta(days=setting("revisit_days")),
        closed_at__lte=now,
        closed_as__in=(ClosedAs.VERIFIED, ClosedAs.UNVERIFIABLE, ClosedAs.GUIDED_SILENT),
    )
    hands = MatterEvent.objects.filter(verb__in=HANDLING_VERBS, **in_round).filter(
        Q(person_id__in=actor.person_ids) | Q(deputy_for_id__in=actor.person_ids)
    )
    own = Assignment.objects.filter(unit_id=actor.unit_id or 0, **in_round).exclude(
        unit__function=Function.COMMITTEE
    )
    calls = RevisitCall.objects.filter(**in_round)
    fresh = RatingLink.objects.filter(
        made_at__gt=now - timedelta(days=setting("revisit_after_days")), used_at__isnull=True, **in_round
    )
    rows = (
        closed.filter(_has_number())
        .exclude(_hidden(actor))
        .exclude(Exists(Rating.objects.filter(**in_round)))
        .exclude(Exists(hands))
        .exclude(Exists(own))
        .exclude(Exists(fresh))
        .exclude(Exists(calls.filter(at__gte=local_midnight(clock.today()))))
        .exclude(Exists(calls.filter(outcome__in=(Outcome.REFUSED, Outcome.WRONG_NUMBER))))
        .annotate(tries=Count("revisit_calls", filter=Q(revisit_calls__round=F("round")), distinct=True))
        .annotate(last_at=Max("revisit_calls__at", filter=Q(revisit_calls__round=F("round"))))
    )
    return rows.filter(tries__lt=setting("revisit_attempts")).order_by("closed_at", "pk")


def _has_number() -> Q:
    return ~Q(reporter_phone_index="") | Q(reporter__phone_index__isnull=False)


def _hidden(actor: Actor) -> Q:
    """Whoever is complained about asks nobody; of the hidden, only the street may know who reported."""
    about = Q(about_unit_id=actor.unit_id or 0)
    if actor.function == Function.STREET:
        return about
    return about | Q(hides_reporter=True) | Q(category__hides_reporter=True)


CALL_SORTS = {
    "": ("closed_at", "pk"),
    "newest": ("-closed_at", "-pk"),
    "tries": ("-tries", "closed_at", "pk"),
}


def revisits_found(actor: Actor, q: str = "", sort: str = "") -> QuerySet[Matter]:
    """Return ``revisit_matters`` narrowed to words of number, title or category, in the order asked for."""
    rows = revisit_matters(actor).select_related("category")
    if words := q.strip():
        named = Q(title__icontains=words) | Q(category__name__icontains=words)
        rows = rows.filter(named | Q(number__startswith=words))
    return rows.order_by(*CALL_SORTS.get(sort, CALL_SORTS[""]))


def calls_dressed(rows: Iterable[Matter]) -> list[ToCall]:
    """Return matters to be asked about with the unit that handled each (one query)."""
    rows = list(rows)
    leads = Assignment.objects.filter(matter__in=[row.pk for row in rows], part=Assignment.Part.LEAD)
    units = dict(leads.order_by("sent_at").values_list("matter_id", "unit__name"))
    return [ToCall(row, units.get(row.pk, ""), row.tries, row.last_at) for row in rows]  # type: ignore[attr-defined]


# -- figures ------------------------------------------------------------------
@dataclass
class AnswerRow:
    """The answers of one category (or all): each rate of ``answered``, which is of ``closed``."""

    name: str
    closed: int = 0
    answered: int = 0
    contacted: int = 0
    solved: int = 0
    satisfied: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    unreached: int = 0
    refused: int = 0
    reopened: int = 0

    def rate(self, name: str) -> Rate:
        """Return one of the three rates with its denominator."""
        return Rate(getattr(self, name), self.answered)

    @property
    def rates(self) -> list[Rate]:
        """Return contacted, solved, satisfied."""
        return [self.rate(name) for name in ("contacted", "solved", "satisfied")]

    @property
    def unasked(self) -> int:
        """How many closed ones have no answer and no call that failed."""
        return max(self.closed - self.answered - self.unreached - self.refused, 0)

    @property
    def top_reasons(self) -> list[tuple[str, int]]:
        """Return the commonest reasons for a no, in words."""
        words = reason_words()
        return [(words.get(code, code), count) for code, count in self.reasons.most_common(5)]

    @property
    def way_words(self) -> list[tuple[str, int]]:
        """Return how often each way of answering was used."""
        return [(str(Way(code).label), count) for code, count in self.ways.most_common()]


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers in an area about what closed in a period, and the same by category."""

    total: AnswerRow
    by_category: list[AnswerRow]


def answers_of(rows: QuerySet[Matter]) -> QuerySet[Rating]:
    """Return the answers that count for matters: those of each one's present round."""
    return Rating.objects.filter(matter__in=rows.order_by().values("pk")).filter(round=F("matter__round"))


def answer_figures(actor: Actor, area: str, from_on: date, to_on: date) -> Answers:
    """Count answers about what closed between two days, both included (four queries).

    Counted: closed matters that count for the rates, but not those that lapsed in silence. ``unreached``
    and ``refused`` are those without an answer whose last revisit failed so. A merged matter's answer
    stands in the roll of its own category.
    """
    rows = Matter.objects.counted_for(actor).filter(
        state=State.CLOSED,
        is_counted=True,
        closed_at__gte=local_midnight(from_on),
        closed_at__lt=local_midnight(to_on + timedelta(days=1)),
    )
    rows = rows.exclude(closed_as=ClosedAs.GUIDED_SILENT)
    if area:
        rows = rows.filter(in_areas("area_path", (area,)))
    found: dict[str, AnswerRow] = {}
    for name, closed in rows.order_by().values_list("category__name").annotate(n=Count("pk")):
        found[name or ""] = AnswerRow(name or _("未分类"), closed=closed)
    _add_answers(found, answers_of(rows).select_related("matter__category"))
    _add_calls(found, rows)
    _add_reopened(found, rows)
    by_category = sorted(found.values(), key=lambda row: (-row.closed, row.name))
    return Answers(_total(by_category), by_category)


def _add_answers(found: dict[str, AnswerRow], answers: Iterable[Rating]) -> None:
    for answer in answers:
        row = found[answer.matter.category.name if answer.matter.category else ""]
        row.answered += 1
        row.contacted += answer.was_contacted
        row.solved += answer.was_solved
        row.satisfied += answer.was_satisfied
        row.ways[answer.way] += 1
        row.reasons.update(answer.reasons)


def _add_calls(found: dict[str, AnswerRow], rows: QuerySet[Matter]) -> None:
    in_round = {"matter": OuterRef("pk"), "round": OuterRef("round")}
    last = RevisitCall.objects.filter(**in_round).order_by("-at", "-pk").values("outcome")[:1]
    unanswered = rows.exclude(Exists(Rating.objects.filter(**in_round))).annotate(last=Subquery(last))
    counted = unanswered.order_by().values_list("category__name", "last").annotate(n=Count("pk"))
    for name, outcome, count in counted:
        row = found[name or ""]
        row.unreached += count if outcome in (Outcome.NO_ANSWER, Outcome.WRONG_NUMBER) else 0
        row.refused += count if outcome == Outcome.REFUSED else 0


def _add_reopened(found: dict[str, AnswerRow], rows: QuerySet[Matter]) -> None:
    again = rows.filter(round__gt=1).order_by().values_list("category__name").annotate(n=Count("pk"))
    for name, count in again:
        found[name or ""].reopened += count


def _total(rows: Iterable[AnswerRow]) -> AnswerRow:
    total = AnswerRow(_("全部"))
    for row in rows:
        for name in _counts():
            setattr(total, name, getattr(total, name) + getattr(row, name))
        total.ways.update(row.ways)
        total.reasons.update(row.reasons)
    return total


def _counts() -> Iterator[str]:
    yield from ("closed", "answered", "contacted", "solved", "satisfied", "unreached", "refused", "reopened")


def as_json(row: AnswerRow) -> dict[str, Any]:
    """Return one row for machines: counts, never percentages without what they are of."""
    counts = {name: getattr(row, name) for name in _counts()}
    return {"name": row.name, **counts, "ways": dict(row.ways), "reasons": dict(row.reasons)}
