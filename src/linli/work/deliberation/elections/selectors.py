"""Reading elections: lists, candidates, who is related to whom, what is left to vote on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.registers.residents.linking.selectors import resident_linked
from linli.registers.residents.models import Guardian, Membership, Resident

from ..ballots.models import Ballot, Proxy
from ..ballots.selectors import proxies_published
from ..ballots.standing import Stander
from ..bodies.kinds import kind_elected
from ..bodies.models import Body
from .models import Candidate, Election, Post, Recall, RelationNote, Round
from .permissions import can_see_election
from .rules import Standing
from .workflow import Recalling, State

LIVE = (Candidate.State.NAMED, Candidate.State.STANDING, Candidate.State.ELECTED)
NEAR = set(Membership.Relation.values) - {Membership.Relation.NOT_KIN}


def election_list(actor: Actor, q: str = "", state: str = "") -> QuerySet[Election]:
    """Return the elections that the actor sees, the latest first, with how many stand."""
    rows = Election.objects.filter(pk__in=Election.objects.visible_to(actor).values("pk"))
    if q.strip():
        rows = rows.filter(Q(title__icontains=q.strip()) | Q(number__startswith=q.strip()))
    if state:
        rows = rows.filter(state=state)
    standing = Count("candidates", filter=Q(candidates__state__in=LIVE))
    found: QuerySet[Election] = rows.select_related("unit", "compound").annotate(standing=standing)
    return found.order_by("-created_at", "-id")


RECALL_SORTS = {
    "": ("-created_at", "-id"),
    "oldest": ("created_at", "id"),
    "missing": ("missing", "-created_at", "-id"),
    "office": ("office", "-created_at", "-id"),
}


def recall_list(actor: Actor, q: str = "", state: str = "", sort: str = "") -> QuerySet[Recall]:
    """Return the recalls that the actor sees, the latest first or as asked, with how many support them.

    The words are looked for in number, office and unit; who is concerned is sealed and not searched.
    """
    rows = Recall.objects.filter(pk__in=Recall.objects.visible_to(actor).values("pk"))
    if words := q.strip():
        named = Q(office__icontains=words) | Q(unit__name__icontains=words)
        rows = rows.filter(named | Q(number__istartswith=words))
    if state:
        rows = rows.filter(state=state)
    counted = rows.select_related("unit", "ballot").annotate(found=Count("supports"))
    found: QuerySet[Recall] = counted.annotate(missing=F("needed") - F("found"))
    return found.order_by(*RECALL_SORTS.get(sort, RECALL_SORTS[""]))


def recalls_open(actor: Actor) -> int:
    """Return how many recalls that the actor sees are not over."""
    open_ = (Recalling.COLLECTING, Recalling.VOTING)
    return Recall.objects.visible_to(actor).filter(state__in=open_).count()


def election_get(actor: Actor, public_id: UUID) -> Election:
    """Return an election that the actor may see, or raise ``NotFound``."""
    found = election_list(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次选举。"))
    return found


def recall_get(actor: Actor, public_id: UUID) -> Recall:
    """Return a recall that the actor may see, or raise ``NotFound``."""
    found = recall_list(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这件罢免提议。"))
    return found


def election_public(public_id: UUID) -> Election:
    """Return an election as everybody may read of it."""
    found = Election.objects.filter(public_id=public_id).select_related("unit", "compound").first()
    if not isinstance(found, Election):
        raise NotFound(_("没有找到这次选举。"))
    return found


def recall_public(public_id: UUID) -> Recall:
    """Return a recall as everybody may read of it."""
    rows = Recall.objects.annotate(found=Count("supports")).select_related("unit", "ballot")
    found = rows.filter(public_id=public_id).first()
    if not isinstance(found, Recall):
        raise NotFound(_("没有找到这件罢免提议。"))
    return found


def candidates_of(election: Election) -> list[Candidate]:
    """Return everybody who was named, with how many voters named them."""
    rows = election.candidates.select_related("post").annotate(names=Count("nominations"))
    return list(rows.order_by("post__order", "number"))


def takes_names(election: Election) -> bool:
    """Whether candidates may still be named today."""
    return election.state == State.NOMINATING and clock.today() <= election.nominations_until


def candidates_shown(election: Election) -> list[Candidate]:
    """Return whom everybody reads of: who stands; while naming lasts also who has not yet agreed."""
    names = takes_names(election)
    return [row for row in candidates_of(election) if row.state in LIVE and (row.agreed_at or names)]


def candidates_told(actor: Actor, election: Election) -> list[Candidate]:
    """Return whom a reader knows of: at the desk everybody who was named, else who is shown."""
    return candidates_of(election) if can_see_election(actor, election) else candidates_shown(election)


def rounds_told(actor: Actor, election: Election) -> list[Round]:
    """Return the rounds that a reader knows of: at the desk all, else those that were announced."""
    rows = Round.objects.filter(election=election).select_related("ballot")
    return list(rows if can_see_election(actor, election) else rows.exclude(ballot__announced_at=None))


def proxies_of(election: Election) -> QuerySet[Proxy]:
    """Return who votes for whom in the last round that was announced, as it is published."""
    rounds = Round.objects.filter(election=election).exclude(ballot__announced_at=None)
    last = rounds.order_by("-number").select_related("ballot").first()
    return proxies_published(last.ballot) if last else Proxy.objects.none()


def candidate_get(election: Election, public_id: UUID) -> Candidate:
    """Return a candidate of an election, or raise ``NotFound``."""
    found = election.candidates.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这位候选人。"))
    return found


def asks_relatives(election: Election) -> bool:
    """Whether who stands declares near relatives in office."""
    kind = kind_elected(election.rule_key)
    return kind is not None and kind.relatives is not None


def standings(election: Election) -> list[Standing]:
    """Return the named candidates as listing looks at them."""
    return [
        Standing(
            number=row.number,
            post=row.post.order,
            is_party=row.how == Candidate.How.PARTY,
            names=row.names,  # type: ignore[attr-defined]
            has_agreed=row.agreed_at is not None,
            is_woman=row.is_woman,
        )
        for row in candidates_of(election)
        if row.state == Candidate.State.NAMED
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two candidates whom the registry shows as near relatives, and what was decided about them."""

    first: Candidate
    second: Candidate
    why: str
    note: str = ""

    def is_open(self, fit: Iterable[Standing]) -> bool:
        """Whether both would be listed and nobody has decided about them."""
        numbers = {one.number for one in fit}
        return not self.note and {self.first.number, self.second.number} <= numbers


def related_pairs(election: Election) -> list[Pair]:
    """Return the pairs of candidates whom households or guardianship show as near relatives.

    A hint of the registry: who lives apart is not found, who is registered together may not be kin.
    """
    rows = [row for row in candidates_of(election) if row.state in LIVE]
    people = {row.resident_id for row in rows}
    homes = _homes(people)
    wards = Guardian.objects.filter(ward__in=people, guardian__in=people, to_on__isnull=True)
    guarded = {frozenset(pair) for pair in wards.values_list("ward_id", "guardian_id")}
    notes = {
        frozenset((note.first_id, note.second_id)): note.note
        for note in RelationNote.objects.filter(election=election)
    }
    found = []
    for one, other in combinations(rows, 2):
        why = _why(one, other, homes, guarded)
        if why:
            found.append(Pair(one, other, why, notes.get(frozenset((one.pk, other.pk)), "")))
    return found


def _homes(people: set[int]) -> dict[int, dict[int, str]]:
    """Return resident → household → how they belong to it, today."""
    homes: dict[int, dict[int, str]] = {}
    rows = Membership.objects.filter(resident__in=people, to_on__isnull=True)
    for resident, household, relation in rows.values_list("resident_id", "household_id", "relation"):
        homes.setdefault(resident, {})[household] = relation
    return homes


def _why(
    one: Candidate, other: Candidate, homes: dict[int, dict[int, str]], guarded: set[frozenset[int]]
) -> str:
    if frozenset((one.resident_id, other.resident_id)) in guarded:
        return _("登记为监护关系")
    mine, theirs = homes.get(one.resident_id, {}), homes.get(other.resident_id, {})
    for household in set(mine) & set(theirs):
        if mine[household] in NEAR and theirs[household] in NEAR:
            names = Membership.Relation
            pair = {"one": names(mine[household]).label, "other": names(theirs[household]).label}
            return _("登记在同一户：%(one)s、%(other)s") % pair
    return ""


# -- rounds -------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Open:
    """A post that is to be voted on: seats, who stands, and whether the last vote on it was not valid."""

    order: int
    title: str
    seats: int
    candidates: list[Candidate] = field(default_factory=list)
    is_anew: bool = False


def has_winners(election: Election) -> bool:
    """Whether anybody was elected."""
    return election.candidates.filter(state=Candidate.State.ELECTED).exists()


def seatable_bodies(election: Election) -> list[Body]:
    """Return the standing bodies of the election's own place that have a list of members."""
    rows = Body.objects.standing().filter(area_path=election.area_path)
    rows = rows.filter(compound=election.compound) if election.compound_id else rows
    return [body for body in rows.order_by("name", "pk") if not body.what.everybody]


def open_posts(election: Election) -> list[Open]:
    """Return the posts of the next round: all at first, then what the rounds before left open."""
    standing = list(election.candidates.filter(state=Candidate.State.STANDING).select_related("post"))
    last = Round.objects.filter(election=election, taken_at__isnull=False).order_by("-number").first()
    found = []
    for post in Post.objects.filter(election=election):
        own = [row for row in standing if row.post_id == post.pk]
        left = None if last is None else _left(election, post)
        if last is None:
            found.append(Open(post.order, post.title, post.seats, own))
        elif left is not None:
            seats, keys, is_anew = left
            again = [row for row in own if row.key in keys]
            if again:
                found.append(Open(post.order, post.title, seats, again, is_anew))
    return found


def _left(election: Election, post: Post) -> tuple[int, set[str], bool] | None:
    """Return what the last round that asked about a post left of it."""
    for round_ in Round.objects.filter(election=election, taken_at__isnull=False).order_by("-number"):
        said = round_.outcome.get(str(post.order))
        if said is not None:
            left = (said["seats"], set(said["stand"]), not said["is_valid"])
            return left if said["seats"] else None
    return None


def posts_left(election: Election) -> list[Post]:
    """Return posts with fewer elected than seats."""
    elected = Count("candidates", filter=Q(candidates__state=Candidate.State.ELECTED))
    rows = Post.objects.filter(election=election).annotate(elected=elected)
    return [post for post in rows if post.elected < post.seats]


def reader_of(actor: Actor) -> Resident | None:
    """Return the resident of the registry who reads, where the account is linked."""
    return resident_linked(actor.person_id) if actor.person_id else None


MOST_NEAR = 50


def elections_near(area_path: str) -> list[Election]:
    """Return the elections that are not over, the latest first; of one place, or of all."""
    ended = (State.HANDED, State.CANCELLED)
    rows = Election.objects.exclude(state__in=ended).order_by("-created_at")
    found = [row for row in rows if isinstance(row, Election) and _concerns(row.area_path, area_path)]
    return found[:MOST_NEAR]


def recalls_near(area_path: str) -> list[Recall]:
    """Return the recalls that are not over, as ``elections_near`` does."""
    rows = Recall.objects.filter(state__in=(Recalling.COLLECTING, Recalling.VOTING)).order_by("-created_at")
    found = [row for row in rows if isinstance(row, Recall) and _concerns(row.area_path, area_path)]
    return found[:MOST_NEAR]


def _concerns(held_at: str, area_path: str) -> bool:
    return not area_path or area_path.startswith(held_at)


def standers_of(ballot: Ballot) -> list[Stander]:
    """Return on whom a ballot decides: everybody who stands in its election, or whom its recall concerns."""
    round_ = Round.objects.filter(ballot=ballot).first()
    if round_ is not None:
        rows = Candidate.objects.filter(election=round_.election_id, state__in=LIVE)
        return [Stander(row.resident_id, row.name) for row in rows]
    names = Recall.objects.filter(ballot=ballot).values_list("name", flat=True)
    return [Stander(None, name) for name in names]


def held_back_by(ballot: Ballot) -> str:
    """Return why a ballot is not announced: too few ask for the recall, or nobody votes there any more."""
    recalls = Recall.objects.filter(ballot=ballot)
    if recalls.filter(state=Recalling.COLLECTING).exists():
        return _("罢免提议的附议还没有达到法定人数，不能公告。")
    rounds = Round.objects.filter(ballot=ballot)
    if (
        rounds.exclude(election__state=State.VOTING).exists()
        or recalls.exclude(state=Recalling.VOTING).exists()
    ):
        return _("选举或罢免已经终止，不能公告。")
    return ""
